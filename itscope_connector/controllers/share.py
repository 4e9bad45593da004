import re
from functools import partial
from urllib.parse import urlencode

from werkzeug.exceptions import Forbidden

from odoo import http
from odoo.exceptions import AccessError, UserError
from odoo.http import request
from odoo.tools import formatLang

from ..itscope_api import is_id, is_price_list_line, is_puid

#: What ITscope's placeholders may bring: name in our address → longest value.
PARAMETERS = {
    "puid": 24,
    "ean": 18,
    "name": 200,
    "info": 200,
    "sku": 150,
    "manufacturer": 200,
}
#: Products shown for an EAN or article number, quotations offered.
MAX_PRODUCTS, MAX_ORDERS, MAX_CUSTOMERS = 10, 50, 200


class ItscopeShare(http.Controller):
    """ITscope's "Share": a tile on the platform opens a product here.

    The call comes from outside and anybody can write such a link: it shows, and
    changes nothing. What is done is done by a form with Odoo's own token.
    """

    @http.route("/itscope/share", type="http", auth="user", methods=["GET"])
    def share(self, **values):
        """Show the product that ITscope names, and what can be done with it."""
        self._check_user()
        wanted = _wanted(values)
        context = {
            "wanted": wanted,
            "products": [],
            "error": False,
            "may_sell": False,
            "customers": [],
        }
        try:
            account = request.env["itscope.account"]._for_job()
            context.update(self._found(account, wanted))
        except UserError as error:
            context["error"] = str(error.args[0])
        return request.render("itscope_connector.share_page", context)

    @http.route("/itscope/share/do", type="http", auth="user", methods=["POST"])
    def do(
        self,
        puid="",
        choice="",
        order_id="",
        customer="",
        supplier="",
        article="",
        **values,
    ):
        """Import, link or refresh the product; put it into a quotation if asked."""
        self._check_user()
        puid = puid if is_puid(puid) else ""
        account = request.env["itscope.account"]._for_job()
        products = request.env["product.product"].with_context(active_test=False)
        product = products.search([("id", "=", _record_id(choice))])
        # What a line of a price list is found by again.
        given = is_id(supplier) and article.replace("\0", "")[: PARAMETERS["sku"]]
        articles = {puid: [[supplier, given]]} if given else None
        targets = {puid: product} if choice == "create" or product else None
        try:
            links = request.env["itscope.product"]._fetch_products(
                account, [puid], targets, articles=articles
            )
            if not links:
                raise UserError(request.env._("ITscope does not know this product."))
            if order_id == "new":
                return self._new_order(links.product_id, customer)
            if order_id:
                return self._add_to_order(links.product_id, _record_id(order_id))
        except UserError as error:
            return request.render(
                "itscope_connector.share_page",
                {"wanted": {"puid": puid}, "products": [], "error": str(error.args[0])},
            )
        return request.redirect(f"/odoo/product.product/{links.product_id.id}")

    def _add_to_order(self, product, order_id):
        order = request.env["sale.order"].search(
            [("id", "=", order_id), ("state", "in", ("draft", "sent"))]
        )
        if not order:
            raise UserError(
                request.env._(
                    "This quotation is no longer open. The product is in Odoo."
                )
            )
        order.order_line = [(0, 0, {"product_id": product.id})]
        return request.redirect(f"/odoo/sale.order/{order.id}")

    def _new_order(self, product, customer):
        """A quotation for the customer whose name was chosen or typed."""
        name = _plain(customer, 200)
        partners = request.env["res.partner"].search(
            [("complete_name", "=ilike", re.sub(r"([\\%_])", r"\\\1", name))]
            if name
            else [("id", "=", False)],
            limit=2,
        )
        if len(partners) != 1:
            raise UserError(
                request.env._(
                    "No single customer is called “%s”. The product is in Odoo; go "
                    "back and choose a customer from the list, or add the product to a "
                    "quotation there.",
                    name,
                )
            )
        order = request.env["sale.order"].create(
            {
                "partner_id": partners.id,
                "order_line": [(0, 0, {"product_id": product.id})],
            }
        )
        return request.redirect(f"/odoo/sale.order/{order.id}")

    def _check_user(self):
        try:
            request.env["itscope.product"]._check_user()
        except AccessError as error:
            raise Forbidden(str(error)) from None

    def _found(self, account, wanted):
        """Products that ITscope knows for these values, with proposals."""
        links = request.env["itscope.product"]
        with account._client() as client:
            by_id = partial(links._records, client, account.company_id)
            records = _ask(client, by_id, wanted)[:MAX_PRODUCTS]
        proposals = request.env["itscope.product.matcher"]._proposals(
            account.company_id, records
        )
        orders = request.env["sale.order"]
        if orders.has_access("write"):
            orders = orders.search(
                [
                    ("state", "in", ("draft", "sent")),
                    ("company_id", "=", account.company_id.id),
                ],
                limit=MAX_ORDERS,
            )
        may_sell = request.env["sale.order"].has_access("create")
        customers = request.env["res.partner"].search(
            [
                ("customer_rank", ">", 0),
                ("company_id", "in", [account.company_id.id, False]),
            ],
            order="write_date desc",
            limit=MAX_CUSTOMERS if may_sell else 1,
        )
        mapped = request.env["itscope.product.matcher"]._partners_of_suppliers(
            account.company_id
        )
        prices = account._prices()
        choices = request.env["itscope.choice.mixin"]
        return {
            "products": [
                {
                    "record": record,
                    "proposal": proposals[record.puid],
                    "best": _money(
                        prices.best(record), account.company_id.currency_id.name
                    ),
                    "offers": [
                        (offer, _money(prices.per_unit(offer), offer.currency))
                        for offer in record.offers
                    ],
                    "picture": account._picture_url(record),
                    "article": next(iter(choices._articles(record) or ()), False),
                }
                for record in records
            ],
            "orders": orders,
            "may_sell": may_sell,
            "customers": customers,
            "mapped": mapped,
        }


