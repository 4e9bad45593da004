import time

from odoo import models


class ItscopeSync(models.Model):
    """Reading all orders of an account, page by page."""

    _inherit = "itscope.sync"

    def _run_deals(self):
        Deal, started = self.env["itscope.deal"], time.monotonic()
        with self.account_id._open_client() as client:
            while self.pages["archived"]:
                archived, page = self.pages["archived"], self.pages["page"]
                records = list(
                    client.purchase_deals(
                        archived=archived[0], first_page=page, pages=1
                    )
                )
                news = Deal._synchronise(self.account_id, records)
                self.position += len(news)
                self.read_count += len(news)
                self.pages = (
                    {"archived": archived, "page": page + 1}
                    if records
                    else {"archived": archived[1:], "page": 1}
                )
                # The page is kept before its documents are asked for: no transaction
                # stays open meanwhile, and the next worker goes on behind it.
                self._tell()
                Deal._after_news(client, self.account_id, news)
                self._tell(started=started, before=self.position)
