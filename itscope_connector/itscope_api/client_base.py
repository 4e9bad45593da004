"""What all calls of ITscope's API share: the connection, reading, page after page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from types import TracebackType
from typing import TypeVar

import requests

from . import records
from .errors import MalformedError
from .files import Files
from .limits import Limiter
from .readers.formats import nodes
from .readers.table import Node
from .settings import Settings
from .transport import Transport

T = TypeVar("T", records.Product, records.Deal, records.Quote)
R = TypeVar("R")
C = TypeVar("C", bound="Connection")

PAGE_SIZE = 50
#: A list that has no end is left after so many pages.
MAX_PAGES = 2000


class Connection:
    """A connection to ITscope for one account."""

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

    def __enter__(self: C) -> C:
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

    def _list(
        self, path: str, name: str, read: Callable[[Node], R | None]
    ) -> Iterator[R]:
        # A missing list is a wrong address, not an empty list.
        body = self._transport.get(path, absent=(204,))
        yield from self._read(body or b"", path, name, read)

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
