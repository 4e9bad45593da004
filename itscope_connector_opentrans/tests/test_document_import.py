"""Documents by upload and by e-mail, from any supplier."""

from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import ARTICLES, OpentransCase, needs_examples
from .documents import dispatch, invoice, response
from .uploads import PICTURE, SPELLINGS, attached, bad_files, email, from_supplier

AS_ORDERED = [(sku, float(quantity), price) for sku, quantity, price in ARTICLES]
INVOICE = from_supplier(
    invoice("PTEST1", "R1", AS_ORDERED, charges=(("freight", 8.4),))
)
TOTAL = 1675.59


class ImportCase(OpentransCase):
    """An order that never was at ITscope."""

    def setUp(self):
        super().setUp()
        self.order = self.make_order()
        self.documents = self.env["itscope.document"]

    def upload(self, files, user=None):
        """*Import documents*. :return: the action, the documents"""
        model = self.documents.with_user(user or self.buyer)
        uploaded = attached(model.env, files)
        action = model.create_document_from_attachment(uploaded.ids)
        return action, self.all_documents()

    def all_documents(self):
        return self.documents.search([("company_id", "=", self.company.id)])

    def told(self, action):
        return action["context"]["notifications"]

    def all_bills(self):
        return self.env["account.move"].search(
            [
                ("company_id", "=", self.company.id),
                ("move_type", "in", ("in_invoice", "in_refund")),
            ]
        )

    def assert_untouched(self):
        self.assertFalse(self.order.invoice_ids)
        self.assertFalse(self.all_bills())
        self.assertEqual(self.line(self.order, "123001").price_unit, 94.0)
        self.assertFalse(any(self.order.picking_ids.move_ids.mapped("picked")))


