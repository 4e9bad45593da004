from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import SQL


class ItscopeProduct(models.Model):
    """Accessories: known ones become optional products, others can be imported."""

    _inherit = "itscope.product"

    accessory_puids = fields.Json(
        readonly=True, help="Accessories as ITscope names them: {ITscope id: relation}."
    )
    accessory_given = fields.Json(
        readonly=True,
        help="Accessories that became optional products: one that a person took away "
        "does not come back.",
    )
    accessory_count = fields.Integer(compute="_compute_accessory_count")

    @api.depends("accessory_puids")
    def _compute_accessory_count(self):
        for link in self:
            link.accessory_count = len(link.accessory_puids or ())

    @api.model
    def _synchronise_accessories(self, account, pairs, created):
        """Keep what ITscope names, and link what is known on both sides.

        :param pairs: list of ``(itscope.product, itscope_api.Product)``
        :param created: links that are new: they may be accessories of older ones
        """
        told = self
        for link, record in pairs:
            if record.update_only:
                continue
            puids = {accessory.puid: accessory.kind for accessory in record.accessories}
            if puids != (link.accessory_puids or {}):
                link.accessory_puids = puids or False
                told |= link
        if account.accessory_policy != "optional" or (not told and not created):
            return
        self.flush_model(["accessory_puids", "puid", "company_id"])
        # Set-wise over our own table, by its index: both directions at once.
        self.env.cr.execute(
            SQL(
                """SELECT l.id, a.id
                     FROM itscope_product l
                     JOIN LATERAL jsonb_object_keys(l.accessory_puids) k(puid) ON TRUE
                     JOIN itscope_product a
                       ON a.puid = k.puid AND a.company_id = l.company_id AND a.active
                    WHERE l.company_id = %(company)s
                      AND jsonb_typeof(l.accessory_puids) = 'object'
                      AND (l.id = ANY(%(told)s)
                           OR (l.accessory_puids ?| %(puids)s::text[]
                               AND a.id = ANY(%(created)s)))""",
                company=account.company_id.id,
                told=told.ids,
                puids=created.mapped("puid"),
                created=created.ids,
            )
        )
        found = {}
        for link_id, accessory_id in self.env.cr.fetchall():
            found.setdefault(link_id, []).append(accessory_id)
        # One set of records for all: what one of them needs is read for all at once.
        links = self.browse(found)
        accessories = {
            accessory.id: accessory
            for accessory in self.browse({a for ids in found.values() for a in ids})
        }
        gifts = {}
        for link in links:
            template, given = link.product_tmpl_id, set(link.accessory_given or ())
            new = [
                accessory
                for accessory in map(accessories.get, found[link.id])
                if accessory.puid not in given and accessory.product_tmpl_id != template
            ]
            if new:
                link.accessory_given = sorted(given | {a.puid for a in new})
                key = frozenset(a.product_tmpl_id.id for a in new)
                gifts[key] = gifts.get(key, template.browse()) | template
        # Products of a series have the same accessories: one write for all of them.
        for template_ids, templates in gifts.items():
            templates.write(
                {"optional_product_ids": [Command.link(i) for i in template_ids]}
            )

    def init(self):
        result = super().init()
        # No Odoo index type knows jsonb: who names this product as its accessory?
        self.env.cr.execute(
            SQL(
                "CREATE INDEX IF NOT EXISTS itscope_product_accessory_puids_index "
                "ON itscope_product USING gin (accessory_puids) "
                "WHERE accessory_puids IS NOT NULL"
            )
        )
        return result

    def action_accessories(self):
        """All accessories that ITscope names: those at hand, and the others to
        import."""
        self.ensure_one()
        puids = list(self.accessory_puids or ())
        if not puids:
            raise UserError(self.env._("ITscope names no accessories of this product."))
        account = self.env["itscope.account"]._for_job(self.company_id)
        wizard = (
            self.env["itscope.product.add"]
            .with_company(self.company_id)
            .create(
                {"account_id": account.id, "kind": "puid", "text": "\n".join(puids)}
            )
        )
        return wizard.action_find()
