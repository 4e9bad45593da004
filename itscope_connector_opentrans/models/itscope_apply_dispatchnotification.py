from collections import defaultdict

from odoo import models

from odoo.addons.itscope_connector.tools import write_changed

from ..tools import plain


class ItscopeApplyDispatchnotification(models.AbstractModel):
    """Dispatch notifications: the open receipt gets what is on its way.

    What is prepared is what all notifications together say was dispatched, less what
    was received already. ``picked`` stays as it is: Odoo's *Validate* then receives
    exactly the prepared quantities and offers a backorder for the rest. Nothing is
    validated here.
    """

    _name = "itscope.apply.dispatchnotification"
    _inherit = ["itscope.document.apply"]
    _description = "Application of dispatch notifications"

    def _apply(self, deal, entries):
        order = deal.purchase_order_id
        dispatched = defaultdict(list)
        for entry in entries:
            pairs, unknown = self._matched(deal, entry.document)
            for line in unknown:
                entry.attention.append(
                    self.env._(
                        "Dispatched, but not in the order: %s", self._describe(line)
                    )
                )
            for line, theirs in pairs:
                dispatched[line].append((entry, theirs))
        for line in order.order_line._itscope_sendable():
            self._prepare(line, dispatched[line], entries)
        self._note_parcels(order, dispatched, entries)

    # ------------------------------------------------------------------ quantities

    def _prepare(self, line, dispatched, entries):
        """Prepare an order line's open receipt.

        :param dispatched: list of ``(Entry, opentrans.Line)``
        """
        moves = line._itscope_incoming_moves()
        open_moves = moves.filtered(lambda move: move.state not in ("done", "cancel"))
        done_moves = moves.filtered(lambda move: move.state == "done")
        quantity = self._dispatched_quantity(line, dispatched)
        received = sum(
            move.product_uom._compute_quantity(
                move.quantity, line.product_id.uom_id, round=False
            )
            for move in done_moves
        )
        entry = dispatched[-1][0] if dispatched else entries[-1]
        product = line.product_id.display_name or line.name
        if line.product_id.uom_id.compare(quantity, self._ordered_quantity(line)) > 0:
            entry.attention.append(
                self.env._(
                    "%(product)s: %(dispatched)s dispatched, %(ordered)s ordered",
                    product=product,
                    dispatched=plain(quantity),
                    ordered=plain(self._ordered_quantity(line)),
                )
            )
        to_receive = max(quantity - received, 0.0)
        if not open_moves:
            if line.product_id.type == "consu" and to_receive:
                entry.attention.append(
                    self.env._(
                        "%(product)s: %(quantity)s dispatched, but the order has no "
                        "open receipt for it",
                        product=product,
                        quantity=plain(to_receive),
                    )
                )
            return
        if any(open_moves.mapped("picked")):
            entry.attention.append(
                self.env._(
                    "%(receipt)s is being processed and was left as it is. On its way: "
                    "%(quantity)s × %(product)s",
                    receipt=", ".join(open_moves.picking_id.mapped("name")),
                    quantity=plain(to_receive),
                    product=product,
                )
            )
            return
        serials = self._open_serials(dispatched, done_moves)
        for move in open_moves:
            share = to_receive
            if move != open_moves[-1]:
                share = min(to_receive, move.product_qty)
            count = int(share) if move != open_moves[-1] else len(serials)
            move._itscope_prepare(share, serials[:count])
            to_receive -= share
            serials = serials[count:]

    def _dispatched_quantity(self, line, dispatched):
        """In the product's unit."""
        uom, _code = line._itscope_unit()
        quantity = float(sum(theirs.quantity for _entry, theirs in dispatched))
        return uom._compute_quantity(quantity, line.product_id.uom_id, round=False)

    def _ordered_quantity(self, line):
        """In the product's unit."""
        return line.product_uom_id._compute_quantity(
            line.product_qty, line.product_id.uom_id, round=False
        )

    def _open_serials(self, dispatched, done_moves):
        """Serial numbers that were announced and not received yet, in their order."""
        received = set(done_moves.lot_ids.mapped("name"))
        for text in done_moves.mapped("itscope_serial_numbers"):
            received.update((text or "").splitlines())
        announced = dict.fromkeys(
            serial for _entry, theirs in dispatched for serial in theirs.serial_numbers
        )
        return [serial for serial in announced if serial not in received]

    # ------------------------------------------------------------------ parcels

    def _note_parcels(self, order, dispatched, entries):
        """Each notification belongs to the receipt that was open for it; a receipt
        shows the parcels of all its notifications.
        """
        for entry in entries:
            if entry.record.picking_ids.filtered(lambda p: p.state == "done"):
                continue
            moves = self.env["stock.move"]
            for line, lines in dispatched.items():
                if any(one is entry for one, _theirs in lines):
                    moves |= line._itscope_incoming_moves()
            pickings = moves.filtered(lambda m: m.state != "cancel").picking_id
            still_open = pickings.filtered(lambda p: p.state != "done")
            write_changed(
                entry.record, {"picking_ids": [(6, 0, (still_open or pickings).ids)]}
            )
        for picking in order.picking_ids.filtered(lambda p: p.state != "cancel"):
            documents = [
                entry.document
                for entry in entries
                if picking in entry.record.picking_ids
            ]
            if documents:
                picking._itscope_note_parcels(documents)
