from odoo import fields, models


class ItscopeSync(models.Model):
    """Reading all quotes of an account, page by page."""

    _inherit = "itscope.sync"

    kind = fields.Selection(
        selection_add=[("quotes", "Quotes")], ondelete={"quotes": "cascade"}
    )

    def _run_quotes(self):
        Quote = self.env["itscope.quote"]

        def take(client, records):
            quotes = Quote._synchronise(self.account_id, records)
            # The quotes are kept before their documents are asked for.
            self._tell()
            Quote._after_news(client, self.account_id, quotes)
            return True

        with self.account_id._open_client() as client:
            self._run_pages(client, client.quotes, take)
