from dataclasses import replace
from typing import NamedTuple

from odoo import models

from .. import opentrans
from ..tools import plain


class Entry(NamedTuple):
    """A stored document with what it says, and what a person should know about it."""

    record: object
    document: object
    notes: list
    attention: list
    failures: list


def _says_the_same(one, other):
    """Whether two files are the same document in other bytes."""
    return replace(one, findings=()) == replace(other, findings=())


class ItscopeDocumentApply(models.AbstractModel):
    """What applying has in common for all kinds of documents.

    A kind is one model ``itscope.apply.<kind>`` with one method :meth:`_apply`.
    """

    _name = "itscope.document.apply"
    _description = "Application of ITscope documents"

    def _apply_all(self, order, records):
        """Apply all documents of one kind of an order.

        :param records: all versions that have content; may be none, since what a
            document brought goes when it is taken away
        """
        entries = self._entries(order, records)
        for entry in entries:
            self._add_findings(entry)
        self._apply(order, entries)
        for entry in entries:
            entry.record._conclude(order, entry.notes, entry.attention, entry.failures)

    def _apply(self, order, entries):
        """Bring Odoo's records to what these documents together say.

        :param entries: list of :class:`Entry`, oldest first, one for each document
        """
        raise NotImplementedError

    def _entries(self, order, records):
        newest = {}
        for record in records.sorted(self._age):
            document = record._read()
            if document is None:
                continue
            if any(_says_the_same(e.document, document) for e in newest.values()):
                # By ITscope and by e-mail, say: no correction, the first one counts.
                record._note_replaced(order)
                continue
            key = self._identity(record, document)
            older = newest.pop(key, None)
            if older:
                older.record._note_replaced(order)
            newest[key] = Entry(record, document, [], [], [])
        # Ties between documents must not depend on what arrived first.
        return sorted(
            newest.values(),
            key=lambda e: (
                str(e.record.document_date or ""),
                e.record.transaction_id or "",
                e.record.content_hash,
            ),
        )

    def _age(self, record):
        """By what the newest version of a document is found."""
        return (str(record.document_date or ""), record.id)

    def _identity(self, record, document):
        """What the versions of one document have in common. The same notification or
        invoice may come in several transactions, and by e-mail besides."""
        return document.number or record.transaction_id or record.content_hash

    def _add_findings(self, entry):
        """What the reader found odd, in words."""
        texts = {
            "unknown_element": self.env._("Not understood, kept in the file: %s"),
            "bad_value": self.env._("A value can't be read: %s"),
            "repeated": self.env._("Said twice and differently, the first counts: %s"),
            "too_long": self.env._("A text was cut: %s"),
            "line_sum": self.env._("The sum of a line is not price times quantity: %s"),
            "line_count": self.env._(
                "The number of lines is not what the document says: %s"
            ),
            "total": self.env._("The document's total is not the sum of its parts: %s"),
            "charges": self.env._("The sum of the charges is not their total: %s"),
            "encoding": self.env._("The characters are not as the file declares: %s"),
            "bad_character": self.env._("Unreadable characters were left out: %s"),
            "stop_processing": self.env._(
                "The supplier asks that a person looks at this first: %s"
            ),
            "more": self.env._("There is more to say about this file: %s"),
        }
        serious = ("bad_value", "line_count", "stop_processing")
        for finding in entry.document.findings:
            text = texts.get(finding.code, f"{finding.code}: %s")
            target = entry.attention if finding.code in serious else entry.notes
            target.append(text % " ".join(filter(None, (finding.where, finding.text))))

    # ------------------------------------------------------------------ matching

    def _matched(self, order, entry, lines=None):
        """Which lines of a document are which lines of the order.

        :param lines: look at these of the document's lines only
        :return: list of ``(purchase order line, opentrans.Line)``, and the lines that
            the order does not have
        """
        if lines is None:
            lines = self._lines(order, entry)
        sent = self.env["itscope.order.builder"]._sent_lines(order)
        records = {id(line): record for line, record in sent}
        pairs, unknown = opentrans.match_lines([line for line, _record in sent], lines)
        return [(records[id(ours)], theirs) for ours, theirs in pairs], unknown

    def _lines(self, order, entry):
        """The document's lines that are meant for this order."""
        lines = opentrans.lines_of(
            entry.document, order._itscope_numbers(), order._itscope_shared_numbers()
        )
        if not lines and entry.record.order_ids == order:
            # It came with this order, or a person chose it, and names a number that
            # nobody knows.
            lines = list(entry.document.lines)
        return lines

    def _describe(self, line):
        """A document's line in words."""
        name = line.product.description or self.env._("no description")
        return self.env._(
            "%(quantity)s × %(sku)s %(name)s",
            quantity=plain(line.quantity),
            sku=line.product.supplier_pid or line.product.ean,
            name=name,
        )
