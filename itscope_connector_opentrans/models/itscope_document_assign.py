from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.itscope_connector.tools import commit_progress, in_batches, lock

from ..tools import named_numbers

#: So many waiting documents are assigned before the next commit.
ASSIGNED_AT_ONCE = 50


class ItscopeDocument(models.Model):
    """Which purchase orders a document is about."""

    _inherit = "itscope.document"

    def _assign(self):
        """Find the orders of these documents; without any they wait for a person, or
        for the order to come.

        A document of ITscope's belongs to the order it came with, and to other orders
        of the same vendor that it names. An uploaded one must name the order, and come
        from that order's vendor.
        """
        for document in self.filtered(lambda row: row.direction == "in"):
            if document.assigned_by_hand or document.state == "ignored":
                continue
            content = document._read() if document.content_hash else None
            if content is None:
                document.order_ids |= document.deal_id.purchase_order_id
                continue
            numbers = named_numbers(content)
            # None is known, too: an empty list would be stored as nothing.
            known = sorted(numbers) or [""]
            if document.named_numbers != known:
                document.named_numbers = known
            orders, doubt = document._find_orders(content, numbers)
            document._set_orders(orders, doubt)

    def _set_orders(self, orders, doubt=False):
        """:param doubt: why there are none"""
        self.ensure_one()
        if self.order_ids != orders:
            self.order_ids = orders
        results = {
            key: result
            for key, result in (self.results or {}).items()
            if key in map(str, orders.ids)
        }
        if not orders:
            results[""] = {"attention": [doubt]} if doubt else {}
        if results != (self.results or {}):
            self.results = results
        self._update_state()

    def _find_orders(self, content, numbers):
        """:param content: what :meth:`_read` gives
        :param numbers: those that it names
        :return: the orders, and where there are none, the reason
        """
        own = self.deal_id.purchase_order_id
        named = self._orders_by_number(numbers)
        if own:
            vendor = own.partner_id.commercial_partner_id
            return own | named.filtered(
                lambda order: order.partner_id.commercial_partner_id == vendor
            ), False
        if self.deal_id:
            return named.browse(), self.env._(
                "The ITscope order %s has no purchase order in Odoo.",
                self.deal_id.display_name,
            )
        fitting = named.filtered(lambda order: self._is_from(content, order))
        if fitting:
            return fitting, False
        if named:
            return fitting, self.env._(
                "It names %(orders)s, but comes from %(supplier)s and not from "
                "%(vendors)s.",
                orders=", ".join(named.mapped("name")),
                supplier=self.supplier_name or self.env._("an unknown supplier"),
                vendors=", ".join(named.partner_id.mapped("display_name")),
            )
        return named, self.env._(
            "No purchase order of %(company)s has one of the numbers it names: "
            "%(numbers)s.",
            company=self.company_id.name,
            numbers=", ".join(sorted(numbers)[:10]) or "-",
        )

    @api.model
    def _orders_by_number(self, numbers):
        """Confirmed purchase orders that go by one of these numbers: ours, ITscope's,
        or the supplier's."""
        numbers = list(numbers)
        deals = self.env["itscope.deal"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("purchase_order_id", "!=", False),
                "|",
                ("order_id", "in", numbers),
                ("own_order_id", "in", numbers),
            ]
        )
        return deals.purchase_order_id | self.env["purchase.order"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("state", "=", "purchase"),
                "|",
                ("name", "in", numbers),
                ("partner_ref", "in", numbers),
            ]
        )

    def _is_from(self, content, order):
        """Whether the document's supplier is this order's vendor: by ITscope's id, VAT
        number, or name."""
        party = content.party("supplier") or content.party("invoice_issuer")
        if not party:
            return False
        vendor = order.partner_id.commercial_partner_id
        Supplier = self.env["itscope.supplier"].with_company(self.company_id)
        suppliers = Supplier.search(
            [("partner_id", "in", (vendor | order.partner_id).ids)]
        )
        if party.id and party.id in suppliers.mapped("itscope_id"):
            return True
        vat = Supplier._normal_code(party.address.vat)
        if vat and vendor.vat:
            return vat == Supplier._normal_code(vendor.vat)
        names = {
            Supplier._normal_name(name)
            for name in (
                vendor.name,
                *suppliers.mapped("name"),
                *suppliers.mapped("company_name"),
            )
        } - {""}
        return Supplier._normal_name(party.address.name) in names

    @api.model
    def _assign_waiting(self):
        """Try again for what waits: its order may have come meanwhile.

        The numbers are looked for all at once, and only documents that name an order
        which is there are read again.
        """
        waiting = self.search(
            [
                ("state", "=", "waiting"),
                ("direction", "=", "in"),
                ("assigned_by_hand", "=", False),
            ]
        )
        for documents in waiting.grouped("company_id").values():
            for batch in in_batches(documents._awaited(), ASSIGNED_AT_ONCE):
                self.union(*batch)._assign()
                if not commit_progress(self.env):
                    return

    def _awaited(self):
        """Those of these documents of one company whose order may be there."""
        numbers = {number for row in self for number in row.named_numbers or ()}
        orders = self._orders_by_number(numbers - {""})
        deals = orders.itscope_deal_ids
        there = {
            *orders.mapped("name"),
            *orders.mapped("partner_ref"),
            *deals.mapped("order_id"),
            *deals.mapped("own_order_id"),
        } - {"", False}
        return self.filtered(
            lambda row: (
                row.deal_id.purchase_order_id
                # Kept by an earlier version: nobody knows yet what it names.
                or not row.named_numbers
                or there.intersection(row.named_numbers)
            )
        )

    def _assign_by_hand(self, orders):
        """A person says which orders these documents are about."""
        self.check_access("write")
        # sudo: documents are applied by the connector, whoever assigns them; receipts
        # and bills are not the buyer's to write.
        documents = self.sudo().filtered(
            lambda d: d.direction == "in" and not d._is_quotation()
        )
        if not documents:
            raise UserError(
                self.env._(
                    "Orders that were sent belong to their purchase order. Choose "
                    "documents that were received."
                )
            )
        concerned = documents.order_ids | orders.sudo()
        lock(concerned)
        # What they did to other orders goes.
        documents._take_back()
        for document in documents:
            document.write({"assigned_by_hand": True, "results": False})
            document._set_orders(orders.sudo())
        concerned._itscope_apply_now()
