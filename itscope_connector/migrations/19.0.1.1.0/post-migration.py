"""Accounts of the version before get the field mappings that it had fixed."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    accounts = env["itscope.account"].with_context(active_test=False)
    for account in accounts.search([("mapping_ids", "=", False)]):
        account.mapping_ids = account._default_mappings()
