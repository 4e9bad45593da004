from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import notification, write_changed


class ItscopeDecision(models.Model):
    """A product of ITscope that could be several of ours: a person decides, once."""

    _name = "itscope.decision"
    _description = "ITscope product to decide on"
    _inherit = ["itscope.choice.mixin"]
    _order = "state desc, name, id"
    _check_company_auto = True

    sync_id = fields.Many2one(
        "itscope.sync", string="Run", ondelete="set null", index=True, readonly=True
    )
    account_id = fields.Many2one(
        "itscope.account", required=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one(
        related="account_id.company_id", store=True, index=True
    )
    state = fields.Selection(
        [("open", "Open"), ("done", "Decided")],
        required=True,
        default="open",
        readonly=True,
    )
    puid = fields.Char(required=True)
    reason = fields.Text(readonly=True)
    candidate_ids = fields.Many2many(
        "product.product", string="Could be", readonly=True
    )
    action = fields.Selection(
        [
            ("link", "Link product"),
            ("create", "Create product"),
            ("ignore", "Never import"),
        ],
        string="Decision",
    )
    product_id = fields.Many2one(check_company=True)

    _puid_uniq = models.Constraint(
        "unique(company_id, puid)", "This ITscope product is to be decided on already."
    )

    @api.onchange("product_id")
    def _onchange_product_id(self):
        if self.product_id:
            self.action = "link"

    @api.model
    def _note(self, account, sync, asked):
        """Keep what a person must decide. What is never to be imported is not asked
        again; what was decided otherwise and is not in Odoo (any more) is.

        :param asked: list of ``(itscope_api.Product, Proposal)``
        :return: ``[(puid, reason)]`` of those that are open
        """
        if not asked:
            return []
        known = {
            decision.puid: decision
            for decision in self.search(
                [
                    ("company_id", "=", account.company_id.id),
                    ("puid", "in", [record.puid for record, _proposal in asked]),
                ]
            )
        }
        again = self.union(
            *(d for d in known.values() if d.state == "open" or d.action != "ignore")
        )
        again.filtered(lambda decision: decision.state == "done").write(
            {"state": "open", "action": False, "product_id": False}
        )
        open_puids = set(again.mapped("puid"))
        for record, proposal in asked:
            if record.puid in open_puids:
                write_changed(known[record.puid], self._prepare_doubt(proposal))
        again -= again.filtered(lambda decision: decision.sync_id == sync)
        # The latest run asks; the one before has nothing to remind of any more.
        before = again.sync_id
        again.sync_id = sync
        before._close_decided()
        self.create(
            [
                {
                    "sync_id": sync.id,
                    "account_id": account.id,
                    **self._prepare_choice(record),
                    **self._prepare_doubt(proposal),
                    "product_id": proposal.candidates.id
                    if len(proposal.candidates) == 1
                    else False,
                }
                for record, proposal in asked
                if record.puid not in known
            ]
        )
        return [
            (record.puid, proposal.reason)
            for record, proposal in asked
            if record.puid not in known or known[record.puid].state == "open"
        ]

    @api.model
    def _prepare_doubt(self, proposal):
        return {"reason": proposal.reason, "candidate_ids": proposal.candidates}

    @api.model
    def _settle(self, account, puids):
        """These products came into Odoo without an answer: nothing is to decide."""
        settled = self.search(
            [
                ("company_id", "=", account.company_id.id),
                ("puid", "in", puids),
                ("state", "=", "open"),
            ]
        )
        settled._done()

    def _done(self):
        self.write({"state": "done"})
        # sudo: whoever decides may do so to the end of the reminder.
        self.sync_id.sudo()._close_decided()

    def _linked_meanwhile(self):
        """Decisions that came too late: the product is linked to another one, or
        though it was to be ignored or created."""
        links = self.env["itscope.product"].search(
            [
                ("company_id", "in", self.company_id.ids),
                ("puid", "in", self.mapped("puid")),
            ]
        )
        linked = {(link.company_id, link.puid): link.product_id for link in links}
        return self.filtered(
            lambda row: (
                (row.company_id, row.puid) in linked
                and (
                    row.action != "link"
                    or row.product_id != linked[row.company_id, row.puid]
                )
            )
        )

    def action_apply(self):
        """Do what was decided: one fetch for all chosen ones."""
        chosen = self.filtered(lambda row: row.state == "open" and row.action)
        if not chosen:
            raise UserError(
                self.env._("Choose a decision on at least one of the lines first.")
            )
        late = chosen._linked_meanwhile()
        late._done()
        open_rows = chosen - late
        for company, rows in open_rows.grouped("company_id").items():
            rows._check_products(company)
        done = open_rows.filtered(lambda row: row.action == "ignore")
        wanted, gone = open_rows - done, self.browse()
        for account in wanted.account_id:
            rows = wanted.filtered(lambda row, a=account: row.account_id == a)
            _links, missing = rows._fetch_chosen(account)
            gone |= missing
        done |= wanted - gone
        done._done()
        message = self.env._("%s products were decided on.", len(done))
        if late:
            message += " " + self.env._(
                "Linked meanwhile, nothing was changed: %s.",
                ", ".join(late[:10].mapped("display_name")),
            )
        if gone:
            message += " " + self.env._(
                "No longer at ITscope: %s.", ", ".join(gone[:10].mapped("display_name"))
            )
        return notification(message, "warning" if late or gone else "success")
