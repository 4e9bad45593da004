"""What is on its way stands in the receipt, ready to be validated."""

from datetime import datetime

from odoo.tests import Form, tagged

from .common import OpentransCase, needs_examples
from .documents import dispatch


@tagged("post_install", "-at_install")
class TestDispatchNotification(OpentransCase):
    def setUp(self):
        super().setUp()
        self.order = self.make_order()
        self.deal = self.sent_deal(self.order)

    def apply(self, number, lines, **values):
        content = dispatch("PTEST1", number, lines, **values)
        return self.receive(self.deal, "DISPATCHNOTIFICATION", content, f"T{number}")

    def prepared(self, picking=None):
        """``{article number: prepared quantity}`` of the open receipt."""
        picking = picking or self.order.picking_ids.filtered(
            lambda p: p.state != "done"
        )
        skus = {product: sku for sku, product in self.products.items()}
        return {skus[move.product_id]: move.quantity for move in picking.move_ids}

    def validate(self, picking):
        action = picking.button_validate()
        if isinstance(action, dict) and action.get("res_model"):
            Form.from_action(self.env, action).save().process()
        self.assertEqual(picking.state, "done")

    def test_part_of_the_order(self):
        document = self.apply("1", [("123003", 2.0, ()), ("123002", 1.0, ())])
        picking = self.order.picking_ids
        self.assertEqual(document.state, "applied", document.messages)
        self.assertEqual(self.prepared(), {"123002": 1, "123001": 0, "123003": 2})
        self.assertEqual(picking.state, "assigned")
        self.assertFalse(any(picking.move_ids.mapped("picked")))
        self.assertEqual(picking.itscope_carrier, "Nordpaket")
        self.assertEqual(picking.itscope_shipment, "1Z1")
        self.assertIn("001", picking.itscope_packages)
        self.assertEqual(document.picking_ids, picking)

    def test_validate_receives_what_was_dispatched(self):
        self.apply("1", [("123003", 2.0, ()), ("123002", 1.0, ())])
        first = self.order.picking_ids
        self.validate(first)
        received = {
            sku: self.line(self.order, sku).qty_received for sku in self.products
        }
        self.assertEqual(received, {"123002": 1, "123001": 0, "123003": 2})
        document = self.apply(
            "2", [("123003", 1.0, ()), ("123001", 1.0, ())], moment=datetime(2026, 1, 7)
        )
        self.assertEqual(self.prepared(), {"123001": 1, "123003": 1})
        second = self.order.picking_ids - first
        self.assertEqual(document.picking_ids, second)
        self.assertEqual(second.itscope_shipment, "1Z2")
        self.assertEqual(first.itscope_shipment, "1Z1")
        self.validate(second)
        self.assertEqual(self.line(self.order, "123003").qty_received, 3)

    def test_scheduler_leaves_it(self):
        self.apply("1", [("123003", 2.0, ()), ("123002", 1.0, ())])
        self.env["stock.rule"].run_scheduler()
        self.assertEqual(self.prepared(), {"123002": 1, "123001": 0, "123003": 2})

    def test_everything(self):
        lines = [("123002", 1.0, ()), ("123001", 2.0, ()), ("123003", 3.0, ())]
        self.apply("1", lines)
        self.validate(self.order.picking_ids)
        self.assertEqual(len(self.order.picking_ids), 1)

    def test_serial_numbers(self):
        self.products["123003"].tracking = "serial"
        self.order = self.make_order(name="PSERIAL")
        self.deal = self.sent_deal(self.order, order_id="SIM2")
        content = dispatch("PSERIAL", "1", [("123003", 2.0, ("S2", "S1"))])
        self.receive(self.deal, "DISPATCHNOTIFICATION", content, "A")
        move = self.line(self.order, "123003").move_ids
        self.assertEqual(move.quantity, 2)
        self.assertEqual(sorted(move.move_line_ids.mapped("lot_name")), ["S1", "S2"])
        self.validate(self.order.picking_ids)
        self.assertEqual(sorted(move.lot_ids.mapped("name")), ["S1", "S2"])
        content = dispatch(
            "PSERIAL", "2", [("123003", 1.0, ("S3",))], moment=datetime(2026, 1, 8)
        )
        self.receive(self.deal, "DISPATCHNOTIFICATION", content, "B")
        rest = self.line(self.order, "123003").move_ids - move
        self.assertEqual(rest.move_line_ids.mapped("lot_name"), ["S3"])

    def test_fewer_serial_numbers_than_pieces(self):
        self.products["123003"].tracking = "serial"
        self.order = self.make_order(name="PSERIAL")
        self.deal = self.sent_deal(self.order, order_id="SIM2")
        content = dispatch("PSERIAL", "1", [("123003", 3.0, ("S1",))])
        self.receive(self.deal, "DISPATCHNOTIFICATION", content, "A")
        move = self.line(self.order, "123003").move_ids
        self.assertEqual(
            sorted(line.lot_name or "" for line in move.move_line_ids), ["", "", "S1"]
        )

    def test_lots(self):
        self.products["123003"].tracking = "lot"
        self.order = self.make_order(name="PLOT")
        self.deal = self.sent_deal(self.order, order_id="SIM2")
        content = dispatch("PLOT", "1", [("123003", 3.0, ("LOT-7",))])
        self.receive(self.deal, "DISPATCHNOTIFICATION", content, "A")
        lines = self.line(self.order, "123003").move_ids.move_line_ids
        self.assertEqual(
            [(line.lot_name, line.quantity) for line in lines], [("LOT-7", 3.0)]
        )

    def test_serial_numbers_of_untracked_goods_are_kept(self):
        self.apply("1", [("123003", 2.0, ("A1", "A2"))])
        move = self.line(self.order, "123003").move_ids
        self.assertEqual(move.itscope_serial_numbers, "A1\nA2")
        self.assertFalse(any(move.move_line_ids.mapped("lot_name")))

    def test_more_than_ordered(self):
        document = self.apply("1", [("123002", 4.0, ())])
        self.assertEqual(document.state, "attention")
        self.assertIn("4 dispatched, 1 ordered", document.messages)
        self.assertEqual(self.prepared()["123002"], 4)

    def test_several_orders_in_one_notification(self):
        document = self.apply(
            "1", [("123002", 1.0, ()), ("123003", 3.0, (), "SOMEBODY-ELSE")]
        )
        self.assertEqual(document.state, "applied", document.messages)
        self.assertEqual(self.prepared(), {"123002": 1, "123001": 0, "123003": 0})

    def test_unknown_article(self):
        document = self.apply("1", [("999", 1.0, ())])
        self.assertEqual(document.state, "attention")
        self.assertIn("999", document.messages)

    def test_receipt_in_work_is_left_alone(self):
        move = self.line(self.order, "123003").move_ids
        move.picked = True
        document = self.apply("1", [("123003", 2.0, ())])
        self.assertEqual(document.state, "attention")
        self.assertEqual(move.quantity, 3)

    def test_arrives_after_the_goods(self):
        self.validate(self.order.picking_ids)
        document = self.apply("1", [("123003", 3.0, ())])
        self.assertEqual(document.state, "applied", document.messages)
        self.assertEqual(document.picking_ids, self.order.picking_ids)

    def test_repetition(self):
        lines = [("123003", 2.0, ()), ("123002", 1.0, ())]
        document = self.apply("1", lines)
        self.assertEqual(self.apply("1", lines), document)
        document.action_apply_again()
        self.assertEqual(self.prepared(), {"123002": 1, "123001": 0, "123003": 2})

    @needs_examples
    def test_original_example(self):
        order = self.make_order(name="GWAHJV-160131-1470")
        deal = self.sent_deal(order, order_id="GWAHJV-160131-1470")
        document = self.receive(
            deal, "DISPATCHNOTIFICATION", self.example("DISPATCHNOTIFICATION")
        )
        picking = order.picking_ids
        self.assertEqual(document.state, "applied", document.messages)
        self.assertEqual(
            self.prepared(picking), {"123002": 1, "123001": 2, "123003": 3}
        )
        self.assertEqual(picking.itscope_shipment, "1Z7318301287125572")
        self.assertEqual(picking.itscope_carrier, "Trans-O-Flex GmbH & Co. KG")
        self.assertIn("00000000305474401482", picking.itscope_packages)
        self.assertEqual(
            self.line(order, "123003").move_ids.itscope_serial_numbers.splitlines(),
            ["123003-001", "123003-002", "123003-003"],
        )

    # ------------------------------------------------------------------ dates, returns

    def test_expected_date_of_the_receipt(self):
        self.apply("1", [("123003", 2.0, ())], delivery="2026-01-12")
        self.apply(
            "2",
            [("123003", 1.0, ())],
            moment=datetime(2026, 1, 8),
            delivery="2026-01-15",
        )
        move = self.line(self.order, "123003").move_ids
        self.assertEqual(str(move.date.date()), "2026-01-14")  # midnight in Berlin

    def test_replacement_of_what_went_back(self):
        lines = [("123002", 1.0, ()), ("123001", 2.0, ()), ("123003", 3.0, ())]
        self.apply("1", lines)
        receipt = self.order.picking_ids
        self.validate(receipt)
        wizard = self.env["stock.return.picking"].create({"picking_id": receipt.id})
        for row in wizard.product_return_moves:
            row.quantity = 1.0 if row.product_id == self.products["123003"] else 0.0
        action = wizard.action_create_returns()
        back = self.env["stock.picking"].browse(action["res_id"])
        back.move_ids.picked = True
        back.button_validate()
        document = self.apply("2", [("123003", 1.0, ())], moment=datetime(2026, 1, 9))
        self.assertNotIn("ordered", document.messages or "")

    def test_tracking_links(self):
        self.apply(
            "1", [("123003", 2.0, ())], tracking="https://track.example.com/?n=1Z1"
        )
        html = self.order.picking_ids.itscope_tracking_links
        self.assertIn('href="https://track.example.com/?n=1Z1"', html)
        self.apply(
            "2",
            [("123003", 1.0, ())],
            moment=datetime(2026, 1, 8),
            tracking="javascript:alert(1)",
        )
        self.assertNotIn(
            'href="javascript', self.order.picking_ids.itscope_tracking_links
        )

    # ------------------------------------------------------------------ validation

    def test_never_validated_by_itself(self):
        self.apply("1", [("123003", 2.0, ())])
        self.assertEqual(self.order.picking_ids.state, "assigned")

    def test_validated_where_the_account_says_so(self):
        self.account.receipt_validation = "all"
        self.apply("1", [("123003", 2.0, ())])
        done = self.order.picking_ids.filtered(lambda p: p.state == "done")
        self.assertEqual(self.line(self.order, "123003").qty_received, 2)
        self.apply("2", [("123003", 1.0, ())], moment=datetime(2026, 1, 8))
        self.assertEqual(self.line(self.order, "123003").qty_received, 3)
        self.assertEqual(len(done), 1)
        document = self.apply("2", [("123003", 1.0, ())], moment=datetime(2026, 1, 8))
        document.action_apply_again()
        self.assertEqual(self.line(self.order, "123003").qty_received, 3)

    def test_not_validated_without_serial_numbers(self):
        self.account.receipt_validation = "all"
        self.products["123003"].tracking = "serial"
        document = self.apply("1", [("123003", 2.0, ("S1",))])
        self.assertEqual(document.state, "attention")
        self.assertIn("serial or lot numbers are missing", document.messages)
        self.assertEqual(self.order.picking_ids.state, "assigned")

    def test_only_drop_shipments(self):
        self.account.receipt_validation = "dropship"
        self.apply("1", [("123003", 2.0, ())])
        self.assertEqual(self.order.picking_ids.state, "assigned")
