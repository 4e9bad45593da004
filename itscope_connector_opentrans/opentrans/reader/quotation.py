"""QUOTATION."""

from __future__ import annotations

from dataclasses import replace

from ..documents import Line, Quotation
from .amounts import agree, sum_of
from .base import DocumentReader
from .values import truth

#: The schema has no element for optional lines. Whoever writes them says it in the
#: line's own fields, by the type of a remark, or by a quantity of 0: all of them are
#: understood.
OPTIONAL = {
    "optional",
    "isoptional",
    "optionalitem",
    "option",
    "alternative",
    "isalternative",
    "eventualposition",
    "alternativposition",
}
YES = {"yes", "ja", "j", "y", "x"}


class QuotationReader(DocumentReader):
    root = "QUOTATION"

    def read(self) -> Quotation:
        common = self.common(_marked)
        total, lines = common["total_amount"], common["lines"]
        firm = sum_of(line for line in lines if not line.optional)
        # The total may be with the optional lines or without.
        if total is None or firm is None or not agree(total, firm):
            self.check_total(total, sum_of(lines))
        return Quotation(
            **common,
            valid_from=self.info.moment("VALID_START_DATE"),
            valid_to=self.info.last_moment("VALID_END_DATE"),
            payment_terms=self._payment_terms(),
            terms=self.info.translated("TERMS_AND_CONDITIONS", long=True),
        )

    def _payment_terms(self) -> str:
        """Terms in words; codes of a standard say nothing to a reader."""
        terms = self.info.child("PAYMENT").child("PAYMENT_TERMS")
        found = (
            leaf.text(True)
            for leaf in terms.leaves("PAYMENT_TERM")
            if leaf.attribute("type").lower() != "unece"
        )
        return "\n".join(filter(None, found))


def _marked(line: Line) -> Line:
    said = {_plain(name) for name, value in line.parameters if _is_yes(value)} | {
        _plain(kind) for kind, _text in line.remarks
    }
    told = {_plain(name) for name, _value in line.parameters}
    # A quantity that could not be read is 0, too; with a sum it is none to choose.
    nothing = not line.quantity and not line.line_amount
    optional = bool(said & OPTIONAL) or (nothing and not told & OPTIONAL)
    return replace(line, optional=True) if optional else line


def _is_yes(value: str) -> bool:
    return bool(truth(value)) or value.strip().lower() in YES


def _plain(name: str) -> str:
    """``ITSCOPE.IS_OPTIONAL`` is ``isoptional``."""
    last = name.rpartition(".")[2].lower()
    return "".join(c for c in last if c.isalnum())
