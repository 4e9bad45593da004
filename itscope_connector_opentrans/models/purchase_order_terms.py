from odoo import api, fields, models


class PurchaseOrder(models.Model):
    """What goes with an order besides its lines."""

    _inherit = "purchase.order"

    itscope_customer_number_id = fields.Many2one(
        "itscope.supplier.number",
        string="Customer number",
        compute="_compute_itscope_customer_number_id",
        store=True,
        readonly=False,
        domain="[('supplier_id', '=', itscope_supplier_id), "
        "('company_id', '=', company_id)]",
        ondelete="set null",
        help="Yours with this supplier. Without a choice, the one that ITscope knows.",
    )
    itscope_partial_shipment = fields.Boolean(
        string="Partial shipment",
        compute="_compute_itscope_terms",
        store=True,
        readonly=False,
        help="The supplier may deliver in parts.",
    )
    itscope_own_delivery_note = fields.Boolean(
        string="Own delivery note",
        compute="_compute_itscope_terms",
        store=True,
        readonly=False,
        help="The supplier ships with your delivery note. Must be agreed with the "
        "supplier.",
    )
    itscope_customer_reference = fields.Char(
        string="Customer's order number",
        compute="_compute_itscope_customer_reference",
        store=True,
        readonly=False,
        help="The number that the end customer knows the order by.",
    )
    itscope_remarks = fields.Text(
        string="Remarks for the supplier",
        compute="_compute_itscope_remarks",
        store=True,
        readonly=False,
        copy=False,
        help="Goes with the order. It may keep the supplier from processing it by "
        "itself.",
    )
    itscope_delivery_date_type = fields.Selection(
        [("none", "Do not send"), ("optional", "As a wish"), ("fixed", "As fixed")],
        string="Delivery dates",
        required=True,
        default="none",
        help="Whether the expected arrival of each line goes with the order.",
    )

    @api.depends("itscope_supplier_id", "company_id")
    def _compute_itscope_customer_number_id(self):
        for order in self:
            supplier = order.itscope_supplier_id.with_company(order.company_id)
            order.itscope_customer_number_id = supplier._default_number()

    @api.depends("itscope_supplier_id", "company_id")
    def _compute_itscope_terms(self):
        for order in self:
            supplier = order.itscope_supplier_id.with_company(order.company_id)
            order.itscope_partial_shipment = supplier.partial_shipment
            order.itscope_own_delivery_note = supplier.own_delivery_note

    @api.depends("itscope_supplier_id", "company_id")
    def _compute_itscope_remarks(self):
        for order in self:
            supplier = order.itscope_supplier_id.with_company(order.company_id)
            # What was written stays when another supplier is chosen.
            order.itscope_remarks = order.itscope_remarks or supplier.order_remarks

    @api.depends("origin")
    def _compute_itscope_customer_reference(self):
        for order in self:
            # Another origin is a number of ours, not of the customer.
            sales = order._itscope_sales().filtered("client_order_ref")
            order.itscope_customer_reference = sales[:1].client_order_ref

    def _itscope_sales(self):
        """The sale orders that this order is for."""
        self.ensure_one()
        Sale = self.env["sale.order"]
        if "sale_order_id" in self.order_line._fields:
            # Odoo's own link, where its module for it is installed.
            if sales := self._get_sale_orders():
                return sales
        names = [name.strip() for name in (self.origin or "").split(",")]
        return Sale.search(
            [("name", "in", names), ("company_id", "=", self.company_id.id)]
        )

    def _itscope_customer_number(self):
        """Our customer number that this order states, or ""."""
        self.ensure_one()
        supplier = self.itscope_supplier_id.with_company(self.company_id)
        return (
            self.itscope_customer_number_id.number
            or supplier._effective_customer_number()
            or ""
        )

    def _itscope_is_drop_shipment(self):
        """Whether the goods go to a customer without coming to us."""
        self.ensure_one()
        destination = self.picking_type_id.default_location_dest_id
        return bool(self.dest_address_id) or destination.usage == "customer"

    def _itscope_delivery_partner(self):
        """Where the goods go; empty for a drop shipment without an address."""
        self.ensure_one()
        if self._itscope_is_drop_shipment():
            return self.dest_address_id
        return (
            self.picking_type_id.warehouse_id.partner_id or self.company_id.partner_id
        )
