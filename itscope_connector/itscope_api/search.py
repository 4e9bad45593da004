"""Search filters: values, splitting and ITscope's two ways of encoding."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import product as combinations
from urllib.parse import quote

from .errors import InvalidRequestError
from .records import Product

#: Values a key, and ids a request.
MAX_VALUES = 50
#: Encoded characters of one key; a request's header may have 16 kB in all, for seven
#: keys.
MAX_KEY = 2000
MAX_VALUE = 250
#: With these in a value, ITscope may find nothing unless they are encoded twice.
RESERVED = frozenset("/\\#%=?&+")
#: These separate values and keys in a filter once it is decoded: in a value they are
#: always encoded twice.
SEPARATORS = frozenset(",;")
#: Ids of price-list lines end in this.
PRICE_LIST_LINE = "999"
#: Keys whose values are ITscope's own numbers.
ID_KEYS = frozenset(("manufacturer", "producttype", "distributor"))
SORTS = frozenset(
    [
        "DEFAULT",
        "PRICE_ASC",
        "PRICE_DESC",
        "SOURCES_COUNT",
        "STOCK",
        "MANUFACTURER_SKU",
        "NAME_ASC",
        "NAME_DESC",
        "QUAL",
        "TOPSELLER",
        "EXACT",
        "IRANK",
    ]
)

#: All products of one encoded filter.
Pages = Callable[[str], Iterator[Product]]


def puid_batches(puids: Iterable[str]) -> Iterator[list[str]]:
    """Ids in lists of 50, each once; what can't be asked for by its id is left out."""
    unique = [
        puid
        for puid in dict.fromkeys(puids)
        if is_id(puid) and not is_price_list_line(puid)
    ]
    for start in range(0, len(unique), MAX_VALUES):
        yield unique[start : start + MAX_VALUES]


def segment(value: str) -> str:
    """A value as one part of a path.

    :raises InvalidRequestError: with it, the path would lead elsewhere
    """
    if not value.strip(". "):
        raise InvalidRequestError(f"ITscope can't be asked for {value!r}")
    return quote(value, safe="", errors="replace")


def is_id(value: str) -> bool:
    """Whether this can be an id of ITscope's, a number of 64 bits."""
    return value.isascii() and value.isdigit() and len(value) <= 19


def is_puid(value: str) -> bool:
    """Whether this can be a product's id: a number, or ``…-999`` of a price list."""
    number = value.removesuffix("-999")
    return number.isascii() and number.isdigit() and len(number) <= 20


def is_price_list_line(puid: str) -> bool:
    """Whether a product is an article of a price list that ITscope has not matched to a
    product: it can't be asked for by this id, see :meth:`Client.articles`."""
    return puid.endswith(PRICE_LIST_LINE)


def encode(value: str, *, twice: bool = False) -> str:
    """A value for a filter: percent-encoded, or that encoded again.

    A space is ``%20`` in either way.
    """
    encoded = quote(value, safe="", errors="replace")
    if twice or SEPARATORS & set(value):
        return encoded.replace("%20", " ").replace("%", "%25").replace(" ", "%20")
    return encoded


def has_second_way(value: str) -> bool:
    """Whether the value should be tried encoded twice after it brought nothing."""
    return bool(RESERVED & set(value)) and not SEPARATORS & set(value)


class Filters:
    """The keys of one search.

    :param values: ITscope's key → values
    :raises InvalidRequestError: nothing to search for, or impossible values
    """

    def __init__(self, values: Mapping[str, Iterable[str]]) -> None:
        self._values: dict[str, list[str]] = {}
        for key, given in values.items():
            unique = list(dict.fromkeys(v.strip() for v in given if v.strip()))
            if unique:
                self._values[key] = unique
        if not self._values:
            raise InvalidRequestError("nothing was given to search for")
        for key, unique in self._values.items():
            if any(len(value) > MAX_VALUE for value in unique):
                raise InvalidRequestError(
                    f"a value of {key} has more than {MAX_VALUE} characters"
                )
            if key in ID_KEYS and not all(map(is_id, unique)):
                raise InvalidRequestError(f"{key} must be numbers of ITscope's")

    def search(self, pages: Pages) -> Iterator[Product]:
        """Run the search in as many requests as it takes; yields each product once."""
        seen: set[str] = set()
        for chosen in combinations(*map(_batches, self._values.values())):
            found = self._one(dict(zip(self._values, chosen, strict=True)), pages)
            for product in found:
                if product.puid not in seen:
                    seen.add(product.puid)
                    yield product

    def batches(self) -> int:
        """How many requests it takes for the first page."""
        return len(list(combinations(*map(_batches, self._values.values()))))

    def _one(self, values: dict[str, list[str]], pages: Pages) -> Iterator[Product]:
        """At most 50 values a key: plainly, then a second way what brought nothing."""
        again = {
            key: [value for value in given if has_second_way(value)]
            for key, given in values.items()
        }
        brought: set[str] = set()
        any_brought = False
        try:
            for product in pages(_filter(values, twice=False)):
                any_brought = True
                brought |= _numbers(product)
                yield product
        except InvalidRequestError:
            # Some servers refuse an encoded slash in a path before ITscope sees it.
            if any_brought or not any(again.values()):
                raise
        if not any(again.values()):
            return
        if not any_brought:
            yield from pages(_filter(values, twice=True))
            return
        # Something was found: which of the listed numbers did it come from?
        for key in ("ean", "hstpid", "distpid"):
            missing = [v for v in again.get(key, ()) if v.casefold() not in brought]
            if missing:
                yield from pages(_filter({**values, key: missing}, twice=True))


def _filter(values: Mapping[str, Iterable[str]], *, twice: bool) -> str:
    return ";".join(
        f"{key}={','.join(encode(value, twice=twice) for value in given)}"
        for key, given in values.items()
    )


def _batches(values: list[str]) -> list[list[str]]:
    """Lists of at most 50 values that fit into a request in either encoding."""
    batches: list[list[str]] = []
    length = MAX_KEY
    for value in values:
        size = len(encode(value, twice=True)) + 1
        if not batches or len(batches[-1]) == MAX_VALUES or length + size > MAX_KEY:
            batches.append([])
            length = 0
        batches[-1].append(value)
        length += size
    return batches


def _numbers(product: Product) -> set[str]:
    """All numbers that a product can have been found by."""
    found = {product.ean, product.manufacturer_sku}
    for offer in product.offers:
        found |= {offer.ean, offer.manufacturer_sku, offer.supplier_sku}
    return {number.casefold() for number in found if number}
