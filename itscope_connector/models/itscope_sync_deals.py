import time

from odoo import fields, models

from .itscope_sync_run import WAITS, Interrupted


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
                # A list that gives its last page again and again has ended, too.
                first = records[0].order_id if records else False
                if not records or first == self.pages.get("first"):
                    self.pages = {"archived": archived[1:], "page": 1}
                    continue
                news = Deal._synchronise(self.account_id, records)
                # The orders are kept before their documents are asked for: no
                # transaction stays open meanwhile.
                self._tell()
                if not Deal._after_news(client, self.account_id, news):
                    self._wait_for_documents(page)
                self.position += len(news)
                self.read_count += len(news)
                self.pages = {"archived": archived, "page": page + 1, "first": first}
                self.tries = 0
                # Nobody knows how many pages there are: it only has to move.
                self.fraction = 1 - 1 / (page + 1)
                self._tell(started=started, before=self.position)

    def _wait_for_documents(self, page):
        """Another worker is at documents of this page: it is read again later. In the
        end the other pages do not wait for it."""
        if self.tries < len(WAITS):
            text = self.env._("Others are at the same orders.")
            self._wait(text, fields.Datetime.now() + WAITS[self.tries])
            self.tries += 1
            raise Interrupted
        text = self.env._(
            "Not all documents of page %s could be fetched. Open its orders and press "
            "“Fetch news”.",
            page,
        )
        self._write_lines([("note", False, False, text)])
