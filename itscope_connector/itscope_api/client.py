"""ITscope's API as Python calls that yield records."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, timezone
from functools import partial
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Literal, TypeVar, final

import requests

from . import records
from .errors import (
    AddressError,
    InvalidRequestError,
    MalformedError,
    NotFoundError,
)
from .files import Files, Media, Progress
from .limits import Limiter
from .readers import business, products, terms
from .readers.formats import local_name, nodes, xml_root
from .readers.table import Node
from .search import SORTS, Filters, encode, has_second_way, puid_batches, segment
from .settings import Settings
from .transport import Transport

T = TypeVar("T", records.Product, records.Deal, records.Quote)
R = TypeVar("R")
Aggregation = Literal["weekly", "monthly"]

PAGE_SIZE = 50
#: A list that has no end is left after so many pages.
MAX_PAGES = 2000
MAX_DOCUMENT = 20 * 1024 * 1024
MAX_QUOTA = 1024 * 1024
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


@final
class Client:
    """A connection to ITscope for one account; close it after use, or use ``with``.

    All methods raise :class:`itscope_api.ItscopeError`; "nothing found" is empty, never
    an error. Iterators fetch page after page as they are consumed.

    :param limiter: shared by everything that sends from this address
    :param session: used instead of one of our own, e.g. one that trusts a certificate
    """

    def __init__(
        self,
        settings: Settings,
        limiter: Limiter,
        *,
        session: requests.Session | None = None,
    ) -> None:
        self._settings = settings
        self._transport = Transport(settings, limiter, session)
        self._files = Files(settings, self._transport)

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    # ---------------------------------------------------------------- account, metadata

    def quota(self) -> records.Quota:
        """What the account may do (``info/quota``, XML only).

        :raises AddressError: something answers there, but not ITscope's API
        """
        try:
            body = self._transport.get("/info/quota", absent=(), limit=MAX_QUOTA) or b""
            root = xml_root(body, self._transport.secrets)
        except (NotFoundError, MalformedError) as error:
            raise AddressError(
                f"no ITscope API at this address: {error.message}", status=error.status
            ) from None
        if local_name(root) != "quotas":
            raise AddressError("no ITscope API at this address: no quota in its answer")
        return business.quota(
            [
                ((line.get("productName") or "").strip(), (line.text or "").strip())
                for line in root.iter()
                if local_name(line) == "quota"
            ]
        )

    def suppliers(self) -> Iterator[records.Company]:
        """All distributors."""
        return self._companies("distributor", "supplier")

    def supplier_terms(self) -> Iterator[records.SupplierTerms]:
        """E-services and order conditions of all distributors."""
        path = f"/company/distributor/eservices.{self._settings.format}"
        return self._list(path, "company", terms.supplier_terms)

    def manufacturers(self) -> Iterator[records.Company]:
        """All manufacturers."""
        return self._companies("manufacturer", "manufacturer")

    def _companies(self, kind: str, role: str) -> Iterator[records.Company]:
        path = f"/company/{kind}/company.{self._settings.format}"
        return self._list(path, "company", partial(business.company, role=role))

    def product_types(self) -> Iterator[records.ProductType]:
        """All product types with their groups."""
        path = f"/products/producttypes/producttype.{self._settings.format}"
        return self._list(path, "productType", business.product_type)

    def _list(
        self, path: str, name: str, read: Callable[[Node], R | None]
    ) -> Iterator[R]:
        # A missing list is a wrong address, not an empty list.
        body = self._transport.get(path, absent=(204,))
        yield from self._read(body or b"", path, name, read)

    # ---------------------------------------------------------------- products

    def products(
        self,
        puids: Iterable[str],
        *,
        update_only: bool = False,
        realtime: bool = False,
        history_from: date | None = None,
        history_to: date | None = None,
        aggregation: Aggregation = "weekly",
    ) -> Iterator[records.Product]:
        """Products by ITscope id, 50 a request, in ITscope's order.

        Ids that ITscope does not know, and what can't be an id, bring nothing.

        :param update_only: prices and stock only (``standardUpdate``)
        :param realtime: ask the suppliers' live interfaces; slow, for a few products
        :param history_from: also :attr:`records.Product.history` from this day on; it
            stays empty where the account's contract does not give it
        :param history_to: up to this day; ITscope takes today without it
        :param aggregation: of the history
        :raises InvalidRequestError: the history is asked for backwards, or from a view
            that has none
        """
        params = {"realtime": "true"} if realtime else {}
        if history_from:
            if update_only or (history_to and history_to < history_from):
                raise InvalidRequestError("there is no such history")
            params["historyFrom"] = history_from.isoformat()
            params["historyAggregation"] = aggregation
            if history_to:
                params["historyTo"] = history_to.isoformat()
        read = partial(products.product, update_only=update_only)
        for batch in puid_batches(puids):
            path = f"/products/ids/{','.join(batch)}/{self._view(update_only)}"
            body = self._transport.get(path, params)
            yield from list(self._read(body or b"", path, "product", read))

    def search(
        self,
        *,
        keywords: str = "",
        ean: Sequence[str] = (),
        manufacturer_sku: Sequence[str] = (),
        supplier_sku: Sequence[str] = (),
        manufacturer: Sequence[str] = (),
        product_type: Sequence[str] = (),
        supplier: Sequence[str] = (),
        price_list_products: bool = False,
        realtime: bool = False,
        sort: str = "DEFAULT",
        first_page: int = 1,
        pages: int | None = None,
    ) -> Iterator[records.Product]:
        """Products that fit all filters; of a filter's values, any.

        Lists of any length are split into requests of 50. What has reserved characters
        and brings nothing is asked for once more, encoded twice, as ITscope advises.

        :param manufacturer, product_type, supplier: ITscope ids
        :param price_list_products: also articles of price lists that ITscope has not
            matched to a product
        :param realtime: ask the suppliers' live interfaces; slow, for a few products
        :param sort: one of ITscope's orders, see :data:`search.SORTS`
        :param first_page: from 1, of 50 products each
        :param pages: how many of them; None for all
        :raises InvalidRequestError: nothing to search for, or impossible values
        """
        filters = Filters(
            {
                "keywords": [keywords],
                "ean": ean,
                "hstpid": manufacturer_sku,
                "distpid": supplier_sku,
                "manufacturer": manufacturer,
                "producttype": product_type,
                "distributor": supplier,
            }
        )
        if sort not in SORTS:
            raise InvalidRequestError(f"ITscope can't sort by {sort}")
        if first_page < 1 or (pages is not None and pages < 1):
            raise ValueError("pages count from 1")
        if (first_page > 1 or pages) and filters.batches() > 1:
            raise ValueError("a search that is split into several has no pages")
        params = {
            **({"plzproducts": "true"} if price_list_products else {}),
            **({"realtime": "true"} if realtime else {}),
            **({"sort": sort} if sort != "DEFAULT" else {}),
        }

        def all_pages(encoded: str) -> Iterator[records.Product]:
            path = f"/products/search/{encoded}/{self._view(False)}"
            read = products.product
            return self._pages(path, params, "product", read, first_page, pages)

        return filters.search(all_pages)

    def articles(
        self, articles: Iterable[tuple[str, str]], *, realtime: bool = False
    ) -> Iterator[records.Product]:
        """Products by the articles of their suppliers, price-list lines among them.

        The only way to a price-list line that is known already: ITscope's methods by id
        have no ``plzproducts``. Once ITscope has matched it, the product comes instead.

        :param articles: ``(ITscope id of the supplier, its article number)``
        """
        wanted: dict[str, dict[str, str]] = {}
        for supplier, number in articles:
            wanted.setdefault(supplier, {})[number.casefold()] = number
        for supplier, numbers in wanted.items():
            for product in self.search(
                supplier_sku=list(numbers.values()),
                supplier=[supplier],
                price_list_products=True,
                realtime=realtime,
            ):
                if any(
                    offer.supplier_id == supplier
                    and offer.supplier_sku.casefold() in numbers
                    for offer in product.offers
                ):
                    yield product

    def download_export(
        self,
        path: Path,
        *,
        export_id: str = "",
        url: str = "",
        progress: Progress | None = None,
    ) -> None:
        """Save an export; ``path`` is there when, and only when, it is whole.

        A download that breaks off goes on where it was if the server offers that, and
        begins again otherwise. What to do with the file: :func:`open_export`.

        :param export_id: the export's UUID on the platform
        :param url: its address instead, with a token or without
        :param progress: called with the bytes so far, and in all or None
        :raises NotFoundError: there is no such export, or it holds nothing
        """
        if bool(export_id) == bool(url):
            raise ValueError("an export is named by its id or by its address")
        self._files.export(path, export_id, url, progress)

    def media(
        self, url: str, *, etag: str = "", modified: str = "", limit: int
    ) -> Media | None:
        """A picture or data sheet from one of ITscope's hosts, without login.

        :param etag, modified: as they came last time
        :param limit: bytes
        :return: None where it has not changed
        :raises AddressError: it does not lie at ITscope
        :raises MalformedError: too large, or neither a picture nor a PDF
        """
        return self._files.media(url, etag, modified, limit)

    def _view(self, update_only: bool) -> str:
        return f"standard{'Update' if update_only else ''}.{self._settings.format}"

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

    # ---------------------------------------------------------------- reading

    def _read(
        self, body: bytes, path: str, name: str, read: Callable[[Node], R | None]
    ) -> Iterator[R]:
        try:
            for node in nodes(body, name, self._transport.secrets):
                if (record := read(node)) is not None:
                    yield record
        except MalformedError as error:
            error.status, error.url = 200, self._settings.base_url.rstrip("/") + path
            raise

    def _pages(
        self,
        path: str,
        params: dict[str, str],
        name: str,
        read: Callable[[Node], T | None],
        first: int = 1,
        pages: int | None = None,
    ) -> Iterator[T]:
        """Page after page; the last one is short, empty, or brings nothing new.

        A page is read to its end before anything of it is given away: a broken one
        gives nothing.
        """
        seen: set[str] = set()
        for page in count(first):
            if pages is not None and page >= first + pages:
                return
            if page >= first + MAX_PAGES:
                raise MalformedError("the list has no end", url=path)
            page_params = {**params, "page": str(page)} if page > 1 else params
            body = self._transport.get(path, page_params)
            found = list(self._read(body or b"", path, name, read))
            new = {record_id(record): record for record in found}
            new = {key: record for key, record in new.items() if key not in seen}
            if not new:
                return
            yield from new.values()
            if len(found) < PAGE_SIZE:
                return
            seen.update(new)


def record_id(record: records.Product | records.Deal | records.Quote) -> str:
    """ITscope's id of a product, order or quote."""
    if isinstance(record, records.Product):
        return record.puid
    return record.order_id if isinstance(record, records.Deal) else record.quote_id


def _archive(archived: bool) -> str:
    return "ARCHIVED" if archived else "NOTARCHIVED"
