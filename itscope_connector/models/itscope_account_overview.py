from dataclasses import dataclass

from odoo import api, fields, models
from odoo.exceptions import UserError

from .itscope_sync import OPEN


@dataclass(frozen=True)
class Waiting:
    """A list on the first page: what its number counts is what opens."""

    key: str
    label: str
    model: str
    domain: list
    #: the action whose list opens
    action: str
    #: danger, warning: needs a person; info: goes on by itself; fact: always shown
    level: str = "warning"
    #: waits for the end of ITscope's block
    blocked: bool = False
    #: read by its domain, too
    needs: tuple = ()
    #: False: shared by all companies, what it counts depends on the current one
    has_company: bool = True


class ItscopeAccount(models.Model):
    """What waits: the lists of the app's first page."""

    _inherit = "itscope.account"

    live = fields.Boolean(
        compute="_compute_live", help="A run goes on: the page is read again."
    )

    def _compute_live(self):
        now = fields.Datetime.now()
        runs = self.env["itscope.sync"]._read_group(
            [
                ("account_id", "in", self.ids),
                ("state", "in", OPEN),
                "|",
                ("retry_date", "=", False),
                ("retry_date", "<=", now),
            ],
            ["account_id"],
        )
        going_on = self.browse(account.id for (account,) in runs)
        for account in self:
            account.live = account in going_on

    @api.model
    def _waiting_lists(self):
        """What is counted on the first page, most urgent first; other addons add
        theirs.
        """
        open_ones = [("state", "=", "open")]
        failed = [("state", "=", "failed"), ("id", "in", self._reminded_runs())]
        later = [("state", "=", "waiting"), ("retry_date", "!=", False)]
        lists = [
            Waiting(
                "failed_runs",
                self.env._("Failed runs"),
                "itscope.sync",
                failed,
                "itscope_connector.itscope_sync_action",
                "danger",
            ),
            Waiting(
                "alarms",
                self.env._("Price alarms"),
                "itscope.price.alarm",
                open_ones,
                "itscope_connector.itscope_price_alarm_action",
            ),
            Waiting(
                "decisions",
                self.env._("Products to decide on"),
                "itscope.decision",
                open_ones,
                "itscope_connector.itscope_decision_action",
            ),
            Waiting(
                "waiting_runs",
                self.env._("Runs that wait"),
                "itscope.sync",
                later,
                "itscope_connector.itscope_sync_action",
                "info",
                blocked=True,
            ),
            Waiting(
                "needs",
                self.env._("To be bought"),
                "itscope.need",
                open_ones,
                "itscope_connector.itscope_need_action",
                "fact",
            ),
            Waiting(
                "links",
                self.env._("Linked products"),
                "itscope.product",
                [],
                "itscope_connector.itscope_product_action",
                "fact",
            ),
        ]
        if self.env.user.has_group("itscope_connector.group_manager"):
            lists += self._unmapped_lists()
        return lists

    @api.model
    def _unmapped_lists(self):
        in_use = [("in_use", "=", True)]
        without_vendor = [
            *in_use,
            ("partner_id", "=", False),
            ("ignored", "=", False),
        ]
        without_category = [*in_use, ("categ_id", "=", False)]
        without_contact = [*in_use, ("partner_id", "=", False)]
        return [
            Waiting(
                "suppliers",
                self.env._("Suppliers without a vendor"),
                "itscope.supplier",
                without_vendor,
                "itscope_connector.itscope_supplier_action",
                has_company=False,
            ),
            Waiting(
                "types",
                self.env._("Product types without a category"),
                "itscope.product.type",
                without_category,
                "itscope_connector.itscope_product_type_action",
                has_company=False,
            ),
            Waiting(
                "manufacturers",
                self.env._("Manufacturers without a contact"),
                "itscope.manufacturer",
                without_contact,
                "itscope_connector.itscope_manufacturer_action",
                has_company=False,
            ),
        ]

    @api.model
    def _reminded_runs(self):
        """Ids of runs whose reminder nobody has dealt with."""
        # sudo: a run needs somebody, whoever was asked.
        activities = self.env["mail.activity"].sudo()
        return activities.search([("res_model", "=", "itscope.sync")]).mapped("res_id")

    @api.model
    def _readable_lists(self):
        return [
            waiting
            for waiting in self._waiting_lists()
            if all(
                self.env[model].has_access("read")
                for model in (waiting.model, *waiting.needs)
            )
        ]

    def _count_waiting(self):
        """One query for each list, however many companies there are; one for each
        company where what is shared means something else in each.

        :return: ``[(Waiting, {company: number})]``
        """
        companies = self.company_id
        counted = []
        for waiting in self._readable_lists():
            model = self.env[waiting.model]
            if waiting.has_company:
                domain = [("company_id", "in", companies.ids), *waiting.domain]
                counts = dict(model._read_group(domain, ["company_id"], ["__count"]))
            else:
                counts = {
                    company: model.with_company(company).search_count(waiting.domain)
                    for company in companies
                }
            counted.append((waiting, counts))
        return counted

    def action_open_waiting(self, key):
        """The list behind a number of the first page."""
        self.ensure_one()
        self.check_access("read")
        found = [waiting for waiting in self._readable_lists() if waiting.key == key]
        if not found:
            raise UserError(self.env._("This list is not for you to see."))
        (waiting,) = found
        domain = list(waiting.domain)
        if waiting.has_company:
            domain.insert(0, ("company_id", "=", self.company_id.id))
        action = self.env["ir.actions.act_window"]._for_xml_id(waiting.action)
        # The card's company, whichever is chosen: what is mapped is a company's own.
        companies = self.company_id | self.env.companies
        return {
            **action,
            "name": waiting.label,
            "display_name": waiting.label,
            "domain": domain,
            "context": {"allowed_company_ids": companies.ids},
        }
