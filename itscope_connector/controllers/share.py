from urllib.parse import urlencode

from werkzeug.exceptions import Forbidden

from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from ..product_fields import best_price

#: What ITscope's placeholders may bring: name in our address → longest value.
PARAMETERS = {"puid": 20, "ean": 18, "name": 200, "sku": 150, "manufacturer": 200}
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
    def do(self, puid="", choice="", order_id="", customer="", **values):
        """Import, link or refresh the product; put it into a quotation if asked."""
        self._check_user()
        puid = puid if puid.isdigit() and len(puid) <= PARAMETERS["puid"] else ""
        account = request.env["itscope.account"]._for_job()
        product = request.env["product.product"]
        if choice.isdigit():
            product = product.browse(int(choice)).exists()
        targets = {puid: product} if choice == "create" or product else None
        try:
            links = request.env["itscope.product"]._fetch_products(
                account, [puid], targets
            )
            if not links:
                raise UserError(request.env._("ITscope does not know this product."))
            if order_id == "new":
                return self._new_order(links.product_id, customer)
            if order_id.isdigit():
                return self._add_to_order(links.product_id, int(order_id))
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
        name = " ".join(customer.split())[:200]
        partners = request.env["res.partner"].search(
            [("complete_name", "=ilike", name.replace("%", r"\%").replace("_", r"\_"))]
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
        if not request.env.user.has_group("itscope_connector.group_user"):
            raise Forbidden(
                request.env._(
                    "You need the right “ITscope: User” for this. Ask your "
                    "administrator."
                )
            )

    def _found(self, account, wanted):
        """Products that ITscope knows for these values, with proposals."""
        with account._client() as client:
            records = list(_ask(client, wanted))[:MAX_PRODUCTS]
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
        return {
            "products": [
                {
                    "record": record,
                    "proposal": proposals[record.puid],
                    "best": best_price(record),
                    "picture": picture
                    if (picture := record.thumbnail or next(iter(record.images), ""))
                    and account._is_itscope_url(picture)
                    else False,
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
        value = " ".join(str(values.get(name) or "").split())[:length]
        if value and not (value.startswith("<") and value.endswith(">")):
            found[name] = value
    if not found.get("puid", "0").isdigit():
        del found["puid"]
    return found


def _ask(client, wanted):
    """What names a product best is asked for first."""
    if "puid" in wanted:
        return client.products([wanted["puid"]])
    if "ean" in wanted:
        return client.search(ean=[wanted["ean"]], pages=1, price_list_products=True)
    if "sku" in wanted:
        return client.search(
            manufacturer_sku=[wanted["sku"]],
            keywords=wanted.get("manufacturer", ""),
            pages=1,
        )
    if "name" in wanted:
        return client.search(keywords=wanted["name"], pages=1)
    return []


def address(base_url):
    """The target address to enter at ITscope, with its placeholders."""
    placeholders = {
        "puid": "<id>",
        "ean": "<ean>",
        "sku": "<manufacturer_pid>",
        "manufacturer": "<manufacturer_name>",
        "name": "<name>",
    }
    query = urlencode(placeholders, safe="<>")
    return f"{base_url.rstrip('/')}/itscope/share?{query}"
