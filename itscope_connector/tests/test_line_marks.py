from datetime import datetime, timedelta, timezone
from decimal import Decimal
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError
from odoo.sql_db import Cursor
from odoo.tests import Form, new_test_user, tagged

from .common import ItscopeCase
from .lines import LinesMixin


@tagged("post_install", "-at_install")
class TestLineMarks(LinesMixin, ItscopeCase):
    def mark(self, quantity=1, **offer):
        link = self.article(0, self.offer(**offer))
        return self.quotation(link.product_id, quantity=quantity).order_line

    def test_a_mark_says_stock_price_and_age(self):
        now = datetime.now(timezone.utc)
        mark = self.mark(price_date=now - timedelta(hours=3)).itscope_mark
        self.assertEqual((mark["state"], mark["stock"]), ("stock", 5))
        self.assertIn("100", mark["price"])
        self.assertEqual(mark["age"], "3 h")
        self.assertTrue(mark["date"])

    def test_less_than_needed_is_no_stock(self):
        line = self.mark(quantity=6)
        self.assertEqual(line.itscope_mark["state"], "short")
        line.product_uom_qty = 5
        self.assertEqual(line.itscope_mark["state"], "stock")

    def test_a_pack_needs_what_is_in_it(self):
        line = self.mark()
        line.product_uom_id = self.env.ref("uom.product_uom_dozen")
        self.assertEqual(line.itscope_mark["state"], "short")

    def test_without_stock_it_says_why(self):
        for values, state in (
            ({"stock_status": 2}, "incoming"),
            ({"stock_status": 6}, "none"),
            ({"stock_status": 8}, "unknown"),
        ):
            with self.subTest(state=state):
                line = self.mark(stock=0, **values)
                self.assertEqual(line.itscope_mark["state"], state)

    def test_what_is_not_at_itscope_says_so(self):
        line = self.mark()
        line.product_id.itscope_link_id._retire()
        self.env.invalidate_all()
        self.assertEqual(line.itscope_mark["state"], "gone")
        goods = self.env["product.product"].create({"name": "Own", "type": "consu"})
        service = self.env["product.product"].create(
            {"name": "Hour", "type": "service"}
        )
        order = self.quotation(goods, service)
        order.order_line = [
            Command.create({"display_type": "line_note", "name": "A note"})
        ]
        states = [
            row and row["state"] for row in order.order_line.mapped("itscope_mark")
        ]
        self.assertEqual(states, ["unlinked", False, False])

    def test_a_price_that_moved_since_is_marked(self):
        line = self.mark()
        self.assertEqual(line.itscope_mark["change"], "")
        self.article(0, self.offer(price=Decimal(110)))
        self.env.invalidate_all()
        self.assertEqual(line.itscope_mark["change"], "up")
        self.assertEqual(line.itscope_cost, 100)
        page = line.itscope_offers(self.draft(line))
        self.assertIn("100", page["kept"])

    def test_customers_do_not_see_what_it_costs(self):
        line = self.mark()
        portal = new_test_user(self.env, "line-portal", groups="base.group_portal")
        line.order_id.partner_id = portal.partner_id
        own = line.with_user(portal)
        self.assertTrue(own.read(["name"]))
        for name in ("itscope_mark", "itscope_cost", "itscope_offer_id"):
            with self.subTest(field=name), self.assertRaises(AccessError):
                own.read([name])
        with self.assertRaises(AccessError):
            own.itscope_offers(self.draft(line))


@tagged("post_install", "-at_install")
class TestLineQueries(LinesMixin, ItscopeCase):
    """However many lines: the same number of queries and a constant."""

    def queries(self, order, own=True):
        """Queries of what the client asks for when it opens an order."""
        spec = Form(order)._view["fields_spec"]
        lines = {
            name: value
            for name, value in spec["order_line"]["fields"].items()
            if own or not name.startswith("itscope")
        }
        spec = {**spec, "order_line": {**spec["order_line"], "fields": lines}}
        self.assertEqual("itscope_mark" in lines, own)
        # What is asked once in a worker's life.
        order.web_read(spec)
        self.env.invalidate_all()
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        order.web_read(spec)
        return self.env.cr.sql_log_count - before

    def many(self, count):
        """Linked products."""
        records = [
            self.record(
                self.offer(id=f"9{number}", supplier_sku=f"Q{number}"),
                puid=f"78{number:04}",
                ean="",
                manufacturer_sku=f"Q{number}",
                name=f"Many {number}",
            )
            for number in range(count)
        ]
        return self.import_records(*records)[0].product_id

    def check_opening(self, make):
        products = self.many(50)
        one, many = make(products[0]), make(*products)
        extra = {}
        for order in (one, many):
            without = self.queries(order, own=False)
            extra[order] = self.queries(order) - without
        self.assertTrue(all(many.order_line.mapped("itscope_mark")))
        self.assertEqual(extra[one], extra[many])
        self.assertLessEqual(extra[many], 5)

    def test_a_long_quotation_opens_as_fast(self):
        self.check_opening(self.quotation)

    def test_a_long_purchase_order_opens_as_fast(self):
        self.check_opening(self.request)

    def check_saving(self, make):
        """Odoo's own queries grow with the lines; those at our tables must not."""
        products = self.many(20)
        counts = []

        def count(cursor, query, *args, **options):
            counts[-1] += 'FROM "itscope_' in str(query)
            return execute(cursor, query, *args, **options)

        execute = Cursor.execute
        for chosen in (products[:2], products):
            self.env.flush_all()
            self.env.invalidate_all()
            counts.append(0)
            with patch.object(Cursor, "execute", count):
                order = make(*chosen)
                self.env.flush_all()
            self.assertEqual(set(order.order_line.mapped("itscope_cost")), {100.0})
        self.assertTrue(counts[0])
        self.assertEqual(counts[0], counts[1])

    def test_saving_a_long_quotation_asks_no_more(self):
        self.check_saving(self.quotation)

    def test_saving_a_long_purchase_order_asks_no_more(self):
        self.check_saving(self.request)
