import logging
from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.itscope_connector.itscope_api import ItscopeError
from odoo.addons.itscope_connector.tools import commit, commit_progress, roll_back

_logger = logging.getLogger(__name__)

#: Wait after an error of Odoo's own.
RETRY_BROKEN = timedelta(hours=1)


class ItscopeDeal(models.Model):
    """The outbox, emptied by the scheduled action."""

    _inherit = "itscope.deal"

    @api.model
    def _cron_send(self):
        """Scheduled action: send what waits and look for what is unknown."""
        self._recover_dead()
        now = fields.Datetime.now()
        deals = self.search(
            [
                ("send_state", "in", ("to_send", "unknown")),
                "|",
                ("next_look", "<=", now),
                "&",
                ("send_state", "=", "to_send"),
                ("next_look", "=", False),
            ],
            order="id",
        )
        remaining = len(deals)
        commit_progress(self.env, remaining=remaining)
        for account in deals.account_id:
            own = deals.filtered(lambda deal, a=account: deal.account_id == a)
            own = own.with_company(account.company_id)
            try:
                with account._open_client() as client:
                    for deal in own:
                        deal._advance_alone(client)
                        if not commit_progress(self.env, 1):
                            return
                account._note_success()
            except ItscopeError as error:
                # What concerns the account concerns its other orders too: they wait.
                _logger.info("ITscope account %s: %r", account.id, error)
                account._note_failure(error)
            if not commit_progress(self.env):
                return

    def _advance_alone(self, client):
        """As :meth:`_advance`; what goes wrong with this order alone must not keep the
        others from leaving.
        """
        try:
            self._advance(client)
        except ItscopeError:
            raise
        except Exception as error:
            _logger.exception("ITscope order %s", self.id)
            roll_back(self.env)
            self._note_broken(error)
            commit(self.env)

    def _note_broken(self, error):
        """An error of Odoo, not of ITscope: this order waits for a person to look."""
        if not self._lock():
            return
        explanation = self.env._(
            "Odoo failed while it worked on this order (%s). The server's log says "
            "more.",
            type(error).__name__,
        )
        if self.send_state == "sending":
            # It may have left.
            self._note_unknown(explanation)
            self._log_answer("unknown", explanation)
        elif self.send_state in ("to_send", "unknown"):
            self.write(
                {
                    "next_look": fields.Datetime.now() + RETRY_BROKEN,
                    "answer": explanation,
                }
            )
        self._tell(self.env._("The order was not sent to ITscope"), explanation)

    def _advance(self, client):
        """One step for one order; raises what concerns the whole account."""
        if self.send_state == "to_send":
            self._send(client)
        else:
            self._look_up(client)
