import logging

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..itscope_api import ItscopeError
from ..tools import commit, commit_progress, notification

#: Model → method of the core's client that lists it.
METADATA = {
    "itscope.supplier": "suppliers",
    "itscope.manufacturer": "manufacturers",
    "itscope.product.type": "product_types",
}

_logger = logging.getLogger(__name__)


class ItscopeAccount(models.Model):
    """Reading ITscope's master data, and scheduled jobs of all accounts."""

    _inherit = "itscope.account"

    def action_sync_metadata(self):
        """Read suppliers, manufacturers and product types; says what came of it."""
        self.ensure_one()
        try:
            counts = self.with_company(self.company_id)._sync_metadata()
        except ItscopeError as error:
            _logger.info("ITscope account %s: %r", self.id, error)
            raise UserError(self._explain(error)) from error
        suppliers = self.env["itscope.supplier"].with_company(self.company_id)
        open_suppliers = suppliers.search_count(suppliers._open_domain())
        message = self.env._(
            "%(suppliers)s suppliers, %(manufacturers)s manufacturers and %(types)s "
            "product "
            "types were read; %(created)s are new. %(open)s suppliers with a "
            "partnership "
            "wait for their vendor. E-services are known of %(terms)s.",
            suppliers=counts["itscope.supplier"]["read"],
            manufacturers=counts["itscope.manufacturer"]["read"],
            types=counts["itscope.product.type"]["read"],
            created=sum(counts[model]["created"] for model in METADATA),
            open=open_suppliers,
            terms=counts["terms"],
        )
        return notification(message, "success")

    def _sync_metadata(self):
        """Raises the core's errors.

        :return: ``{model: counts}``, and in ``terms`` the suppliers with e-services
        """
        self.ensure_one()
        # sudo: master data is written by the connector only, not by hand.
        env = self.sudo().env
        counts = {}
        with self._open_client() as client:
            for model, source in METADATA.items():
                # Read to the end before anything is written: a list that breaks off
                # changes nothing, and no row is locked while ITscope is asked.
                records = list(getattr(client, source)())
                counts[model] = env[model]._synchronise(records)
                # Each list is whole by itself and is kept when the next one fails.
                commit(self.env)
            counts["terms"] = env["itscope.supplier"]._synchronise_terms(
                list(client.supplier_terms())
            )
            self._note_quota(client.quota())
        self.metadata_date = fields.Datetime.now()
        return counts

    @api.model
    def _cron_sync_metadata(self):
        """Scheduled action: the master data of all accounts."""
        self._for_each_account(lambda account: account._sync_metadata())

    @api.model
    def _for_each_account(self, job):
        """Run a scheduled job for every account: failures are noted on the account and
        do not keep the others from their turn."""
        accounts = self.search([("api_key", "!=", False)])
        remaining = len(accounts)
        for account in accounts:
            account = account.with_company(account.company_id)
            try:
                job(account)
                account._note_success()
            except ItscopeError as error:
                _logger.info("ITscope account %s: %r", account.id, error)
                account._note_failure(error)
            remaining -= 1
            # What this account got is whole; the next one begins its own transaction.
            if not commit_progress(self.env, 1, remaining=remaining):
                break
