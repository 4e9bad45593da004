from odoo import models

from odoo.addons.itscope_connector.tools import write_changed

from ..tools import day


class ItscopeApplyOrder(models.AbstractModel):
    """The ORDER of an order that was placed on the platform.

    It says what was ordered: under which line numbers, how much and at what price; the
    other documents are compared with that. Lines without a product are filled as soon
    as there is one.
    """

    _name = "itscope.apply.order"
    _inherit = ["itscope.document.apply"]
    _description = "Application of orders placed on the platform"

    def _apply(self, order, entries):
        deal = order.itscope_deal_id
        own = [entry for entry in entries if entry.record.deal_id == deal]
        if own and deal.send_state == "external":
            self._compare(order, own[-1])

    def _compare(self, order, entry):
        importer = self.env["itscope.order.import"]
        content = entry.document
        self._fill_placeholders(order, content)
        pairs, unknown = self._matched(order, entry, list(content.lines))
        for line, theirs in pairs:
            if not line.itscope_sent_quantity:
                write_changed(line, self._ordered_values(content, theirs))
        notes = {line.itscope_line_id for line in order._itscope_placeholders()}
        for theirs in unknown:
            text = (
                self.env._(
                    "No product in Odoo: %s. Create or link it, then press “Apply”; or "
                    "enter the line by hand.",
                    self._describe(theirs),
                )
                if theirs.line_id in notes
                else self.env._(
                    "Ordered at ITscope, but not in the order: %s",
                    self._describe(theirs),
                )
            )
            entry.attention.append(text)
        matched = {line for line, _theirs in pairs}
        for line in order.order_line._itscope_sendable():
            if line not in matched:
                entry.attention.append(
                    self.env._(
                        "In the order, but not ordered at ITscope: %s",
                        line.product_id.display_name or line.name,
                    )
                )
        if content.currency and content.currency != order.currency_id.name:
            entry.attention.append(
                self.env._(
                    "Ordered in %(theirs)s, but the purchase order is in %(ours)s.",
                    theirs=content.currency,
                    ours=order.currency_id.name,
                )
            )
        address = importer._foreign_address(entry.record.deal_id, content)
        if address and not order.dest_address_id:
            entry.attention.append(
                self.env._(
                    "The goods go to %(name)s, %(street)s, %(zip)s %(city)s and not to "
                    "you, but Odoo expects them in your warehouse: drop shipping is "
                    "not set up.",
                    name=address.name,
                    street=address.street,
                    zip=address.zip,
                    city=address.city,
                )
            )

    def _fill_placeholders(self, order, content):
        """Notes that stand for an article become lines where Odoo has it by now."""
        notes = order._itscope_placeholders()
        if not notes or order.state == "cancel" or order.locked:
            return
        importer = self.env["itscope.order.import"]
        by_number = {line.line_id: line for line in content.lines}
        open_notes = [note for note in notes if note.itscope_line_id in by_number]
        lines = [by_number[note.itscope_line_id] for note in open_notes]
        found = importer._products(order.itscope_deal_id, lines)
        for place, (product, offer) in found.items():
            values = importer._line_values(content, lines[place], product, offer)
            line = self.env["purchase.order.line"].create(
                {
                    **values,
                    "order_id": order.id,
                    "sequence": open_notes[place].sequence,
                }
            )
            importer._finish_line(line, lines[place])
            open_notes[place].unlink()
        if found and order.state in ("draft", "sent"):
            order.itscope_deal_id._confirm(order)

    def _ordered_values(self, content, theirs):
        """What a purchase order that was there before is measured by."""
        delivery = theirs.delivery_date or content.delivery_date
        price = self.env["itscope.order.import"]._price(theirs)
        return {
            "itscope_line_id": theirs.line_id,
            "itscope_sent_quantity": float(theirs.quantity),
            "itscope_sent_price": float(price),
            "itscope_sent_date": day(delivery.end) if delivery else False,
        }
