from odoo import fields, models


class ItscopeSyncMessage(models.Model):
    """What a person should know about one product of a run."""

    _name = "itscope.sync.message"
    _description = "Message of an ITscope run"
    _order = "sync_id desc, kind, id"

    sync_id = fields.Many2one(
        "itscope.sync", required=True, ondelete="cascade", index=True, readonly=True
    )
    company_id = fields.Many2one(related="sync_id.company_id", store=True)
    kind = fields.Selection(
        [
            ("failed", "Failed"),
            ("cancel", "To be cancelled"),
            ("note", "Note"),
            ("filtered", "Left out by ITscope"),
            ("created", "Created"),
            ("linked", "Linked"),
            ("updated", "Changed"),
            ("skipped", "Left out"),
        ],
        required=True,
        readonly=True,
    )
    puid = fields.Char(string="ITscope ID", readonly=True)
    product_name = fields.Char(string="Product", readonly=True)
    link_id = fields.Many2one(
        "itscope.product",
        string="ITscope product",
        compute="_compute_link_id",
        help="Where it is in Odoo.",
    )
    text = fields.Text(string="Message", readonly=True)

    def _compute_link_id(self):
        links = self.env["itscope.product"].search(
            [
                ("puid", "in", self.mapped("puid")),
                ("company_id", "in", self.company_id.ids),
            ]
        )
        by_key = {(link.company_id, link.puid): link for link in links}
        for message in self:
            message.link_id = by_key.get((message.company_id, message.puid), False)

    def action_open_product(self):
        self.ensure_one()
        return self.link_id.action_open_product() if self.link_id else False
