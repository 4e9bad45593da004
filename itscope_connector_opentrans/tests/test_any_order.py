"""Any order of arrival, any repetition and any missing document ends in the same state.

Shown by induction: for each set of documents that may be there, the state is what it is
however the last of them came, and one that comes again changes nothing. That covers
every permutation, repetition and gap.
"""

from datetime import datetime

from odoo.tests import tagged

from .common import ARTICLES, OpentransCase
from .documents import dispatch, invoice, response

AS_ORDERED = [(sku, float(quantity), price) for sku, quantity, price in ARTICLES]
#: Within the tolerance, and far beyond: what counts must not depend on who came first.
DEARER = [(sku, quantity, price * 1.05) for sku, quantity, price in AS_ORDERED]
FAR_DEARER = [(sku, quantity, price * 2) for sku, quantity, price in AS_ORDERED[:2]]
DOCUMENTS = (
    ("ORDERRESPONSE", "O1", response("PTEST1", DEARER, datetime(2026, 1, 5))),
    (
        "ORDERRESPONSE",
        "O2",
        response(
            "PTEST1",
            FAR_DEARER,
            datetime(2026, 1, 7),
            "2026-03-01",
            supplier_order="4711",
        ),
    ),
    (
        "DISPATCHNOTIFICATION",
        "D1",
        dispatch("PTEST1", "1", [("123003", 1.0, ("S1",))], datetime(2026, 1, 8)),
    ),
    (
        "DISPATCHNOTIFICATION",
        "D2",
        dispatch(
            "PTEST1",
            "2",
            [("123003", 1.0, ("S2",)), ("123001", 2.0, ())],
            datetime(2026, 1, 9),
            delivery="2026-01-12",
        ),
    ),
    (
        "DISPATCHNOTIFICATION",
        "D3",
        dispatch("PTEST1", "3", [("123003", 1.0, ("S3",))], datetime(2026, 1, 10)),
    ),
    ("INVOICE", "I1", invoice("PTEST1", "R1", AS_ORDERED[:2], datetime(2026, 1, 9))),
    ("INVOICE", "I2", invoice("PTEST1", "R2", AS_ORDERED[2:], datetime(2026, 1, 10))),
)
#: The newer version of a document that is there already, in both orders.
VERSIONS = (
    ("INVOICE", "I1", invoice("PTEST1", "R1", AS_ORDERED[:2], datetime(2026, 1, 9))),
    ("INVOICE", "I1", invoice("PTEST1", "R1", AS_ORDERED[:1], datetime(2026, 1, 10))),
    ("ORDERRESPONSE", "O1", response("PTEST1", DEARER, datetime(2026, 1, 5))),
    ("ORDERRESPONSE", "O1", response("PTEST1", AS_ORDERED, datetime(2026, 1, 6))),
)


@tagged("post_install", "-at_install")
class TestAnyOrder(OpentransCase):
    def setUp(self):
        super().setUp()
        self.order = self.make_order()
        self.deal = self.sent_deal(self.order)

    def come(self, document):
        kind, transaction, content = document
        self.receive(self.deal, kind, content, transaction)

    def state(self):
        """All that documents can bring about, without ids and order of arrival."""
        order = self.order
        return (
            order.partner_ref,
            tuple(
                (
                    line.price_unit,
                    line.itscope_confirmation,
                    line.itscope_confirmed_quantity,
                    line.itscope_confirmed_price,
                    str(line.date_planned),
                    line.qty_invoiced,
                )
                for line in order.order_line
            ),
            tuple(
                (
                    move.product_id.id,
                    move.quantity,
                    move.itscope_serial_numbers,
                    str(move.date_deadline),
                )
                for move in order.picking_ids.move_ids.sorted("id")
            ),
            tuple((p.itscope_shipment, p.itscope_packages) for p in order.picking_ids),
            tuple(sorted((b.ref, b.amount_total) for b in order.invoice_ids)),
            tuple(
                sorted(
                    (d.type, d.transaction_id, str(d.document_date), d.state)
                    for d in order.itscope_document_ids
                )
            ),
        )

    def walk(self, there, states, reached):
        """Visit every set of documents that contains ``there`` and, beyond it, only
        later ones; note its state, and what each further document makes of it."""
        states[there] = self.state()
        for index, document in enumerate(DOCUMENTS):
            with self.env.cr.savepoint() as savepoint:
                self.come(document)
                reached.append((there, index, self.state()))
                if not there or index > max(there):
                    self.walk(there | {index}, states, reached)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_every_order_repetition_and_gap(self):
        states, reached = {}, []
        self.walk(frozenset(), states, reached)
        self.assertEqual(len(states), 2 ** len(DOCUMENTS))
        for there, index, state in reached:
            if state != states[there | {index}]:
                self.assertEqual(state, states[there | {index}], (sorted(there), index))
        # And the end is the right one, not only always the same.
        self.assertEqual(states[frozenset()][0], False)
        reference, lines, moves, _parcels, bills, _documents = states[
            frozenset(range(len(DOCUMENTS)))
        ]
        self.assertEqual(reference, "4711")
        self.assertEqual([line[0] for line in lines], [562.0, 94.0, 227.85])
        self.assertEqual(
            [line[1] for line in lines], ["deviates", "deviates", "tolerated"]
        )
        self.assertEqual([move[1] for move in moves], [0, 2, 3])
        self.assertEqual(moves[2][2], "S1\nS2\nS3")
        self.assertEqual(bills, (("R1", 892.5), ("R2", 774.69)))

    def test_versions_in_any_order(self):
        outcomes = []
        for sequence in ((0, 1, 2, 3), (1, 0, 3, 2), (3, 1, 0, 2, 1, 3)):
            with self.env.cr.savepoint() as savepoint:
                for index in sequence:
                    self.come(VERSIONS[index])
                outcomes.append(self.state())
                savepoint.rollback()
                self.env.invalidate_all()
        self.assertEqual(outcomes[0], outcomes[1])
        self.assertEqual(outcomes[0], outcomes[2])
        self.assertEqual(outcomes[0][4], (("R1", 668.78),))
        self.assertEqual([line[0] for line in outcomes[0][1]], [562.0, 94.0, 217.0])
