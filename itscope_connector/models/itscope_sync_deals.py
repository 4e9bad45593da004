import time

from odoo import fields, models

from ..itscope_api import record_id
from .itscope_sync_run import WAITS, Interrupted


class ItscopeSync(models.Model):
    """Reading all orders of an account, page by page."""

    _inherit = "itscope.sync"

    def _run_deals(self):
        Deal = self.env["itscope.deal"]

        def take(client, records):
            news = Deal._synchronise(self.account_id, records)
            # The orders are kept before their documents are asked for: no
            # transaction stays open meanwhile.
            self._tell()
            return Deal._after_news(client, self.account_id, news)

        with self.account_id._open_client() as client:
            self._run_pages(client, client.purchase_deals, take)

    def _run_pages(self, client, fetch, take):
        """Read the lists that are left, page by page.

        :param fetch: method of the client that yields one page's records
        :param take: function of client and records; false where another worker is at
            them
        """
        started = time.monotonic()
        while self.pages["archived"]:
            archived, page = self.pages["archived"], self.pages["page"]
            records = list(fetch(archived=archived[0], first_page=page, pages=1))
            # A list that gives its last page again and again has ended, too.
            first = record_id(records[0]) if records else False
            if not records or first == self.pages.get("first"):
                self.pages = {"archived": archived[1:], "page": 1}
                continue
            if not take(client, records):
                self._wait_for_documents(page)
            self.position += len(records)
            self.read_count += len(records)
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
