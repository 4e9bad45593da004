"""Any order of arrival and any repetition of documents ends in the same state."""

import itertools
import random
from datetime import datetime

from odoo.tests import tagged

from .common import ARTICLES, OpentransCase
from .documents import dispatch, invoice, response

AS_ORDERED = [(sku, float(quantity), price) for sku, quantity, price in ARTICLES]
DOCUMENTS = (
    ("ORDERRESPONSE", "O1", response("PTEST1", AS_ORDERED, datetime(2026, 1, 5))),
    (
        "ORDERRESPONSE",
        "O1",
        response("PTEST1", AS_ORDERED, datetime(2026, 1, 7), "2026-03-01", "4711"),
    ),
    (
        "DISPATCHNOTIFICATION",
        "D1",
        dispatch("PTEST1", "1", [("123003", 1.0, ("S1",))], datetime(2026, 1, 8)),
    ),
    (
        "DISPATCHNOTIFICATION",
        "D2",
        dispatch("PTEST1", "2", [("123003", 1.0, ("S2",))], datetime(2026, 1, 9)),
    ),
    ("INVOICE", "I1", invoice("PTEST1", "R1", AS_ORDERED[:2], datetime(2026, 1, 9))),
    ("INVOICE", "I1", invoice("PTEST1", "R1", AS_ORDERED[:1], datetime(2026, 1, 10))),
)


@tagged("post_install", "-at_install")
class TestAnyOrder(OpentransCase):
    def outcome(self, sequence):
        """What stands in Odoo after these documents came like this; all is undone."""
        savepoint = self.env.cr.savepoint()
        order = self.make_order()
        deal = self.sent_deal(order)
        for index in sequence:
            kind, transaction, content = DOCUMENTS[index]
            self.receive(deal, kind, content, transaction)
        picking = order.picking_ids
        result = (
            order.partner_ref,
            tuple(
                (
                    line.price_unit,
                    line.itscope_confirmed_quantity,
                    str(line.date_planned),
                    line.qty_invoiced,
                )
                for line in order.order_line
            ),
            tuple(
                (move.product_id.id, move.quantity, move.itscope_serial_numbers)
                for move in picking.move_ids.sorted("id")
            ),
            tuple(sorted((b.ref, b.amount_total) for b in order.invoice_ids)),
            tuple(
                sorted(
                    (document.type, str(document.document_date), document.state)
                    for document in order.itscope_document_ids
                )
            ),
        )
        savepoint.close(rollback=True)
        return result

    def test_permutations_and_repetitions(self):
        indexes = range(len(DOCUMENTS))
        expected = self.outcome(indexes)
        self.assertEqual(expected[0], "4711")
        self.assertEqual(expected[3], (("R1", 668.78),))
        rng = random.Random(1)
        sequences = rng.sample(list(itertools.permutations(indexes)), 12)
        sequences += [rng.choices(indexes, k=6) + [*indexes] for _ in range(6)]
        for sequence in sequences:
            with self.subTest(sequence=sequence):
                self.assertEqual(self.outcome(sequence), expected)
