from collections import defaultdict

from odoo import fields, models


class ItscopeSync(models.Model):
    """Two products of ITscope that could be the same one of ours, found in different
    batches of a run: nobody can say which, so a person decides on both.

    A batch knows those before it. Of those behind it, it knows what the run before
    found, a preview most of all: without one, the first of them may be linked.
    """

    _inherit = "itscope.sync"

    claims = fields.Json(
        readonly=True,
        help="What of ITscope's could be one and the same product of ours: {ITscope "
        "id: [ids of our products]}.",
    )

    def _known_claims(self):
        """``{id of a product of ours: {ITscope ids}}``, so far and by the run before"""
        before = self.browse()
        if self.source_digest:
            before = self.search(
                [
                    ("source_digest", "=", self.source_digest),
                    ("state", "=", "done"),
                    ("id", "<", self.id),
                ],
                limit=1,
            )
        known = defaultdict(set)
        for claims in (before.claims, *self.seen_ids.mapped("claims")):
            self._add_claims(known, claims or {})
        return known

    def _add_claims(self, known, claims):
        for puid, product_ids in claims.items():
            for product_id in product_ids:
                known[product_id].add(puid)

    def _note_claims(self, known, claims):
        """Keep those of a batch, for the next one and for a run that goes on."""
        if claims:
            self._add_claims(known, claims)
            self.env["itscope.sync.seen"].create({"sync_id": self.id, "claims": claims})

    def _keep_claims(self):
        """Of those of all batches, keep the ones that contradict each other."""
        claims = {}
        for row in self.seen_ids.mapped("claims"):
            claims.update(row or {})
        known = defaultdict(set)
        self._add_claims(known, claims)
        self.claims = {
            puid: product_ids
            for puid, product_ids in claims.items()
            if any(len(known[product_id]) > 1 for product_id in product_ids)
        } or False
        if self.preview and self.claims:
            self._correct_preview()

    def _correct_preview(self):
        """The first of several was counted as linked before the others came: the run
        will ask about it, too."""
        decisions = self.env["itscope.decision"].sudo()  # sudo: noted for managers
        asked = decisions.search(
            [
                ("company_id", "=", self.company_id.id),
                ("puid", "in", list(self.claims)),
            ]
        )
        first = self.claims.keys() - set(asked.mapped("puid"))
        self.linked_count -= len(first)
        self.skipped_count += len(first)
        text = self.env._(
            "To decide: another product of this export could be the same one of yours."
        )
        self._write_lines([("note", puid, False, text) for puid in sorted(first)])
