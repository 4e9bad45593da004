from collections import defaultdict

from odoo import models
from odoo.exceptions import UserError

from odoo.addons.itscope_connector.tools import naive, write_changed

from ..tools import plain


class ItscopeApplyDispatchnotification(models.AbstractModel):
    """Dispatch notifications: the open receipt gets what is on its way.

    What is prepared is what all notifications together say was dispatched, less what
    was received already. ``picked`` stays as it is: Odoo's *Validate* then receives
    exactly the prepared quantities and offers a backorder for the rest. Only where the
    account says so, that button is pressed here.
    """

    _name = "itscope.apply.dispatchnotification"
    _inherit = ["itscope.document.apply"]
    _description = "Application of dispatch notifications"

    def _apply(self, order, entries):
        if not entries:
            order.order_line._itscope_incoming_moves()._itscope_unprepare()
            return
        dispatched = defaultdict(list)
        for entry in entries:
            pairs, unknown = self._matched(order, entry)
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
        self._validate(order, entries)

    # ------------------------------------------------------------------ quantities

    def _prepare(self, line, dispatched, entries):
        """Prepare an order line's open receipt.

        :param dispatched: list of ``(Entry, opentrans.Line)``
        """
        moves = line._itscope_incoming_moves()
        open_moves = moves.filtered(lambda move: move.state not in ("done", "cancel"))
        done_moves = moves.filtered(lambda move: move.state == "done")
        quantity = self._dispatched_quantity(line, dispatched)
        received = self._total(line, done_moves)
        entry = dispatched[-1][0] if dispatched else entries[-1]
        product = line.product_id.display_name or line.name
        # What went back may be delivered once more.
        returned = self._total(line, line._itscope_returns())
        ordered = self._ordered_quantity(line)
        if line.product_id.uom_id.compare(quantity - returned, ordered) > 0:
            entry.attention.append(
                self.env._(
                    "%(product)s: %(dispatched)s dispatched, %(ordered)s ordered",
                    product=product,
                    dispatched=plain(quantity),
                    ordered=plain(ordered),
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
        self._expect(open_moves, dispatched)
        serials = self._open_serials(dispatched, done_moves)
        for move in open_moves:
            share = to_receive
            if move != open_moves[-1]:
                share = min(to_receive, move.product_qty)
            count = int(share) if move != open_moves[-1] else len(serials)
            move._itscope_prepare(share, serials[:count])
            to_receive -= share
            serials = serials[count:]

    def _total(self, line, moves):
        """Quantity of moves in the product's unit."""
        return sum(
            move.product_uom._compute_quantity(
                move.quantity, line.product_id.uom_id, round=False
            )
            for move in moves
        )

    def _expect(self, moves, dispatched):
        """The receipt is scheduled for when the newest notification says."""
        dates = [
            delivery.start
            for entry, theirs in dispatched
            if (delivery := theirs.delivery_date or entry.document.delivery_date)
        ]
        if dates:
            for move in moves:
                write_changed(move, {"date": naive(dates[-1])})

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
            own = entry.record.picking_ids & order.picking_ids
            if own.filtered(lambda p: p.state == "done"):
                continue
            moves = self.env["stock.move"]
            for line, lines in dispatched.items():
                if any(one is entry for one, _theirs in lines):
                    moves |= line._itscope_incoming_moves()
            pickings = moves.filtered(lambda m: m.state != "cancel").picking_id
            still_open = pickings.filtered(lambda p: p.state != "done")
            # A notification for several orders keeps the receipts of the others.
            found = (entry.record.picking_ids - own) | (still_open or pickings)
            write_changed(entry.record, {"picking_ids": [(6, 0, found.ids)]})
        for picking in order.picking_ids.filtered(lambda p: p.state != "cancel"):
            documents = [
                entry.document
                for entry in entries
                if picking in entry.record.picking_ids
            ]
            if documents:
                picking._itscope_note_parcels(documents)

    # ------------------------------------------------------------------ validation

    def _validate(self, order, entries):
        """Receive what was dispatched, where the account's policy says so."""
        policy = order._itscope_policy().receipt_validation
        if policy == "never" or not policy:
            return
        for picking in order.picking_ids.filtered(
            lambda p: p.state not in ("done", "cancel")
        ):
            drop_shipment = picking.location_dest_id.usage == "customer"
            moves = picking.move_ids.filtered(
                lambda move: move.itscope_prepared and move.quantity
            )
            if not moves or (policy == "dropship" and not drop_shipment):
                continue
            told = [e for e in entries if picking in e.record.picking_ids]
            problem = self._validate_picking(picking, moves)
            if problem:
                (told or entries)[-1].attention.append(problem)

    def _validate_picking(self, picking, moves):
        """:return: why it was not validated, or False"""
        if any(
            line.product_id.tracking != "none" and not (line.lot_id or line.lot_name)
            for line in moves.move_line_ids
        ):
            return self.env._(
                "%s was not validated: serial or lot numbers are missing.", picking.name
            )
        try:
            with self.env.cr.savepoint():
                moves.picked = True
                picking.with_context(skip_backorder=True).button_validate()
                if picking.state != "done":
                    raise UserError(self.env._("Odoo asks something first."))
        except UserError as error:
            picking.invalidate_recordset()
            return self.env._(
                "%(picking)s was not validated: %(problem)s",
                picking=picking.name,
                problem=error,
            )
        return False
