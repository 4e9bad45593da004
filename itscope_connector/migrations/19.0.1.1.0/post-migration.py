"""Accounts of the version before get the field mappings that it had fixed; terms that
were columns of the supplier go where they are now."""

from odoo import SUPERUSER_ID, api
from odoo.tools import SQL
from odoo.tools.sql import column_exists


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    accounts = env["itscope.account"].with_context(active_test=False)
    for account in accounts.search([("mapping_ids", "=", False)]):
        account.mapping_ids = account._default_mappings()
    customer_numbers(env)
    partial_shipments(env)


def customer_numbers(env):
    """One number per supplier and company becomes the default of several."""
    if not column_exists(env.cr, "itscope_supplier", "own_customer_number"):
        return
    env.cr.execute(
        SQL(
            """INSERT INTO itscope_supplier_number
                           (supplier_id, company_id, number, is_default)
                    SELECT s.id, c.id, TRIM(n.value), TRUE
                      FROM itscope_supplier s,
                           jsonb_each_text(s.own_customer_number) n,
                           res_company c
                     WHERE c.id::text = n.key AND TRIM(n.value) > ''
               ON CONFLICT DO NOTHING"""
        )
    )


def partial_shipments(env):
    """Only a yes was certainly chosen; all else is as ITscope says from now on."""
    if not column_exists(env.cr, "itscope_supplier", "partial_shipment"):
        return
    env.cr.execute(
        SQL(
            """UPDATE itscope_supplier s
                  SET partial_shipment_choice = (
                      SELECT jsonb_object_agg(p.key, 'yes')
                        FROM jsonb_each(s.partial_shipment) p
                       WHERE p.value = 'true'::jsonb)
                WHERE partial_shipment_choice IS NULL
                  AND partial_shipment IS NOT NULL"""
        )
    )
