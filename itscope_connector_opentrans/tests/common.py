"""What the tests of this addon share."""

import os
import unittest
from datetime import datetime
from pathlib import Path

from odoo import Command
from odoo.tests import new_test_user

from odoo.addons.itscope_connector.tests.common import (
    SIMULATOR_URL,
    TEST_SUPPLIER,
    ItscopeCase,
    SimulatorCase,
)

#: ITscope's own examples; data to test with, no part of the project.
REPOSITORY = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("ITSCOPE_SHARED") or REPOSITORY.parent / "shared")
EXAMPLES = SHARED / "opentrans" / "examples"
SCHEMA = SHARED / "opentrans" / "xsd" / "opentrans_2_1.xsd"

needs_examples = unittest.skipUnless(
    EXAMPLES.is_dir(), "needs ITscope's examples: set ITSCOPE_SHARED"
)
needs_schema = unittest.skipUnless(
    SCHEMA.is_file(), "needs ITscope's schema: set ITSCOPE_SHARED"
)
needs_simulator = unittest.skipUnless(
    SIMULATOR_URL, "needs the simulated ITscope: set ITSCOPE_SIMULATOR_URL"
)
OT = "http://www.opentrans.org/XMLSchema/2.1"
BME = "http://www.bmecat.org/bmecat/2005"
#: Article number, ordered quantity and price, in the order's own order.
ARTICLES = (("123002", 1, 562.0), ("123001", 2, 94.0), ("123003", 3, 217.0))


class OpentransMixin:
    """A buyer, the test supplier with three articles, and an order of all of them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        germany = cls.env.ref("base.de")
        cls.currency = cls.env.ref("base.EUR")
        cls.currency.active = True
        cls.company.partner_id.write(
            {
                "street": "Musterstraße 1",
                "zip": "76131",
                "city": "Karlsruhe",
                "country_id": germany.id,
                "phone": "+49 721 1234560",
            }
        )
        cls.test_vendor = cls.env["res.partner"].create(
            {
                "name": "ITscope Partner-Test",
                "is_company": True,
                "country_id": germany.id,
            }
        )
        cls.test_supplier = cls.env["itscope.supplier"].create(
            {
                "itscope_id": TEST_SUPPLIER,
                "name": "ITscope Partner-Test",
                "company_name": "ITscope Partner-Test GmbH",
                "partner_id": cls.test_vendor.id,
                "own_customer_number": "123456",
            }
        )
        cls.tax = cls.env["account.tax"].create(
            {
                "name": "19 % test",
                "amount": 19.0,
                "type_tax_use": "purchase",
                "country_id": cls.company.account_fiscal_country_id.id,
            }
        )
        cls.buyer = new_test_user(
            cls.env,
            "itscope-buyer",
            name="Erika Muster",
            email="erika@example.com",
            groups="itscope_connector.group_user,purchase.group_purchase_manager,"
            "stock.group_stock_user,account.group_account_invoice",
        )
        cls.products = {}
        for sku, _quantity, price in ARTICLES:
            cls.products[sku] = cls.env["product.product"].create(
                {
                    "name": f"Article {sku}",
                    "type": "consu",
                    "is_storable": True,
                    "purchase_method": "purchase",
                    "supplier_taxes_id": [Command.set(cls.tax.ids)],
                    "seller_ids": [
                        Command.create(
                            {
                                "partner_id": cls.test_vendor.id,
                                "product_code": sku,
                                "price": price,
                            }
                        )
                    ],
                }
            )

    def make_order(self, name="PTEST1", confirm=True, **values):
        order = self.env["purchase.order"].create(
            {
                "name": name,
                "partner_id": self.test_vendor.id,
                "user_id": self.buyer.id,
                "currency_id": self.currency.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.products[sku].id,
                            "product_qty": quantity,
                            "price_unit": price,
                            "tax_ids": [Command.set(self.tax.ids)],
                        }
                    )
                    for sku, quantity, price in ARTICLES
                ],
                **values,
            }
        )
        if confirm:
            order.button_confirm()
        return order

    def line(self, order, sku):
        return order.order_line.filtered(
            lambda line: line.product_id == self.products[sku]
        )

    def sent_deal(self, order, **values):
        """An order that ITscope has, without having asked it."""
        deal = self.env["itscope.deal"].create(
            {
                "account_id": self.account.id,
                "supplier_id": self.test_supplier.id,
                "purchase_order_id": order.id,
                "order_id": "SIM0001-260101-0900",
                "own_order_id": order.name,
                "send_state": "sent",
                "status": "SENT",
                **values,
            }
        )
        order._itscope_note_sent()
        return deal

    def receive(self, deal, kind, content, transaction="T1", apply=True):
        if isinstance(content, str):
            content = content.encode()
        document = self.env["itscope.document"]._store(deal, kind, transaction, content)
        if apply:
            self.assertTrue(deal._apply_documents())
        return document

    def example(self, kind):
        return (EXAMPLES / f"{kind}.xml").read_bytes()


class OpentransCase(OpentransMixin, ItscopeCase):
    """Documents without ITscope."""


class OpentransSimulatorCase(OpentransMixin, SimulatorCase):
    """Talks to the simulated ITscope."""

    def at_itscope(self, order):
        """What the simulator has under this order's number."""
        return [row for row in self.observe("orders") if row["number"] == order.name]

    def advance(self, deal, step, **options):
        self.control("advance", order_id=deal.order_id, step=step, **options)

    def fault(self, kind, match="POST .*send", **values):
        self.control("faults", rules=[{"match": match, "kind": kind, **values}])


