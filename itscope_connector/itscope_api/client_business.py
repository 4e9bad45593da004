"""What is bought and quoted at ITscope: orders, quotes, their documents."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Literal

from . import records
from .client_base import Connection
from .errors import InvalidRequestError, MalformedError
from .readers import business
from .search import encode, has_second_way, segment

MAX_DOCUMENT = 20 * 1024 * 1024
#: ITscope's own checks of an order, in the order in which they make sense.
CHECKS = ("validateschema", "validate")
#: Criteria by which quotes are found.
QUOTE_FILTERS = ("keywords", "quoteno", "status")
#: Filters of orders that may know an order number of ours.
NUMBER_FILTERS = ("ownOrderId", "customerOrderId", "keywords")
DOCUMENT_TYPES = (
    "ORDER",
    "ORDERRESPONSE",
    "DISPATCHNOTIFICATION",
    "INVOICE",
    "QUOTATION",
)


class Business(Connection):
    """Calls about orders, quotes and documents."""

    # ---------------------------------------------------------------- orders

    def send_order(self, xml: bytes) -> records.Deal:
        """Send an openTRANS ORDER. Never tried twice.

        What an error says about the order: after :class:`NetworkError` with ``sent``,
        :class:`ServerError` and :class:`MalformedError` it may be there; after any
        other error it is certainly not.
        """
        path = "/business/deals/purchase/send"
        body = self._transport.post(path, xml)
        deals = list(self._read(body, path, "deal", business.deal))
        if len(deals) != 1:
            raise MalformedError(
                "ITscope accepted the order without naming it", status=200
            )
        return deals[0]

    def check_order(self, xml: bytes, *, schema_only: bool = False) -> str:
        """What ITscope objects to in an openTRANS ORDER that is not sent, or "".

        :param schema_only: only whether it is valid against the schema
        """
        for check in ("validateschema",) if schema_only else CHECKS:
            try:
                path = f"/business/documents/{check}"
                self._transport.post(path, xml, answered=False)
            except InvalidRequestError as error:
                return error.message
        return ""

    def deal(self, order_id: str) -> records.Deal | None:
        """One order by ITscope's number, or None."""
        path = f"/business/deals/{segment(order_id)}/deal.{self._settings.format}"
        body = self._transport.get(path)
        deals = list(self._read(body or b"", path, "deal", business.deal))
        return deals[0] if deals else None

    def archive_deal(self, order_id: str) -> bool:
        """Archive an order at ITscope; :return: False where it does not know it"""
        return self._transport.put(f"/business/deals/archive/{segment(order_id)}")

    def purchase_deals(
        self,
        *,
        updated_since: datetime | None = None,
        archived: bool = False,
        first_page: int = 1,
        pages: int | None = None,
    ) -> Iterator[records.Deal]:
        """Purchase orders, latest news first.

        :param updated_since: only orders with news since then (aware)
        :param archived: the archived ones instead of the others
        :param first_page: from 1, of 50 orders each
        :param pages: how many of them; None for all
        """
        params = {"archiv": _archive(archived), "sort": "LAST_MODIFIED"}
        if updated_since is not None:
            if updated_since.tzinfo is None:
                raise ValueError("updated_since needs a zone")
            utc = updated_since.astimezone(timezone.utc).replace(microsecond=0)
            params["lastUpdateDateFrom"] = utc.isoformat()
        path = f"/business/deals/purchase/deal.{self._settings.format}"
        return self._pages(path, params, "deal", business.deal, first_page, pages)

    def find_deals(self, own_order_id: str) -> Iterator[records.Deal]:
        """The purchase orders with this order number of ours, archived ones too.

        ITscope may keep our number as the customer's (its older way): every filter that
        can know it is asked, whatever the others found.

        :raises InvalidRequestError: ITscope refuses all of these filters
        """
        found: set[str] = set()
        refused: list[InvalidRequestError] = []
        for key in NUMBER_FILTERS:
            try:
                for deal in self._find_by(key, own_order_id):
                    # ITscope's search may be lenient: a number is the same or it is
                    # not.
                    numbers = (deal.own_order_id, deal.customer_order_id)
                    if own_order_id in numbers and deal.order_id not in found:
                        found.add(deal.order_id)
                        yield deal
            except InvalidRequestError as error:
                refused.append(error)
        if len(refused) == len(NUMBER_FILTERS):
            raise refused[0]

    def _find_by(self, key: str, number: str) -> Iterator[records.Deal]:
        """What a filter finds, in the second way of encoding where the first finds
        nothing.
        """
        anything = False
        for twice in (False, True) if has_second_way(number) else (False,):
            try:
                for deal in self._search_deals(key, encode(number, twice=twice)):
                    anything = True
                    yield deal
            except InvalidRequestError:
                # Some servers refuse an encoded slash in a path before ITscope sees it.
                if twice or not has_second_way(number):
                    raise
            if anything:
                return

    def _search_deals(self, key: str, number: str) -> Iterator[records.Deal]:
        path = (
            f"/business/deals/purchase/search/{key}={number}"
            f"/deal.{self._settings.format}"
        )
        for archived in (False, True):
            params = {"archiv": _archive(archived)}
            yield from self._pages(path, params, "deal", business.deal)

    # ---------------------------------------------------------------- quotes

    def quotes(
        self,
        *,
        archived: bool = False,
        first_page: int = 1,
        pages: int | None = None,
    ) -> Iterator[records.Quote]:
        """Quotes, the one that was modified last first.

        ITscope has no filter by date here: who knows the older ones stops reading.

        :param archived: the archived ones instead of the others
        :param first_page: from 1, of 50 quotes each
        :param pages: how many of them; None for all
        """
        path = f"/business/quotes/quote.{self._settings.format}"
        params = {"archiv": _archive(archived), "sort": "LAST_MODIFIED"}
        return self._pages(path, params, "quote", business.quote, first_page, pages)

    def find_quotes(
        self,
        *,
        keywords: str = "",
        number: str = "",
        status: str = "",
        archived: bool = False,
    ) -> Iterator[records.Quote]:
        """Quotes that fit all that is given; ITscope's search is lenient.

        What has reserved characters and brings nothing is asked for once more, encoded
        twice, as ITscope advises.

        :param status: DRAFT, PROGRESS, WON or LOST
        :raises InvalidRequestError: nothing to search for
        """
        given = zip(QUOTE_FILTERS, (keywords, number, status), strict=True)
        wanted = {key: value.strip() for key, value in given if value.strip()}
        if not wanted:
            raise InvalidRequestError("nothing was given to search for")
        again = any(map(has_second_way, wanted.values()))
        params = {"archiv": _archive(archived), "sort": "LAST_MODIFIED"}
        for twice in (False, True) if again else (False,):
            filters = ";".join(
                f"{key}={encode(value, twice=twice)}" for key, value in wanted.items()
            )
            path = f"/business/quotes/search/{filters}/quote.{self._settings.format}"
            anything = False
            try:
                for quote in self._pages(path, params, "quote", business.quote):
                    anything = True
                    yield quote
            except InvalidRequestError:
                # Some servers refuse an encoded slash in a path before ITscope sees it.
                if twice or not again or anything:
                    raise
            if anything:
                return

    def quote(self, quote_id: str) -> records.Quote | None:
        """One quote by ITscope's id of it, or None."""
        path = f"/business/quotes/{segment(quote_id)}/quote.{self._settings.format}"
        body = self._transport.get(path)
        quotes = list(self._read(body or b"", path, "quote", business.quote))
        return quotes[0] if quotes else None

    def quote_pdf(self, quote_id: str) -> bytes | None:
        """A quote as the customer sees it, or None where there is none."""
        path = f"/business/quotes/{segment(quote_id)}/quote.pdf"
        return self._transport.get(path, limit=MAX_DOCUMENT) or None

    # ---------------------------------------------------------------- documents

    def document(
        self, transaction_id: str, type: str, format: Literal["xml", "pdf"] = "xml"
    ) -> bytes | None:
        """A document's bytes as they are, or None where there is none (yet).

        :param type: ORDER, ORDERRESPONSE, DISPATCHNOTIFICATION, INVOICE or QUOTATION
        :param format: xml: openTRANS 2.1; pdf: an INVOICE as ZUGFeRD, which only some
            suppliers give
        """
        if type not in DOCUMENT_TYPES:
            raise ValueError(f"unknown type of document: {type}")
        if format == "pdf" and type != "INVOICE":
            raise ValueError(f"there is no PDF of this type of document: {type}")
        path = f"/business/documents/{segment(transaction_id)}/{type}.{format}"
        # The only method that knows no more than two languages.
        language = "de" if self._settings.language == "de" else "en"
        headers = {"Accept-Language": language}
        return self._transport.get(path, headers=headers, limit=MAX_DOCUMENT) or None


def _archive(archived: bool) -> str:
    return "ARCHIVED" if archived else "NOTARCHIVED"
