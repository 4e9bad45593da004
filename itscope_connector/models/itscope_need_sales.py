from collections import defaultdict

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

#: States of stock moves that move nothing any more.
OVER = ("done", "cancel")


class ItscopeNeed(models.Model):
    """What confirmed sales ask for: what they do not get from purchase orders that
    stand, nor from the warehouse.

    Quantities are in the product's unit throughout.
    """

    _inherit = "itscope.need"

    @api.model
    def _sale_demands(self, company):
        """What lines of confirmed sales still need.

        :return: ``({key: values of a need}, {(product id, warehouse id): [(date,
            quantity)]})``, the latter for what comes out of a warehouse
        """
        lines = self._lines_to_deliver(company)
        moves = self._moves(lines)
        bought = self._bought(lines)
        found, taken, shared = {}, defaultdict(list), defaultdict(list)
        for line in lines:
            move = moves.get(line.id)
            if move and not move["open"]:
                # Its deliveries were cancelled: nothing leaves any more.
                continue
            unit = line.product_id.uom_id
            ordered, delivered = (
                line.product_uom_id._compute_quantity(quantity, unit, round=False)
                for quantity in (line.product_uom_qty, line.qty_delivered)
            )
            date = (move and move["date"] or self._promised(line)).date()
            coming, received, elsewhere = bought[line.id]
            # The same after a receipt as before it.
            elsewhere = min(max(delivered - received, elsewhere), delivered)
            if move and move["out"] and line.product_id.is_storable:
                rest = ordered - delivered
                own = min(rest, coming + move["reserved"])
                shared[line.warehouse_id].append((date, line, rest - own))
            else:
                here = elsewhere + max(delivered - elsewhere, received)
                self._note_demand(found, line, date, ordered - here - coming, elsewhere)
        for warehouse, rows in shared.items():
            for date, line, rest in self._beyond_stock(warehouse, rows):
                self._note_demand(found, line, date, rest)
                taken[line.product_id.id, warehouse.id].append((date, rest))
        return found, taken

    @api.model
    def _note_demand(self, found, line, date, quantity, elsewhere=0.0):
        unit = line.product_id.uom_id
        if unit.compare(quantity, 0) > 0:
            found["sale", line.id] = {
                "source": "sale",
                "sale_line_id": line.id,
                "origin": line.order_id.name,
                "customer_id": line.order_id.partner_id.id,
                "product_id": line.product_id.id,
                "quantity": unit.round(quantity),
                "date": date,
                "delivered_elsewhere": elsewhere,
            }

    @api.model
    def _promised(self, line):
        return line.order_id.commitment_date or line._expected_date()

    @api.model
    def _lines_to_deliver(self, company):
        """Lines of confirmed sales that are not delivered and whose product is bought.
        Own services are not; those that ITscope knows are."""
        Line = self.env["sale.order.line"]
        # No domain compares two columns.
        Line.flush_model(["qty_delivered", "product_uom_qty"])
        owed = Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "%s < %s",
                model._field_to_sql(alias, "qty_delivered", query),
                model._field_to_sql(alias, "product_uom_qty", query),
            )
        )
        lines = Line.search(
            owed
            & Domain(
                [
                    ("company_id", "=", company.id),
                    ("state", "=", "sale"),
                    ("display_type", "=", False),
                    ("is_downpayment", "=", False),
                    ("is_expense", "=", False),
                    ("product_id.purchase_ok", "=", True),
                    ("product_id.type", "!=", "combo"),
                ]
            ),
            order="id",
        )
        lines = lines.filtered(
            lambda line: (
                line.product_id.type != "service" or line.product_id.itscope_link_id
            )
        )
        if "is_kits" in self.env["product.product"]._fields:
            # A kit is delivered as its parts.
            lines = lines.filtered(lambda line: not line.product_id.is_kits)
        return lines

    # ------------------------------------------------------------------ purchases

    @api.model
    def _bought(self, lines):
        """What purchase orders bring for these lines: ``{line id: (still to come,
        received, delivered from elsewhere when it was ordered)}``. A purchase line
        belongs to the sales it was ordered for: from the basket, by Odoo, or through
        the deliveries that wait for it."""
        found = defaultdict(lambda: (0.0, 0.0, 0.0))
        needs = self.search(
            [("state", "=", "ordered"), ("sale_line_id", "in", lines.ids)]
        )
        claims = defaultdict(list)
        for need in needs:
            claims[need.purchase_line_id].append((need.sale_line_id, need.quantity))
            sold, elsewhere = need.sale_line_id.id, need.delivered_elsewhere
            found[sold] = (0.0, 0.0, max(found[sold][2], elsewhere))
        Purchase = self.env["purchase.order.line"]
        linked = Domain("id", "in", needs.purchase_line_id.ids)
        by_sale, by_move = (
            name in Purchase._fields for name in ("sale_line_id", "move_dest_ids")
        )
        if by_sale:
            linked |= Domain("sale_line_id", "in", lines.ids)
        if by_move:
            linked |= Domain("move_dest_ids.sale_line_id", "in", lines.ids)
        purchases = Purchase.search(linked & Domain("order_id.state", "!=", "cancel"))
        incoming = self._incoming(purchases)
        for purchase in purchases:
            rows = claims[purchase]
            if by_sale and purchase.sale_line_id:
                rows.append((purchase.sale_line_id, float("inf")))
            if by_move:
                rows += [
                    (move.sale_line_id, move.product_qty)
                    for move in purchase.move_dest_ids
                    if move.state not in OVER
                ]
            received = purchase.product_uom_id._compute_quantity(
                purchase.qty_received, purchase.product_id.uom_id, round=False
            )
            coming = incoming.get(
                purchase.id, max(purchase.product_uom_qty - received, 0.0)
            )
            for line, wanted in rows:
                here = min(received, wanted)
                then = min(coming, wanted - here)
                received, coming = received - here, coming - then
                before = found[line.id]
                found[line.id] = (before[0] + then, before[1] + here, before[2])
        return found

    @api.model
    def _incoming(self, purchases):
        """What confirmed purchase lines of goods still bring, ``{id: quantity}``: less
        than was ordered where a receipt was ended without its rest."""
        if "move_ids" not in purchases._fields:
            return {}
        confirmed = purchases.filtered(
            lambda line: (
                line.order_id.state == "purchase" and line.product_id.type == "consu"
            )
        )
        groups = self.env["stock.move"]._read_group(
            [("purchase_line_id", "in", confirmed.ids), ("state", "not in", OVER)],
            ["purchase_line_id"],
            ["product_qty:sum"],
        )
        coming = {line.id: quantity for line, quantity in groups}
        return {line.id: coming.get(line.id, 0.0) for line in confirmed}

    # ------------------------------------------------------------------ warehouses

    @api.model
    def _moves(self, lines):
        """What the deliveries of these lines say, where the inventory app is installed:
        ``{line id: {"open": any goods still move, "out": out of a warehouse,
        "reserved": quantity, "date": the first day}}``."""
        if "move_ids" not in lines._fields:
            return {}
        found = {}
        for line, place, state, unit, quantity, date in self.env[
            "stock.move"
        ]._read_group(
            [("sale_line_id", "in", lines.ids)],
            ["sale_line_id", "location_id", "state", "product_uom"],
            ["quantity:sum", "date:min"],
        ):
            move = found.setdefault(
                line.id, {"open": False, "out": False, "reserved": 0.0, "date": False}
            )
            # Returns come from the customer: they do not deliver.
            if state in OVER or place.usage == "customer":
                continue
            move["open"] = True
            move["date"] = min(date, move["date"] or date)
            if place.usage != "supplier":
                move["out"] = True
                move["reserved"] += unit._compute_quantity(
                    quantity, line.product_id.uom_id, round=False
                )
        return found

    @api.model
    def _beyond_stock(self, warehouse, rows):
        """What a warehouse can't give: its stock, receipts and requests for quotation
        go to the sales that leave first.

        :param rows: ``[(date, sale line, quantity)]``
        :return: the same with what is missing
        """
        products = self.env["product.product"].union(
            *(line.product_id for _date, line, _rest in rows)
        )
        _by_place, asked = products._get_quantity_in_progress(
            warehouse_ids=warehouse.ids
        )
        left = {
            product.id: product.virtual_available + asked[product.id, warehouse.id]
            for product in products.with_context(warehouse_id=warehouse.id)
        }
        # The forecast has taken these deliveries off already.
        for _date, line, rest in rows:
            left[line.product_id.id] += rest
        for date, line, rest in sorted(rows, key=lambda row: (row[0], row[1].id)):
            product = line.product_id.id
            given = max(min(rest, left[product]), 0.0)
            left[product] -= given
            yield date, line, rest - given
