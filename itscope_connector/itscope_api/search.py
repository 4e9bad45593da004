"""Search filters: values, splitting and ITscope's two ways of encoding."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from urllib.parse import quote

from .records import Product

#: Values a key, and ids a request.
MAX_VALUES = 50
#: Characters of a filter; a request's header may have 16 kB in all.
MAX_FILTER = 6000
#: With these in a value, ITscope may find nothing unless they are encoded twice.
RESERVED = frozenset("/#%;,=\\?&+ ")
#: These separate values and keys in a filter: in a value they are always encoded twice.
SEPARATORS = frozenset(",;=")


def puid_batches(puids: Iterable[str]) -> Iterator[list[str]]:
    """Ids in lists of 50, each once; what is no number can't be an ITscope id."""
    unique = [
        puid for puid in dict.fromkeys(puids) if puid.isascii() and puid.isdigit()
    ]
    for start in range(0, len(unique), MAX_VALUES):
        yield unique[start : start + MAX_VALUES]


class Filters:
    """The keys of one search.

    :param values: ``{ITscope's key: values}``; at most one key may have over 50
    """

    def __init__(self, values: Mapping[str, list[str]]) -> None:
        self._values = {
            key: list(dict.fromkeys(v.strip() for v in found if v.strip()))
            for key, found in values.items()
        }
        self._values = {key: found for key, found in self._values.items() if found}
        if not self._values:
            raise ValueError("a search needs at least one filter")
        if sum(len(found) > MAX_VALUES for found in self._values.values()) > 1:
            raise ValueError("only one filter may have more than 50 values")

    def search(self, pages: Callable[[str], Iterator[Product]]) -> Iterator[Product]:
        """Run the search; yields each product once.

        :param pages: all products of one encoded filter
        """
        long_key = max(self._values, key=lambda key: len(self._values[key]))
        seen: set[str] = set()
        for batch in self._batches(self._values[long_key]):
            yield from self._batch(long_key, batch, pages, seen)

    def _batch(
        self,
        key: str,
        batch: list[str],
        pages: Callable[[str], Iterator[Product]],
        seen: set[str],
    ) -> Iterator[Product]:
        once = [value for value in batch if not SEPARATORS & set(value)]
        found_numbers: set[str] = set()
        found_any = False
        if once:
            for product in pages(self._encoded(key, once, twice=False)):
                found_any = True
                found_numbers |= _numbers(product)
                if product.puid not in seen:
                    seen.add(product.puid)
                    yield product
        twice = [
            value
            for value in batch
            if RESERVED & set(value)
            and value.casefold() not in found_numbers
            and not (
                key == "keywords" and (found_any or not RESERVED - {" "} & set(value))
            )
        ]
        if not twice and not found_any and self._others_reserved(key):
            twice = batch
        if twice:
            for product in pages(self._encoded(key, twice, twice=True)):
                if product.puid not in seen:
                    seen.add(product.puid)
                    yield product

    def _others_reserved(self, key: str) -> bool:
        return any(
            (RESERVED - {" "}) & set(value)
            for other, values in self._values.items()
            if other != key
            for value in values
        )

    def _encoded(self, long_key: str, batch: list[str], *, twice: bool) -> str:
        parts = []
        for key, values in self._values.items():
            chosen = batch if key == long_key else values
            parts.append(f"{key}={','.join(_encode(v, twice=twice) for v in chosen)}")
        return ";".join(parts)

    @staticmethod
    def _batches(values: list[str]) -> Iterator[list[str]]:
        batch: list[str] = []
        length = 0
        for value in values:
            size = len(_encode(value, twice=True)) + 1
            if batch and (len(batch) == MAX_VALUES or length + size > MAX_FILTER):
                yield batch
                batch, length = [], 0
            batch.append(value)
            length += size
        yield batch


def _encode(value: str, *, twice: bool) -> str:
    encoded = quote(value, safe="")
    if not twice and not SEPARATORS & set(value):
        return encoded
    # A space is a space in either way; only reserved characters are meant.
    return encoded.replace("%20", " ").replace("%", "%25").replace(" ", "%20")


def _numbers(product: Product) -> set[str]:
    """All numbers that a product can have been found by."""
    found = {product.ean, product.manufacturer_sku}
    for offer in product.offers:
        found |= {offer.ean, offer.manufacturer_sku, offer.supplier_sku}
    return {number.casefold() for number in found if number}