@tagged("post_install", "-at_install")
class TestDocumentImport(ImportCase):
    def test_invoice_of_an_order_that_was_never_at_itscope(self):
        action, document = self.upload({"bill.xml": INVOICE})
        self.assertEqual(action["res_id"], document.id)
        self.assertEqual((document.source, document.state), ("upload", "applied"))
        self.assertEqual(document.order_ids, self.order)
        bill = self.order.invoice_ids
        self.assertAlmostEqual(bill.amount_total, TOTAL)
        self.assertEqual(document.message_attachment_count, 1)
        self.assertEqual(self.told(action), {})

    def test_all_kinds_at_once(self):
        _action, documents = self.upload(
            {
                "c.xml": INVOICE,
                "a.xml": from_supplier(
                    response("PTEST1", AS_ORDERED, None, "2026-03-01")
                ),
                "b.xml": from_supplier(
                    dispatch("PTEST1", "1", [("123003", 2.0, ("S1", "S2"))])
                ),
            }
        )
        self.assertEqual(set(documents.mapped("state")), {"applied"})
        self.assertEqual(len(self.order.invoice_ids), 1)
        self.assertEqual(self.line(self.order, "123003").move_ids.quantity, 2.0)
        self.assertEqual(
            self.line(self.order, "123003").itscope_confirmed_quantity, 3.0
        )

    def test_twice_is_once(self):
        action, document = self.upload({"bill.xml": INVOICE})
        again, documents = self.upload({"copy.xml": INVOICE})
        self.assertEqual(document, documents)
        self.assertEqual(again["res_id"], action["res_id"])
        self.assertEqual(len(self.order.invoice_ids), 1)

    def test_a_deleted_draft_comes_back_by_another_upload_only(self):
        _action, document = self.upload({"bill.xml": INVOICE})
        self.order.invoice_ids.unlink()
        self.upload({"bill.xml": INVOICE})
        self.assertAlmostEqual(self.order.invoice_ids.amount_total, TOTAL)
        document.action_ignore()
        self.assertFalse(self.order.invoice_ids)
        self.upload({"bill.xml": INVOICE})
        self.assertEqual(document.state, "ignored")
        self.assertFalse(self.order.invoice_ids)

    def test_waits_and_is_assigned_by_a_person(self):
        action, document = self.upload(
            {"bill.xml": INVOICE.replace("PTEST1", "NOBODY-KNOWS")}
        )
        self.assertEqual(action["res_id"], document.id)
        self.assertEqual(document.state, "waiting")
        self.assertIn("NOBODY-KNOWS", document.messages)
        self.assertEqual(document.activity_user_id, self.buyer)
        self.assert_untouched()
        wizard = (
            self.env["itscope.document.assign"]
            .with_user(self.buyer)
            .with_context(active_ids=document.ids)
            .create({"order_ids": [(6, 0, self.order.ids)]})
        )
        wizard.action_assign()
        self.assertEqual(document.state, "applied", document.messages)
        self.assertAlmostEqual(self.order.invoice_ids.amount_total, TOTAL)
        self.assertFalse(document.activity_ids)
        document.with_user(self.buyer).action_unlink_orders()
        self.assertEqual(document.state, "waiting")
        self.assert_untouched()

    def test_waits_until_its_order_comes(self):
        _action, document = self.upload({"b.xml": INVOICE.replace("PTEST1", "PTEST2")})
        self.assertEqual(document.state, "waiting")
        order = self.make_order(name="PTEST2")
        self.env["purchase.order"]._cron_itscope_apply_documents()
        self.assertEqual(document.state, "applied", document.messages)
        self.assertAlmostEqual(order.invoice_ids.amount_total, TOTAL)

    def test_waiting_documents_are_not_read_for_nothing(self):
        """Only those whose order has come."""
        for number in range(3):
            text = INVOICE.replace("PTEST1", f"NONE{number}").replace(
                "R1", f"R{number}"
            )
            self.upload({"b.xml": text})
        waiting = self.all_documents()
        self.assertEqual(set(waiting.mapped("state")), {"waiting"})
        self.assertEqual(waiting[-1].named_numbers, ["NONE0"])
        Document = type(self.documents)
        read = Document._read
        with patch.object(Document, "_read", autospec=True) as reading:
            reading.side_effect = read
            self.documents._assign_waiting()
            reading.assert_not_called()
            order = self.make_order(name="NONE1")
            self.documents._assign_waiting()
            reading.assert_called_once()
        self.assertEqual(order.itscope_document_ids.number, "R1")
        # One of an earlier version.
        waiting[-1].named_numbers = False
        self.make_order(name="NONE0")
        self.documents._assign_waiting()
        self.assertEqual(waiting[-1].order_ids.name, "NONE0")

    def test_orders_and_quotations_are_kept_and_shown(self):
        for kind in ("ORDER", "QUOTATION"):
            text = INVOICE.replace("PTEST1", "X7").replace("INVOICE", kind)
            with self.subTest(kind=kind):
                action, _documents = self.upload({f"{kind}.xml": text})
                document = self.documents.browse(action["res_id"])
                self.assertEqual((document.type, document.state), (kind, "waiting"))
                self.assertEqual(document.number, "R1")
                self.assertIn("123003", document.content_text)
        self.assert_untouched()

    def test_a_foreign_suppliers_document_waits(self):
        text = invoice("PTEST1", "R1", AS_ORDERED)
        for name in ("Somebody Else GmbH", ""):
            with self.subTest(name=name):
                action, _all = self.upload({"f.xml": from_supplier(text, name)})
                document = self.documents.browse(action["res_id"])
                self.assertEqual(document.state, "waiting")
                self.assertIn("PTEST1", document.messages)
                self.assertFalse(document.order_ids)
        self.assert_untouched()

    def test_an_order_of_another_company_is_left_alone(self):
        company = self.env["res.company"].create({"name": "Other"})
        user = new_test_user(
            self.env,
            "other-company-buyer",
            groups="itscope_connector.group_user,purchase.group_purchase_user",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        action, mine = self.upload({"bill.xml": INVOICE}, user)
        document = self.documents.browse(action["res_id"])
        self.assertFalse(mine)
        self.assertEqual((document.company_id, document.state), (company, "waiting"))
        self.assert_untouched()

    def test_bad_files_are_told_by_name_and_touch_nothing(self):
        bad = bad_files(INVOICE)
        files = {name: content for name, (content, _why) in bad.items()}
        action, documents = self.upload(files)
        self.assertFalse(documents)
        self.assertEqual(action["tag"], "soft_reload")
        self.assertEqual(set(self.told(action)), set(bad))
        for name, (_content, why) in bad.items():
            self.assertIn(why, self.told(action)[name], name)
        self.assertFalse(self.env["ir.attachment"].search([("name", "in", list(bad))]))
        self.assert_untouched()
        # The others are taken all the same.
        action, documents = self.upload({**files, "good.xml": INVOICE})
        self.assertEqual(set(self.told(action)), set(bad))
        self.assertEqual(documents.state, "applied")

    def test_bad_files_from_itscope_fail_and_touch_nothing(self):
        deal = self.sent_deal(self.order)
        for name, (content, _why) in bad_files(INVOICE).items():
            with self.subTest(name=name):
                document = self.receive(deal, "INVOICE", content, name)
                self.assertIn(document.state, ("failed", "attention"))
                self.assertTrue(document.messages)
        self.assert_untouched()

    def test_who_may_import(self):
        for groups in ("purchase.group_purchase_user", "account.group_account_invoice"):
            user = new_test_user(self.env, groups.replace(".", "-"), groups=groups)
            with self.subTest(groups=groups), self.assertRaises(AccessError):
                self.upload({"bill.xml": INVOICE}, user)

    def test_nobody_elses_attachment_is_moved_or_deleted(self):
        files = attached(self.env, {"bill.xml": INVOICE, "bad.xml": "<x/>"})
        files.write({"res_model": "purchase.order", "res_id": self.order.id})
        self.documents.create_document_from_attachment(files.ids)
        self.assertEqual(files.mapped("res_model"), ["purchase.order"] * 2)


@tagged("post_install", "-at_install")
class TestSameDocumentTwoWays(ImportCase):
    """By ITscope and by e-mail, with other bytes: counted once."""

    def both(self, kind, text):
        """Both ways, in both orders of arrival; yields the documents."""
        spelled = SPELLINGS["UTF-16"](text)
        for first in ("itscope", "upload"):
            savepoint = self.env.cr.savepoint()
            deal = self.sent_deal(self.order)
            if first == "itscope":
                self.receive(deal, kind, text)
            self.upload({"mail.xml": spelled})
            if first == "upload":
                self.receive(deal, kind, text)
            documents = self.all_documents()
            with self.subTest(first=first):
                self.assertEqual(
                    sorted(documents.mapped("state")), ["applied", "replaced"]
                )
                self.assertEqual(
                    sorted(documents.mapped("source")), ["itscope", "upload"]
                )
                yield documents
            savepoint.close(rollback=True)

    def test_invoice(self):
        for documents in self.both("INVOICE", INVOICE):
            self.assertAlmostEqual(self.order.invoice_ids.amount_total, TOTAL)
            self.assertEqual(documents.move_ids, self.order.invoice_ids)
            self.assertEqual(sum(self.order.order_line.mapped("qty_invoiced")), 6)

    def test_posted_invoice_is_not_corrected_by_a_copy(self):
        deal = self.sent_deal(self.order)
        self.receive(deal, "INVOICE", INVOICE)
        self.order.invoice_ids.action_post()
        self.upload({"mail.xml": SPELLINGS["UTF-16"](INVOICE)})
        states = sorted(self.all_documents().mapped("state"))
        self.assertEqual(states, ["applied", "replaced"])
        self.assertFalse(self.all_documents().activity_ids)

    def test_dispatch_notification(self):
        text = from_supplier(dispatch("PTEST1", "1", [("123003", 2.0, ("S1", "S2"))]))
        for _documents in self.both("DISPATCHNOTIFICATION", text):
            move = self.line(self.order, "123003").move_ids
            self.assertEqual(move.quantity, 2.0)

    def test_order_response(self):
        text = from_supplier(response("PTEST1", AS_ORDERED[:1]))
        for _documents in self.both("ORDERRESPONSE", text):
            line = self.line(self.order, "123002")
            self.assertEqual(line.itscope_confirmed_quantity, 1.0)


@tagged("post_install", "-at_install")
@needs_examples
class TestExamples(ImportCase):
    """ITscope's own examples, in every spelling."""

    def setUp(self):
        super().setUp()
        self.deal = self.sent_deal(self.order, order_id="GWAHJV-160131-1470")
        self.line(self.order, "123001").product_qty = 2

    def outcome(self, change):
        """What came of all examples, with this change; all is undone."""
        savepoint = self.env.cr.savepoint()
        kinds = ("ORDER", "ORDERRESPONSE", "DISPATCHNOTIFICATION", "INVOICE")
        action, documents = self.upload(
            {f"{kind}.xml": change(self.example(kind).decode()) for kind in kinds}
        )
        result = (
            sorted((d.type, d.number, d.state) for d in documents),
            self.told(action),
            [
                (line.itscope_confirmed_quantity, line.price_unit)
                for line in self.order.order_line
            ],
            self.order.picking_ids.move_ids.sorted("id").mapped("quantity"),
            [(bill.ref, bill.amount_total) for bill in self.order.invoice_ids],
        )
        savepoint.close(rollback=True)
        self.env.invalidate_all()
        return result

    def test_spellings(self):
        expected = self.outcome(SPELLINGS["as it is"])
        states = {kind: state for kind, _number, state in expected[0]}
        self.assertEqual(states.pop("ORDER"), "waiting")
        self.assertEqual(
            set(states), {"ORDERRESPONSE", "DISPATCHNOTIFICATION", "INVOICE"}
        )
        self.assertNotIn("waiting", states.values())
        self.assertNotIn("failed", states.values())
        self.assertEqual([ref for ref, _total in expected[4]], ["2468013"])
        for name, change in SPELLINGS.items():
            with self.subTest(name=name):
                self.assertEqual(self.outcome(change), expected)


@tagged("post_install", "-at_install")
class TestBillImport(ImportCase):
    """Odoo's own ways for bills."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant = new_test_user(
            cls.env,
            "itscope-accountant",
            email="accountant@example.com",
            groups="account.group_account_invoice",
        )
        cls.journal = cls.env["account.journal"].search(
            [("company_id", "=", cls.company.id), ("type", "=", "purchase")], limit=1
        )

    def drop(self, files):
        """On the list of vendor bills."""
        journals = self.env["account.journal"].with_user(self.accountant)
        journals = journals.with_context(default_move_type="in_invoice")
        uploaded = attached(journals.env, files)
        return journals.create_document_from_attachment(uploaded.ids)

    def test_upload(self):
        action = self.drop({"bill.xml": SPELLINGS["UTF-16"](INVOICE)})
        bill = self.all_bills()
        self.assertEqual((action["res_model"], action["res_id"]), (bill._name, bill.id))
        self.assertEqual(bill, self.order.invoice_ids)
        self.assertAlmostEqual(bill.amount_total, TOTAL)
        self.assertIn("freight", bill.invoice_line_ids.mapped("name"))
        self.assertEqual(bill.itscope_document_ids.create_uid, self.accountant)

    def test_upload_of_what_is_no_bill(self):
        text = from_supplier(response("PTEST1", AS_ORDERED[:1]))
        action = self.drop({"response.xml": text})
        document = self.all_documents()
        self.assertEqual(
            (action["res_model"], action["res_id"]), (document._name, document.id)
        )
        self.assertFalse(self.all_bills())

    def test_upload_of_an_invoice_without_an_order(self):
        action = self.drop({"bill.xml": INVOICE.replace("PTEST1", "NOBODY")})
        self.assertEqual(action["res_model"], "itscope.document")
        self.assertFalse(self.all_bills())

    def test_upload_with_other_files(self):
        self.drop({"bill.xml": INVOICE, "scan.txt": b"a scan"})
        self.assertEqual(len(self.all_bills()), 2)
        self.assertEqual(len(self.order.invoice_ids), 1)

    def test_upload_of_bad_files(self):
        bad = bad_files(INVOICE)
        for name in ("version.xml", "cut.xml", "bomb.xml", "lines.xml"):
            content, why = bad[name]
            with self.subTest(name=name):
                bills = self.all_bills()
                self.drop({name: content})
                bill = self.all_bills() - bills
                self.assertFalse(bill.invoice_line_ids)
                self.assertTrue(
                    any(why in str(message.body) for message in bill.message_ids)
                )
        self.assertFalse(self.all_documents())

    def test_posted_by_itself_only_if_nothing_is_open(self):
        self.test_vendor.autopost_bills = "always"
        self.company.autopost_bills = True
        self.drop({"bill.xml": INVOICE.replace("1675.59", "1700.00")})
        self.assertEqual(self.all_documents().state, "attention")
        self.assertEqual(self.order.invoice_ids.state, "draft")

    def by_alias(self, files):
        """An e-mail to the journal's alias."""
        domain = self.env["mail.alias.domain"].create({"name": "itscope-test.example"})
        self.journal.write(
            {"alias_name": "itscope-bills", "alias_domain_id": domain.id}
        )
        self.env["mail.thread"].message_process(
            False, email("itscope-bills@itscope-test.example", files)
        )
        return self.all_bills()

    def test_alias(self):
        bill = self.by_alias({"bill.xml": INVOICE.encode()})
        self.assertEqual(bill, self.order.invoice_ids)
        self.assertAlmostEqual(bill.amount_total, TOTAL)
        document = bill.itscope_document_ids
        self.assertEqual((document.source, document.state), ("mail", "applied"))
        self.assertEqual(
            bill.attachment_ids.mapped("name"), [document.filename], "the original"
        )

    def test_alias_with_everything_at_once(self):
        bills = self.by_alias(
            {
                "bill.xml": INVOICE.encode(),
                "bill.pdf": b"%PDF-1.4 no pdf",
                "response.xml": from_supplier(
                    response("PTEST1", AS_ORDERED[:1])
                ).encode(),
            }
        )
        self.assertEqual(self.order.invoice_ids, bills)
        self.assertEqual(
            {d.type: d.state for d in self.all_documents()},
            {"INVOICE": "applied", "ORDERRESPONSE": "applied"},
        )

    def test_alias_with_two_invoices(self):
        second = from_supplier(invoice("PTEST1", "R2", AS_ORDERED[:1]))
        bills = self.by_alias({"a.xml": INVOICE.encode(), "b.xml": second.encode()})
        self.assertEqual(sorted(bills.mapped("ref")), ["R1", "R2"])
        self.assertEqual(self.order.invoice_ids, bills)

    def test_alias_with_a_credit_note(self):
        text = from_supplier(invoice("PTEST1", "C1", AS_ORDERED[:1], credit=True))
        bill = self.by_alias({"credit.xml": text.encode()})
        self.assertEqual((bill.ref, bill.move_type), ("C1", "in_refund"))
        self.assertAlmostEqual(bill.amount_total, 562 * 1.19)

    def test_alias_with_what_is_no_bill(self):
        files = {
            "response.xml": from_supplier(response("PTEST1", AS_ORDERED[:1])).encode(),
            "logo.png": PICTURE,
        }
        self.assertFalse(self.by_alias(files))
        document = self.all_documents()
        self.assertEqual((document.source, document.state), ("mail", "applied"))
        self.assertIn("See the attachments.", str(document.message_ids.mapped("body")))

    def test_alias_with_what_is_no_bill_and_a_scan(self):
        text = from_supplier(response("PTEST1", AS_ORDERED[:1]))
        bill = self.by_alias({"response.xml": text.encode(), "a.pdf": b"%PDF-1.4 none"})
        self.assertFalse(bill.invoice_line_ids)
        self.assertRegex(
            str(bill.message_ids.mapped("body")), "<a [^>]*>Order response PTEST1</a>"
        )
        self.assertEqual(self.all_documents().state, "applied")

    def test_upload_bill_on_the_order(self):
        files = attached(self.env, {"bill.xml": INVOICE})
        self.order.action_create_invoice(attachment_ids=files.ids)
        bill = self.order.invoice_ids
        self.assertEqual((len(bill), bill.ref), (1, "R1"))
        self.assertEqual(len(bill.invoice_line_ids), 4)
        self.assertAlmostEqual(bill.amount_total, TOTAL)
        self.assertEqual([li.qty_invoiced for li in self.order.order_line], [1, 2, 3])

    def test_upload_bill_says_which_order(self):
        files = attached(self.env, {"bill.xml": INVOICE.replace("PTEST1", "NOBODY")})
        self.order.action_create_invoice(attachment_ids=files.ids)
        bill = self.order.invoice_ids
        self.assertEqual(bill.ref, "R1")
        self.assertEqual(bill.itscope_document_ids.order_ids, self.order)

    def test_upload_bill_of_another_supplier(self):
        text = from_supplier(invoice("PTEST1", "R1", AS_ORDERED), "Somebody Else")
        files = attached(self.env, {"bill.xml": text})
        self.order.action_create_invoice(attachment_ids=files.ids)
        bill = self.order.invoice_ids
        self.assertFalse(bill.ref)
        self.assertEqual(len(bill.invoice_line_ids), 3)
        self.assertIn("Waits for its order", str(bill.message_ids.mapped("body")))

    def chatter(self, bill, files):
        """Files dropped on the form."""
        uploaded = attached(self.env(user=self.accountant), files)
        uploaded.write({"res_model": bill._name, "res_id": bill.id})
        uploaded._post_add_create()

    def empty_bill(self):
        return self.env["account.move"].create(
            {"move_type": "in_invoice", "journal_id": self.journal.id}
        )

    def test_chatter_of_an_empty_bill(self):
        bill = self.empty_bill()
        self.chatter(bill, {"bill.xml": INVOICE})
        self.assertEqual(self.order.invoice_ids, bill)
        self.assertAlmostEqual(bill.amount_total, TOTAL)
        # Once more on another one.
        other = self.empty_bill()
        self.chatter(other, {"bill.xml": INVOICE})
        self.assertFalse(other.invoice_line_ids)
        self.assertIn("R1", str(other.message_ids.mapped("body")))

    def test_chatter_of_a_bill_that_somebody_entered(self):
        bill = self.empty_bill()
        bill.invoice_line_ids = [(0, 0, {"name": "x", "price_unit": 1.0})]
        self.chatter(bill, {"bill.xml": INVOICE})
        self.assertEqual(bill.invoice_line_ids.mapped("name"), ["x"])
        self.assertEqual(len(self.order.invoice_ids), 1)

    def test_odoo_does_not_match_the_lines_again(self):
        self.by_alias({"bill.xml": INVOICE.encode()})
        bill = self.order.invoice_ids
        bill._link_bill_origin_to_purchase_orders()
        self.assertEqual(len(bill.invoice_line_ids), 4)
        self.assertAlmostEqual(bill.amount_total, TOTAL)


@tagged("post_install", "-at_install")
class TestOrderImport(ImportCase):
    def drop(self, files):
        """On the list of purchase orders."""
        orders = self.env["purchase.order"].with_user(self.buyer)
        return orders.create_document_from_attachment(attached(orders.env, files).ids)

    def test_order_response(self):
        count = self.env["purchase.order"].search_count([])
        action = self.drop({"r.xml": from_supplier(response("PTEST1", AS_ORDERED[:1]))})
        self.assertEqual(
            (action["res_model"], action["res_id"]), ("purchase.order", self.order.id)
        )
        self.assertEqual(self.line(self.order, "123002").itscope_confirmed_quantity, 1)
        self.assertEqual(self.env["purchase.order"].search_count([]), count)

    def test_without_an_order(self):
        count = self.env["purchase.order"].search_count([])
        action = self.drop({"r.xml": from_supplier(response("NONE", AS_ORDERED[:1]))})
        self.assertEqual(action["res_model"], "itscope.document")
        self.assertEqual(self.env["purchase.order"].search_count([]), count)

    def test_a_bad_file(self):
        content, _why = bad_files(INVOICE)["version.xml"]
        action = self.drop({"bad.xml": content})
        self.assertIn("version 1.0", self.told(action)["bad.xml"])
        self.assertEqual(action["tag"], "soft_reload")

    def test_a_bad_file_among_others(self):
        """The good ones are applied at once, and the other becomes an order."""
        content, _why = bad_files(INVOICE)["version.xml"]
        orders = self.env["purchase.order"].search([])
        action = self.drop(
            {"bad.xml": content, "good.xml": INVOICE, "offer.txt": b"an offer"}
        )
        self.assertEqual(list(self.told(action)), ["bad.xml"])
        self.assertEqual(self.all_documents().state, "applied")
        self.assertAlmostEqual(self.order.invoice_ids.amount_total, TOTAL)
        new = self.env["purchase.order"].search([]) - orders
        self.assertEqual(len(new), 1)
        self.assertEqual(
            self.env["purchase.order"].search(action["domain"]), new | self.order
        )
        self.assertFalse(self.env["ir.attachment"].search([("name", "=", "bad.xml")]))


@tagged("post_install", "-at_install")
class TestAccountAlias(ImportCase):
    def setUp(self):
        super().setUp()
        domain = self.env["mail.alias.domain"].create({"name": "itscope-test.example"})
        self.company.alias_domain_id = domain
        self.account.write(
            {
                "alias_name": "itscope-documents",
                "alias_domain_id": domain.id,
                "responsible_id": self.buyer.id,
            }
        )

    def mail(self, files):
        source = email("itscope-documents@itscope-test.example", files)
        self.env["mail.thread"].message_process(False, source)
        return self.all_documents()

    def test_documents_by_mail(self):
        self.assertEqual(
            self.account.alias_email, "itscope-documents@itscope-test.example"
        )
        documents = self.mail(
            {
                "a.xml": SPELLINGS["UTF-16"](INVOICE),
                "b.xml": from_supplier(response("NONE", AS_ORDERED[:1])).encode(),
                "logo.png": PICTURE,
            }
        )
        self.assertEqual(
            {d.type: (d.source, d.state) for d in documents},
            {"INVOICE": ("mail", "applied"), "ORDERRESPONSE": ("mail", "waiting")},
        )
        self.assertAlmostEqual(self.order.invoice_ids.amount_total, TOTAL)
        bodies = str(self.account.message_ids.mapped("body"))
        self.assertIn("See the attachments.", bodies)
        self.assertIn("logo.png", bodies)
        self.assertFalse(self.account.activity_ids)

    def test_mail_without_a_document(self):
        bad = bad_files(INVOICE)
        names = ("version.xml", "bomb.xml", "ubl.xml")
        self.assertFalse(self.mail({name: bad[name][0] for name in names}))
        self.assertEqual(self.account.activity_ids.user_id, self.buyer)
        self.assertIn("version 1.0", self.account.activity_ids.note)
        self.assert_untouched()