def _wanted(values):
    """The values that were really filled in: bounded, without placeholders."""
    found = {}
    for name, length in PARAMETERS.items():
        value = _plain(str(values.get(name) or ""), length)
        if value and not (value.startswith("<") and value.endswith(">")):
            found[name] = value
    if not is_puid(found.get("puid", "0")):
        del found["puid"]
    return found


def _plain(text, length):
    """One line of text that a database takes."""
    return " ".join(text.replace("\0", " ").split())[:length]


def _record_id(text):
    """An id of a record of ours, or 0: what came from outside is no id yet."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _money(amount, currency):
    """An amount as the reader writes it, or False."""
    if not amount:
        return False
    known = request.env["res.currency"].with_context(active_test=False)
    found = known.search([("name", "=", currency)], limit=1)
    if found:
        return found.with_env(request.env).format(amount)
    return f"{formatLang(request.env, amount)} {currency}"


def _ask(client, by_id, wanted):
    """What names a product best is asked for first, then what else is known."""
    ways = {
        "puid": lambda value: by_id([value]),
        "ean": lambda value: client.search(
            ean=[value], pages=1, price_list_products=True
        ),
        "sku": lambda value: client.search(
            manufacturer_sku=[value],
            keywords=wanted.get("manufacturer", ""),
            pages=1,
            price_list_products=True,
        ),
        "name": lambda value: client.search(
            keywords=value, pages=1, price_list_products=True
        ),
        "info": lambda value: client.search(keywords=value, pages=1),
        "manufacturer": lambda value: client.search(keywords=value, pages=1),
    }
    puid = wanted.get("puid", "")
    for name, way in ways.items():
        records = list(way(wanted[name])) if name in wanted else []
        if is_price_list_line(puid):
            # Its own words find others, too.
            records = [r for r in records if r.puid == puid] or (
                records if name == "ean" else []
            )
        if records:
            return records
    return []


def address(base_url):
    """The target address to enter at ITscope, with its placeholders."""
    placeholders = {
        "puid": "<id>",
        "ean": "<ean>",
        "sku": "<manufacturer_pid>",
        "manufacturer": "<manufacturer_name>",
        "name": "<name>",
        "info": "<shortinfo>",
    }
    query = urlencode(placeholders, safe="<>")
    return f"{base_url.rstrip('/')}/itscope/share?{query}"
