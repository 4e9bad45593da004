"""Products, searches, exports, images, datasheets and metadata."""

from __future__ import annotations

import itertools
import struct
import time
import zlib
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import unquote

from werkzeug.wrappers import Request, Response

from . import answers, companies, history, render, zugferd
from .state import Account, State

Product = dict[str, Any]
KEYS = {
    "keywords",
    "ean",
    "cnetid",
    "hstpid",
    "distpid",
    "manufacturer",
    "producttype",
    "distributor",
    "cluster",
    "puid",
    "plzid",
    "pid",
    "id",
}
PAGE = 50
SORTS: dict[str, Callable[[Product], Any]] = {
    "PRICE_ASC": lambda p: p.get("price", 1e12),
    "PRICE_DESC": lambda p: -p.get("price", 0),
    "STOCK": lambda p: -p["aggregatedStock"],
    "SOURCES_COUNT": lambda p: -p["aggregatedSupplierItems"],
    "NAME_ASC": lambda p: p["productName"],
    "MANUFACTURER_SKU": lambda p: p["manufacturerSKU"],
}


def products(
    state: State,
    request: Request,
    account: Account,
    version: str,
    how: str,
    what: str,
    view: str,
    kind: str,
) -> Response:
    if (
        view not in ("standard", "standardUpdate", "developer", "developerUpdate")
        or kind not in answers.TYPES
    ):
        return answers.message(400, f"Unbekanntes Format {view}.{kind}")
    price_list = request.args.get("plzproducts") == "true"
    catalogue = state.catalogue
    if how in ("id", "ids"):
        ids = unquote(what).split(",")
        if len(ids) > PAGE:
            return answers.message(400, "Höchstens 50 IDs pro Anfrage")
        # No `plzproducts` here: price-list lines have no id that can be asked for.
        found = [
            p
            for puid in ids
            if (p := catalogue.by_puid(puid.strip())) and not is_price_list(p)
        ]
    elif how == "ean":
        found = list(
            itertools.islice((p for p in catalogue if p.get("ean") == what), 1)
        )
    else:
        try:
            filters = parse_filter(what)
        except ValueError as error:
            return answers.message(400, str(error))
        found = [
            p
            for p in catalogue
            if (price_list or not is_price_list(p)) and fits(p, filters)
        ]
        sort = SORTS.get(request.args.get("sort", ""))
        if sort:
            found.sort(key=sort)
        page = int(request.args.get("page", "1"))
        found = found[(page - 1) * PAGE : page * PAGE]
    if request.args.get("realtime") == "true":
        now = state.clock.now().isoformat()
        found = [catalogue.live_view(p, now) for p in found]
    try:
        found = [{**p, **history.of(p, request.args, state, account)} for p in found]
    except ValueError as error:
        return answers.message(400, str(error))
    base = f"{request.host_url.rstrip('/')}/{version}"
    return answers.listed(
        "product", [render.view(p, view, version, base) for p in found], kind
    )


def is_price_list(product: Product) -> bool:
    return product["puid"] % 1000 == 999


def parse_filter(text: str) -> dict[str, list[str]]:
    """The keys of a search.

    The web server has decoded the path once. A ``/`` or ``#`` that was encoded once has become
    a separator by now and finds nothing; encoded twice it is decoded here.
    """
    filters: dict[str, list[str]] = {}
    for part in text.split(";"):
        key, equals, values = part.partition("=")
        key = key.lower()
        if not equals or key not in KEYS:
            raise ValueError(f"Ungültiges Filterkriterium: {part}")
        if key in filters:
            raise ValueError(f"Das Filterkriterium {key} darf nur einmal vorkommen")
        found = values.split(",")
        if len(found) > PAGE:
            raise ValueError(f"Höchstens 50 Werte für {key}")
        filters[key] = [
            "" if {"/", "#"} & set(value) else unquote(value).casefold().strip()
            for value in found
        ]
    return filters


def fits(product: Product, filters: dict[str, list[str]]) -> bool:
    offers = product["supplierItems"]
    for key, values in filters.items():
        if key == "keywords":
            text = f"{product['productName']} {product['manufacturerSKU']} {product.get('ean', '')}".casefold()
            ok = any(
                value and all(word in text for word in value.split())
                for value in values
            )
        elif key == "ean":
            ok = any(
                {product.get("ean"), *(o.get("ean") for o in offers)} & {v, v.zfill(13)}
                for v in values
                if v
            )
        elif key == "hstpid":
            ok = product["manufacturerSKU"].casefold() in values
        elif key == "distpid":
            wanted = filters.get("distributor", [])
            ok = any(
                o["supplierSKU"].casefold() in values
                and (not wanted or str(o["supplierId"]) in wanted)
                for o in offers
            )
        elif key == "distributor":
            ok = any(str(o["supplierId"]) in values for o in offers)
        elif key == "plzid":
            ok = any(str(o["id"]) in values for o in offers)
        else:
            number = {
                "manufacturer": "manufacturerId",
                "producttype": "productTypeId",
            }.get(key, "puid")
            ok = str(product[number]) in values
        if not ok:
            return False
    return True


