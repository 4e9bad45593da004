from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ..tools import write_changed


class ItscopeProduct(models.Model):
    """The link between an ITscope product and ours, with what ITscope said last."""

    _name = "itscope.product"
    _description = "ITscope product"
    _check_company_auto = True
    _order = "name, id"

    company_id = fields.Many2one(
        "res.company", required=True, index=True, readonly=True
    )
    puid = fields.Char(
        string="ITscope ID", required=True, readonly=True, help="ITscope's product id."
    )
    product_id = fields.Many2one(
        "product.product",
        required=True,
        ondelete="cascade",
        index=True,
        check_company=True,
        readonly=True,
    )
    product_tmpl_id = fields.Many2one(related="product_id.product_tmpl_id")
    active = fields.Boolean(
        default=True, readonly=True, help="Off: the run that made it was undone."
    )
    watched = fields.Boolean(
        help="Its prices are kept, and a price that rises is an alarm."
    )
    created = fields.Boolean(
        string="Made by the connector",
        readonly=True,
        help="The product was created from ITscope, not linked.",
    )
    sync_id = fields.Many2one(
        "itscope.sync",
        string="Brought by",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    export_ids = fields.Many2many(
        "itscope.export",
        "itscope_export_product_rel",
        "link_id",
        "export_id",
        string="In exports",
        readonly=True,
        copy=False,
    )
    digest = fields.Char(
        readonly=True,
        copy=False,
        help="Of what ITscope sent last: the same again is not looked at again.",
    )
    update_digest = fields.Char(
        readonly=True,
        copy=False,
        help="The same of prices and stock, as update exports send them.",
    )
    state = fields.Selection(
        [("active", "Active"), ("vanished", "No longer at ITscope")],
        required=True,
        default="active",
        readonly=True,
    )
    name = fields.Char(readonly=True)
    ean = fields.Char(string="EAN", readonly=True)
    manufacturer_id = fields.Many2one("itscope.manufacturer", readonly=True)
    manufacturer_sku = fields.Char(string="Manufacturer article number", readonly=True)
    product_type_id = fields.Many2one("itscope.product.type", readonly=True)
    contract_type = fields.Selection(
        [
            ("0", "Physical"),
            ("1", "ESD"),
            ("2", "Service"),
            ("3", "Licence"),
            ("4", "CTO"),
            ("5", "Spare part"),
        ],
        string="Kind of product",
        readonly=True,
    )
    deeplink = fields.Char(string="Page at ITscope", readonly=True)
    datasheet_url = fields.Char(string="Data sheet", readonly=True)
    refresh_date = fields.Datetime(string="Refreshed", readonly=True)
    message = fields.Text(
        string="Note", readonly=True, help="What could not be taken over, and why."
    )
    currency_id = fields.Many2one("res.currency", readonly=True)
    best_price = fields.Float(
        digits="Product Price",
        readonly=True,
        help="Lowest known net purchase price of new goods.",
    )
    best_offer_id = fields.Many2one("itscope.offer", readonly=True)
    total_stock = fields.Integer(readonly=True, help="Over all suppliers.")
    supplier_count = fields.Integer(string="Suppliers", readonly=True)
    said = fields.Json(
        readonly=True,
        help="What ITscope said last for each product field it fills: equal to what "
        "stands "
        "in Odoo means that nobody changed it by hand.",
    )
    made = fields.Json(
        readonly=True,
        help="What stood in Odoo after creation in fields that are written only then, "
        "and in prices that ITscope did not name: equal to what stands in Odoo means "
        "that nobody changed it by hand.",
    )
    media_ids = fields.One2many("itscope.media", "link_id", readonly=True)
    picture_checksum = fields.Char(
        readonly=True, copy=False, help="Of the picture that the connector gave it."
    )
    kept = fields.Json(
        readonly=True,
        help="Own values that a person kept: {field: what ITscope said then}.",
    )
    offer_ids = fields.One2many("itscope.offer", "link_id", readonly=True)
    test_mode = fields.Boolean(compute="_compute_test_mode")

    _puid_uniq = models.Constraint(
        "unique(company_id, puid)", "This ITscope product is linked already."
    )
    # The first page counts links, and the master data that they name, among hundreds
    # of thousands: from the index alone, which asks for the very words of Odoo's query.
    _counted_idx = models.Index("(company_id) WHERE active IS TRUE")
    _manufacturer_idx = models.Index(
        "(manufacturer_id, company_id) WHERE active IS TRUE"
    )
    _type_idx = models.Index("(product_type_id, company_id) WHERE active IS TRUE")
    # An undone link does not keep its product from another.
    _active_product_uniq = models.UniqueIndex(
        "(company_id, product_id) WHERE active",
        "This product is linked to an ITscope product already.",
    )

    @api.depends("name", "puid")
    def _compute_display_name(self):
        for link in self:
            link.display_name = link.name or link.puid

    @api.depends("company_id")
    def _compute_test_mode(self):
        testing = self.env["itscope.account"]._companies_in_test_mode(self.company_id)
        for link in self:
            link.test_mode = link.company_id in testing

    @api.model
    def _check_user(self):
        """Raise unless this user may bring in what ITscope says. Links and what hangs
        on them are the connector's to write: nobody may do so by hand."""
        if not (self.env.su or self.env.user.has_group("itscope_connector.group_user")):
            raise AccessError(
                self.env._(
                    "You need the right “ITscope: User” for this. Ask your "
                    "administrator."
                )
            )

    # ------------------------------------------------------------------ by the importer

    @api.model
    def _forget_digests(self, domain):
        """These products are looked at again by the next run."""
        # sudo: a digest only spares work; whoever changes rules may have it forgotten.
        links = self.sudo().with_context(active_test=False)
        links.flush_model()
        # Set-wise on our own table: hundreds of thousands of rows, no other effect.
        self.env.cr.execute(
            SQL(
                "UPDATE itscope_product SET digest = NULL, update_digest = NULL "
                "WHERE id IN %s "
                "AND (digest IS NOT NULL OR update_digest IS NOT NULL)",
                links._search(domain).subselect(),
            )
        )
        links.invalidate_model(["digest", "update_digest"], flush=False)

    def _write_summaries(self, min_match_quality):
        """Bring best price and stock of these links in step with their offers."""
        summaries = self.env["itscope.offer"]._summaries(self, min_match_quality)
        for link in self:
            write_changed(link, summaries[link.id])

    def _bring_back(self, target):
        """A link that was undone is wanted again, with its own product or another.

        :return: False where its product went to another link meanwhile
        """
        self.ensure_one()
        links = self.product_id.itscope_link_ids.filtered("active") - self
        if not target and self.company_id in links.company_id:
            self.unlink()
            return False
        self.active = True
        if target and target != self.product_id:
            self.write({"product_id": target.id, "created": False, "said": {}})
        elif not self.product_id.active:
            self.product_id.action_unarchive()
        return True

    # ------------------------------------------------------------------ buttons

    def action_compare(self):
        """What ITscope says beside what stands in Odoo."""
        self.ensure_one()
        return self.env["itscope.compare"]._open(self)

    def action_open_at_itscope(self):
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": self.deeplink, "target": "new"}

    def action_open_product(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "product.product",
            "res_id": self.product_id.id,
            "view_mode": "form",
        }
