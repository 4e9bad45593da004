from odoo import fields, models


class ItscopeAccount(models.Model):
    """What of pictures, data sheets and accessories an account wants."""

    _inherit = "itscope.account"

    picture_policy = fields.Selection(
        [
            ("none", "None"),
            ("main", "Main picture"),
            ("all", "All pictures"),
        ],
        string="Pictures",
        required=True,
        default="main",
        help="Fetched in the background. A picture that a person gave a product stays.",
    )
    datasheet_policy = fields.Selection(
        [
            ("none", "Not kept"),
            ("link", "As link"),
            ("attachment", "As file"),
        ],
        string="Data sheets",
        required=True,
        default="link",
        help="Among the documents of the product.",
    )
    media_days = fields.Integer(
        string="Look for changes every (days)",
        default=30,
        help="Pictures and data sheets whose address stays the same; 0: never.",
    )
    accessory_policy = fields.Selection(
        [("none", "Only listed"), ("optional", "Optional products")],
        string="Accessories",
        required=True,
        default="optional",
        help="Accessories that are linked too become optional products.",
    )

    def _convert_datasheets(self):
        """Data sheets that are here as links become files, and the other way round."""
        for account in self:
            states = {"attachment": ["link"], "link": ["done"]}
            # sudo: media are written by the connector only.
            media = self.env["itscope.media"].sudo()
            media.search(
                [
                    ("company_id", "=", account.company_id.id),
                    ("kind", "=", "datasheet"),
                    ("state", "in", states.get(account.datasheet_policy, [])),
                ]
            )._fetch_again()