# ---------------------------------------------------------------------- documents


def _stamp(moment):
    return (moment or datetime(2026, 1, 5, 9, 0)).strftime("%Y-%m-%dT%H:%M:%S")


def _item(kind, number, sku, quantity, price=None, serials=(), order="", tax="0.19"):
    parts = [
        f"<LINE_ITEM_ID>{number}</LINE_ITEM_ID><PRODUCT_ID>"
        f'<b:SUPPLIER_PID type="supplier_specific">{sku}</b:SUPPLIER_PID>',
        *(f"<SERIAL_NUMBER>{serial}</SERIAL_NUMBER>" for serial in serials),
        f"</PRODUCT_ID><QUANTITY>{quantity}</QUANTITY><b:ORDER_UNIT>C62</b:ORDER_UNIT>",
    ]
    if price is not None:
        rate = (
            f"<TAX_DETAILS_FIX><b:TAX>{tax}</b:TAX></TAX_DETAILS_FIX>"
            if kind == "INVOICE"
            else ""
        )
        parts.append(
            f"<PRODUCT_PRICE_FIX><b:PRICE_AMOUNT>{price}</b:PRICE_AMOUNT>{rate}"
            f"</PRODUCT_PRICE_FIX><PRICE_LINE_AMOUNT>{round(price * quantity, 2)}"
            "</PRICE_LINE_AMOUNT>"
        )
    if order:
        parts.append(f"<ORDER_REFERENCE><ORDER_ID>{order}</ORDER_ID></ORDER_REFERENCE>")
    return f"<{kind}_ITEM>{''.join(parts)}</{kind}_ITEM>"


def _document(kind, info, items, summary="", header=""):
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><{kind} version="2.1" xmlns="{OT}" '
        f'xmlns:b="{BME}"><{kind}_HEADER><{kind}_INFO>{info}</{kind}_INFO>{header}'
        f"</{kind}_HEADER><{kind}_ITEM_LIST>{''.join(items)}</{kind}_ITEM_LIST>"
        f"<{kind}_SUMMARY><TOTAL_ITEM_NUM>{len(items)}</TOTAL_ITEM_NUM>{summary}"
        f"</{kind}_SUMMARY></{kind}>"
    )


