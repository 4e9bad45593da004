from odoo import api, fields, models

from ..tools import in_batches, write_changed

SERVICES = ("price_list", "realtime", "project_list", "order")
BATCH = 1000


class ItscopeSupplier(models.Model):
    """E-services and order conditions as ITscope tells them, per company."""

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
