from odoo import fields, models


class ItscopeSyncSeen(models.Model):
    """Which links a full export named, and which products of ours others could be: a
    row per batch; gone when the run ends."""

    _name = "itscope.sync.seen"
    _description = "Products seen by an ITscope run"

    sync_id = fields.Many2one(
        "itscope.sync", required=True, ondelete="cascade", index=True
    )
    seen_links = fields.Json(help="Ids of links.")
    claims = fields.Json(help="{ITscope id: [ids of our products that it could be]}.")
