import logging
import secrets
import time
from pathlib import Path

from odoo import api, fields, models
from odoo.tools import config

from ..tools import commit_progress
from .itscope_sync import OPEN

_logger = logging.getLogger(__name__)

#: Seconds that a file is kept which no open run needs: a preview's is worked in by the
#: run that follows, a failed run's when it goes on.
KEPT = 24 * 60 * 60
PREFIX, PART = "run-", ".part"


class ItscopeSync(models.Model):
    """The file of an export: fetched once, kept as long as it is of use."""

    _inherit = "itscope.sync"

    file_token = fields.Char(
        readonly=True,
        copy=False,
        groups="base.group_system",
        help="Names the file on the server's disk. Random: no other run, and no copy "
        "of the database that counts its runs anew, takes it for its own.",
    )
    download_date = fields.Datetime(string="Downloaded", readonly=True, copy=False)

    def unlink(self):
        # sudo: the name of the file is nobody's business, its end is the run's.
        tokens = self.sudo().filtered("file_token").mapped("file_token")
        result = super().unlink()
        for token in tokens:
            self._remove(self._folder() / f"{PREFIX}{token}")
        return result

    @api.model
    def _folder(self):
        """Where downloads lie until they are worked in: beside the filestore, since
        the database of a stopped run finds them there again."""
        folder = Path(config["data_dir"]) / "itscope" / self.env.cr.dbname
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def _path(self):
        """This run's file, there or not."""
        self.ensure_one()
        if not self.file_token:
            self.file_token = secrets.token_hex(16)
        return self._folder() / f"{PREFIX}{self.file_token}"

    def _has_file(self):
        self.ensure_one()
        return bool(self.file_token) and self._path().exists()

    def _drop_file(self):
        if self.file_token:
            self._remove(self._path())

    @api.model
    def _remove(self, path):
        for file in (path, path.with_name(path.name + PART)):
            file.unlink(missing_ok=True)

    def _download(self, path):
        self.write({"phase": "download", "fraction": 0.0})
        commit_progress(self.env)
        told = time.monotonic()

        def progress(have, total):
            nonlocal told
            if time.monotonic() - told < 2:
                return
            told = time.monotonic()
            # Half of the bar at most: the other half is for the products.
            self.fraction = have / total / 2 if total else 0.0
            # Half a file is of no use: only a cancelled run stops here.
            commit_progress(self.env)
            self._stop_if_cancelled()

        with self.account_id._open_client() as client:
            client.download_export(path, progress=progress, **self.export_id._source())
        self.download_date = fields.Datetime.now()

    @api.autovacuum
    def _gc_files(self):
        """Files of runs that ended, or that are no more."""
        needed = {
            f"{PREFIX}{run.file_token}"
            for run in self.search([("state", "in", OPEN), ("file_token", "!=", False)])
        }
        oldest = time.time() - KEPT
        for file in self._folder().glob(f"{PREFIX}*"):
            name = file.name.removesuffix(PART)
            if name not in needed and file.stat().st_mtime < oldest:
                _logger.info("ITscope: %s is removed", file.name)
                file.unlink(missing_ok=True)
