"""Orders, their documents, and quotes."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime, timedelta, timezone
from urllib.parse import unquote

from werkzeug.wrappers import Request, Response

from . import answers, companies
from .deals import Deal
from .orders import Refused
from .quotes import SORTS
from .state import Account, State

PAGE = 50
QUOTE_KEYS = {
    "quoteno": ("quoteNo",),
    "status": ("status",),
    "keywords": ("quoteNo", "name", "organisation", "person"),
}
DEAL_KEYS = {"keywords", "orderid", "ownorderid", "customerorderid", "status", "cartid"}


class _Skus(dict[str, set[str]]):
    """Article numbers of a supplier, asked when an order names it."""

    def __init__(self, state: State) -> None:
        super().__init__()
        self.state = state

    def __missing__(self, supplier: str) -> set[str]:
        known = {str(companies.supplier_id(i)) for i in range(len(companies.SUPPLIERS))}
        if supplier not in known:
            raise KeyError(supplier)
        return self.state.skus(supplier)


def send(state: State, request: Request, account: Account, base: str) -> Response:
    if not account.orders:
        return answers.message(403, "Ihr Vertrag enthält keine Bestell-API.")
    body = request.get_data()
    try:
        root = state.checker.parse(body)
        state.checker.check_schema(root)
        order = state.checker.read(root, _Skus(state))
        if state.deals.repeated == "reject" and state.deals.count(
            account.code, order.number
        ):
            raise Refused(f"Die Bestellnummer {order.number} wurde bereits verwendet.")
    except Refused as refused:
        return answers.message(400, str(refused))
    deal = state.deals.place(account.code, order, body)
    return answers.single("deal", state.deals.shown(deal, base), "xml")


def validate(state: State, request: Request, schema_only: bool) -> Response:
    try:
        root = state.checker.parse(request.get_data())
        state.checker.check_schema(root)
        if not schema_only:
            state.checker.read(root, _Skus(state))
    except Refused as refused:
        return answers.message(400, str(refused))
    return Response(b"", 200)


def deals(
    state: State,
    request: Request,
    account: Account,
    base: str,
    filter_text: str,
    kind: str,
) -> Response:
    archiv = request.args.get("archiv")
    if archiv is None and not filter_text:
        return answers.message(400, "Der Parameter archiv fehlt")
    found = [
        d for d in state.deals.of(account.code) if d.archived == (archiv == "ARCHIVED")
    ]
    if filter_text:
        try:
            found = [d for d in found if _deal_fits(state, d, filter_text)]
        except ValueError as error:
            return answers.message(400, str(error))
    try:
        since, until = (
            _moment(request.args.get(name))
            for name in ("lastUpdateDateFrom", "lastUpdateDateTo")
        )
    except ValueError:
        return answers.message(400, "Ungültiges Datum")
    found = [
        d
        for d in found
        if (not since or _changed(d) >= since) and (not until or _changed(d) <= until)
    ]
    found.sort(key=_changed, reverse=True)
    page = int(request.args.get("page", "1"))
    found = found[(page - 1) * PAGE : page * PAGE]
    return answers.listed("deal", [state.deals.shown(d, base) for d in found], kind)


def _changed(deal: Deal) -> datetime:
    return deal.changed or deal.created


def _deal_fits(state: State, deal: Deal, text: str) -> bool:
    own, customers = state.deals.numbers(deal)
    for part in text.split(";"):
        key, equals, value = part.partition("=")
        if not equals or key.lower() not in DEAL_KEYS:
            raise ValueError(f"Ungültiges Filterkriterium: {part}")
        value = unquote(value)
        values: dict[str, str] = {
            "orderid": deal.order_id,
            "ownorderid": own,
            "customerorderid": customers,
            "status": deal.status,
            "keywords": f"{deal.order_id} {deal.order.number}",
        }
        # Lenient like a search: P1 finds P10 too.
        if value not in values.get(key.lower(), ""):
            return False
    return True


def _moment(text: str | None) -> datetime | None:
    if not text:
        return None
    moment = datetime.fromisoformat(text)
    return (
        moment if moment.tzinfo else moment.replace(tzinfo=timezone(timedelta(hours=1)))
    )


def deal(
    state: State, account: Account, base: str, order_id: str, kind: str
) -> Response:
    found = state.deals.get(account.code, unquote(order_id))
    return (
        answers.single("deal", state.deals.shown(found, base), kind)
        if found
        else answers.nothing()
    )


def archive(state: State, account: Account, order_id: str) -> Response:
    found = state.deals.get(account.code, order_id)
    if not found:
        return answers.nothing()
    found.archived = True
    return Response(b"", 200)


def document(
    state: State, account: Account, transaction_id: str, kind: str, form: str
) -> Response:
    if kind == "QUOTATION":
        quotation = state.quotes.by_transaction(account.code, transaction_id)
        if not quotation or form == "pdf":
            return answers.nothing()
        return Response(
            state.quotes.document(quotation),
            content_type="application/xml; charset=utf-8",
        )
    found = state.deals.document(account.code, transaction_id, kind)
    if not found:
        return answers.nothing()
    if form == "pdf":
        if found.pdf is None:
            return answers.nothing()
        return Response(found.pdf, content_type="application/pdf")
    if found.body is None:
        return answers.nothing()
    return Response(found.body, content_type="application/xml; charset=utf-8")


def documents(state: State, account: Account, order_id: str) -> Response:
    found = state.deals.get(account.code, order_id)
    if not found:
        return answers.nothing()
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive_file:
        for item in found.documents:
            if item.body is not None:
                archive_file.writestr(
                    f"{item.kind}-{item.transaction_id}.xml", item.body
                )
    return Response(target.getvalue(), content_type="application/zip")


def quotes(
    state: State,
    request: Request,
    account: Account,
    base: str,
    filter_text: str,
    kind: str,
) -> Response:
    sort = request.args.get("sort", "LAST_MODIFIED")
    if sort not in SORTS:
        return answers.message(400, f"Ungültige Sortierung: {sort}")
    archived = request.args.get("archiv") == "ARCHIVED"
    rows = [
        state.quotes.shown(quote, base)
        for quote in state.quotes.of(account.code, archived, sort)
    ]
    for part in filter_text.split(";") if filter_text else ():
        key, _equals, value = part.replace("%3D", "=").partition("=")
        if key not in QUOTE_KEYS:
            return answers.message(400, f"Ungültiges Filterkriterium: {part}")
        # As products are searched: what is reserved is found encoded twice only.
        sought = "" if {"/", "#"} & set(value) else unquote(value).casefold()
        rows = [
            row
            for row in rows
            if sought and any(sought in row[n].casefold() for n in QUOTE_KEYS[key])
        ]
    page = int(request.args.get("page", "1"))
    return answers.listed("quote", rows[(page - 1) * PAGE : page * PAGE], kind)


def quote(
    state: State, account: Account, base: str, quote_id: str, kind: str
) -> Response:
    found = state.quotes.get(account.code, unquote(quote_id))
    if not found:
        return answers.nothing()
    if kind == "pdf":
        return Response(state.quotes.pdf(found), content_type="application/pdf")
    return answers.single("quote", state.quotes.shown(found, base), kind)
