"""QUOTATIONs become quotations, once; later versions respect what a person changed."""

from itertools import permutations

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from .common import OpentransCase
from .quotations import quotation

V1 = (
    {"sku": "123001", "quantity": 2, "price": 420},
    {"sku": "123002", "quantity": 1, "price": 900, "amount": 855},
    {"sku": "123003", "quantity": 3, "price": 150, "optional": True},
)
V2 = (
    {"sku": "123001", "quantity": 4, "price": 410},
    {"sku": "123003", "quantity": 3, "price": 150, "optional": True},
    {"sku": "999999", "quantity": 1, "price": 7, "name": "Unknown thing"},
)


class QuotationMixin:
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.account.active = False
        cls.seller = new_test_user(
            cls.env,
            "quotation-seller",
            name="Vera Kauf",
            groups="sales_team.group_sale_salesman,base.group_partner_manager",
        )

    def upload(self, *contents, user=None):
        """Drop files on the list of quotations; :return: action, orders"""
        user = user or self.seller
        before = self.env["sale.order"].search([])
        env = self.env(user=user.id)
        files = env["ir.attachment"].create(
            [
                {"name": f"{number}.xml", "raw": content}
                for number, content in enumerate(contents)
            ]
        )
        Order = env["sale.order"].with_context(allowed_company_ids=user.company_ids.ids)
        action = Order.create_document_from_attachment(files.ids)
        return action, self.env["sale.order"].search([]) - before

    def documents(self, number="A-1"):
        return self.env["itscope.document"].search(
            [("type", "=", "QUOTATION"), ("number", "=", number)], order="id"
        )

    def told(self, order, text):
        """The only message with this text."""
        (message,) = order.message_ids.filtered(lambda one: text in (one.body or ""))
        return message.body

    def line(self, order, sku):
        return order.order_line.filtered(
            lambda line: line.product_id == self.products[sku]
        )


