from odoo import fields, models

from odoo.addons.itscope_connector.tools import write_changed


class StockMove(models.Model):
    _inherit = "stock.move"

    itscope_serial_numbers = fields.Text(
        string="Announced serial numbers",
        readonly=True,
        copy=False,
        help="As the supplier's dispatch notifications name them, one a line.",
    )

    itscope_prepared = fields.Boolean(
        string="Prepared from a dispatch notification", readonly=True, copy=False
    )

    def _itscope_prepare(self, quantity, serials):
        """Prepare this open move with what is on its way.

        :param quantity: in the product's unit
        :param serials: announced serial or lot numbers
        """
        self.ensure_one()
        write_changed(
            self,
            {"itscope_serial_numbers": "\n".join(serials), "itscope_prepared": True},
        )
        wanted = self._itscope_wanted_lines(quantity, serials)
        present = sorted(
            (line.lot_id.name or line.lot_name or "", line.quantity_product_uom)
            for line in self.move_line_ids
            if line.quantity_product_uom
        )
        if present == wanted:
            return
        if self.product_id.tracking == "none":
            self.quantity = self.product_id.uom_id._compute_quantity(
                quantity, self.product_uom, rounding_method="HALF-UP"
            )
            return
        self.move_line_ids.unlink()
        lines = self.env["stock.move.line"].create(
            [
                {
                    **self._prepare_move_line_vals(quantity=part),
                    "lot_name": name or False,
                }
                for name, part in wanted
            ]
        )
        lines._apply_putaway_strategy()

    def _itscope_unprepare(self):
        """No notification is left for these moves: they expect what was ordered."""
        moves = self.filtered(
            lambda move: (
                move.itscope_prepared
                and not move.picked
                and move.state not in ("done", "cancel")
            )
        )
        moves.write({"itscope_serial_numbers": False, "itscope_prepared": False})
        moves.move_line_ids.unlink()
        moves._action_assign()

    def _itscope_wanted_lines(self, quantity, serials):
        """``[(serial or lot number or "", quantity)]``, sorted."""
        if not quantity:
            return []
        names = serials if self.picking_type_id.use_create_lots else []
        if self.product_id.tracking == "serial":
            # Each piece has a line; those without a number are scanned by hand.
            count = int(round(quantity))
            padded = [*names, *[""] * count][:count]
            return sorted((name, 1.0) for name in padded)
        if self.product_id.tracking == "lot" and names:
            if len(names) == 1:
                return [(names[0], quantity)]
            if len(names) == quantity:
                return sorted((name, 1.0) for name in names)
        return [("", quantity)]
