from odoo import api, models

from odoo.addons.itscope_connector.tools import commit


class ItscopeDeal(models.Model):
    """PDFs of invoices are fetched after the news."""

    _inherit = "itscope.deal"

    @api.model
    def _after_news(self, client, account, news):
        complete = super()._after_news(client, account, news)
        # sudo: documents and bills are written by the connector, whoever asks for news.
        self.env["itscope.document"].sudo()._fetch_pdfs(client, account)
        commit(self.env)
        return complete

    def _note_not_fetched(self, entry, problem):
        instead = self.document_ids.with_context(bin_size=True).filtered(
            lambda row: (
                row.type == entry.type
                and row.transaction_id == entry.transaction_id
                and row.pdf
            )
        )
        if not instead:
            return super()._note_not_fetched(entry, problem)
        # The PDF came instead, and its document says what became of it; openTRANS may
        # still come.
        for row in instead:
            if not row.content_hash and row.state != "ignored":
                self._ask_again(row)
        return None
