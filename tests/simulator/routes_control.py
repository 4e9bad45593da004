"""The control interface: for tests and demonstration only, no part of ITscope."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from werkzeug.wrappers import Request, Response

from .exports import Export
from .platform_orders import Placed, place_order
from .state import Account, State


def handle(state: State, request: Request, name: str) -> Response:
    body: dict[str, Any] = (
        request.get_json() if request.method == "POST" and request.get_data() else {}
    )
    action = ACTIONS.get(name)
    if action is None:
        return Response("unknown control", 404)
    return Response(
        json.dumps(action(state, body), ensure_ascii=False),
        content_type="application/json",
    )


def health(state: State, body: dict[str, Any]) -> Any:
    return {
        "ok": True,
        "schema": state.checker.schema is not None,
        "products": len(state.catalogue),
    }


def reset(state: State, body: dict[str, Any]) -> Any:
    state.reset(**body)
    return {"ok": True}


def requests(state: State, body: dict[str, Any]) -> Any:
    return state.requests


def faults(state: State, body: dict[str, Any]) -> Any:
    state.faults.set(body.get("rules", []))
    return {"ok": True}


def orders(state: State, body: dict[str, Any]) -> Any:
    """Each order that arrived: how often its number came is what must never exceed one."""
    return [
        {
            "order_id": deal.order_id,
            "account": deal.account,
            "number": deal.order.number,
            "supplier": deal.order.supplier,
            "status": deal.status,
            "archived": deal.archived,
            "times": state.deals.count(deal.account, deal.order.number),
            "lines": [
                [line.sku, str(line.quantity), str(line.price)]
                for line in deal.order.lines
            ],
            "body": (deal.documents[0].body or b"").decode(),
        }
        for deal in state.deals.deals.values()
    ]


def place(state: State, body: dict[str, Any]) -> Any:
    """An order placed on the platform itself; see :class:`simulator.platform_orders.Placed`."""
    deal = place_order(state, Placed(**body))
    return {"order_id": deal.order_id}


def advance(state: State, body: dict[str, Any]) -> Any:
    deal = state.deals.advance(**body)
    return {"order_id": deal.order_id, "status": deal.status}


def quote(state: State, body: dict[str, Any]) -> Any:
    """A quote on the platform, or with ``quote_id`` another version of one; see
    :class:`simulator.quotes.Quote`."""
    change = state.quotes.change if "quote_id" in body else state.quotes.make
    made = change(**body)
    return {
        "quote_id": made.quote_id,
        "number": made.number,
        "document": state.quotes.document(made).decode(),
    }


def settings(state: State, body: dict[str, Any]) -> Any:
    """``limit`` and ``delay`` of the limits, ``auto``, ``repeated`` and
    ``number_kept`` of the deals."""
    for target, names in (
        (state.limits, ("limit", "delay")),
        (state.deals, ("auto", "repeated", "number_kept")),
    ):
        for name in names:
            if name in body:
                setattr(target, name, body[name])
    return {"blocks": state.limits.blocks, "during_block": state.limits.during_block}


def clock(state: State, body: dict[str, Any]) -> Any:
    state.clock.move(body.get("seconds", 0))
    return {"now": state.clock.now().isoformat()}


def block(state: State, body: dict[str, Any]) -> Any:
    state.limits.block()
    return {"ok": True}


def accounts(state: State, body: dict[str, Any]) -> Any:
    account = Account(**body)
    state.accounts[account.code] = account
    return {"ok": True}


def exports(state: State, body: dict[str, Any]) -> Any:
    """Define an export; without anything: how often each was started, and when."""
    if body:
        export = Export(**body)
        state.exports[export.token or export.uuid] = export
    return {name: export.started for name, export in state.exports.items()}


def repaint(state: State, body: dict[str, Any]) -> Any:
    """From now on pictures of this name look different, at the same address."""
    state.painted[body["name"]] = state.painted.get(body["name"], 0) + 1
    return {"ok": True}


def drift(state: State, body: dict[str, Any]) -> Any:
    return {"changed": state.catalogue.drift(body["seed"], body["share"])}


def change(state: State, body: dict[str, Any]) -> Any:
    """``puid``, optionally ``supplier``, and new ``values``; ``gone`` takes it away,
    ``live`` shows the values to ``realtime`` requests only, ``facts`` are values of the
    product itself, ``matched`` is the number of a price-list line that is one no more.
    """
    if body.get("gone"):
        state.catalogue.gone.add(body["puid"])
        state.catalogue.version += 1
    elif body.get("back"):
        state.catalogue.gone.discard(body["puid"])
        state.catalogue.version += 1
    elif body.get("facts"):
        state.catalogue.tell(body["puid"], body["facts"])
    elif "matched" in body:
        state.catalogue.match(body["matched"])
    elif body.get("live"):
        state.catalogue.live[body["puid"]] = body["values"]
    else:
        state.catalogue.change(body["puid"], body.get("supplier"), **body["values"])
    return {"ok": True}


def products(state: State, body: dict[str, Any]) -> Any:
    """Generated products by number, as ITscope would show them."""
    return [state.catalogue.product(number) for number in body["numbers"]]


ACTIONS: dict[str, Callable[[State, dict[str, Any]], Any]] = {
    action.__name__: action
    for action in (
        health,
        reset,
        requests,
        faults,
        orders,
        place,
        advance,
        quote,
        settings,
        clock,
        block,
        accounts,
        exports,
        change,
        drift,
        repaint,
        products,
    )
}
