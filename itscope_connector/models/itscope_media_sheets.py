from time import monotonic

from odoo import api, fields, models

#: Data sheets that are fetched while somebody waits, and seconds that this may take;
#: the others follow in the background.
AT_ONCE, SECONDS = 5, 20


class ItscopeMedia(models.Model):
    """Data sheets that a quotation's PDF needs as files, whatever the account keeps."""

    _inherit = "itscope.media"

    as_file = fields.Boolean(
        string="Needed as file",
        readonly=True,
        help="A quotation's PDF holds it: it is kept as a file, also where the account "
        "keeps data sheets as links.",
    )

    def _wants_file(self, account):
        """Whether this data sheet of ITscope's becomes a file."""
        return self.as_file or account.datasheet_policy == "attachment"

    @api.model
    def _sheets(self, links):
        """ITscope's own data sheet of each link: manufacturers' ones are links only,
        since nothing is fetched from elsewhere."""
        found = self.search(
            [("link_id", "in", links.ids), ("kind", "=", "datasheet")],
            order="link_id, sequence, id",
        )
        own = {}
        for company, media in found.grouped("company_id").items():
            account = self.env["itscope.account"]._of_company(company)
            for sheet in media:
                if sheet.link_id not in own and account._is_itscope_url(sheet.url):
                    own[sheet.link_id] = sheet.id
        return self.browse(own.values())

    def _has_file(self):
        return self.document_id.type == "binary"

    def _fetch_files(self):
        """Fetch what is not here as a file: a few now, the others in the background.

        What fails has its message; what waits is fetched later.
        """
        missing = self.filtered(lambda sheet: not sheet._has_file())
        # A document that a person removed is wanted again now.
        missing.filtered(lambda s: not s.document_id).fetch_date = False
        missing.as_file = True
        missing._fetch_again()
        until = monotonic() + SECONDS
        for account, sheets in self._by_account(missing[:AT_ONCE]).items():
            sheets.with_company(account.company_id)._fetch(account, until)

    @api.model
    def _cron_fetch(self):
        result = super()._cron_fetch()
        self.env["sale.order"]._itscope_finish_datasheets()
        return result
