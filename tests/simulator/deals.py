"""Orders that were sent, and what becomes of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from . import companies
from .clock import Clock
from .documents import Context, Options, build, build_pdf
from .orders import Order

GERMANY = ZoneInfo("Europe/Berlin")
STEPS = {
    "accept": ("ACCEPTED", "Auftrag angenommen", ""),
    "confirm": ("CONFIRMED", "Auftrag bestätigt", "ORDERRESPONSE"),
    "dispatch": ("ADVISED", "Lieferung avisiert", "DISPATCHNOTIFICATION"),
    "invoice": ("INVOICED", "Rechnung gestellt", "INVOICE"),
    "cancel": ("CANCELLED", "Auftrag storniert", ""),
    "reject": ("REJECTED", "Auftrag abgelehnt", ""),
}
LISTS = {
    "ORDER": "orders",
    "ORDERRESPONSE": "orderresponses",
    "DISPATCHNOTIFICATION": "dispatchnotifications",
    "INVOICE": "invoices",
}
AUTOMATIC = ("accept", "confirm", "dispatch", "invoice")


@dataclass
class DealDocument:
    kind: str
    transaction_id: str
    stamp: datetime
    body: bytes | None
    pdf: bytes | None = None
    #: ITscope names it
    listed: bool = True


@dataclass
class Deal:
    order_id: str
    account: str
    order: Order
    sequence: int
    created: datetime
    status: str = "SENT"
    message: str = "Bestellung übertragen"
    changed: datetime | None = None
    archived: bool = False
    #: placed on the platform, not sent by the API
    platform: bool = False
    documents: list[DealDocument] = field(default_factory=list)
    done: list[str] = field(default_factory=list)


class Deals:
    """All orders; lives on by :meth:`advance`, or by itself every ``auto`` seconds."""

    def __init__(self, clock: Clock, numbers: Iterator[int]) -> None:
        """:param numbers: of the orders to come"""
        self.clock = clock
        self.auto = 0.0
        #: an order number that was used before: accept or refuse
        self.repeated = "accept"
        #: where ITscope keeps the orderer's number: own or customer
        self.number_kept = "own"
        self.deals: dict[str, Deal] = {}
        self._numbers = numbers

    def place(
        self, account: str, order: Order, body: bytes | Callable[[Deal], bytes]
    ) -> Deal:
        """:param body: the ORDER that was sent; or what builds it once the deal has its
        number
        """
        number, now = next(self._numbers), self.clock.now()
        order_id = f"SIM{number:04d}-{now:%y%m%d}-{now:%H%M}"
        deal = Deal(order_id, account, order, number, now, changed=now)
        self._add(deal, "ORDER", body if isinstance(body, bytes) else body(deal))
        self.deals[order_id] = deal
        return deal

    def count(self, account: str, number: str) -> int:
        return sum(
            d.account == account and d.order.number == number
            for d in self.deals.values()
        )

    def numbers(self, deal: Deal) -> tuple[str, str]:
        """Own and customer's order number as ITscope shows them."""
        if self.number_kept == "customer":
            return "", deal.order.number
        return deal.order.number, deal.order.customer_order

    def of(self, account: str) -> list[Deal]:
        self._live()
        return [deal for deal in self.deals.values() if deal.account == account]

    def get(self, account: str, order_id: str) -> Deal | None:
        return next((d for d in self.of(account) if d.order_id == order_id), None)

    def document(
        self, account: str, transaction_id: str, kind: str
    ) -> DealDocument | None:
        for deal in self.of(account):
            for document in deal.documents:
                if document.transaction_id == transaction_id and document.kind == kind:
                    return document
        return None

    def advance(self, order_id: str, step: str, **options: Any) -> Deal:
        """Take a step.

        :param options: of :class:`documents.Options`; ``by_hand``: without a document;
            ``body``: these very bytes instead of a built document; ``pdf``: an
            invoice's ZUGFeRD too, and with ``only_pdf`` no openTRANS beside it
        """
        deal = self.deals[order_id]
        status, message, kind = STEPS[step]
        now = self.clock.now()
        deal.status, deal.message, deal.changed = status, message, now
        deal.done.append(step)
        if kind:
            by_hand = options.get("by_hand", False)
            context = self._context(deal, kind, now)
            body = pdf = None
            if options.get("body"):
                body = options["body"].encode()
            elif not by_hand and not options.get("only_pdf"):
                body = build(kind, context, Options.of(options))
            if options.get("pdf") or options.get("only_pdf"):
                pdf = build_pdf(context, Options.of(options))
            self._add(deal, kind, body, pdf, listed=not by_hand)
        return deal

    def _context(self, deal: Deal, kind: str, now: datetime) -> Context:
        supplier = next(
            c
            for c in companies.suppliers(deal.account)
            if str(c["supplier"]["id"]) == deal.order.supplier
        )
        # Several documents of one kind have numbers of their own.
        nth = sum(document.kind == kind for document in deal.documents)
        return Context(
            deal.order,
            deal.order_id,
            deal.sequence * 10 + nth,
            # Documents have German wall-clock time, without a zone.
            deal.created.astimezone(GERMANY),
            now.astimezone(GERMANY),
            supplier,
        )

    def _add(
        self,
        deal: Deal,
        kind: str,
        body: bytes | None,
        pdf: bytes | None = None,
        listed: bool = True,
    ) -> None:
        transaction_id = (
            f"{deal.sequence:08x}-{len(deal.documents):04x}-{kind.lower()[:12]}"
        )
        deal.documents.append(
            DealDocument(kind, transaction_id, self.clock.now(), body, pdf, listed)
        )

    def _live(self) -> None:
        if not self.auto:
            return
        for deal in list(self.deals.values()):
            while len(deal.done) < len(AUTOMATIC) and deal.done == list(
                AUTOMATIC[: len(deal.done)]
            ):
                due = deal.created + timedelta(seconds=self.auto * (len(deal.done) + 1))
                if self.clock.now() < due:
                    break
                self.advance(deal.order_id, AUTOMATIC[len(deal.done)])

    def shown(self, deal: Deal, base: str) -> dict[str, Any]:
        """The ``deal`` object of ITscope's contract."""
        index = next(
            i
            for i in range(len(companies.SUPPLIERS))
            if str(companies.supplier_id(i)) == deal.order.supplier
        )
        own, customers = self.numbers(deal)
        lists: dict[str, list[dict[str, str]]] = {name: [] for name in LISTS.values()}
        for document in deal.documents:
            entry = {
                "transactionId": document.transaction_id,
                "lastUpdate": document.stamp.isoformat(),
            }
            if document.listed:
                entry["documentUrl"] = (
                    f"{base}/business/documents/{document.transaction_id}/{document.kind}.xml"
                )
            lists[LISTS[document.kind]].append(entry)
        return {
            "orderId": deal.order_id,
            **({"ownOrderId": own} if own else {}),
            **({"customerOrderId": customers} if customers else {}),
            "status": deal.status,
            "statusMessage": deal.message,
            "statusDate": (deal.changed or deal.created).isoformat(),
            "archived": deal.archived,
            "deeplink": f"https://www.itscope.com/red/app#orders/{deal.order_id}",
            "imported": not deal.platform,
            "businessType": "PURCHASE",
            "testOrder": deal.order.supplier == companies.TEST_SUPPLIER,
            "vendor": {
                "name": companies.SUPPLIERS[index][1],
                "supplier": {
                    "id": companies.supplier_id(index),
                    "name": companies.SUPPLIERS[index][0],
                    "deeplink": "https://www.itscope.com/red/app#companies",
                    "customerAccountNumber": deal.order.customer_number,
                },
            },
            **{name: entries for name, entries in lists.items() if entries},
        }
