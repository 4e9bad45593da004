import logging
from collections import Counter
from dataclasses import replace

from psycopg2 import Error as DatabaseError
from psycopg2 import OperationalError

from odoo import api, models
from odoo.exceptions import UserError, ValidationError

from ..explanations import explain_problem, explain_product
from ..itscope_api import PRICE_LIST_LINE, MalformedError
from .itscope_product_importer import ImportReport

_logger = logging.getLogger(__name__)

#: Samples of each kind that a preview shows, and lines that a run keeps.
SAMPLES = 20
MAX_LINES = 5000
OUTCOMES = ("created", "linked", "updated", "unchanged", "skipped")
#: Outcomes by which a product is in Odoo: nobody has to decide on it any more.
IN_ODOO = OUTCOMES[:4]
#: Kinds of messages, by the code of what an export says; all else is a note.
KINDS = {"no_id": "failed", "too_large": "failed", "left_out": "filtered"}


class _Rehearsed(Exception):
    """Takes back what a preview did."""


class ItscopeSync(models.Model):
    """One batch of a run: read, imported, counted, with what there is to say."""

    _inherit = "itscope.sync"

    def _mode(self):
        """What this run may do: as its export said when it began."""
        if self.kind == "refresh":
            return "update"
        return self.mode or "create"

    def _price_list_articles(self):
        """Suppliers' numbers of linked price-list lines: an unknown product with one of
        them may be what ITscope has matched the line to."""
        offers = self.env["itscope.offer"].with_context(active_test=False)
        groups = offers._read_group(
            [
                ("company_id", "=", self.company_id.id),
                ("link_id.puid", "=like", f"%{PRICE_LIST_LINE}"),
                ("supplier_sku", "!=", False),
            ],
            ["supplier_sku"],
        )
        return {sku for (sku,) in groups}

    def _step(self, entries, advance=None, articles=None, claims=None):
        """Work in one batch; the position counts it once it is committed.

        :param articles: products that are not linked are read only where they have one
            of these; None to read all
        :param claims: see :meth:`_known_claims`
        """
        known = self._known([entry.puid for entry in entries])
        report = ImportReport()
        wanted = entries
        if articles is not None:
            wanted = [
                entry
                for entry in entries
                if entry.puid in known
                or (articles and entry.holds("supplierSKU", articles))
            ]
            report.add("skipped", {e.puid for e in entries} - {e.puid for e in wanted})
        digest = self._digest_name()
        fresh = [e for e in wanted if not self._unchanged(known.get(e.puid), e, digest)]
        report.add("unchanged", {e.puid for e in wanted} - {e.puid for e in fresh})
        records, digests = self._read(fresh, report)
        if self.preview:
            try:
                with self.env.cr.savepoint():
                    self._import(records, digests, report, claims)
                    raise _Rehearsed
            except _Rehearsed:
                self.env.invalidate_all()
        else:
            self._import(records, digests, report, claims)
            self._settle_decisions(report)
        self._ask_about(report)
        self._keep(report, {record.puid: record.name for record in records})
        self._note_seen(known, entries, report)
        if claims is not None:
            self._note_claims(claims, report.claims)
        self.position += len(entries) if advance is None else advance
        self.read_count += len(entries)

    def _known(self, puids):
        """``{puid: link}`` of these products"""
        links = self.env["itscope.product"].search_fetch(
            [
                ("company_id", "=", self.company_id.id),
                ("puid", "in", puids),
            ],
            ["puid", "digest", "update_digest", "state"],
        )
        return {link.puid: link for link in links}

    def _digest_name(self):
        """Where links keep the digest of what this run takes over of a product."""
        partly = self.update_only or self._mode() == "prices"
        return "update_digest" if partly else "digest"

    @api.model
    def _unchanged(self, link, entry, digest):
        return bool(
            link
            and entry.digest
            and link[digest] == entry.digest
            and link.state == "active"
        )

    def _read(self, entries, report):
        """Records and digests of entries; what can't be read is a message."""
        mode, records, digests = self._mode(), [], {}
        for entry in entries:
            try:
                record = entry.record()
            except MalformedError as error:
                _logger.info("ITscope product %s: %s", entry.puid, error)
                text = explain_product(self.env, error)
                report.failures.append((entry.puid, False, text))
                continue
            if mode == "prices":
                record = replace(record, update_only=True)
            records.append(record)
            digests[record.puid] = entry.digest
        return records, digests

    def _import(self, records, digests, report, claims=None):
        """Import a batch. Where one product breaks it, the batch is halved until that
        one stands alone: its neighbours come in."""
        if not records:
            return
        trial = ImportReport()
        try:
            with self.env.cr.savepoint():
                targets = self._targets(records, trial, claims)
                links, _counts = self.env["itscope.product.importer"]._import(
                    self.account_id, records, targets, digests, trial
                )
                links.filtered(
                    lambda li: trial.outcomes.get(li.puid) in ("created", "linked")
                ).sudo().sync_id = self  # sudo: noted by the connector only
        except OperationalError:
            # The database itself is in trouble, not a product.
            raise
        except (DatabaseError, UserError, ValidationError, ValueError) as error:
            if len(records) == 1:
                _logger.info("ITscope product %s: %r", records[0].puid, error)
                text = (
                    self.env._(
                        "Odoo's database refuses this product; the server's log says "
                        "why."
                    )
                    if isinstance(error, DatabaseError)
                    else str(error.args[0] if error.args else error)
                )
                report.failures.append((records[0].puid, records[0].name, text))
                return
            half = len(records) // 2
            self._import(records[:half], digests, report, claims)
            self._import(records[half:], digests, report, claims)
            return
        report.counts.update(trial.counts)
        report.outcomes.update(trial.outcomes)
        report.details.update(trial.details)
        report.notes += trial.notes
        report.asked += trial.asked
        report.claims.update(trial.claims)

    def _targets(self, records, report, claims):
        """What to make of products that are not linked yet."""
        if self._mode() != "create":
            return None
        matcher = self.env["itscope.product.matcher"]
        proposals = matcher._proposals(self.company_id, records, claims)
        report.claims = {
            puid: proposal.candidates.ids
            for puid, proposal in proposals.items()
            # What a run links is settled; a preview only says that it would be.
            if proposal.action in (("ask", "link") if self.preview else ("ask",))
            and proposal.candidates
        }
        report.asked = [
            (record, proposals[record.puid])
            for record in records
            if proposals[record.puid].action == "ask"
        ]
        return {
            puid: proposal.product
            for puid, proposal in proposals.items()
            if proposal.action in ("create", "link")
        }

    def _settle_decisions(self, report):
        """What is in Odoo now needs no decision any more."""
        puids = [puid for puid, what in report.outcomes.items() if what in IN_ODOO]
        decisions = self.env["itscope.decision"].sudo()  # sudo: noted for managers
        decisions._settle(self.account_id, puids)

    def _ask_about(self, report):
        """Keep what a person must decide; a preview asks too."""
        decisions = self.env["itscope.decision"].sudo()  # sudo: noted for managers
        # A price-list line that ITscope has matched since came in by its link.
        asked = [
            (record, proposal)
            for record, proposal in report.asked
            if report.outcomes.get(record.puid) not in IN_ODOO
        ]
        for puid, reason in decisions._note(self.account_id, self, asked):
            report.notes.append((puid, self.env._("To decide: %s", reason)))

    # ------------------------------------------------------------------ bookkeeping

    def _keep(self, report, names):
        """Counters and lines of a batch."""
        self.write(
            {
                "failed_count": self.failed_count + len(report.failures),
                **{
                    f"{outcome}_count": self[f"{outcome}_count"]
                    + report.counts[outcome]
                    for outcome in OUTCOMES
                    if report.counts[outcome]
                },
            }
        )
        lines = [("failed", *failure) for failure in report.failures]
        lines += [("note", p, names.get(p), text) for p, text in report.notes]
        if self.preview:
            lines += self._samples(report, names)
        self._write_lines(lines)

    def _write_lines(self, lines):
        """Messages, as long as somebody could read them.

        :param lines: ``[(kind, puid, name, text)]``
        """
        room = max(MAX_LINES - self.message_line_count, 0) if lines else 0
        self.env["itscope.sync.message"].create(
            [
                {
                    "sync_id": self.id,
                    "kind": kind,
                    "puid": puid or False,
                    "product_name": name or False,
                    "text": text or False,
                }
                for kind, puid, name, text in lines[:room]
            ]
        )

    def _samples(self, report, names):
        """Some products of each kind of outcome, for a preview."""
        kept = Counter(self.message_line_ids.mapped("kind"))
        labels = self.env["product.product"]._fields
        lines = []
        for puid, outcome in report.outcomes.items():
            if outcome == "unchanged" or kept[outcome] >= SAMPLES:
                continue
            kept[outcome] += 1
            changed = ", ".join(
                labels[name]._description_string(self.env)
                for name in report.details.get(puid, ())
            )
            text = changed or (outcome == "updated" and self.env._("Offers or texts"))
            lines.append((outcome, puid, names.get(puid), text))
        return lines

    def _note_problems(self, problems, broken):
        """What the export says by itself since the batch before: filtered products,
        values that can't be read."""
        if broken:
            self.failed_count += broken
            self.lost_count += broken
        lines = [
            (
                KINDS.get(problem.code, "note"),
                problem.puid,
                False,
                explain_problem(self.env, problem),
            )
            for problem in problems
        ]
        self._write_lines(lines)

    def _note_seen(self, known, entries, report):
        if self.preview or not self.export_id or self.kind != "export":
            return
        puids = {entry.puid for entry in entries}
        new = [
            puid
            for puid in puids - known.keys()
            # Not left out: created, linked, or moved here from a price-list line.
            if report.outcomes.get(puid, "skipped") != "skipped"
        ]
        links = [link.id for link in (*known.values(), *self._known(new).values())]
        if links:
            self.env["itscope.sync.seen"].create(
                {"sync_id": self.id, "seen_links": links}
            )
