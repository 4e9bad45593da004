from odoo import models

from ..opentrans import MAX_ORDER_NUMBER


class ItscopeOrderCheck(models.AbstractModel):
    """What there is to say about order, account, supplier and addresses."""

    _inherit = "itscope.order.check"

    def _order_problems(self, order):
        if order.state == "cancel":
            yield self._error(
                "cancelled",
                self.env._("%(order)s is cancelled.", order=order.name),
                order,
            )
        elif order.state != "purchase":
            yield self._error(
                "not_confirmed",
                self.env._(
                    "%(order)s is not confirmed. Confirm it first, then send it.",
                    order=order.name,
                ),
                order,
            )
        if len(order.name or "") > MAX_ORDER_NUMBER:
            yield self._error(
                "number",
                self.env._(
                    "The order number %(order)s has %(length)s characters; ITscope "
                    "takes %(limit)s. Shorten the sequence of purchase orders.",
                    order=order.name,
                    length=len(order.name),
                    limit=MAX_ORDER_NUMBER,
                ),
                order,
            )
        if not order.currency_id:
            yield self._error(
                "currency",
                self.env._("%(order)s has no currency.", order=order.name),
                order,
            )
        if not order.order_line._itscope_sendable():
            yield self._error(
                "lines",
                self.env._("%(order)s has no lines with products.", order=order.name),
                order,
            )
        others = self.env["itscope.deal"].search(
            [
                ("company_id", "=", order.company_id.id),
                ("purchase_order_id", "!=", order.id),
                "|",
                ("own_order_id", "=", order.name),
                # Placed on the platform with our number as the customer's.
                "&",
                "&",
                ("customer_order_id", "=", order.name),
                ("purchase_order_id", "=", False),
                ("supplier_id", "in", (order.itscope_supplier_id.id, False)),
            ]
        )
        # What was refused or cancelled does not stand in the way. Neither does what
        # ITscope has of an order that left before: it is asked before anything leaves.
        left = order.itscope_deal_id.attempts
        other = others.filtered(
            lambda deal: deal._expects_goods() and (deal.purchase_order_id or not left)
        )[:1]
        if other.purchase_order_id:
            yield self._error(
                "number_used",
                self.env._(
                    "ITscope has an order with the number %(order)s already "
                    "(%(deal)s).",
                    order=order.name,
                    deal=other.display_name,
                ),
                other,
            )
        elif other:
            text = self._number_used_text(order, other.display_name)
            yield self._error("number_used", text, other)
        alive = order.itscope_deal_ids.filtered(
            lambda deal: deal.replaced and deal.order_id and deal._expects_goods()
        )[:1]
        if alive:
            text = self._alive_again_text(order, alive.order_id, alive.status_text)
            yield self._error("number_used", text, alive)

    def _number_used_text(self, order, number):
        """:param number: ITscope's"""
        return self.env._(
            "ITscope has the order %(deal)s with the number %(order)s already, and it "
            "was not sent from here. If it is this order, press “Create purchase "
            "order” on the ITscope order: that links the two. If not, give this order "
            "another number.",
            order=order.name,
            deal=number,
        )

    def _alive_again_text(self, order, number, status):
        return self.env._(
            "The ITscope order %(deal)s of %(order)s had ended, and is “%(status)s” "
            "now: the goods may come. If you do not want them, call the supplier, then "
            "press “Cancelled with the supplier” on the ITscope order.",
            order=order.name,
            deal=number,
            status=status or "–",
        )

    def _account_problems(self, order, account):
        if not account:
            yield self._error(
                "account",
                self.env._(
                    "%(company)s has no ITscope account yet. Create one under ITscope "
                    "→ Configuration → Accounts.",
                    company=order.company_id.name,
                ),
                account,
            )
            return
        if account.state == "connected" and not account.order_access:
            yield self._error(
                "order_access",
                self.env._(
                    "The ITscope account %(account)s may not order. Ask ITscope for "
                    "the order API, then test the connection again.",
                    account=account.name,
                ),
                account,
            )
        reasons = order._itscope_over_limits(account)
        if reasons and not order._itscope_is_approved():
            for reason in reasons:
                yield self._error(
                    "approval",
                    self.env._(
                        "%(order)s waits until an ITscope administrator has approved "
                        "it: %(reason)s.",
                        order=order.name,
                        reason=reason,
                    ),
                    order,
                )

    def _supplier_problems(self, order, account):
        supplier = order.itscope_supplier_id
        if not supplier:
            if len(order._itscope_suppliers()) > 1:
                text = self.env._(
                    "%(vendor)s is mapped to several ITscope suppliers. Choose one on "
                    "the ITscope page of %(order)s.",
                    vendor=order.partner_id.display_name,
                    order=order.name,
                )
            else:
                text = self.env._(
                    "%(vendor)s is not mapped to an ITscope supplier. Map it under "
                    "ITscope → Configuration → Suppliers.",
                    vendor=order.partner_id.display_name,
                )
            yield self._error("supplier", text, order)
            return
        if account.test_mode and not supplier.is_test_supplier:
            yield self._error(
                "test_mode",
                self.env._(
                    "The ITscope account %(account)s is in test mode: it orders from "
                    "ITscope's test supplier only, not from %(supplier)s.",
                    account=account.name,
                    supplier=supplier.name,
                ),
                account,
            )
        if supplier.order_permission == "blocked":
            yield self._error(
                "permission",
                self.env._(
                    "%(supplier)s is not to be ordered from through ITscope. An "
                    "administrator can change that on the supplier.",
                    supplier=supplier.name,
                ),
                supplier,
            )
        number = order.itscope_customer_number_id
        if not order._itscope_customer_number():
            yield self._error(
                "customer_number",
                self.env._(
                    "Your customer number at %(supplier)s is missing. Enter it under "
                    "ITscope → Configuration → Suppliers.",
                    supplier=supplier.name,
                ),
                supplier,
            )
        elif number and (number.supplier_id, number.company_id) != (
            supplier,
            order.company_id,
        ):
            yield self._error(
                "customer_number",
                self.env._(
                    "The customer number %(number)s is not one of %(company)s with "
                    "%(supplier)s. Choose another on the ITscope page of %(order)s.",
                    number=number.number,
                    company=order.company_id.name,
                    supplier=supplier.name,
                    order=order.name,
                ),
                order,
            )
        if order.itscope_own_delivery_note and (
            not supplier._allows_own_delivery_note()
        ):
            yield self._error(
                "delivery_note",
                self.env._(
                    "%(supplier)s has not agreed to ship with your own delivery note. "
                    "Take the mark off %(order)s, or allow it on the supplier.",
                    supplier=supplier.name,
                    order=order.name,
                ),
                supplier,
            )
        if supplier.order_service in ("none", "available"):
            yield self._warning(
                "order_service",
                self.env._(
                    "The order eService of %(supplier)s is not set up at ITscope: the "
                    "order may reach the supplier by e-mail only, or not at all.",
                    supplier=supplier.name,
                ),
                supplier,
                supplier.order_service,
            )

    def _address_problems(self, order):
        delivery = order._itscope_delivery_partner()
        if not delivery:
            yield self._error(
                "drop_shipment",
                self.env._(
                    "%(order)s is delivered to a customer, but has no delivery "
                    "address. Enter the drop ship address.",
                    order=order.name,
                ),
                order,
            )
        licensees = order.order_line._itscope_sendable()._itscope_licensee()
        for partner in order.company_id.partner_id | delivery | licensees:
            missing = self._missing_of_address(partner)
            if partner in licensees:
                contact = partner._itscope_licence_contact()
                if contact == partner and partner.is_company:
                    missing.append(self.env._("contact"))
                if not (contact.email_normalized or partner.email_normalized):
                    missing.append(self.env._("e-mail address"))
            if missing:
                yield self._error(
                    "address",
                    self.env._(
                        "The address of %(partner)s is incomplete: %(missing)s.",
                        partner=partner.display_name,
                        missing=", ".join(missing),
                    ),
                    partner,
                )

    def _missing_of_address(self, partner):
        labels = {
            "street": self.env._("street"),
            "zip": self.env._("ZIP"),
            "city": self.env._("city"),
            "country_id": self.env._("country"),
        }
        missing = [label for name, label in labels.items() if not partner[name]]
        if not (partner.commercial_company_name or partner.name):
            missing.insert(0, self.env._("name"))
        return missing