def metadata(state: State, account: Account, path: str, kind: str) -> Response:
    name, rows = {
        "company/distributor/company": (
            "company",
            lambda: companies.suppliers(account.code),
        ),
        "company/distributor/eservices": (
            "company",
            lambda: companies.e_services(account.code),
        ),
        "company/manufacturer/company": ("company", companies.manufacturers),
        "products/producttypes/producttype": ("productType", companies.product_types),
    }[path]
    return answers.listed(name, rows(), kind)


def quota(account: Account) -> Response:
    used = 500
    access = '<quota productName="API access">Unlimited</quota>' if account.api else ""
    body = (
        f'<quotas>{access}<quota productName="Order-API access">{str(account.orders).lower()}</quota>'
        f'<quota productName="Individual API calls quota">1500</quota>'
        f'<quota productName="Individual API calls last 30 days">{used}</quota></quotas>'
    )
    return Response(body, content_type=answers.TYPES["xml"])


def export(state: State, request: Request, uuid: str, version: str) -> Response:
    """The file of an export; by its token, or by its id."""
    definition = state.exports.get(uuid)
    if definition is None:
        return answers.message(404, "Export nicht gefunden")
    definition.started.append(state.clock.now().isoformat())
    base = f"{request.host_url.rstrip('/')}/{version}"
    path = state.files.get(definition, state.catalogue, version, base)
    size = path.stat().st_size
    kind = "tsv" if definition.token else definition.format
    headers = {"Content-Type": answers.TYPES.get(kind, "text/csv; charset=utf-8")}
    first, status = 0, 200
    if definition.ranges:
        etag = f'"{path.name}"'
        headers.update({"Accept-Ranges": "bytes", "ETag": etag})
        wanted = request.headers.get("Range", "")
        if wanted.startswith("bytes=") and request.headers.get("If-Range") == etag:
            first, status = int(wanted[6:].split("-")[0]), 206
            headers["Content-Range"] = f"bytes {first}-{size - 1}/{size}"
    cut = 0
    if definition.cut and definition.cuts > 0:
        definition.cuts -= 1
        cut = definition.cut
    headers["Content-Length"] = str(size - first)

    def content() -> Iterator[bytes]:
        sent = 0
        with path.open("rb") as source:
            source.seek(first)
            while chunk := source.read(64 * 1024):
                time.sleep(definition.pause)
                if cut and sent + len(chunk) > cut:
                    yield chunk[: cut - sent]
                    raise ConnectionAbortedError
                sent += len(chunk)
                yield chunk

    return Response(content(), status, headers)


def datasheet(state: State, puid: str, kind: str) -> Response:
    product = state.catalogue.by_puid(puid)
    if product is None:
        return answers.nothing()
    if kind == "pdf":
        sheet = zugferd.text_page(f"Datenblatt {product['productName']}")
        return Response(sheet, content_type="application/pdf")
    return Response(
        f"<html><body>{product['longDescription']}</body></html>",
        content_type="text/html; charset=utf-8",
    )


def image(state: State, request: Request, name: str) -> Response:
    """A small PNG whose colour follows from the product; one of 50 MB, one that is a web
    page and one that unpacks without end, for those who trust every address."""
    if name == "html.png":
        return Response("<html><body>Wartung</body></html>", content_type="image/png")
    if name == "huge.png":
        return Response(
            (b"\x89PNG\r\n\x1a\n" + b"\0" * 1024 * 1024 for _part in range(50)),
            content_type="image/png",
        )
    if name == "bomb.png":
        return _png(name, b"Comment\0\0" + zlib.compress(b"\0" * 1024 * 1024), 70)
    name = f"{name}/{state.painted.get(name, 0)}"
    response = _png(name)
    response.set_etag(f"{zlib.crc32(name.encode()):x}")
    return response.make_conditional(request.environ)


def _png(name: str, text: bytes = b"", times: int = 0) -> Response:
    colour = bytes(zlib.crc32(name.encode()).to_bytes(4, "big")[:3])
    raw = (b"\0" + colour * 32) * 32

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data))
            + kind
            + data
            + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", 32, 32, 8, 2, 0, 0, 0)
    body = (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"zTXt", text) * times
        + chunk(b"IDAT", zlib.compress(raw))
        + chunk(b"IEND", b"")
    )
    return Response(body, content_type="image/png")
