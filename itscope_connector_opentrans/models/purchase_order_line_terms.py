from odoo import Command, api, fields, models
from odoo.tools import float_compare

from odoo.addons.itscope_connector.tools import aware

from .. import opentrans
from ..tools import day, plain

#: Kinds of articles that are delivered to a licensee: ESD and licences.
LICENSED = ("1", "3")


class PurchaseOrderLine(models.Model):
    """What a line says beyond article, quantity and price."""

    _inherit = "purchase.order.line"

    itscope_remark_left = fields.Integer(
        string="Characters left",
        compute="_compute_itscope_remark_left",
        help="Of the 40 that the supplier's delivery note shows; below 0, the rest is "
        "cut.",
    )
    itscope_stock_entered = fields.Integer(
        string="Stock when entered",
        compute="_compute_itscope_stock_entered",
        store=True,
        help="What the supplier had when offer and quantity of this line were entered.",
    )
    itscope_has_projects = fields.Boolean(compute="_compute_itscope_has_projects")
    itscope_project_number = fields.Char(
        string="Project number",
        readonly=True,
        copy=False,
        help="The manufacturer's, for the project price of this line.",
    )
    itscope_project_supplier_number = fields.Char(
        string="Supplier's project number", readonly=True, copy=False
    )
    itscope_project_customer = fields.Char(
        string="End customer of the project", readonly=True, copy=False
    )
    itscope_project_price = fields.Float(
        string="Project price", digits="Product Price", readonly=True, copy=False
    )
    itscope_project_start = fields.Date(
        string="Project price from", readonly=True, copy=False
    )
    itscope_project_end = fields.Date(
        string="Project price until", readonly=True, copy=False
    )
    itscope_needs_licensee = fields.Boolean(
        compute="_compute_itscope_needs_licensee",
        help="The article is a licence or is delivered electronically.",
    )
    itscope_licensee_id = fields.Many2one(
        "res.partner",
        string="Licensee",
        compute="_compute_itscope_licensee_id",
        store=True,
        readonly=False,
        help="Who uses the licence. The order states the address and an e-mail "
        "address.",
    )
    itscope_parameter_ids = fields.One2many(
        "itscope.line.parameter",
        "line_id",
        string="Contract parameters",
        compute="_compute_itscope_parameter_ids",
        store=True,
        readonly=False,
        copy=False,
        help="What an order of this licence or service must state.",
    )

    @api.depends("itscope_remark")
    def _compute_itscope_remark_left(self):
        for line in self:
            text = " ".join((line.itscope_remark or "").split())
            line.itscope_remark_left = opentrans.MAX_REMARK - len(text)

    @api.depends("itscope_offer_id", "product_qty")
    def _compute_itscope_stock_entered(self):
        # Not with the offer's stock: it is what the buyer saw.
        for line in self:
            line.itscope_stock_entered = line.itscope_offer_id.stock

    @api.depends("itscope_offer_id")
    def _compute_itscope_has_projects(self):
        for line in self:
            line.itscope_has_projects = bool(line.itscope_offer_id.projects)

    @api.depends("itscope_offer_id")
    def _compute_itscope_needs_licensee(self):
        for line in self:
            offer = line.itscope_offer_id
            line.itscope_needs_licensee = bool(
                offer.contract_type in LICENSED or offer.contract_parameters
            )

    @api.depends("itscope_offer_id", "order_id.dest_address_id", "order_id.origin")
    def _compute_itscope_licensee_id(self):
        for line in self:
            if not line.itscope_needs_licensee or line.itscope_licensee_id:
                line.itscope_licensee_id = line.itscope_licensee_id
                continue
            order = line.order_id
            customers = order.dest_address_id or order._itscope_sales().partner_id
            line.itscope_licensee_id = customers if len(customers) == 1 else False

    @api.depends("itscope_offer_id")
    def _compute_itscope_parameter_ids(self):
        for line in self:
            asked = {
                parameter["name"]: parameter
                for parameter in line.itscope_offer_id.contract_parameters or ()
            }
            rows = {row.name: row for row in line.itscope_parameter_ids}
            # What was entered stays where the new offer asks for the same.
            line.itscope_parameter_ids = [
                Command.unlink(row.id)
                for name, row in rows.items()
                if name not in asked
            ] + [
                Command.create(
                    {
                        "name": name,
                        "label": parameter["label"] or name,
                        "mandatory": parameter["mandatory"],
                        "example": parameter["example"],
                    }
                )
                for name, parameter in asked.items()
                if name not in rows
            ]

    def _itscope_licensee(self):
        """The licensees of the lines that need one."""
        return self.filtered("itscope_needs_licensee").itscope_licensee_id

    # ------------------------------------------------------------------ prices

    def _itscope_offer_price(self):
        """What the offer says that this quantity costs, for one of the unit of
        documents in the offer's currency; the chosen project's price before all else;
        0 where it is unknown.
        """
        self.ensure_one()
        if self.itscope_project_number:
            return self.itscope_project_price
        offer = self.itscope_offer_id
        return offer._price_for(self._itscope_quantity()) if offer else 0.0

    def _itscope_usual_price(self):
        """The offer's price, else the vendor price, for one of the unit of documents in
        the order's currency; 0 where both are unknown.
        """
        self.ensure_one()
        price, currency = self._itscope_offer_price(), self.itscope_offer_id.currency_id
        if not price:
            seller = self.product_id._select_seller(
                partner_id=self.order_id.partner_id,
                quantity=self.product_qty,
                date=False,
                uom_id=self.product_uom_id,
            )
            uom, _code = self._itscope_unit()
            unit = self.product_id.uom_id
            price = unit._compute_price(seller.price_discounted, uom)
            currency = seller.currency_id
        if not price or not currency:
            return price
        return currency._convert(
            price,
            self.currency_id,
            self.company_id,
            self.order_id.date_order or fields.Date.context_today(self),
            round=False,
        )

    def _itscope_over_limits(self, account):
        """Why this line needs an approval, in words."""
        self.ensure_one()
        reasons = []
        name = self.product_id.display_name or self.name
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        quantity = float(self._itscope_quantity())
        if account.quantity_limit and (
            float_compare(quantity, account.quantity_limit, precision_digits=digits) > 0
        ):
            reasons.append(
                self.env._(
                    "%(product)s: %(quantity)s are more than %(limit)s",
                    product=name,
                    quantity=plain(quantity),
                    limit=plain(account.quantity_limit),
                )
            )
        usual = self._itscope_usual_price() if account.deviation_limit else 0.0
        if usual:
            price = float(self._itscope_net_price())
            percent = abs(price - usual) / usual * 100
            if float_compare(percent, account.deviation_limit, precision_digits=2) > 0:
                reasons.append(
                    self.env._(
                        "%(product)s: the price of %(price)s differs by %(percent)s %% "
                        "from the usual %(usual)s",
                        product=name,
                        price=self.currency_id.format(price),
                        percent=plain(round(percent, 1)),
                        usual=self.currency_id.format(usual),
                    )
                )
        return reasons

    # ------------------------------------------------------------------ projects

    def _itscope_project(self):
        """The chosen project as the offer has it now, or None."""
        self.ensure_one()
        number = self.itscope_project_number
        if not number:
            return None
        return self._itscope_project_named(number, self.itscope_project_supplier_number)

    def _itscope_project_named(self, number, supplier_number):
        """The project of these numbers as the offer has it now, or None."""
        return next(
            (
                project
                for project in self.itscope_offer_id.projects or ()
                if (project["manufacturer_project"] or "") == (number or "")
                and (project["supplier_project"] or "") == (supplier_number or "")
            ),
            None,
        )

    def _itscope_choose_project(self, project):
        """Order by a project's price; None: by the normal one again.

        :param project: one of the offer's ``projects``
        """
        self.ensure_one()
        self.check_access("write")
        if project is None:
            self.write({name: False for name in self._itscope_project_values({})})
            if price := self._itscope_offer_price():
                self._itscope_set_net_price(price)
            return
        self.write(self._itscope_project_values(project))
        if project["price"]:
            self._itscope_set_net_price(project["price"])

    def _itscope_project_values(self, project):
        def date(name):
            return day(aware(fields.Datetime.to_datetime(project.get(name))))

        return {
            "itscope_project_number": project.get("manufacturer_project"),
            "itscope_project_supplier_number": project.get("supplier_project"),
            "itscope_project_customer": project.get("end_customer"),
            "itscope_project_price": project.get("price"),
            "itscope_project_start": date("valid_from"),
            "itscope_project_end": date("valid_to"),
        }

    def action_itscope_parameters(self):
        """Licensee and contract parameters of this line."""
        self.ensure_one()
        view = self.env.ref("itscope_connector_opentrans.purchase_order_line_view_form")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Licensee of %s", self.product_id.display_name),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(view.id, "form")],
            "target": "new",
        }

    def action_itscope_projects(self):
        """Choose one of the project prices that the offer has."""
        self.ensure_one()
        return self.env["itscope.project.choice"]._open(self)
