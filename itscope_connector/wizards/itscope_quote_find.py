from odoo import fields, models
from odoo.exceptions import UserError

from ..tools import commit


class ItscopeQuoteFind(models.TransientModel):
    """Search among the quotes at ITscope, also for those that are not in Odoo yet."""

    _name = "itscope.quote.find"
    _description = "Search for ITscope quotes"

    keywords = fields.Char(help="Title, customer or person.")
    number = fields.Char(string="Quote number")
    status = fields.Selection(
        [
            ("DRAFT", "Draft"),
            ("PROGRESS", "In negotiation"),
            ("WON", "Won"),
            ("LOST", "Lost"),
        ],
    )
    archived = fields.Boolean(
        string="Archived ones", help="Search in the archive instead."
    )

    def action_find(self):
        """Ask ITscope, and show what it found."""
        self.ensure_one()
        self.env["itscope.product"]._check_user()
        if not (self.keywords or self.number or self.status):
            raise UserError(
                self.env._("Enter a keyword, a number or a status to search for.")
            )
        account = self.env["itscope.account"]._for_job()
        # sudo: what ITscope says is the connector's to write, whoever asks for it.
        Quote = self.env["itscope.quote"].sudo()
        with account._client() as client:
            records = list(
                client.find_quotes(
                    keywords=self.keywords or "",
                    number=self.number or "",
                    status=self.status or "",
                    archived=self.archived,
                )
            )
            news = Quote._synchronise(account, records)
            commit(self.env)
            Quote._after_news(client, account, news)
        if not records:
            raise UserError(self.env._("ITscope has no such quote."))
        found = Quote._known(account, [record.quote_id for record in records])
        domain = [("id", "in", found.ids)]
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Quotes found"),
            "res_model": "itscope.quote",
            "views": [(False, "list"), (False, "form")],
            "domain": domain,
        }