def response(order, lines, moment=None, delivery="2026-02-03", supplier_order=""):
    """An ORDERRESPONSE; ``lines``: ``(sku, quantity, price)``."""
    info = (
        f"<ORDER_ID>{order}</ORDER_ID>"
        f"<ORDERRESPONSE_DATE>{_stamp(moment)}</ORDERRESPONSE_DATE>"
        + (
            f"<SUPPLIER_ORDER_ID>{supplier_order}</SUPPLIER_ORDER_ID>"
            if supplier_order
            else ""
        )
        + f"<DELIVERY_DATE><DELIVERY_START_DATE>{delivery}</DELIVERY_START_DATE>"
        f"<DELIVERY_END_DATE>{delivery}</DELIVERY_END_DATE></DELIVERY_DATE>"
    )
    items = [
        _item("ORDERRESPONSE", number, sku, quantity, price)
        for number, (sku, quantity, price) in enumerate(lines, 1)
    ]
    return _document("ORDERRESPONSE", info, items)


def dispatch(order, number, lines, moment=None):
    """A DISPATCHNOTIFICATION; ``lines``: ``(sku, quantity, serials[, order])``."""
    info = (
        f"<DISPATCHNOTIFICATION_ID>{number}</DISPATCHNOTIFICATION_ID>"
        f"<DISPATCHNOTIFICATION_DATE>{_stamp(moment)}</DISPATCHNOTIFICATION_DATE>"
        f"<SHIPMENT_ID>1Z{number}</SHIPMENT_ID><LOGISTIC_DETAILS_INFO><PACKAGE_INFO>"
        f"<PACKAGE><PACKAGE_ID>00{number}</PACKAGE_ID></PACKAGE></PACKAGE_INFO>"
        '</LOGISTIC_DETAILS_INFO><REMARKS type="delivererCode">Nordpaket</REMARKS>'
    )
    items = [
        _item(
            "DISPATCHNOTIFICATION",
            place,
            sku,
            quantity,
            serials=serials,
            order=other[0] if other else order,
        )
        for place, (sku, quantity, serials, *other) in enumerate(lines, 1)
    ]
    return _document("DISPATCHNOTIFICATION", info, items)


def invoice(
    order,
    number,
    lines,
    moment=None,
    charges=(),
    charges_taxed=False,
    offset=0.0,
    credit=False,
    tax="0.19",
):
    """An INVOICE; ``lines``: ``(sku, quantity, price)``; ``charges``: ``(type,
    amount)``.
    """
    net = sum(round(quantity * price, 2) for _sku, quantity, price in lines)
    extra = sum(amount for _kind, amount in charges)
    rate = float(tax)
    taxes = round((net + (extra if charges_taxed else 0)) * rate, 2)
    info = (
        f"<INVOICE_ID>{number}</INVOICE_ID><INVOICE_DATE>{_stamp(moment)}</INVOICE_DATE>"
        + ("<INVOICE_TYPE>credit_memo</INVOICE_TYPE>" if credit else "")
        + "<b:CURRENCY>EUR</b:CURRENCY>"
    )
    header = f"<ORDER_HISTORY><ORDER_ID>{order}</ORDER_ID></ORDER_HISTORY>"
    charge_nodes = "".join(
        f'<ALLOW_OR_CHARGE type="surcharge"><ALLOW_OR_CHARGE_TYPE>{kind}'
        f"</ALLOW_OR_CHARGE_TYPE><ALLOW_OR_CHARGE_VALUE><AOC_MONETARY_AMOUNT>{amount}"
        "</AOC_MONETARY_AMOUNT></ALLOW_OR_CHARGE_VALUE></ALLOW_OR_CHARGE>"
        for kind, amount in charges
    )
    summary = (
        f"<NET_VALUE_GOODS>{net:.2f}</NET_VALUE_GOODS>"
        f"<TOTAL_AMOUNT>{net + extra + taxes + offset:.2f}</TOTAL_AMOUNT>"
        + (
            f"<ALLOW_OR_CHARGES_FIX>{charge_nodes}</ALLOW_OR_CHARGES_FIX>"
            if charges
            else ""
        )
        + f"<TOTAL_TAX><TAX_DETAILS_FIX><b:TAX>{tax}</b:TAX><TAX_AMOUNT>{taxes:.2f}"
        "</TAX_AMOUNT></TAX_DETAILS_FIX></TOTAL_TAX>"
    )
    items = [
        _item("INVOICE", place, sku, quantity, price, tax=tax)
        for place, (sku, quantity, price) in enumerate(lines, 1)
    ]
    return _document("INVOICE", info, items, summary, header)
