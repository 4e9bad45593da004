"""Exports as files: every format, and what goes wrong with them on demand."""

from __future__ import annotations

import csv
import io
import random
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from . import render
from .catalogue import Catalogue

Product = dict[str, Any]
#: Stands for bytes that are no UTF-8; no real text has it.
BAD_BYTES = "\ue000"
#: Child files of a CSV export: list of the parent, file, column that names the parent.
OF_PRODUCT = (("attributes", "attribute"), ("accessories", "accessory"))
OF_OFFER = (
    ("projects", "project", "supplierItemId"),
    ("scaledPriceInfo", "scaledPriceInfo", ""),
    ("supplierPackagingInfo", "supplierPackagingInfo", "supplierItemId"),
    ("contractParameters", "contractParameter", "supplierItemId"),
)
FIRST_HOSTILE = 99900000000


@dataclass
class Export:
    """An export as the platform defines it, and how it misbehaves.

    ``count`` products instead of the catalogue's, with exactly ``offers`` offers each;
    ``plain`` leaves lists and nested values out, which a bare table can't carry;
    ``rows`` of a table: per ``product`` or per ``offer``; ``log`` of left-out products,
    ``error`` of an incomplete one; ``cut`` ends the connection after so many bytes, the
    first ``cuts`` times; ``pause`` seconds before each 64 KiB; ``ranges`` offers to go on; ``shuffled`` child files;
    ``nameless`` update views leave out what is only inferred of them: ids and conditions
    of offers.
    """

    uuid: str
    format: str = "xml"
    view: str = "standard"
    token: str = ""
    count: int | None = None
    seed: int | None = None
    offers: int | None = None
    plain: bool = False
    rows: str = "product"
    without: list[str] = field(default_factory=list)
    log: list[list[str]] = field(default_factory=list)
    error: str = ""
    hostile: bool = False
    shuffled: bool = False
    cut: int = 0
    cuts: int = 1
    pause: float = 0.0
    ranges: bool = False
    nameless: bool = False
    started: list[str] = field(default_factory=list)