@tagged("post_install", "-at_install")
class TestQuotation(QuotationMixin, OpentransCase):
    def test_becomes_a_quotation(self):
        term = self.env["account.payment.term"].create({"name": "14 Tage netto"})
        content = quotation(lines=V1, remark="Frei Haus", payment="14 Tage netto")
        action, order = self.upload(content)
        self.assertEqual(action["res_id"], order.id)
        self.assertEqual((order.state, order.user_id), ("draft", self.seller))
        self.assertEqual(order.validity_date, fields.Date.to_date("2026-12-31"))
        self.assertEqual(order.payment_term_id, term)
        self.assertEqual(order.origin, "A-1")
        one, two = self.line(order, "123001"), self.line(order, "123002")
        self.assertEqual(
            (one.product_uom_qty, one.price_unit, one.discount), (2, 420, 0)
        )
        self.assertEqual(
            (two.product_uom_qty, two.price_unit, two.discount), (1, 900, 5)
        )
        self.assertEqual(one.name, "Article 123001")
        choice = self.line(order, "123003")
        self.assertEqual((choice.product_uom_qty, choice.price_unit), (0, 150))
        self.assertIn("3", choice.name)
        section = order.order_line.filtered(
            lambda line: line.display_type == "line_section"
        )
        self.assertEqual(section.itscope_quote_key, "optional")
        if "is_optional" in section._fields:
            self.assertTrue(section.is_optional)
            self.assertTrue(choice._is_line_optional())
        self.assertIn("Frei Haus", order.order_line.mapped("name"))
        self.assertEqual(order.amount_untaxed, 1695)
        document = self.documents()
        self.assertEqual((document.state, document.sale_order_id), ("applied", order))
        self.assertFalse(order.activity_ids)

    def test_the_customer_is_new_and_marked(self):
        _action, order = self.upload(quotation(lines=V1))
        customer = order.partner_id.commercial_partner_id
        self.assertEqual(
            (customer.name, customer.zip, customer.ref),
            ("Kunde & Co. GmbH", "10115", "K-1"),
        )
        self.assertEqual(order.partner_id.name, "Muster")
        self.assertEqual(order.partner_id.parent_id, customer)
        self.assertTrue(customer.itscope_new and order.itscope_new_customer)
        self.assertEqual(customer.activity_ids.user_id, self.seller)
        order.with_user(self.seller).action_itscope_customer_checked()
        self.assertFalse(order.itscope_new_customer)
        # Known from now on.
        _action, second = self.upload(quotation("A-2", V1))
        self.assertEqual(second.partner_id, order.partner_id)

    def test_the_customer_is_found(self):
        Partner = self.env["res.partner"]
        vat = "DE811907980"
        for values in (
            {"ref": "K-1", "name": "Kunde & Co GmbH"},
            {"vat": vat, "name": "By VAT"},
            {"email": "m@kunde.example", "name": "Kunde & Co."},
            {"name": "KUNDE & CO", "zip": "10115"},
        ):
            with self.subTest(values=values):
                partner = Partner.create({"is_company": True, **values})
                content = quotation(
                    f"F-{partner.id}",
                    V1,
                    ("K-1", "Kunde & Co. GmbH", "10115", "", "m@kunde.example", vat),
                )
                _action, order = self.upload(content)
                self.assertEqual(order.partner_id, partner)
                self.assertFalse(order.itscope_new_customer)
                partner.active = False

    def test_the_customer_is_not_guessed(self):
        Partner = self.env["res.partner"]
        vat = "DE811907980"
        told = ("K-1", "Kunde & Co. GmbH", "10115", "", "m@kunde.example", vat)
        for number, both in enumerate(
            (
                [{"ref": "K-1", "name": "By chance"}],
                [{"email": "m@kunde.example", "name": "Shared mail"}],
                [{"ref": "K-1", "name": "By chance"}, {"vat": vat, "name": "By VAT"}],
            )
        ):
            with self.subTest(both=both):
                partners = Partner.create([{"is_company": True, **one} for one in both])
                _action, order = self.upload(quotation(f"G-{number}", V1, told))
                self.assertFalse(order)
                self.assertIn(both[-1]["name"], self.documents(f"G-{number}").messages)
                partners.active = False

    def test_of_two_customers_a_person_chooses(self):
        Partner = self.env["res.partner"]
        both = Partner.create(
            [
                {"name": name, "is_company": True, "ref": "K-1"}
                for name in ("One AG", "Two AG")
            ]
        )
        action, order = self.upload(quotation(lines=V1))
        self.assertFalse(order)
        document = self.documents()
        self.assertEqual(action["res_model"], "itscope.document")
        self.assertEqual(document.state, "waiting")
        self.assertIn("One AG, Two AG", document.messages)
        self.assertEqual(document.activity_ids.user_id, self.seller)
        mine = document.with_user(self.seller)
        action = mine.action_create_quotation()
        choice = self.env[action["res_model"]].browse(action["res_id"])
        choice = choice.with_user(self.seller)
        with self.assertRaises(UserError):
            choice.action_take()
        choice.partner_id = both[1]
        action = choice.action_take()
        order = self.env["sale.order"].browse(action["res_id"])
        self.assertEqual(order.partner_id.commercial_partner_id, both[1])
        self.assertEqual(document.state, "applied")
        self.assertFalse(document.activity_ids)

    def test_another_vat_number_is_a_doubt(self):
        self.env["res.partner"].create(
            {"name": "One AG", "ref": "K-1", "vat": "DE811907980"}
        )
        content = quotation(
            lines=V1, customer=("K-1", "One AG", "1", "", "", "DE136695976")
        )
        _action, order = self.upload(content)
        self.assertFalse(order)
        self.assertIn("DE811907980", self.documents().messages)
        mine = self.documents().with_user(self.seller)
        choice = self.env["itscope.quotation.customer.choice"].browse(
            mine.action_create_quotation()["res_id"]
        )
        choice.with_user(self.seller).action_create()
        customer = self.documents().sale_order_id.partner_id
        self.assertTrue(customer.itscope_new)

    def test_twice_is_once(self):
        content = quotation(lines=V1)
        _action, order = self.upload(content)
        messages = order.message_ids
        lines = order.order_line
        action, more = self.upload(content)
        self.assertFalse(more)
        self.assertEqual(action["res_id"], order.id)
        self.documents().action_apply_again()
        self.assertEqual(order.order_line, lines)
        self.assertEqual(order.message_ids, messages)
        self.assertEqual(len(self.documents()), 1)

    def test_the_offer_is_on_the_line(self):
        self.account.active = True
        offer = self.link("123001", puid="777001")
        self.link("123002", puid="777002")
        lines = (
            # The article's number is another supplier's: the offer counts.
            {"sku": "X", "quantity": 1, "price": 9, "offer": offer.offer_id},
            {"sku": "Y", "quantity": 1, "price": 9, "puid": "777002"},
        )
        _action, order = self.upload(quotation(lines=lines))
        line = self.line(order, "123001")
        self.assertEqual(line.itscope_offer_id, offer)
        self.assertEqual(line.itscope_cost, offer.company_price)
        self.assertTrue(self.line(order, "123002"))

    def test_a_later_version_and_the_difference(self):
        _action, order = self.upload(quotation(lines=V1))
        second = quotation(lines=V2, moment="2026-03-02T10:00:00", valid="2027-01-31")
        action, more = self.upload(second)
        self.assertFalse(more)
        self.assertEqual(action["res_id"], order.id)
        one = self.line(order, "123001")
        self.assertEqual((one.product_uom_qty, one.price_unit), (4, 410))
        self.assertFalse(self.line(order, "123002"))
        self.assertEqual(order.validity_date, fields.Date.to_date("2027-01-31"))
        note = order.order_line.filtered(
            lambda line: "Unknown thing" in line.name and line.display_type
        )
        self.assertIn("999999", note.name)
        body = self.told(order, "newer version")
        for text in ("Article 123001", "420", "410", "Article 123002"):
            self.assertIn(text, body)
        old, new = self.documents()
        self.assertEqual((old.state, new.state), ("replaced", "attention"))
        self.assertIn("No product in Odoo", new.messages)
        # The product is there later: the note becomes a line.
        seller = {"partner_id": self.test_vendor.id, "product_code": "999999"}
        product = self.env["product.product"].create(
            {"name": "Thing", "seller_ids": [Command.create(seller)]}
        )
        new.action_apply_again()
        line = order.order_line.filtered(lambda line: line.product_id == product)
        self.assertEqual((line.product_uom_qty, line.price_unit), (1, 7))
        self.assertFalse(note.exists())
        self.assertEqual(new.state, "applied")

    def test_what_a_person_changed_stays(self):
        _action, order = self.upload(quotation(lines=V1))
        one, two = self.line(order, "123001"), self.line(order, "123002")
        mine = self.env["product.product"].create({"name": "Mine", "type": "service"})
        order.order_line = [Command.create({"product_id": mine.id})]
        one.price_unit = 500
        two.name = "My words"
        order.validity_date = "2026-06-30"
        self.upload(
            quotation(lines=V2, moment="2026-03-02T10:00:00", valid="2027-01-31")
        )
        self.assertEqual((one.product_uom_qty, one.price_unit), (4, 500))
        self.assertTrue(two.exists())
        self.assertEqual(order.validity_date, fields.Date.to_date("2026-06-30"))
        self.assertIn(mine, order.order_line.product_id)
        new = self.documents()[-1]
        for text in ("500", "410", "You changed the line", "Expiration"):
            self.assertIn(text, new.messages)
        # Still so after any repetition.
        new.action_apply_again()
        self.assertEqual(one.price_unit, 500)
        self.assertIn("500", new.messages)
        # What ITscope says next is what stands here: both agree again.
        third = ({**V2[0], "price": 500},)
        self.upload(quotation(lines=third, moment="2026-03-03T10:00:00"))
        self.upload(quotation(lines=(V2[0],), moment="2026-03-04T10:00:00"))
        self.assertEqual(one.price_unit, 410)

    def test_a_line_that_a_person_removed_stays_away(self):
        _action, order = self.upload(quotation(lines=V1))
        self.line(order, "123001").unlink()
        self.documents().action_apply_again()
        self.assertFalse(self.line(order, "123001"))
        self.upload(quotation(lines=V2, moment="2026-03-02T10:00:00"))
        self.assertFalse(self.line(order, "123001"))
        self.assertIn("You removed Article 123001", self.documents()[-1].messages)

    def test_any_order_of_versions(self):
        third = ({**V2[0], "price": 399}, V1[1])
        versions = [
            quotation("{}", V1, moment="2026-03-01T10:00:00"),
            quotation("{}", V2, moment="2026-03-02T10:00:00"),
            quotation("{}", third, moment="2026-03-03T10:00:00"),
        ]
        seen = set()
        for number, places in enumerate(permutations(range(3))):
            name = f"A-{number + 10}".encode()
            contents = [versions[place].replace(b"{}", name) for place in places]
            orders = self.env["sale.order"]
            for content in contents + contents[:1]:
                orders |= self.upload(content)[1]
            self.assertEqual(len(orders), 1)
            self.assertEqual(
                sorted(self.documents(name.decode()).mapped("state")),
                ["applied", "replaced", "replaced"],
            )
            seen.add(
                tuple(
                    (line.name, line.product_uom_qty, line.price_unit, line.discount)
                    for line in orders.order_line
                )
            )
        self.assertEqual(len(seen), 1, seen)

    def test_a_version_that_comes_back_counts_again(self):
        quote = self.env["itscope.quote"].create(
            {"account_id": self.account.id, "quote_id": "Q-1", "number": "A-1"}
        )
        first = quotation(lines=V1, moment="2026-03-01T10:00:00")
        second = quotation(lines=(V2[0],), moment="2026-03-02T10:00:00")
        prices = []
        for day, content in enumerate((first, second, first, first), 1):
            quote.last_modified = f"2026-03-0{day} 12:00:00"
            document = self.env["itscope.document"]._store_quotation(quote, content)
            document._make_quotation(None, self.account)
            prices.append(self.line(quote.sale_order_id, "123001").price_unit)
        self.assertEqual(prices, [420, 410, 420, 420])
        self.assertEqual(
            quote.document_ids.sorted("id").mapped("state"), ["applied", "replaced"]
        )

    def test_what_is_no_draft_is_left_alone(self):
        for state in ("sent", "sale", "cancel"):
            with self.subTest(state=state):
                number = f"A-{state}"
                _action, order = self.upload(quotation(number, V1))
                if state == "sale":
                    order.action_confirm()
                else:
                    order.state = state
                before = order.order_line.sorted("id").mapped("price_unit")
                self.upload(quotation(number, V2, moment="2026-03-02T10:00:00"))
                after = order.order_line.sorted("id").mapped("price_unit")
                self.assertEqual(after, before)
                new = self.documents(number)[-1]
                self.assertEqual(new.state, "attention")
                self.assertIn("410", new.messages)
                self.assertEqual(new.activity_ids.user_id, self.seller)
                self.assertIn("410", self.told(order, "left as it is"))
                new.action_settle()
                self.assertEqual(new.state, "applied")

    def test_a_draft_again_takes_over(self):
        _action, order = self.upload(quotation(lines=V1))
        order.state = "sent"
        self.upload(quotation(lines=(V2[0],), moment="2026-03-02T10:00:00"))
        order.state = "draft"
        self.documents()[-1].action_apply_again()
        self.assertEqual(self.line(order, "123001").price_unit, 410)

    def test_ignored_versions_do_not_count(self):
        _action, order = self.upload(quotation(lines=V1))
        self.upload(quotation(lines=(V2[0],), moment="2026-03-02T10:00:00"))
        self.documents()[-1].action_ignore()
        self.assertEqual(self.line(order, "123001").price_unit, 420)
        self.assertEqual(self.documents()[0].state, "applied")

    def test_included_taxes(self):
        tax = self.env["account.tax"].create(
            {
                "name": "19 % incl.",
                "amount": 19,
                "type_tax_use": "sale",
                "price_include_override": "tax_included",
                "country_id": self.company.account_fiscal_country_id.id,
            }
        )
        self.products["123001"].taxes_id = tax
        extra = tax.copy(
            {
                "name": "2 % on top",
                "amount": 2,
                "price_include_override": "tax_excluded",
            }
        )
        self.products["123003"].taxes_id = tax + extra
        screw = {"sku": "123003", "quantity": 1000, "price": 0.0042}
        _action, order = self.upload(quotation(lines=(V1[0], screw)))
        self.assertEqual(order.amount_untaxed, 844.2)
        self.documents().action_apply_again()
        self.assertEqual(self.documents().state, "applied")

    def test_another_currency(self):
        self.env.ref("base.CHF").active = True
        content = quotation(lines=V1, currency="CHF")
        _action, order = self.upload(content)
        self.assertFalse(order)
        self.assertIn("CHF", self.documents().messages)
        self.env["product.pricelist"].create(
            {"name": "CHF", "currency_id": self.env.ref("base.CHF").id}
        )
        self.upload(content)
        order = self.documents().sale_order_id
        self.assertEqual(order.currency_id.name, "CHF")
        self.assertEqual(self.line(order, "123001").price_unit, 420)

    def test_hostile_spelling(self):
        text = quotation(lines=V1).decode()
        text = text.replace("<b:", "<ns7:").replace("</b:", "</ns7:")
        text = text.replace("xmlns:b=", "xmlns:ns7=").replace(
            "<LINE_ITEM_ID>1<", "<LINE_ITEM_ID>00001<"
        )
        text = text.replace("Article 123002", "&lt;b&gt;Bold&lt;/b&gt;<![CDATA[ <i>]]>")
        _action, order = self.upload(text.encode("utf-8-sig"))
        self.assertEqual(self.line(order, "123001").price_unit, 420)
        self.assertNotIn("<", self.line(order, "123002").name)

    def test_companies_and_rights(self):
        other = self.env["res.company"].create({"name": "Other"})
        content = quotation(lines=V1)
        _action, order = self.upload(content)
        foreign = new_test_user(
            self.env,
            "quotation-foreign",
            groups="sales_team.group_sale_salesman",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        _action, second = self.upload(content, user=foreign)
        self.assertEqual((order.company_id, second.company_id), (self.company, other))
        self.assertNotEqual(order.partner_id, second.partner_id)
        self.assertEqual(len(self.documents()), 2)
        mine = self.env["itscope.document"].with_user(foreign)
        mine = mine.with_context(allowed_company_ids=other.ids)
        found = mine.search([("number", "=", "A-1")])
        self.assertEqual(found.ids, second.itscope_document_ids.ids)
        buyer = new_test_user(
            self.env, "quotation-buyer", groups="purchase.group_purchase_user"
        )
        with self.assertRaises(AccessError):
            self.upload(quotation("A-9", V1), user=buyer)
        self.assertFalse(self.documents("A-9"))
        with self.assertRaises(AccessError):
            self.documents()[0].with_user(buyer).action_create_quotation()

    def test_uploaded_as_a_document_it_waits(self):
        user = self.env["res.users"].browse(self.buyer.id)
        files = (
            self.env["ir.attachment"]
            .with_user(user)
            .create({"name": "q.xml", "raw": quotation(lines=V1)})
        )
        Document = self.env["itscope.document"].with_user(user)
        Document.create_document_from_attachment(files.ids)
        document = self.documents()
        self.assertEqual(document.state, "waiting")
        self.assertFalse(document.sale_order_id)
        document.with_user(self.seller).action_create_quotation()
        self.assertEqual(document.state, "applied")
        self.assertEqual(document.sale_order_id.user_id, self.seller)

    def test_by_email_as_the_account_wants_it(self):
        self.account.active = True
        files = [("q.xml", quotation(lines=V1))]
        Document = self.env["itscope.document"]
        Document._import_mailed(self.company, files)
        self.assertEqual(self.documents().state, "waiting")
        self.account.platform_quotes = "draft"
        Document._import_mailed(self.company, files)
        order = self.documents().sale_order_id
        self.assertEqual(order.user_id, self.account.responsible_id)
        self.assertEqual(len(order.order_line.product_id), 3)

    def test_nobody_changes_a_quotation_by_its_number(self):
        _action, order = self.upload(quotation(lines=V1))
        later = "2099-01-01T10:00:00"
        # By e-mail, from a colleague who sees only own ones, for another customer.
        self.account.active = True
        for number, policy in enumerate(("never", "draft")):
            self.account.platform_quotes = policy
            cheap = ({**V1[0], "price": number + 1},)
            files = [("q.xml", quotation(lines=cheap, moment=later))]
            self.env["itscope.document"]._import_mailed(self.company, files)
        mailed = self.documents()[1:]
        self.assertEqual(mailed.mapped("state"), ["waiting", "waiting"])
        self.assertIn(order.name, mailed[0].messages)
        other = new_test_user(
            self.env, "quotation-other", groups="sales_team.group_sale_salesman"
        )
        cheap = ({**V1[0], "price": 3},)
        self.upload(quotation(lines=cheap, moment=later), user=other)
        self.upload(
            quotation(
                lines=cheap, moment=later, customer=("K-1", "Else AG", "1", "", "", "")
            )
        )
        self.assertEqual(len(self.documents()), 5)
        self.assertEqual(order.itscope_document_ids, self.documents()[0])
        self.assertEqual(self.line(order, "123001").price_unit, 420)
        # Who may change it takes it over.
        mailed[0].with_user(self.seller).action_create_quotation()
        self.assertEqual(mailed[0].sale_order_id, order)
        self.assertEqual(self.line(order, "123001").price_unit, 1)

    def test_sales_sees_and_brings_quotations_only(self):
        purchase = self.env["itscope.document"].create(
            {"company_id": self.company.id, "type": "INVOICE", "direction": "in"}
        )
        mine = self.env["itscope.document"].with_user(self.seller)
        self.assertFalse(mine.search([("id", "=", purchase.id)]))
        self.assertTrue(mine.with_user(self.buyer).search([("id", "=", purchase.id)]))
        content = quotation(lines=V1).replace(b"QUOTATION", b"INVOICE")
        before = self.env["itscope.document"].search_count([])
        action, orders = self.upload(content)
        self.assertFalse(orders)
        self.assertEqual(self.env["itscope.document"].search_count([]), before)
        self.assertIn("INVOICE", str(action["context"]["notifications"]))
        choice = self.env["itscope.quotation.customer.choice"].create(
            {"document_id": purchase.id, "partner_id": self.test_vendor.id}
        )
        with self.assertRaises(UserError):
            choice.action_take()

    def test_a_price_stays_whatever_the_quantity(self):
        self.env.user.group_ids += self.env.ref("sale.group_discount_per_so_line")
        _action, order = self.upload(quotation(lines=V1))
        for sku, quantity, price, discount in (
            ("123001", 3, 420, 0),
            ("123002", 5, 900, 5),
            # As the customer does it on the portal.
            ("123003", 1, 150, 0),
        ):
            line = self.line(order, sku)
            line.product_uom_qty = quantity
            self.assertEqual((line.price_unit, line.discount), (price, discount))
        self.upload(quotation(lines=(V2[0],), moment="2026-03-02T10:00:00"))
        line = self.line(order, "123001")
        line.product_uom_qty = 9
        self.assertEqual(line.price_unit, 410)
        with (
            Form(order) as form,
            form.order_line.edit(order.order_line.ids.index(line.id)) as row,
        ):
            row.product_uom_qty = 10
        self.assertEqual(line.price_unit, 410)
        # Unless a person wants the price list's.
        order.action_update_prices()
        self.assertEqual(line.price_unit, line.product_id.lst_price)

    def test_a_line_whose_product_is_not_found_stays(self):
        _action, order = self.upload(quotation(lines=V1))
        line = self.line(order, "123001")
        line.price_unit = 500
        line.product_id.active = False
        self.upload(quotation(lines=(V2[0], *V1[1:]), moment="2026-03-02T10:00:00"))
        self.assertEqual((line.exists().price_unit, line.product_uom_qty), (500, 2))
        self.assertFalse(order.order_line.filtered(lambda one: "410" in one.name))
        self.assertIn("not found", self.documents()[-1].messages)
        line.product_id.active = True
        self.documents()[-1].action_apply_again()
        self.assertEqual((line.price_unit, line.product_uom_qty), (500, 4))

    def test_a_note_that_a_person_changed_stays(self):
        _action, order = self.upload(quotation(lines=V2))
        note = order.order_line.filtered(lambda one: "Unknown thing" in one.name)
        note.name = "My words"
        seller = {"partner_id": self.test_vendor.id, "product_code": "999999"}
        self.env["product.product"].create(
            {"name": "Thing", "seller_ids": [Command.create(seller)]}
        )
        self.documents().action_apply_again()
        self.assertEqual(note.exists().name, "My words")
        self.assertIn("You changed its text", self.documents().messages)

    def test_versions_whose_number_changes(self):
        moment = "<GENERATION_DATE>2026-03-01T10:00:00</GENERATION_DATE>"
        quote = self.env["itscope.quote"].create(
            {"account_id": self.account.id, "quote_id": "Q-2", "number": "N-1"}
        )
        for number in range(6):
            quote.last_modified = f"2026-03-0{number + 1} 12:00:00"
            lines = ({**V1[0], "price": 100 + number},)
            content = quotation(f"N-{number}", lines).replace(moment.encode(), b"")
            document = self.env["itscope.document"]._store_quotation(quote, content)
            document._make_quotation(None, self.account)
            line = self.line(quote.sale_order_id, "123001")
            self.assertEqual(line.price_unit, 100 + number)
        # ITscope did not say when.
        quote.last_modified = False
        self.env["itscope.document"]._store_quotation(quote, content)
        self.assertTrue(document.last_update)

    def test_a_new_customer_only_with_the_quotation(self):
        self.env.ref("base.CHF").active = True
        self.upload(quotation(lines=V1, currency="CHF"))
        document = self.documents().with_user(self.seller)
        choice = self.env["itscope.quotation.customer.choice"].browse(
            document.action_create_quotation()["res_id"]
        )
        try:
            choice.with_user(self.seller).action_create()
        except UserError as error:
            # Not assertRaises, whose savepoint would take the customer away, too.
            self.assertIn("CHF", str(error))
        self.assertFalse(
            self.env["res.partner"].search([("name", "=", "Kunde & Co. GmbH")])
        )

    def test_the_form_for_other_departments(self):
        _action, order = self.upload(quotation(lines=V1))
        # Warehouse workers can't open the whole form even without this addon: what
        # they see of it are its own fields.
        for group in ("stock.group_stock_user", "account.group_account_invoice"):
            user = new_test_user(self.env, group, groups=group)
            with self.subTest(group=group):
                mine = order.with_user(user)
                fields_shown = mine.get_views([(False, "form")])["models"]["sale.order"]
                ours = {
                    name: {}
                    for name in fields_shown["fields"]
                    if name.startswith("itscope_")
                }
                self.assertIn("itscope_proposal", ours)
                self.assertTrue(mine.web_read(ours))
        self.assertEqual(Form(mine).name, order.name)

    def test_other_files_are_odoos(self):
        _action, orders = self.upload(b"<Order/>", quotation(lines=V1), b"<QUOTATION>")
        self.assertEqual(len(orders), 3)
        self.assertEqual(len(orders.filtered("itscope_document_ids")), 1)
