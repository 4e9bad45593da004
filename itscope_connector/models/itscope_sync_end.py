from odoo import models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..tools import commit, in_batches
from .itscope_product_importer import BATCH

#: Tables that name a product without using it.
NO_USE = {
    "product.product",
    "product.template",
    "product.supplierinfo",
    # Odoo notes each cost that a product was ever given, the first one too.
    "product.value",
    "product.template.attribute.line",
    "product.template.attribute.value",
}


class ItscopeSync(models.Model):
    """After the last batch: what vanished, and taking a run back."""

    _inherit = "itscope.sync"

    def _retire_vanished(self):
        """Products that were in this export and are no more, and in no other one."""
        if self.preview:
            return
        self.phase = "finish"
        self.env.flush_all()
        seen = SQL(
            "SELECT jsonb_array_elements_text(seen_links)::int FROM itscope_sync_seen "
            "WHERE sync_id = %s",
            self.id,
        )
        # Set-wise on our own relation: only differences are written.
        self.env.cr.execute(
            SQL(
                "INSERT INTO itscope_export_product_rel (export_id, link_id) "
                "SELECT DISTINCT %s, s.id FROM (%s) AS s(id) "
                "JOIN itscope_product p ON p.id = s.id ON CONFLICT DO NOTHING",
                self.export_id.id,
                seen,
            )
        )
        self.env.cr.execute(
            SQL(
                "DELETE FROM itscope_export_product_rel r WHERE export_id = %s "
                "AND NOT EXISTS (SELECT 1 FROM (%s) AS s(id) WHERE s.id = r.link_id) "
                "RETURNING link_id",
                self.export_id.id,
                seen,
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
            kept=len(self.link_ids) - len(free),
        )
        self.sudo().explanation = message
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": message,
                "type": "success",
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _check_may_undo(self):
        self.check_access("read")
        if not self.env.user.has_group("itscope_connector.group_manager"):
            raise AccessError(
                self.env._("Only an ITscope administrator may undo runs.")
            )

    def _used(self, links):
        """Links whose product something refers to, or that a person changed."""
        # sudo: a document that the user may not see is a use all the same.
        links = links.sudo()
        used = self._referred("product.product", links.product_id)
        templates = self._referred("product.template", links.product_tmpl_id)
        importer = self.env["itscope.product.importer"].with_context(lang="en_US")
        policies = {name: policy for _source, name, policy in self.account_id._rules()}
        return links.filtered(
            lambda link: (
                link.product_id.id in used
                or link.product_tmpl_id.id in templates
                or any(
                    not importer._same(
                        link.product_id.with_context(lang="en_US"), name, value
                    )
                    for name, value in (link.said or {}).items()
                    # A barcode that could not be taken was never written.
                    if value and name in policies and name != "barcode"
                )
            )
        ).with_env(self.env)

    def _referred(self, model, records):
        """Ids that any table of documents refers to."""
        found = set()
        references = (
            self.env["ir.model.fields"]
            .sudo()
            .search(
                [
                    ("relation", "=", model),
                    ("ttype", "=", "many2one"),
                    ("store", "=", True),
                    ("model", "not in", list(NO_USE)),
                    ("model", "not like", "itscope.%"),
                ]
            )
        )
        for reference in references:
            Model = self.env.get(reference.model)
            if Model is None or not Model._auto or Model._transient or Model._abstract:
                continue
            rows = (
                Model.sudo()
                .with_context(active_test=False)
                ._read_group([(reference.name, "in", records.ids)], [reference.name])
            )
            found |= {row[0].id for row in rows}
        return found
