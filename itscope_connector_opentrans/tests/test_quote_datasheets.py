import base64
import io
import logging
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools.pdf import PdfFileReader, PdfFileWriter

from odoo.addons.itscope_connector.tests.common import SimulatorCase

_logger = logging.getLogger(__name__)

PRINTER, TABLET, MONITOR = "4012827000", "6676919000", "5289817000"
REPORT = "sale.report_saleorder"


def blank_page():
    """What stands for the quotation's own pages where Odoo can't print them."""
    writer = PdfFileWriter()
    writer.addBlankPage(595, 842)
    with io.BytesIO() as found:
        writer.write(found)
        return found.getvalue()


@tagged("post_install", "-at_install")
class TestQuoteDatasheets(SimulatorCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not cls.env["sale.order"]._itscope_has_quote_builder():
            cls.skipTest(cls, "needs sale_pdf_quote_builder")
        cls.salesperson = new_test_user(
            cls.env,
            "itscope-sales",
            groups="itscope_connector.group_user,sales_team.group_sale_salesman",
        )

    def bring(self, *puids, sheets=True):
        for puid in puids if sheets else ():
            address = f"/products/datasheet/id/{puid}/datasheet.pdf"
            self.control("change", puid=puid, facts={"standardPdfDatasheet": address})
        new = self.env["product.product"]
        return self.env["itscope.product"]._fetch_products(
            self.account, puids, dict.fromkeys(puids, new)
        )

    def quotation(self, *products):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.vendor.id,
                "user_id": self.salesperson.id,
                "order_line": [
                    Command.create({"product_id": product.id}) for product in products
                ],
            }
        )
        return order.with_user(self.salesperson)

    def press(self, order):
        return order.action_itscope_datasheets()["params"]

    def printed(self, order):
        """The texts of the PDF's pages.

        Odoo prints its own pages by wkhtmltopdf; where that is not installed, a blank
        page stands for them: the data sheets come in after that, by Odoo's own code.
        """
        reports = self.env["ir.actions.report"].with_context(
            force_report_rendering=True
        )
        if reports.get_wkhtmltopdf_state() == "install":
            _logger.info("wkhtmltopdf is not installed: a blank page stands for it")
            kind = type(reports)
            for name, value in (
                ("_run_wkhtmltopdf", blank_page()),
                ("get_wkhtmltopdf_state", "ok"),
            ):
                self.startPatcher(patch.object(kind, name, return_value=value))
        content, _kind = reports._render_qweb_pdf(REPORT, order.ids)
        return [
            page.extract_text() for page in PdfFileReader(io.BytesIO(content)).pages
        ]

    def test_the_quotations_pdf_holds_the_data_sheets(self):
        links = self.bring(PRINTER, TABLET)
        order = self.quotation(*links.product_id, links[0].product_id)
        self.assertTrue(order.itscope_has_datasheets)
        self.assertFalse([t for t in self.printed(order) if "Datenblatt" in t])
        answer = self.press(order)
        self.assertEqual(answer["type"], "success", answer["message"])
        sheets = [text for text in self.printed(order) if "Datenblatt" in text]
        # Two products, three lines: each sheet once.
        self.assertEqual(len(sheets), 2)
        for link in links:
            self.assertTrue(any(link.name[:20] in text for text in sheets), sheets)
        self.assertEqual(
            set(links.media_ids.document_id.mapped("attached_on_sale")), {"inside"}
        )
        asked = self.asked()
        self.press(order)
        self.assertEqual(self.asked(), asked, "what is here is not fetched again")

    def asked(self):
        return len([r for r in self.observe("requests") if "datasheet" in r["path"]])

    def test_a_sheet_that_was_a_link_becomes_a_file_for_the_quotation(self):
        self.account.datasheet_policy = "link"
        link = self.bring(PRINTER)
        self.env["itscope.media"]._cron_fetch()
        sheet = link.media_ids.filtered(lambda m: m.kind == "datasheet")
        self.assertEqual(sheet.document_id.type, "url")
        self.assertEqual(self.asked(), 0)
        order = self.quotation(link.product_id)
        self.press(order)
        self.assertEqual(sheet.document_id.type, "binary")
        self.assertTrue(base64.b64decode(sheet.document_id.datas).startswith(b"%PDF"))
        # It stays a file, whatever becomes of the account's choice.
        self.account.datasheet_policy = "attachment"
        self.account.datasheet_policy = "link"
        self.env["itscope.media"]._cron_fetch()
        self.assertEqual(sheet.document_id.type, "binary")
        self.assertEqual(order.order_line.product_document_ids, sheet.document_id)

    def test_a_document_that_was_removed_comes_back_when_it_is_asked_for(self):
        link = self.bring(PRINTER)
        order = self.quotation(link.product_id)
        self.press(order)
        link.media_ids.document_id.unlink()
        self.assertFalse(order.order_line.product_document_ids)
        self.press(order)
        self.assertTrue(order.order_line.product_document_ids)

    def test_what_is_missing_is_named(self):
        links = self.bring(PRINTER, TABLET)
        none = self.bring(MONITOR, sheets=False)
        order = self.quotation(*links.product_id, none.product_id)
        # A page where a PDF should be, and a server that does not answer well.
        self.control(
            "faults",
            rules=[
                {"match": f"id/{PRINTER}/datasheet", "kind": "status", "body": "oops"},
            ],
        )
        answer = self.press(order)
        self.assertEqual(answer["type"], "warning")
        for link in (links[0], none):
            self.assertIn(link.name, answer["message"])
        chosen = order.order_line.product_document_ids
        self.assertEqual(len(chosen), 1)
        self.assertEqual(chosen.res_id, links[1].product_tmpl_id.id)

    def test_more_than_a_few_come_in_the_background_with_a_notice(self):
        rows = self.control("products", numbers=[*range(20, 28)])
        links = self.bring(*(str(row["puid"]) for row in rows))
        order = self.quotation(*links.product_id)
        answer = self.press(order)
        self.assertEqual(len(order.order_line.product_document_ids), 5)
        self.assertIn("3", answer["message"])
        self.assertEqual(order.itscope_datasheet_user_id, self.salesperson)
        notes = order.message_ids
        with patch.object(
            type(self.env["res.users"]), "_bus_send", autospec=True
        ) as sent:
            self.env["itscope.media"]._cron_fetch()
        self.assertEqual(len(order.order_line.product_document_ids), 8)
        self.assertFalse(order.itscope_datasheet_user_id)
        self.assertIn("8", (order.message_ids - notes).body)
        told = [c for c in sent.call_args_list if c.args[1] == "simple_notification"]
        self.assertEqual([c.args[0] for c in told], [self.salesperson])

    def test_one_that_waits_or_fails_keeps_no_other_from_its_turn(self):
        links = self.bring(PRINTER, TABLET)
        orders = self.env["sale.order"]
        for link in (links[0], links[0], links[1], links[1]):
            orders |= self.quotation(link.product_id).sudo()
        self.press(orders[3])
        sheets = orders._itscope_sheets().filtered(lambda s: s.state != "waiting")
        self.assertEqual(sheets.link_id, links[1])
        orders.itscope_datasheet_user_id = self.salesperson
        kind = type(orders)
        put, turns = kind._itscope_put_sheets, []

        def fails_once(order):
            turns.append(order.id)
            if len(turns) == 1:
                order.client_order_ref = "half done"
                raise ValueError("A sheet that breaks it")
            return put(order)

        with (
            patch("odoo.addons.itscope_connector.models.sale_order_datasheets.TURN", 1),
            patch.object(kind, "_itscope_put_sheets", fails_once),
            self.assertLogs("odoo.addons.itscope_connector", "ERROR"),
        ):
            orders._itscope_finish_datasheets()
        self.assertEqual(sorted(turns), sorted(orders[2:].ids))
        failed = orders.browse(turns[0])
        self.assertFalse(failed.client_order_ref)
        self.assertEqual(
            orders.filtered("itscope_datasheet_user_id"), orders[:2] | failed
        )

    def test_time_is_bounded(self):
        links = self.bring(PRINTER, TABLET)
        order = self.quotation(*links.product_id)
        module = "odoo.addons.itscope_connector.models.itscope_media_sheets"
        with patch(f"{module}.SECONDS", -1):
            self.press(order)
        self.assertEqual(self.asked(), 0)
        self.assertEqual(order.itscope_datasheet_user_id, self.salesperson)

    def test_confirmed_orders_and_strangers(self):
        link = self.bring(PRINTER)
        order = self.quotation(link.product_id)
        outsider = new_test_user(
            self.env, "outsider", groups="sales_team.group_sale_salesman"
        )
        with self.assertRaises(AccessError):
            order.with_user(outsider).action_itscope_datasheets()
        order.sudo().action_confirm()
        self.assertFalse(order.itscope_has_datasheets)
        with self.assertRaises(UserError):
            self.press(order)

    def test_an_account_without_data_sheets_says_where_to_choose(self):
        self.account.datasheet_policy = "none"
        link = self.bring(PRINTER)
        order = self.quotation(link.product_id)
        with self.assertRaisesRegex(UserError, "Data sheets"):
            self.press(order)
