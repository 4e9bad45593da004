"""ITscope's API as Python calls that yield records."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timezone
from types import TracebackType
from typing import TypeVar
from urllib.parse import quote

from . import records
from .errors import AddressError, MalformedError
from .limits import Limiter
from .readers import business, products
from .readers.formats import json_nodes, local_name, parse_small, xml_nodes
from .readers.values import Node
from .search import Filters, puid_batches
from .settings import Settings
from .transport import Transport

T = TypeVar("T")

PAGE_SIZE = 50
#: A list that seems to have no end is left after so many pages.
MAX_PAGES = 2000
DOCUMENT_TYPES = (
    "ORDER",
    "ORDERRESPONSE",
    "DISPATCHNOTIFICATION",
    "INVOICE",
    "QUOTATION",
)


class Client:
    """A connection to ITscope for one account.

    All methods raise :class:`itscope_api.ItscopeError`; "nothing found" is empty, never an
    error. Iterators fetch page after page as they are consumed.

    :param limiter: shared by everything that uses the same address
    """

    def __init__(self, settings: Settings, limiter: Limiter) -> None:
        self._settings = settings
        self._transport = Transport(settings, limiter)

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
        """What the account may do (``info/quota``, XML only)."""
        body = self._transport.get("/info/quota")
        if body is None:
            raise AddressError("there is no ITscope API at this address", status=404)
        lines = _quota_lines(body)
        if not lines and b"quota" not in body.lower():
            raise AddressError("there is no ITscope API at this address")
        return business.quota(lines)

    def suppliers(self) -> Iterator[records.Company]:
        """All distributors."""
        return self._companies("distributor", "supplier")

    def manufacturers(self) -> Iterator[records.Company]:
        """All manufacturers."""
        return self._companies("manufacturer", "manufacturer")

    def _companies(self, kind: str, role: str) -> Iterator[records.Company]:
        path = f"/company/{kind}/company.{self._settings.format}"
        return self._read(
            path, None, "company", lambda node: business.company(node, role)
        )

    def product_types(self) -> Iterator[records.ProductType]:
        """All product types with their groups."""
        path = f"/products/producttypes/producttype.{self._settings.format}"
        return self._read(path, None, "productType", business.product_type)

    # ---------------------------------------------------------------- products

    def products(
        self, puids: Iterable[str], *, update_only: bool = False, realtime: bool = False
    ) -> Iterator[records.Product]:
        """Products by ITscope id, 50 a request, in ITscope's order.

        :param update_only: prices and stock only (``standardUpdate``)
        :param realtime: ask the suppliers' live interfaces; slow, for a few products
        """
        for batch in puid_batches(puids):
            yield from self._read(
                f"/products/ids/{','.join(batch)}/{self._view(update_only)}",
                {"realtime": "true"} if realtime else None,
                "product",
                lambda node: products.product(node, update_only=update_only),
            )

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
    ) -> Iterator[records.Product]:
        """Products that fit all filters; of a filter's values, any.

        Lists of any length are split into requests of 50. Numbers with reserved characters
        that bring nothing are asked for once more, encoded twice, as ITscope advises.

        :param manufacturer, product_type, supplier: ITscope ids
        :param price_list_products: also articles of price lists that ITscope has not
            matched to a product
        """
        filters = Filters(
            {
                "keywords": [keywords] if keywords else [],
                "ean": list(ean),
                "hstpid": list(manufacturer_sku),
                "distpid": list(supplier_sku),
                "manufacturer": list(manufacturer),
                "producttype": list(product_type),
                "distributor": list(supplier),
            }
        )
        params = {
            **({"plzproducts": "true"} if price_list_products else {}),
            **({"realtime": "true"} if realtime else {}),
            **({"sort": sort} if sort != "DEFAULT" else {}),
        }

        def pages(filter_text: str) -> Iterator[records.Product]:
            path = f"/products/search/{filter_text}/{self._view(False)}"
            return self._pages(path, params, "product", products.product)

        return filters.search(pages)

    def _view(self, update_only: bool) -> str:
        return f"standard{'Update' if update_only else ''}.{self._settings.format}"

    # ---------------------------------------------------------------- orders

    def send_order(self, xml: bytes) -> records.Deal:
        """Send an openTRANS ORDER. Never tried twice.

        What an error says about the order: :class:`NetworkError` with ``sent`` False,
        :class:`BlockedError`, :class:`ConfigurationError` and
        :class:`InvalidRequestError`: it is certainly not there. :class:`NetworkError` with
        ``sent``, :class:`ServerError`, :class:`MalformedError`: it may be there.
        """
        body = self._transport.post("/business/deals/purchase/send", xml)
        deal = next(iter(self._sniff(body, "deal", business.deal)), None)
        if deal is None:
            raise MalformedError(
                "ITscope accepted the order without naming it", status=200
            )
        return deal

    def deal(self, order_id: str) -> records.Deal | None:
        """One order by ITscope's number, or None."""
        path = f"/business/deals/{_quoted(order_id)}/deal.{self._settings.format}"
        return next(self._read(path, None, "deal", business.deal), None)

    def purchase_deals(
        self, *, updated_since: datetime | None = None, archived: bool = False
    ) -> Iterator[records.Deal]:
        """Purchase orders with news since then (aware), latest news first."""
        params = {
            "archiv": "ARCHIVED" if archived else "NOTARCHIVED",
            "sort": "LAST_MODIFIED",
        }
        if updated_since:
            utc = updated_since.astimezone(timezone.utc).replace(microsecond=0)
            params["lastUpdateDateFrom"] = utc.isoformat()
        path = f"/business/deals/purchase/deal.{self._settings.format}"
        return self._pages(path, params, "deal", business.deal)

    def find_deals(self, own_order_id: str) -> list[records.Deal]:
        """The orders that bear this order number of ours, archived ones too."""
        path = (
            f"/business/deals/purchase/search/ownOrderId={_quoted(own_order_id)}"
            f"/deal.{self._settings.format}"
        )
        found: dict[str, records.Deal] = {}
        for archived in ("NOTARCHIVED", "ARCHIVED"):
            for deal in self._pages(path, {"archiv": archived}, "deal", business.deal):
                # ITscope's search may be lenient; a number is the same or it is not.
                if own_order_id in (deal.own_order_id, deal.customer_order_id):
                    found[deal.order_id] = deal
        return list(found.values())

    def document(self, transaction_id: str, kind: str) -> bytes | None:
        """A document's bytes as they are, or None where there is none (yet).

        :param kind: ORDER, ORDERRESPONSE, DISPATCHNOTIFICATION, INVOICE or QUOTATION
        """
        if kind not in DOCUMENT_TYPES:
            raise ValueError(f"unknown kind of document: {kind}")
        return self._transport.get(
            f"/business/documents/{_quoted(transaction_id)}/{kind}.xml"
        )

    # ---------------------------------------------------------------- reading

    def _read(
        self,
        path: str,
        params: dict[str, str] | None,
        name: str,
        record: Callable[[Node], T | None],
    ) -> Iterator[T]:
        body = self._transport.get(path, params)
        if body is not None:
            yield from self._sniff(body, name, record)

    def _pages(
        self,
        path: str,
        params: dict[str, str],
        name: str,
        record: Callable[[Node], T | None],
    ) -> Iterator[T]:
        """All pages: the last one is short, empty, or the same as the one before."""
        before: list[T] = []
        for page in range(1, MAX_PAGES + 1):
            page_params = {**params, "page": str(page)} if page > 1 else params
            body = self._transport.get(path, page_params)
            if body is None:
                return
            nodes = list(self._nodes(body, name))
            found = [item for node in nodes if (item := record(node)) is not None]
            if found == before:
                return
            yield from found
            if len(nodes) < PAGE_SIZE:
                return
            before = found

    def _sniff(
        self, body: bytes, name: str, record: Callable[[Node], T | None]
    ) -> Iterator[T]:
        for node in self._nodes(body, name):
            if (item := record(node)) is not None:
                yield item

    @staticmethod
    def _nodes(body: bytes, name: str) -> Iterator[Node]:
        """By content, not by what was asked for: error pages and proxies do as they like."""
        start = body[:200].lstrip(b"\xef\xbb\xbf \t\r\n")
        if not start:
            return iter(())
        if start.startswith((b"{", b"[")):
            return json_nodes(body, name)
        if start.lower().startswith((b"<!doctype html", b"<html")):
            raise MalformedError("a web page came instead of data")
        if start.startswith(b"<"):
            return xml_nodes(io.BytesIO(body.lstrip(b"\xef\xbb\xbf \t\r\n")), name)
        raise MalformedError("neither JSON nor XML came")


def _quoted(value: str) -> str:
    return quote(value, safe="")


def _quota_lines(body: bytes) -> list[tuple[str, str]]:
    try:
        root = parse_small(body)
    except MalformedError:
        raise AddressError("there is no ITscope API at this address") from None
    return [
        (element.get("productName", ""), (element.text or "").strip())
        for element in root.iter()
        if local_name(element) == "quota"
    ]
