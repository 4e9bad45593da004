from odoo import api, fields, models

from ..tools import in_batches, write_changed

SERVICES = ("price_list", "realtime", "project_list", "order")
BATCH = 1000


class ItscopeSupplier(models.Model):
    """A company's terms with a supplier: its own, and those that ITscope tells."""

    _inherit = "itscope.supplier"

    def _service(label):
        return fields.Selection(
            [
                ("configured", "Set up"),
                ("available", "Offered, not set up"),
                ("none", "Not offered"),
            ],
            string=label,
            company_dependent=True,
            readonly=True,
        )

    price_list_service = _service("Price-list eService")
    realtime_service = _service("Real-time eService")
    project_list_service = _service("Project-list eService")
    order_service = _service("Order eService")
    partial_shipment = fields.Boolean(
        string="Partial shipment",
        compute="_compute_partial_shipment",
        inverse="_inverse_partial_shipment",
        help="Orders allow the supplier to deliver in parts, unless the order says "
        "otherwise. Until you choose, as the supplier's order conditions at ITscope "
        "say.",
    )
    partial_shipment_choice = fields.Selection(
        [("yes", "Yes"), ("no", "No")],
        string="Own choice of partial shipment",
        company_dependent=True,
    )
    partial_delivery = fields.Selection(
        [("yes", "Yes"), ("no", "No")],
        string="Delivers in parts",
        company_dependent=True,
        readonly=True,
        help="The supplier's order conditions at ITscope.",
    )
    order_conditions = fields.Text(
        string="More from ITscope",
        company_dependent=True,
        readonly=True,
        help="E-services and order conditions as ITscope sends them.",
    )

    @api.depends("partial_shipment_choice", "partial_delivery")
    @api.depends_context("company")
    def _compute_partial_shipment(self):
        for supplier in self:
            choice = supplier.partial_shipment_choice or supplier.partial_delivery
            supplier.partial_shipment = choice == "yes"

    def _inverse_partial_shipment(self):
        for supplier in self:
            supplier.partial_shipment_choice = (
                "yes" if supplier.partial_shipment else "no"
            )

    def _default_number(self):
        """The default of this company's own numbers, or none."""
        return self.number_ids.filtered(
            lambda row: row.is_default and row.company_id == self.env.company
        )

    @api.depends("number_ids.number", "number_ids.is_default")
    @api.depends_context("company")
    def _compute_own_customer_number(self):
        for supplier in self:
            supplier.own_customer_number = supplier._default_number().number

    def _inverse_own_customer_number(self):
        for supplier in self:
            default, number = supplier._default_number(), supplier.own_customer_number
            others = supplier.number_ids.filtered(
                lambda row: row.company_id == self.env.company
            )
            if default.number == number:
                continue
            same = others.filtered(lambda row, n=number: row.number == n)
            if not number:
                default.unlink()
            elif same:
                default.is_default = False
                # The index knows one default: the old one goes first.
                default.flush_recordset()
                same.is_default = True
            elif default:
                default.number = number
            else:
                supplier.number_ids = [
                    fields.Command.create({"number": number, "is_default": True})
                ]

    @api.model
    def _synchronise_terms(self, records):
        """Keep what ITscope says about e-services and order conditions.

        :param records: iterable of :class:`itscope_api.SupplierTerms`
        :return: how many suppliers were told about
        """
        count = 0
        for batch in in_batches(records, BATCH):
            by_id = {record.id: record for record in batch}
            rows = self.search_fetch([("itscope_id", "in", list(by_id))])
            for row in rows:
                write_changed(row, self._values_from_terms(by_id[row.itscope_id]))
            count += len(rows)
        return count

    @api.model
    def _values_from_terms(self, record):
        told = {service.kind: service.configured for service in record.services}
        values = {}
        for kind in SERVICES:
            # Where ITscope lists e-services at all, one that is missing is not offered.
            state = "none" if told else False
            if kind in told:
                # Listed without a word on whether it is set up: offered, at least.
                state = "configured" if told[kind] else "available"
            values[f"{kind}_service"] = state
        values["partial_delivery"] = (
            False
            if record.partial_delivery is None
            else ("yes" if record.partial_delivery else "no")
        )
        values["order_conditions"] = (
            "\n".join(f"{name}: {text}" for name, text in record.facts) or False
        )
        return values
