from psycopg2.errors import UniqueViolation

from odoo import api, models
from odoo.tools import SQL, mute_logger

from ..tools import commit_progress, write_changed

#: First half of the key of the advisory lock, the company is the other; "ITSN".
LOCK = 0x4954534E


class ItscopeNeed(models.Model):
    """Keeping the basket in step with sales, reordering rules and purchase orders."""

    _inherit = "itscope.need"

    @api.model
    def _cron_gather(self):
        """Scheduled action: the baskets of all companies with an account."""
        groups = self.env["itscope.account"]._read_group([], ["company_id"])
        companies = [company for (company,) in groups]
        for done, company in enumerate(companies, 1):
            self._gather(company)
            # A company's basket is whole by itself.
            if not commit_progress(self.env, 1, remaining=len(companies) - done):
                return

    @api.model
    def _gather(self, company):
        """Take in what is needed by now, and let go of what is not any more.

        What a person chose or dismissed stays; what was ordered is needed again where
        its purchase order was cancelled or lost the line.

        :return: False where another worker gathers for this company at this moment, or
            did so since this transaction began
        """
        if not self._gathers_alone(company):
            return False
        # sudo: it looks at the company's documents, whose ever, and what it notes is
        # what they say; buyers need not see sales orders.
        needs = self.browse().sudo().with_company(company)
        unmet, lost = needs._known(company)
        missing = []
        for key, values in needs._demands(company).items():
            need = unmet.pop(key, needs)
            if need:
                need._follow(values)
            elif key in lost:
                lost.pop(key).write({**values, **self._reopened()})
            else:
                missing.append({"company_id": company.id, **values})
        by_hand = [need for need in lost.values() if need.source == "manual"]
        needs.union(*by_hand).write(self._reopened())
        gone = [*unmet.values(), *lost.values()]
        needs.union(*(need for need in gone if need.source != "manual")).unlink()
        if not needs._add_missing(missing):
            return False
        needs.search([("company_id", "=", company.id)] + self._unmet())._look_again()
        return True

    @api.model
    def _gathers_alone(self, company):
        """Whether nobody else gathers for this company; until this transaction ends."""
        self.env.cr.execute(
            SQL("SELECT pg_try_advisory_xact_lock(%s, %s)", LOCK, company.id)
        )
        return self.env.cr.fetchone()[0]

    @api.model
    def _add_missing(self, values_list):
        """:return: False where they are there already: another worker had the lock
        until after this transaction began to look, and nothing shows what it added"""
        try:
            with self.env.cr.savepoint(), mute_logger("odoo.sql_db"):
                self.create(values_list)
        except UniqueViolation:
            return False
        return True

    @api.model
    def _unmet(self):
        return [("state", "!=", "ordered")]

    @api.model
    def _reopened(self):
        return {"state": "open", "reason": False, "purchase_line_id": False}

    @api.model
    def _known(self, company):
        """``({key: need not ordered yet}, {key: one whose order was cancelled})``"""
        own = [("company_id", "=", company.id)]
        unmet = {need._key(): need for need in self.search(own + self._unmet())}
        lost, spare = {}, self.browse()
        for need in self.search(
            [
                *own,
                ("state", "=", "ordered"),
                "|",
                ("purchase_line_id", "=", False),
                ("purchase_line_id.order_id.state", "=", "cancel"),
            ],
            order="id desc",
        ):
            key = need._key()
            # Of several for the same thing one is enough to go on with.
            if key in unmet or key in lost:
                spare |= need
            else:
                lost[key] = need
        spare.unlink()
        return unmet, lost

    @api.model
    def _demands(self, company):
        """What sales and rules ask for: ``{key: values of a need}``."""
        sales, taken = self._sale_demands(company)
        return {**sales, **self._rule_demands(company, taken)}

    def _follow(self, values):
        """Another quantity or day of the same need. What was dismissed stays so, unless
        a sale has come to need more of it."""
        self.ensure_one()
        if self.state == "dismissed":
            more = self.uom_id.compare(values["quantity"], self.quantity) > 0
            if self.source != "sale" or not more:
                return
            values = {**values, **self._reopened()}
        write_changed(self, values)
