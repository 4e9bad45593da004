"""What ITscope tells about the account, its master data, and products."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Literal

from . import records
from .client_base import Connection
from .errors import AddressError, InvalidRequestError, MalformedError, NotFoundError
from .files import Media, Progress
from .readers import business, products, terms
from .readers.formats import local_name, xml_root
from .search import SORTS, Filters, puid_batches

Aggregation = Literal["weekly", "monthly"]

MAX_QUOTA = 1024 * 1024


class Products(Connection):
    """Calls about the account, master data, products, exports and pictures."""

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
