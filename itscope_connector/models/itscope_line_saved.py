import logging
from functools import partial

from odoo import SUPERUSER_ID, api, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

_logger = logging.getLogger(__name__)

#: How often noting a refresh is tried where others write to the same run.
TRIES = 3
#: Where a transaction keeps the lines that were saved in it.
KEY = "itscope_saved_lines"


class ItscopeLineMixin(models.AbstractModel):
    """A product is put on a line: where its prices are too old, a run fetches new ones.

    All of it comes after the line is committed, in a transaction of its own: whatever
    happens there, saving neither waits nor fails."""

    _inherit = "itscope.line.mixin"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._itscope_note_saved()
        return lines

    def write(self, vals):
        result = super().write(vals)
        if "product_id" in vals:
            self._itscope_note_saved()
        return result

    def _itscope_note_saved(self):
        """Look at these lines after the commit; many of a transaction at once."""
        if not self.ids or not self.env.registry.ready:
            return
        postcommit = self.env.cr.postcommit
        saved = postcommit.data.get(KEY)
        if saved is None:
            saved = postcommit.data[KEY] = {}
            postcommit.add(
                partial(self.browse()._itscope_refresh_saved, self.env.registry, saved)
            )
        saved.setdefault((self._name, self.env.uid), []).extend(self.ids)

    @api.model
    def _itscope_refresh_saved(self, registry, saved):
        """Start what :meth:`_itscope_note_saved` noted."""
        for attempt in range(TRIES):
            try:
                with registry.cursor() as cr:
                    # The superuser: a salesperson may have no right to ITscope, and is
                    # not the one to be told when a run fails.
                    env = api.Environment(cr, SUPERUSER_ID, {})
                    for (model, user_id), ids in saved.items():
                        env[model].browse(ids).exists()._itscope_refresh_old(user_id)
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                _logger.info("Another writer at an ITscope refresh, try %s", attempt)
            except Exception:
                # The lines are saved: an error now would tell the user that they are
                # not. What is old can be refreshed by its button.
                _logger.exception("No ITscope refresh of what was put on lines")
                return
            else:
                return

    def _itscope_refresh_old(self, user_id):
        """Refresh what stands on these lines and is too old, by the accounts that this
        user's jobs use."""
        accounts = self.env["itscope.account"]
        lines = self.filtered(lambda line: line.order_id.state in ("draft", "sent"))
        for company, own in lines.grouped("company_id").items():
            account = accounts._of_user(company, user_id)
            if account:
                account._refresh_old(self._itscope_links_of(own.product_id, company))
