from odoo import fields, models

from ..opentrans import InvalidOrderError

#: ITscope's limit.
MAX_NUMBER = 18


class ItscopeOrderCheck(models.AbstractModel):
    """What keeps a purchase order from being sent, in the buyer's words.

    Each text names the record and says what to do, so that the buyer sees everything at
    once and not one thing per try.
    """

    _name = "itscope.order.check"
    _description = "Check of orders for ITscope"

    def _problems(self, order):
        """All that keeps this order from being sent; [] if nothing does."""
        order.ensure_one()
        deal = order.itscope_deal_id
        if deal and deal.send_state not in ("rejected", "withdrawn"):
            return [self._sent_problem(order, deal)]
        return self._content_problems(order, order._itscope_account())

    def _content_problems(self, order, account):
        """As :meth:`_problems`, whatever the state of sending is."""
        order = order.with_company(order.company_id)
        problems = [
            *self._order_problems(order),
            *self._account_problems(order, account),
            *self._supplier_problems(order, account),
            *self._address_problems(order),
        ]
        for line in order.order_line._itscope_sendable():
            problems += self._line_problems(line)
        if not problems:
            problems = self._document_problems(order)
        return problems

    def _sent_problem(self, order, deal):
        if deal.send_state == "to_send":
            return self.env._(
                "%(order)s waits to be sent already; it leaves by itself.",
                order=order.name,
            )
        if deal.send_state in ("sending", "unknown"):
            return self.env._(
                "%(order)s left Odoo, but ITscope has not answered yet. ITscope is "
                "asked whether it arrived; it is not sent a second time.",
                order=order.name,
            )
        return self.env._(
            "%(order)s was sent to ITscope already (%(deal)s). ITscope has no recall: "
            "call the supplier to change or cancel it.",
            order=order.name,
            deal=deal.display_name,
        )

    # ------------------------------------------------------------------ parts

    def _order_problems(self, order):
        if order.state == "cancel":
            yield self.env._("%(order)s is cancelled.", order=order.name)
        elif order.state != "purchase":
            yield self.env._(
                "%(order)s is not confirmed. Confirm it first, then send it.",
                order=order.name,
            )
        if len(order.name or "") > MAX_NUMBER:
            yield self.env._(
                "The order number %(order)s has %(length)s characters; ITscope takes "
                "%(limit)s. Shorten the sequence of purchase orders.",
                order=order.name,
                length=len(order.name),
                limit=MAX_NUMBER,
            )
        if not order.currency_id:
            yield self.env._("%(order)s has no currency.", order=order.name)
        if not order.order_line._itscope_sendable():
            yield self.env._("%(order)s has no lines with products.", order=order.name)
        other = self.env["itscope.deal"].search(
            [
                ("company_id", "=", order.company_id.id),
                ("own_order_id", "=", order.name),
                ("purchase_order_id", "!=", order.id),
            ],
            limit=1,
        )
        if other:
            yield self.env._(
                "ITscope has an order with the number %(order)s already (%(deal)s).",
                order=order.name,
                deal=other.display_name,
            )

    def _account_problems(self, order, account):
        if not account:
            yield self.env._(
                "%(company)s has no ITscope account yet. Create one under ITscope → "
                "Configuration → Accounts.",
                company=order.company_id.name,
            )
        elif account.state == "connected" and not account.order_access:
            yield self.env._(
                "The ITscope account %(account)s may not order. Ask ITscope for the "
                "order API, then test the connection again.",
                account=account.name,
            )

    def _supplier_problems(self, order, account):
        supplier = order.itscope_supplier_id
        if not supplier:
            if len(order._itscope_suppliers()) > 1:
                yield self.env._(
                    "%(vendor)s is mapped to several ITscope suppliers. Choose one on "
                    "the ITscope page of %(order)s.",
                    vendor=order.partner_id.display_name,
                    order=order.name,
                )
            else:
                yield self.env._(
                    "%(vendor)s is not mapped to an ITscope supplier. Map it under "
                    "ITscope → Configuration → Suppliers.",
                    vendor=order.partner_id.display_name,
                )
            return
        if account.test_mode and not supplier.is_test_supplier:
            yield self.env._(
                "The ITscope account %(account)s is in test mode: it orders from "
                "ITscope's test supplier only, not from %(supplier)s.",
                account=account.name,
                supplier=supplier.name,
            )
        if not supplier._effective_customer_number():
            yield self.env._(
                "Your customer number at %(supplier)s is missing. Enter it under "
                "ITscope → Configuration → Suppliers.",
                supplier=supplier.name,
            )

    def _address_problems(self, order):
        for partner in order.company_id.partner_id | order._itscope_delivery_partner():
            labels = {
                "street": self.env._("street"),
                "zip": self.env._("ZIP"),
                "city": self.env._("city"),
                "country_id": self.env._("country"),
            }
            missing = [label for name, label in labels.items() if not partner[name]]
            if not (partner.commercial_company_name or partner.name):
                missing.insert(0, self.env._("name"))
            if missing:
                yield self.env._(
                    "The address of %(partner)s is incomplete: %(missing)s.",
                    partner=partner.display_name,
                    missing=", ".join(missing),
                )

    def _line_problems(self, line):
        name = (line.name or line.product_id.display_name or "").splitlines()[:1]
        values = {"line": name[0] if name else "-"}
        if not line.product_id:
            yield self.env._(
                "%(line)s: the line has no product. Choose one, or make it a note.",
                **values,
            )
            return
        if not line._itscope_supplier_sku():
            yield self.env._(
                "%(line)s: the supplier's article number is missing. Link the product "
                "to ITscope, or enter the vendor's product code on the product.",
                **values,
            )
        _uom, code = line._itscope_unit()
        if not code:
            yield self.env._(
                "%(line)s: the unit %(unit)s can't be ordered at ITscope. Order in "
                "pieces.",
                unit=line.product_uom_id.display_name,
                **values,
            )
            return
        if line._itscope_net_price() <= 0:
            yield self.env._(
                "%(line)s: the price is missing. Refresh it from ITscope or enter it.",
                **values,
            )
        quantity = line._itscope_quantity()
        if quantity <= 0:
            yield self.env._("%(line)s: the quantity must be more than 0.", **values)
        elif code == "C62" and quantity != quantity.to_integral_value():
            yield self.env._(
                "%(line)s: %(quantity)s pieces can't be ordered. Enter a whole number.",
                quantity=quantity.normalize(),
                **values,
            )
        if (
            line.order_id.itscope_delivery_date_type != "none"
            and line.date_planned
            and line.date_planned.date() < fields.Date.context_today(line)
        ):
            yield self.env._(
                "%(line)s: the wished delivery date %(date)s has passed.",
                date=line.date_planned.date(),
                **values,
            )

    def _document_problems(self, order):
        """What the writer of documents objects to; nothing should be left for it."""
        try:
            self.env["itscope.order.builder"]._xml(order)
        except InvalidOrderError as error:
            return [
                self.env._(
                    "%(order)s does not make a valid document: %(problem)s",
                    order=order.name,
                    problem=" ".join(
                        filter(None, (problem.line, problem.field, problem.code))
                    ),
                )
                for problem in error.problems
            ]
        return []
