"""What all documents have in common, and where they differ."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import ClassVar, TypeAlias, TypedDict

from ..documents import (
    DispatchNotification,
    Invoice,
    Line,
    Order,
    OrderReference,
    OrderResponse,
    Party,
    Quotation,
)
from ..money import line_amount
from . import amounts
from .lines import read_lines, read_remarks
from .node import Node, Report
from .parties import read_parties

AnyDocument: TypeAlias = (
    Order | OrderResponse | DispatchNotification | Invoice | Quotation
)


class Common(TypedDict):
    """The fields of :class:`opentrans.Document`, but the findings."""

    number: str
    date: datetime | None
    generated: datetime | None
    language: str
    currency: str
    parties: tuple[Party, ...]
    references: tuple[OrderReference, ...]
    remarks: tuple[tuple[str, str], ...]
    lines: tuple[Line, ...]
    total_lines: int | None
    total_amount: Decimal | None


class DocumentReader(ABC):
    """Reads one type of document; a new type is a subclass and an entry in the package.

    Elements are named after the type: ``INVOICE_HEADER``, ``INVOICE_INFO``,
    ``INVOICE_ITEM_LIST``, ``INVOICE_ITEM``, ``INVOICE_SUMMARY``.
    """

    root: ClassVar[str]
    #: element of the document's number, where it is not named after the type
    number: ClassVar[str] = ""

    def __init__(self, document: Node) -> None:
        self.report: Report = document.report
        self.header = document.child(f"{self.root}_HEADER")
        self.info = self.header.child(f"{self.root}_INFO")
        items = document.child(f"{self.root}_ITEM_LIST")
        self.items = items.children(f"{self.root}_ITEM")
        self.summary = document.child(f"{self.root}_SUMMARY")

    @abstractmethod
    def read(self) -> AnyDocument:
        """The document; the findings are added by the caller."""

    def references(self) -> Sequence[OrderReference]:
        """The orders that the header names."""
        return ()

    def common(self, adapt: Callable[[Line], Line] | None = None) -> Common:
        """:param adapt: what this type of document means by its lines"""
        control = self.header.child("CONTROL_INFO")
        stop = control.short("STOP_AUTOMATIC_PROCESSING")
        if stop:
            self.report.add("stop_processing", control.path, stop)
        lines = read_lines(self.items)
        total_lines = self.summary.whole("TOTAL_ITEM_NUM")
        if total_lines is not None and total_lines != len(lines):
            text = f"stated {total_lines}, there are {len(lines)}"
            self.report.add("line_count", self.summary.path, text)
        for line in lines:
            self._check_line(line)
        number = self.number or f"{self.root}_ID"
        if not self.info.short(number):
            self.info.bad(number, "")
        return Common(
            number=self.info.short(number),
            date=self.info.moment(f"{self.root}_DATE"),
            generated=control.moment("GENERATION_DATE"),
            language=_language(self.info),
            currency=self.info.short("CURRENCY").upper(),
            parties=read_parties(self.info),
            references=tuple(self.references()),
            remarks=read_remarks(self.info),
            lines=tuple(map(adapt, lines)) if adapt else lines,
            total_lines=total_lines,
            total_amount=self.summary.decimal("TOTAL_AMOUNT"),
        )

    def check_total(self, stated: Decimal | None, computed: Decimal | None) -> None:
        """Report a total that is not the sum of its parts."""
        if stated is None or computed is None or amounts.agree(stated, computed):
            return
        self.report.add(
            "total", self.summary.path, amounts.difference(stated, computed)
        )

    def _check_line(self, line: Line) -> None:
        """A line's amount may be with its charges or without."""
        computed, stated = line_amount(line), line.line_amount
        if computed is None or stated is None or amounts.agree(stated, computed):
            return
        charges = sum((charge.amount for charge in line.charges), Decimal())
        for times in (Decimal(1), line.quantity):
            if amounts.agree(stated, computed + charges * times):
                return
        where = line.line_id or line.product.supplier_pid
        self.report.add("line_sum", where, amounts.difference(stated, computed))


def _language(info: Node) -> str:
    """The default language, else the first."""
    leaves = [leaf for leaf in info.leaves("LANGUAGE") if leaf.text()]
    default = [leaf for leaf in leaves if leaf.attribute("default").lower() == "true"]
    return (default or leaves)[0].text() if leaves else ""