class Files:
    """Files of exports, built once as long as nothing changes; gone with the process."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="simulator-")
        self._built: dict[str, Path] = {}

    def get(
        self, definition: Export, catalogue: Catalogue, version: str, base: str
    ) -> Path:
        shown = {**vars(definition), "cuts": 0, "pause": 0, "started": 0}
        key = f"{shown}{version}{base}"
        if definition.count is None:
            key += catalogue.state
        if key not in self._built:
            path = Path(self._folder.name) / str(len(self._built))
            build(path, definition, catalogue, version, base)
            self._built[key] = path
        return self._built[key]


def build(
    path: Path, definition: Export, catalogue: Catalogue, version: str, base: str
) -> None:
    """Write an export to a file."""
    if definition.count is not None or definition.offers is not None:
        seed = definition.seed if definition.seed is not None else catalogue.seed
        count = definition.count if definition.count is not None else catalogue.count
        began = catalogue.started
        catalogue = Catalogue(seed, count, definition.offers)
        catalogue.started = began

    def products() -> Iterator[Product]:
        for product in catalogue:
            if str(product["puid"]) not in definition.without:
                shown = render.view(product, definition.view, version, base)
                if definition.nameless:
                    shown = _nameless(shown)
                yield _plain(shown) if definition.plain else shown
        if definition.hostile:
            for product in hostile_products(base):
                yield render.view(product, definition.view, version, base)

    if definition.token or definition.format == "tsv":
        write = _table
    else:
        write = {"json": _json, "xml": _xml, "csv": _zip}[definition.format]
    with path.open("wb") as target:
        write(target, products, definition)


def _bytes(text: str) -> bytes:
    return text.encode().replace(BAD_BYTES.encode(), b"\xff\xfe\x80")


def _xml(target: IO[bytes], products: Any, definition: Export) -> None:
    for part in render.stream_xml("product", products()):
        target.write(part.replace(BAD_BYTES.encode(), b"\xff\xfe\x80"))


def _json(target: IO[bytes], products: Any, definition: Export) -> None:
    for part in render.stream_json("product", products()):
        target.write(part.replace(BAD_BYTES.encode(), b"\xff\xfe\x80"))
    if definition.log:
        target.seek(-1, 1)
        entries = ",".join(
            f'{{"id":{n},"cause":"{cause}"}}' for n, cause in definition.log
        )
        target.write(_bytes(f',"log":[{entries}]}}'))


def _table(target: IO[bytes], products: Any, definition: Export) -> None:
    """One bare tab-separated file without quotes: line breaks and tabs are blanks."""

    def rows() -> Iterator[Product]:
        for product in products():
            flat = _flat(product)
            offers = (
                product.get("supplierItems", []) if definition.rows == "offer" else []
            )
            if not offers:
                yield flat
            for offer in offers:
                inner = {f"supplierItem.{k}": v for k, v in _flat(offer).items()}
                yield {**flat, **inner}

    names = list(dict.fromkeys(name for row in rows() for name in row))
    target.write(_bytes("\t".join(names) + "\n"))
    for row in rows():
        cells = (" ".join(_cell(row.get(name, "")).split()) for name in names)
        target.write(_bytes("\t".join(cells) + "\n"))


def _zip(target: IO[bytes], products: Any, definition: Export) -> None:
    """A file per element, quoted where it must be; one pass per file."""
    tables: dict[str, Any] = {"product": lambda: (_flat(p) for p in products())}

    def offers() -> Iterator[Product]:
        for product in products():
            for offer in product.get("supplierItems", ()):
                yield {"productId": product["puid"], **_flat(offer)}

    tables["supplierItem"] = offers
    for wrapper, name in OF_PRODUCT:
        tables[name] = lambda w=wrapper: (
            {"productId": product["puid"], **item}
            for product in products()
            for item in product.get(w, ())
        )
    for wrapper, name, column in OF_OFFER:
        tables[name] = lambda w=wrapper, c=column: _of_offers(products(), w, c)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, rows in tables.items():
            with archive.open(f"{name}.csv", "w", force_zip64=True) as member:
                _separated(member, rows, definition.shuffled and name != "product")
        if definition.log:
            lines = "".join(f"{n}\t{cause}\n" for n, cause in definition.log)
            archive.writestr("Log.csv", _bytes("id\tcause\n" + lines))
        if definition.error:
            archive.writestr("ERROR.txt", definition.error)


def as_zip(products: list[Product]) -> bytes:
    """Products of an answer as a CSV zip."""
    target = io.BytesIO()
    _zip(target, lambda: iter(products), Export(""))
    return target.getvalue()


def _of_offers(
    products: Iterable[Product], wrapper: str, column: str
) -> Iterator[Product]:
    for product in products:
        for offer in product.get("supplierItems", ()):
            found = offer.get(wrapper, ()) if "id" in offer else ()
            for item in [found] if isinstance(found, dict) else found:
                yield {**({column: offer["id"]} if column else {}), **item}


def _separated(member: IO[bytes], rows: Any, shuffled: bool) -> None:
    names = list(dict.fromkeys(name for row in rows() for name in row))
    found = rows()
    if shuffled:
        found = list(found)
        random.Random(1).shuffle(found)
    member.write(_bytes("\t".join(names) + "\n"))
    line = io.StringIO()
    writer = csv.writer(line, delimiter="\t", lineterminator="\n")
    for row in found:
        writer.writerow([_cell(row.get(name, "")) for name in names])
        if line.tell() > 100_000:
            member.write(_bytes(line.getvalue()))
            line.seek(0)
            line.truncate()
    member.write(_bytes(line.getvalue()))


def _flat(item: Product) -> Product:
    return {k: v for k, v in item.items() if not isinstance(v, (list, dict))}


def _nameless(product: Product) -> Product:
    left_out = ("id", "conditionId", "conditionName")
    return {
        **product,
        "supplierItems": [
            {name: value for name, value in offer.items() if name not in left_out}
            for offer in product["supplierItems"]
        ],
    }


def _plain(product: Product) -> Product:
    offers = [_flat(offer) for offer in product.get("supplierItems", ())]
    return {**_flat(product), "supplierItems": offers}


def _cell(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def hostile_products(base: str) -> Iterator[Product]:
    """What must not come through, each beside good neighbours."""
    template = next(iter(Catalogue(99, 1, 1)))
    oddities: list[Product] = [
        {"productName": "<script>alert(1)</script>Bildschirm"},
        {"htmlSpecs": "<p onclick='x()'>gut</p><script>alert(1)</script>"},
        {"offer": {"price": "NaN"}},
        {"offer": {"stock": -5}},
        {"offer": {"priceLastUpdate": "0001-01-01T00:00:00"}},
        {"longDescription": "x" * 10_000_000},
        {"productName": f"Bildschirm {BAD_BYTES} 27"},
        {"imageHighRes1": "/images/huge.png"},
        {"imageHighRes1": "/images/html.png"},
        {"ean": "4006381333930"},
        {"puid": "abc"},
        {"offer": {"price": -3}},
        {"estimateGrossWeight": 1e300},
    ]
    for number, oddity in enumerate(oddities):
        puid = FIRST_HOSTILE + number * 1000
        offer = {
            **template["supplierItems"][0],
            "id": puid * 10,
            **oddity.pop("offer", {}),
        }
        yield {
            **template,
            "puid": puid,
            "ean": "",
            "manufacturerSKU": f"BAD-{number}",
            "productName": f"Bildschirm {number}",
            **oddity,
            "supplierItems": [offer],
        }
