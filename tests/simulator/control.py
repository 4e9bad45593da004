"""The simulator's control interface as Python calls."""

from __future__ import annotations

from typing import Any

import requests

#: The default account of the simulator.
ACCOUNT, KEY = "m1000001", "demo-key-0001"


class Control:
    """:ivar url: of the simulator, without path; its API is at :attr:`api`"""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self.api = f"{self.url}/2.1"

    def call(self, name: str, /, **body: Any) -> Any:
        """Any control by its name; see :mod:`simulator.routes_control`."""
        answer = requests.post(f"{self.url}/_control/{name}", json=body, timeout=30)
        answer.raise_for_status()
        return answer.json()

    def reset(self) -> None:
        """As after its start, except that order numbers go on."""
        self.call("reset", keep_numbers=True)

    def requests(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.call("requests")
        return found

    def orders(self, number: str = "") -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.call("orders")
        return [order for order in found if not number or order["number"] == number]

    def fault(self, match: str, kind: str, **options: Any) -> None:
        """One fault for the next request that matches; see :class:`simulator.faults.Fault`."""
        self.call("faults", rules=[{"match": match, "kind": kind, **options}])

    def place(self, lines: list[list[str]], **options: Any) -> str:
        """An order placed on the platform; see :class:`simulator.platform_orders.Placed`.

        :return: ITscope's number of it
        """
        placed: dict[str, str] = self.call("place", lines=lines, **options)
        return placed["order_id"]

    def quote(self, **values: Any) -> dict[str, str]:
        """A quote on the platform, or with ``quote_id`` another version of one; see
        :class:`simulator.quotes.Quote`.

        :return: its ``quote_id``, ``number`` and ``document``
        """
        made: dict[str, str] = self.call("quote", **values)
        return made

    def advance(self, order_id: str, step: str, **options: Any) -> None:
        self.call("advance", order_id=order_id, step=step, **options)
