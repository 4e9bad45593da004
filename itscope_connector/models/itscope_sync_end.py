from odoo import models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..tools import commit, in_batches, notification
from .itscope_media import GALLERY
from .itscope_product_importer import BATCH

#: Tables that name a product without using it.
NO_USE = {
    "product.product",
    "product.template",
    # Odoo notes each cost that a product was ever given, the first one too.
    "product.value",
    "product.template.attribute.line",
    "product.template.attribute.value",
    "product.attribute",
    # Each product gets Odoo's usual routes.
    "stock.route",
}
#: Product fields that name other products: here naming is using.
OWN_LISTS = {"product.product", "product.template"}
#: Looked at pair by pair: the connector fills it, too.
OPTIONAL = "optional_product_ids"


class ItscopeSync(models.Model):
    """After the last batch: what vanished, and taking a run back."""

    _inherit = "itscope.sync"

    def _seen(self):
        """The links that this run found in the export, as a query."""
        return SQL(
            "SELECT jsonb_array_elements_text(seen_links)::int FROM itscope_sync_seen "
            "WHERE sync_id = %s",
            self.id,
        )

    def _note_members(self):
        """What was found in this export belongs to it, whatever else it holds."""
        if self.preview:
            return
        self.env.flush_all()
        # Set-wise on our own relation: only differences are written.
        self.env.cr.execute(
            SQL(
                "INSERT INTO itscope_export_product_rel (export_id, link_id) "
                "SELECT DISTINCT %s, s.id FROM (%s) AS s(id) "
                "JOIN itscope_product p ON p.id = s.id ON CONFLICT DO NOTHING",
                self.export_id.id,
                self._seen(),
            )
        )
        self.export_id.invalidate_recordset(["link_ids"])
        self.env["itscope.product"].invalidate_model(["export_ids"])

    def _retire_vanished(self):
        """Products that were in this export and are no more, and in no other one."""
        if self.preview:
            return
        self.phase = "finish"
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "DELETE FROM itscope_export_product_rel r WHERE export_id = %s "
                "AND NOT EXISTS (SELECT 1 FROM (%s) AS s(id) WHERE s.id = r.link_id) "
                "RETURNING link_id",
                self.export_id.id,
                self._seen(),
            )
        )
        left = [row[0] for row in self.env.cr.fetchall()]
        self.export_id.invalidate_recordset(["link_ids"])
        self.env["itscope.product"].invalidate_model(["export_ids"])
        links = self.env["itscope.product"].browse(left).exists()
        gone = links.filtered(lambda li: li.state == "active" and not li.export_ids)
        for batch in in_batches(gone.ids, BATCH):
            self.env["itscope.product"].browse(batch)._retire()
        self.retired_count = len(gone)

    # ------------------------------------------------------------------ undo

    def action_undo(self):
        """Archive the products that this run made, as far as nobody has used or changed
        them; their links and vendor prices end."""
        self.ensure_one()
        self._check_may_undo()
        if self.state not in ("done", "failed", "cancelled"):
            raise UserError(self.env._("Only a run that has ended can be undone."))
        links = self.link_ids.filtered(lambda link: link.created and link.active)
        free = links - self._used(links)
        if not free:
            raise UserError(
                self.env._(
                    "Nothing can be undone: each of the new products was used or "
                    "changed since, or there were none."
                )
            )
        kept = len(links - free)
        # sudo: what the connector made it may take back, for whoever may undo runs.
        links = free.sudo()
        for batch in in_batches(links.ids, BATCH):
            own = links.browse(batch)
            own._retire()
            own.product_id.action_archive()
            own.active = False
            # Each batch is whole by itself.
            commit(self.env)
        self.sudo().write({"state": "undone"})  # sudo: runs are not written by hand
        message = self.env._(
            "%(undone)s products were archived; %(kept)s stay, since they were used or "
            "changed.",
            undone=len(free),
            kept=kept,
        )
        if self._stop_schedule():
            message += " " + self.env._(
                "The schedule of the export was switched off: its next run would bring "
                "them back."
            )
        self.sudo().explanation = message
        return notification(message, "success")

    def _stop_schedule(self):
        """An export that may create would undo the undoing; :return: whether one was
        scheduled"""
        # sudo: whoever may undo a run may stop what would do it again.
        export = self.export_id.sudo()
        if not export.scheduled or export.mode != "create":
            return False
        export.scheduled = False
        export.message_post(
            body=self.env._(
                "The schedule was switched off: a run was undone, and the next one "
                "would have brought its products back."
            )
        )
        return True

    def _check_may_undo(self):
        self.check_access("read")
        if not self.env.user.has_group("itscope_connector.group_manager"):
            raise AccessError(
                self.env._("Only an ITscope administrator may undo runs.")
            )

    def _used(self, links):
        """Links whose product something refers to, or that a person changed."""
        # sudo: a document that the user may not see is a use all the same.
        links = links.sudo().with_company(self.company_id)
        used = self._referred("product.product", links.product_id)
        others = links.search(
            [
                ("product_id", "in", links.product_id.ids),
                ("company_id", "!=", self.company_id.id),
            ]
        )
        used |= set(others.product_id.ids)
        templates = self._referred("product.template", links.product_tmpl_id)
        templates |= self._optional_by_hand(links.product_tmpl_id)
        policies = {name: policy for _source, name, policy in self.account_id._rules()}
        return links.filtered(
            lambda link: (
                link.product_id.id in used
                or link.product_tmpl_id.id in templates
                or self._changed_by_hand(link, policies)
            )
        ).with_env(self.env)

    def _changed_by_hand(self, link, policies):
        importer = self.env["itscope.product.importer"]
        product = link.product_id.with_context(lang="en_US")
        expected = {
            name: value
            for name, value in (link.said or {}).items()
            # A barcode that could not be taken was never written.
            if value and name in policies and name != "barcode"
        }
        expected.update(link.made or {})
        return any(
            not importer._same(product, name, value) for name, value in expected.items()
        )

    def _referred(self, model, records):
        """Ids that any table of documents refers to, or any list of products."""
        found = set()
        references = (
            self.env["ir.model.fields"]
            .sudo()
            .search(
                [
                    ("relation", "=", model),
                    ("store", "=", True),
                    ("model", "not like", "itscope.%"),
                    ("name", "!=", OPTIONAL),
                    "|",
                    "&",
                    ("ttype", "=", "many2one"),
                    ("model", "not in", list(NO_USE)),
                    "&",
                    ("ttype", "=", "many2many"),
                    ("model", "not in", list(NO_USE - OWN_LISTS)),
                ]
            )
        )
        ours = self._made_by_us()
        for reference in references:
            Model = self.env.get(reference.model)
            if Model is None or not Model._auto or Model._transient or Model._abstract:
                continue
            rows = (
                Model.sudo()
                .with_context(active_test=False)
                ._read_group(
                    [
                        (reference.name, "in", records.ids),
                        *ours.get(reference.model, ()),
                    ],
                    [reference.name],
                )
            )
            found |= {row[0].id for row in rows if row[0]}
        return found

    def _made_by_us(self):
        """What the connector itself made for products is no use of them: domains of
        what remains, by model."""
        media = self.env["itscope.media"].sudo()
        pictures = media.search([("gallery_id", "!=", False)]).mapped("gallery_id")
        return {
            GALLERY: [("id", "not in", pictures)],
            "product.supplierinfo": [
                "|",
                ("itscope_offer_id", "=", False),
                ("itscope_own", "=", True),
            ],
        }

    def _optional_by_hand(self, templates):
        """Ids of these that a person made an optional product of another one, or gave
        one: what ITscope named as accessory is none of it."""
        templates = templates.with_context(active_test=False)
        givers = templates.search([(OPTIONAL, "in", templates.ids)]) | templates
        links = self.env["itscope.product"].sudo().with_context(active_test=False)
        named, given = {}, {}
        for link in links.search(
            [("product_tmpl_id", "in", (givers | givers[OPTIONAL]).ids)]
        ):
            named.setdefault(link.product_tmpl_id, set()).add(link.puid)
            puids = given.setdefault(link.product_tmpl_id, set())
            puids.update(link.accessory_given or ())
        return {
            template.id
            for giver in givers
            for optional in giver[OPTIONAL]
            if not given.get(giver, set()) & named.get(optional, set())
            for template in (giver, optional)
        }
