from odoo import api, fields, models
from odoo.exceptions import UserError

from ..itscope_api import is_price_list_line, is_puid

#: What one paste may hold: more belongs into an export.
MAX_VALUES = 1000


class ItscopeProductAdd(models.TransientModel):
    """Find products at ITscope by pasted numbers, show what would happen, then
    import.
    """

    _name = "itscope.product.add"
    _description = "Add products from ITscope"

    account_id = fields.Many2one(
        "itscope.account",
        required=True,
        default=lambda self: self._default_account(),
    )
    company_id = fields.Many2one(related="account_id.company_id")
    test_mode = fields.Boolean(related="account_id.test_mode")
    state = fields.Selection(
        [("find", "Find"), ("choose", "Choose")], default="find", required=True
    )
    kind = fields.Selection(
        [
            ("ean", "EAN"),
            ("manufacturer_sku", "Manufacturer article number"),
            ("supplier_sku", "Supplier article number"),
            ("puid", "ITscope ID"),
        ],
        string="The list holds",
        required=True,
        default="ean",
    )
    text = fields.Text(
        string="Numbers",
        help="One number a line; a list copied from a spreadsheet will do (its first "
        "column counts).",
    )
    supplier_id = fields.Many2one(
        "itscope.supplier", help="Only articles of this supplier."
    )
    manufacturer_id = fields.Many2one(
        "itscope.manufacturer", help="Only products of this manufacturer."
    )
    price_list_products = fields.Boolean(
        string="Also price-list-line products",
        help="Articles of a price list that ITscope has not matched to a product.",
    )
    product_id = fields.Many2one(
        "product.product", string="Link this product", readonly=True
    )
    line_ids = fields.One2many("itscope.product.add.line", "wizard_id")
    summary = fields.Char(compute="_compute_summary")

    @api.model
    def _default_account(self):
        return self.env["itscope.account"]._for_job()

    @api.depends("line_ids.action")
    def _compute_summary(self):
        for wizard in self:
            count = {
                action: len(
                    wizard.line_ids.filtered(lambda li, a=action: li.action == a)
                )
                for action in ("create", "link", "refresh", "skip")
            }
            wizard.summary = self.env._(
                "%(create)s to create, %(link)s to link, %(refresh)s to refresh, "
                "%(skip)s "
                "left out",
                **count,
            )

    @api.model
    def _action_for_product(self, product):
        """Open the wizard to link one product of ours."""
        kind = "ean" if product.barcode else "manufacturer_sku"
        wizard = self.create(
            {
                "product_id": product.id,
                "kind": kind,
                "text": product.barcode or product.default_code or "",
            }
        )
        return wizard._reopen()

    def _reopen(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Add products from ITscope"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    # ------------------------------------------------------------------ find

    def _values(self):
        """The pasted numbers in their order, each once."""
        rows = (self.text or "").splitlines()
        values = dict.fromkeys(
            value for row in rows if (value := row.split("\t")[0].strip(" ;\"'"))
        )
        if not values:
            raise UserError(self.env._("Enter at least one number, one a line."))
        if len(values) > MAX_VALUES:
            raise UserError(
                self.env._(
                    "%(count)s numbers are too many at once; up to %(max)s are "
                    "possible. "
                    "Paste the list in parts.",
                    count=len(values),
                    max=MAX_VALUES,
                )
            )
        return list(values)

    def action_find(self):
        """Ask ITscope and show what would be created, linked or left out, and why."""
        self.ensure_one()
        values = self._values()
        with self.account_id._client() as client:
            records = list(self._fetch(client, values))
        self.line_ids.unlink()
        self.line_ids = [
            fields.Command.create(line) for line in self._prepare_lines(values, records)
        ]
        self.state = "choose"
        return self._reopen()

    def _fetch(self, client, values):
        if self.kind == "puid":
            return self.env["itscope.product"]._records(
                client, self.company_id, [value for value in values if is_puid(value)]
            )
        filters = {
            "ean": {"ean": values},
            "manufacturer_sku": {"manufacturer_sku": values},
            "supplier_sku": {"supplier_sku": values},
        }[self.kind]
        if self.supplier_id:
            filters["supplier"] = [self.supplier_id.itscope_id]
        if self.manufacturer_id:
            filters["manufacturer"] = [self.manufacturer_id.itscope_id]
        return client.search(price_list_products=self.price_list_products, **filters)

    def _keys(self, record):
        """What a record may have been found by, in comparable form."""
        normal = self._normal
        if self.kind == "puid":
            return {normal(record.puid)}
        if self.kind == "ean":
            return {normal(record.ean)} | {normal(o.ean) for o in record.offers}
        if self.kind == "manufacturer_sku":
            return {normal(record.manufacturer_sku)} | {
                normal(o.manufacturer_sku) for o in record.offers
            }
        supplier = self.supplier_id.itscope_id
        return {
            normal(offer.supplier_sku)
            for offer in record.offers
            if not supplier or offer.supplier_id == supplier
        }

    def _normal(self, value):
        value = "".join((value or "").split()).casefold()
        # A UPC is an EAN-13 with a leading zero.
        return value.lstrip("0") if self.kind == "ean" else value

    # ------------------------------------------------------------------ propose

    def _prepare_lines(self, values, records):
        """One line per number and product found, with what would be done, and why
        not.
        """
        records = list({record.puid: record for record in records}.values())
        by_key = {}
        for record in records:
            for key in self._keys(record) - {""}:
                by_key.setdefault(key, []).append(record)
        proposals = self.env["itscope.product.matcher"]._proposals(
            self.company_id, records
        )
        prices = self.account_id._prices()
        lines, seen = [], set()
        for value in values:
            found = by_key.get(self._normal(value), [])
            if not found:
                lines.append(
                    {
                        "number": value,
                        "action": "skip",
                        "reason": self._why_unknown(value),
                    }
                )
            for record in found:
                line = self._prepare_line(value, record, prices)
                line.update(self._propose(record, found, proposals[record.puid], seen))
                seen.add(record.puid)
                lines.append(line)
        return lines

    def _why_unknown(self, value):
        if self.kind == "puid" and is_price_list_line(value):
            return self.env._(
                "Price-list-line products are found by the supplier's article number "
                "only."
            )
        return self.env._("ITscope does not know this number.")

    def _prepare_line(self, value, record, prices):
        return {
            "number": value,
            **self.line_ids._prepare_choice(record),
            "price": prices.best(record) or 0.0,
            "stock": record.aggregated_stock
            or sum(o.stock or 0 for o in record.offers),
            "supplier_count": len({offer.supplier_id for offer in record.offers}),
        }

    def _propose(self, record, found, proposal, seen):
        """What to do with a product: ``action``, ``product_id`` and ``reason``."""
        if record.puid in seen:
            return {
                "action": "skip",
                "reason": self.env._("Is in the list already, by another number."),
            }
        if proposal.action == "refresh":
            return {
                "action": "refresh",
                "product_id": proposal.product.id,
                "reason": self.env._("Is in Odoo already."),
            }
        if len(found) > 1:
            return {
                "action": "skip",
                "product_id": (self.product_id or proposal.product).id,
                "reason": self.env._(
                    "%s products have this number: choose the right one.", len(found)
                ),
            }
        if self.product_id:
            return {"action": "link", "product_id": self.product_id.id}
        if proposal.action == "ask":
            return {
                "action": "skip",
                "product_id": proposal.candidates.id
                if len(proposal.candidates) == 1
                else False,
                "reason": self.env._(
                    "%s Choose one to link, or create a new one.", proposal.reason
                ),
            }
        return {"action": proposal.action, "product_id": proposal.product.id}

    # ------------------------------------------------------------------ import

    def action_back(self):
        self.state = "find"
        return self._reopen()

    def action_import(self):
        """Do what the lines say."""
        self.ensure_one()
        lines = self.line_ids.filtered(lambda line: line.action != "skip")
        if not lines:
            raise UserError(
                self.env._("Nothing is chosen. Choose an action on at least one line.")
            )
        lines._check_before_import()
        links, gone = lines._fetch_chosen(self.account_id)
        if gone:
            raise UserError(
                self.env._(
                    "ITscope no longer has %s. Take these lines out and import again.",
                    ", ".join(sorted(gone.mapped("puid"))),
                )
            )
        if len(links) == 1:
            return links.action_open_product()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itscope_connector.itscope_product_action"
        )
        action["domain"] = [("id", "in", links.ids)]
        return action
