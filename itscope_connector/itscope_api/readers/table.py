"""Tables of fields: each field of a record is defined once, for every format.

Every format is read into *nodes* first: mappings from ITscope's names to text, nodes,
or lists of both.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Generic, Protocol, TypeVar

Node = Mapping[str, Any]
R = TypeVar("R")

#: No list inside one object is longer.
MAX_CHILDREN = 10_000


class Column(Protocol):
    """How one field of a record is read.

    :ivar names: ITscope's names that it looks at
    """

    names: tuple[str, ...]

    def read(self, node: Node) -> Any:
        """The field's value from a node."""


class Value:
    """A single value: the first of the names that is there and not empty."""

    def __init__(self, convert: Callable[[object, str], Any], *names: str) -> None:
        self.names = names
        self._convert = convert

    def read(self, node: Node) -> Any:
        """See :class:`Column`."""
        for name in self.names:
            raw = node.get(name)
            if raw is not None and raw != "":
                return self._convert(raw, name)
        return self._convert(None, self.names[0])


class Many(Generic[R]):
    """A tuple of records from a list, however it is wrapped."""

    def __init__(self, table: Table[R], *names: str) -> None:
        self.names = names
        self._table = table

    def read(self, node: Node) -> tuple[R, ...]:
        """See :class:`Column`."""
        found = (self._table.read(child) for child in children(node, *self.names))
        return tuple(record for record in found if record is not None)


class One(Many[R]):
    """The first record of such a list, or None."""

    def read(self, node: Node) -> Any:
        """See :class:`Column`."""
        return next(iter(super().read(node)), None)


class Table(Generic[R]):
    """The fields of one kind of record.

    :param record: makes the record from its fields
    :param required: fields without which there is no record
    :param columns: record field → how it is read
    """

    def __init__(
        self,
        record: Callable[..., R],
        *required: str,
        **columns: Column,
    ) -> None:
        self._record = record
        self._required = required
        self.columns = columns
        #: All names of ITscope's that are read.
        self.names = frozenset(
            name for column in columns.values() for name in column.names
        )

    def values(self, node: Node) -> dict[str, Any]:
        """All fields from a node."""
        return {field: column.read(node) for field, column in self.columns.items()}

    def read(self, node: Node, **given: Any) -> R | None:
        """A record, or None where a required field is missing.

        :param given: fields that do not come from the node
        """
        values = self.values(node)
        if all(values[field] for field in self._required):
            return self._record(**values, **given)
        return None


def children(node: Node, *names: str) -> list[Node]:
    """The nodes of a list, however it is wrapped.

    ITscope's practice names JSON lists after their XML wrapper (``supplierItems``), its
    contract after the element (``supplierItem``); XML has both, one in the other. A
    list of one may come as a single object.
    """
    for name in names:
        value = node.get(name)
        if isinstance(value, Mapping):
            inner = [
                value[key]
                for key in names
                if isinstance(value.get(key), (list, Mapping))
            ]
            value = inner[0] if inner else value
        if isinstance(value, Mapping) and value:
            return [value]
        if isinstance(value, list) and value:
            return [item for item in value[:MAX_CHILDREN] if isinstance(item, Mapping)]
    return []
