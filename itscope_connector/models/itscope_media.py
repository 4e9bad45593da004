import base64
import logging
from datetime import timedelta
from time import monotonic

from psycopg2 import OperationalError

from odoo import api, fields, models

from ..itscope_api import BlockedError, ItscopeError, MalformedError
from ..tools import commit_progress, in_batches

_logger = logging.getLogger(__name__)

#: Bytes of a picture and of a data sheet.
LIMITS = {"image": 10 * 1024**2, "datasheet": 20 * 1024**2}
#: Fetched between two commits, and by one turn of the scheduled action.
BATCH, TURN = 20, 500
#: Model of the web shop's further pictures (website_sale).
GALLERY = "product.image"
#: Waits after failures; then the address is left alone until it changes.
WAITS = [timedelta(minutes=10), timedelta(hours=1), timedelta(days=1)]


class ItscopeMedia(models.Model):
    """A picture or data sheet of a linked product: where it lies, what became of it."""

    _name = "itscope.media"
    _description = "ITscope picture or data sheet"
    _order = "link_id, kind desc, sequence, id"

    link_id = fields.Many2one(
        "itscope.product", required=True, ondelete="cascade", index=True, readonly=True
    )
    company_id = fields.Many2one(related="link_id.company_id", store=True)
    kind = fields.Selection(
        [("image", "Picture"), ("datasheet", "Data sheet")],
        required=True,
        readonly=True,
    )
    sequence = fields.Integer(readonly=True, help="0: the main picture.")
    url = fields.Char(string="Address", required=True, readonly=True)
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("done", "Fetched"),
            ("link", "As link"),
            ("own", "Own picture kept"),
            ("refused", "Refused"),
            ("failed", "Failed"),
        ],
        required=True,
        default="waiting",
        readonly=True,
        index=True,
    )
    message = fields.Char(readonly=True)
    etag = fields.Char(readonly=True)
    last_modified = fields.Char(readonly=True)
    checksum = fields.Char(
        readonly=True,
        help="Of the picture that the product got: ours until it differs.",
    )
    fetch_date = fields.Datetime(string="Fetched", readonly=True)
    next_date = fields.Datetime(string="Next try", readonly=True)
    tries = fields.Integer(readonly=True)
    image = fields.Image(max_width=1920, max_height=1920, readonly=True)
    document_id = fields.Many2one(
        "product.document", readonly=True, ondelete="set null", index="btree_not_null"
    )

    gallery_id = fields.Many2oneReference(
        model_field="gallery_model",
        readonly=True,
        help="Picture of the web shop, where Odoo has one.",
    )
    gallery_model = fields.Char(compute="_compute_gallery_model")

    _url_uniq = models.Constraint(
        "unique(link_id, url)", "This address is known for the product."
    )

    def _compute_gallery_model(self):
        self.gallery_model = GALLERY

    # ------------------------------------------------------------------ by the importer

    @api.model
    def _synchronise(self, account, pairs):
        """Know the addresses that ITscope names; nothing is fetched here.

        :param pairs: list of ``(itscope.product, itscope_api.Product)``
        """
        pairs = [(link, record) for link, record in pairs if not record.update_only]
        if not pairs:
            return
        known = {
            (media.link_id.id, media.url): media
            for media in self.search(
                [("link_id", "in", [link.id for link, _record in pairs])]
            )
        }
        wanted = {}
        for link, record in pairs:
            for kind, place, url in self._addresses(account, record):
                wanted.setdefault((link.id, url), (kind, place))
        stale = {}
        for key, media in known.items():
            if key not in wanted:
                place = (media.link_id.id, media.kind, media.sequence)
                stale[place] = stale.get(place, self.browse()) | media
        to_create, moved, replaced = [], self.browse(), self.browse()
        for (link_id, url), (kind, place) in wanted.items():
            media = known.get((link_id, url))
            if media:
                if media.sequence != place:
                    if kind == "image" and 0 in (media.sequence, place):
                        # The main picture lies elsewhere than the others do.
                        replaced |= media
                    media.sequence = place
                continue
            # What was fetched from an address that is named no more stays until its
            # successor is there, and is then replaced by it.
            media = stale.get((link_id, kind, place), self.browse())[:1]
            if media:
                stale[link_id, kind, place] -= media
                media.url = url
                moved |= media
            else:
                to_create.append(
                    {"link_id": link_id, "kind": kind, "sequence": place, "url": url}
                )
        self.union(*stale.values())._drop()
        replaced._drop_gallery()
        (moved | replaced)._fetch_again()
        if self.create(to_create):
            self._wake_up()

    @api.model
    def _addresses(self, account, record):
        """``(kind, sequence, url)`` of what the account wants of a product."""
        pictures = {"none": 0, "main": 1, "all": None}[account.picture_policy]
        images = record.images if pictures is None else record.images[:pictures]
        found = [("image", place, url) for place, url in enumerate(images)]
        if account.datasheet_policy != "none":
            sheets = (record.pdf_datasheet, record.manufacturer_datasheet)
            found += [
                ("datasheet", place, url) for place, url in enumerate(sheets) if url
            ]
        return [row for row in found if len(row[2]) <= 1024]

    @api.model
    def _wake_up(self):
        # sudo: asks the scheduler for a run, nothing else.
        self.env.ref("itscope_connector.ir_cron_media").sudo()._trigger()

    # ------------------------------------------------------------------ fetching

    @api.model
    def _cron_fetch(self):
        """Scheduled action: what waits, and what is due to be looked at again."""
        now = fields.Datetime.now()
        # sudo: only whether there is a key. What no account can fetch takes no turn.
        ready = self.env["itscope.account"].sudo().search([("api_key", "!=", False)])
        due = self.search(
            [
                ("company_id", "in", ready.company_id.ids),
                "|",
                "&",
                ("state", "=", "waiting"),
                "|",
                ("next_date", "=", False),
                ("next_date", "<=", now),
                "&",
                ("state", "=", "done"),
                ("next_date", "<=", now),
            ],
            limit=TURN,
            order="id",
        )
        remaining = len(due)
        for account, media in self._by_account(due).items():
            for ids in in_batches(media.ids, BATCH):
                rows = self.browse(ids)
                if not rows.with_company(account.company_id)._fetch(account):
                    return
                remaining -= len(rows)
                if not commit_progress(self.env, len(rows), remaining=remaining):
                    return
        if len(due) == TURN:
            self._wake_up()

    @api.model
    def _by_account(self, due):
        """``{account that fetches: media}``: the company's, else one that has a key"""
        accounts = self.env["itscope.account"]
        return {
            accounts._of_company(company, [("api_key", "!=", False)]): due.filtered(
                lambda media, c=company: media.company_id == c
            )
            for company in due.company_id
        }

    def _fetch(self, account, until=None):
        """Fetch these files.

        :param until: ``time.monotonic()`` from which on nothing more is begun
        :return: False where ITscope asks for silence
        """
        with account._open_client() as client:
            for media in self:
                if until and monotonic() > until:
                    break
                try:
                    with self.env.cr.savepoint():
                        media._fetch_one(account, client)
                except BlockedError as error:
                    _logger.info("ITscope media wait: %s", error)
                    return False
                except ItscopeError as error:
                    media._note_failure(account, error)
                except OperationalError:
                    # The database itself is in trouble, not a file.
                    raise
                except Exception:
                    # Whatever a file does to Odoo or to the library that reads it,
                    # its neighbours come in, and it is not met again next time.
                    _logger.exception("ITscope media %s could not be kept", media.url)
                    media._refuse(self.env._("It can't be read."))
        return True

    def _refuse(self, message):
        self.write({"state": "refused", "message": message})

    def _fetch_one(self, account, client):
        self.ensure_one()
        own = account._is_itscope_url(self.url)
        # A manufacturer's data sheet is not fetched from there: a link is what is left.
        if self.kind == "datasheet" and not (own and self._wants_file(account)):
            if own or self.url.startswith("https://"):
                self._make_document({"type": "url", "url": self.url, "raw": False})
                self._done("link")
            else:
                self._refuse(self.env._("No https."))
            return
        found = client.media(
            self.url,
            etag=self.etag or "",
            modified=self.last_modified or "",
            limit=LIMITS[self.kind],
        )
        if found is None:
            self._done(self.state if self.state != "waiting" else "done", account)
            return
        self.write({"etag": found.etag, "last_modified": found.modified})
        if (self.kind == "image") != found.content_type.startswith("image/"):
            self._refuse(self.env._("It is something else: %s.", found.content_type))
        elif self.kind == "datasheet":
            self._make_document(
                {
                    "type": "binary",
                    "url": False,
                    "datas": base64.b64encode(found.content),
                    "mimetype": found.content_type,
                }
            )
            self._done("done", account)
        else:
            self._keep_image(account, found.content)

    def _done(self, state, account=None):
        now = fields.Datetime.now()
        self.write(
            {
                "state": state,
                "message": False,
                "tries": 0,
                "fetch_date": now,
                "next_date": account
                and account.media_days
                and now + timedelta(days=account.media_days),
            }
        )

    def _note_failure(self, account, error):
        """Try again later, with growing waits; what can't get better is refused."""
        text = account._explain(error)
        if error.needs_person or isinstance(error, MalformedError):
            _logger.info("ITscope media %s: %s", self.url, error)
            self._refuse(text)
        elif self.tries < len(WAITS):
            self.write(
                {
                    "message": text,
                    "next_date": fields.Datetime.now() + WAITS[self.tries],
                    "tries": self.tries + 1,
                }
            )
        else:
            self.write({"state": "failed", "message": text})

    def action_retry(self):
        """Fetch again, whatever came of it before."""
        self.env["itscope.product"]._check_user()
        self.check_access("read")
        self.sudo()._fetch_again()  # sudo: media are written by the connector only

    def _fetch_again(self):
        if not self:
            return
        self.write(
            {
                "state": "waiting",
                "tries": 0,
                "next_date": False,
                "etag": False,
                "last_modified": False,
            }
        )
        self._wake_up()
