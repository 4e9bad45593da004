from odoo import fields, models

from .itscope_sync import OPEN


class ItscopeAccount(models.Model):
    """What waits for a person: the first page of the app."""

    _inherit = "itscope.account"

    open_supplier_count = fields.Integer(
        string="Suppliers to map", compute="_compute_overview"
    )
    open_type_count = fields.Integer(
        string="Product types to map", compute="_compute_overview"
    )
    open_manufacturer_count = fields.Integer(
        string="Manufacturers to map", compute="_compute_overview"
    )
    open_decision_count = fields.Integer(
        string="Products to decide", compute="_compute_overview"
    )
    running_count = fields.Integer(string="Runs going on", compute="_compute_overview")
    failed_run_count = fields.Integer(string="Runs failed", compute="_compute_overview")
    linked_count = fields.Integer(string="Linked products", compute="_compute_overview")

    def _compute_overview(self):
        for account in self:
            company = account.company_id
            env = account.with_company(company).env
            own = [("company_id", "=", company.id)]
            runs = env["itscope.sync"].with_context(active_test=False)
            account.update(
                {
                    "open_supplier_count": env["itscope.supplier"].search_count(
                        [("in_use", "=", True), ("partner_id", "=", False)]
                        + [("ignored", "=", False)]
                    ),
                    "open_type_count": env["itscope.product.type"].search_count(
                        [("in_use", "=", True), ("categ_id", "=", False)]
                    ),
                    "open_manufacturer_count": env["itscope.manufacturer"].search_count(
                        [("in_use", "=", True), ("partner_id", "=", False)]
                    ),
                    "open_decision_count": env["itscope.decision"].search_count(
                        [*own, ("state", "=", "open")]
                    ),
                    "running_count": runs.search_count([*own, ("state", "in", OPEN)]),
                    "failed_run_count": runs.search_count(
                        [*own, ("state", "=", "failed")]
                    ),
                    "linked_count": env["itscope.product"].search_count(own),
                }
            )

    def _open_list(self, action, domain):
        self.ensure_one()
        found = self.env["ir.actions.act_window"]._for_xml_id(
            f"itscope_connector.{action}"
        )
        # The card's company, whichever is chosen: what is mapped is a company's own.
        companies = self.company_id | self.env.companies
        return {
            **found,
            "domain": domain,
            "context": {"allowed_company_ids": companies.ids},
        }

    def action_open_suppliers(self):
        domain = [("in_use", "=", True), ("partner_id", "=", False)]
        return self._open_list(
            "itscope_supplier_action", [*domain, ("ignored", "=", False)]
        )

    def action_open_types(self):
        domain = [("in_use", "=", True), ("categ_id", "=", False)]
        return self._open_list("itscope_product_type_action", domain)

    def action_open_manufacturers(self):
        domain = [("in_use", "=", True), ("partner_id", "=", False)]
        return self._open_list("itscope_manufacturer_action", domain)

    def action_open_decisions(self):
        domain = [("company_id", "=", self.company_id.id), ("state", "=", "open")]
        return self._open_list("itscope_decision_action", domain)

    def action_open_runs(self):
        """Runs that wait or go on."""
        domain = [("company_id", "=", self.company_id.id), ("state", "in", OPEN)]
        return self._open_list("itscope_sync_action", domain)

    def action_open_failed_runs(self):
        domain = [("company_id", "=", self.company_id.id), ("state", "=", "failed")]
        return self._open_list("itscope_sync_action", domain)

    def action_open_links(self):
        return self._open_list(
            "itscope_product_action", [("company_id", "=", self.company_id.id)]
        )
