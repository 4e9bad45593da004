from dataclasses import dataclass
from typing import Any

from odoo import models
from odoo.fields import Command
from odoo.tools import float_compare

#: Whether somebody changed a line is seen by these; the others go along.
SEEN = (
    "product_id",
    "name",
    "product_uom_qty",
    "product_uom_id",
    "price_unit",
    "discount",
)
DIGITS = {"product_uom_qty": 4, "price_unit": 6, "discount": 2}


@dataclass
class Change:
    """Where the newest version of a quote differs from what was applied.

    ``kind``:

    - ``changed``: a value of a line, or of the head; ``mine``: a person changed it,
      too; None: Odoo has the new value already
    - ``added``, ``removed``: a line; ``mine``: a person changed the removed one
    - ``missed``: a line with news that a person removed
    - ``known``: a new line that is there already
    - ``replaced``: a note that stood for an article becomes its line; ``mine``: a
      person changed the note
    - ``unmatched``: a line whose product is not found any more
    """

    kind: str
    key: str
    line: Any = None
    name: str = ""
    before: Any = None
    ours: Any = None
    theirs: Any = None
    mine: bool | None = False

    def is_open(self):
        """Whether a person has to decide."""
        return bool(self.mine) or self.kind in ("missed", "unmatched")


class ItscopeApplyQuotation(models.AbstractModel):
    """The QUOTATIONs of a quote: its quotation becomes what the newest one says.

    Three values are compared: what was applied last, what the newest version says, and
    what stands in Odoo. What a person changed stays. ``itscope_applied`` of the order
    keeps, for each value, the last one that both agreed on: it is the same after any
    repetition and whatever versions came between. Only a draft is changed.
    """

    _name = "itscope.apply.quotation"
    _inherit = ["itscope.document.apply"]
    _description = "Application of quotes"

    def _age(self, record):
        """By ITscope's time of the quote's last change, else by the document's own,
        which is not after it came: one of next year would stay the newest for ever."""
        moment = record.last_update or (
            record.document_date and min(record.document_date, record.create_date)
        )
        return (str(moment or ""), record.id)

    def _identity(self, record, document):
        """Whatever their numbers: all documents of a quotation are its versions."""
        return "quotation"

    def _apply(self, order, entries):
        if not entries:
            return
        entry = entries[-1]
        importer = self.env["itscope.quotation.import"].with_company(order.company_id)
        content = entry.document
        target = {
            "head": importer._head_values(content),
            "lines": importer._lines_values(order, content),
        }
        base = order.itscope_applied or {"head": {}, "lines": {}}
        first = not order.itscope_applied
        changes = self._changes(order, base, target)
        if order.state == "draft":
            order.itscope_applied = self._write(order, base, target, changes)
        self._tell(order, entry, changes, first)

    # ------------------------------------------------------------------ comparing

    def _changes(self, order, base, target):
        """List of :class:`Change`: where the newest version differs from what was
        applied, and what stands in Odoo there."""
        changes = [
            change
            for name, theirs in target["head"].items()
            if (
                change := self._compare(order, "", name, base["head"].get(name), theirs)
            )
        ]
        lines = order.order_line.grouped("itscope_quote_key")
        for key, theirs in target["lines"].items():
            before, line = base["lines"].get(key), lines.get(key)
            if not before:
                kind = "known" if line else "added"
                changes.append(Change(kind, key, line=line, theirs=theirs))
            elif not line:
                if self._seen(before) != self._seen(theirs):
                    changes.append(Change("missed", key, before=before, theirs=theirs))
            elif theirs.get("display_type") and not before.get("display_type"):
                # Its product was archived, say: no reason to take the line away.
                changes.append(
                    Change("unmatched", key, line=line, before=before, theirs=theirs)
                )
            elif before.get("display_type") and not theirs.get("display_type"):
                # An article that Odoo has by now: a note becomes a line.
                mine = self._is_mine(line, before)
                changes.append(
                    Change(
                        "replaced", key, line, before=before, theirs=theirs, mine=mine
                    )
                )
            else:
                for name in self._names(theirs):
                    change = self._compare(
                        line, key, name, before.get(name), theirs.get(name)
                    )
                    if change:
                        changes.append(change)
        for key, before in base["lines"].items():
            if key not in target["lines"] and (line := lines.get(key)):
                mine = self._is_mine(line, before)
                changes.append(
                    Change("removed", key, line=line, before=before, mine=mine)
                )
        return changes

    def _is_mine(self, line, before):
        """Whether a person changed this line."""
        return any(
            not self._same(name, self._value(line, name), before.get(name))
            for name in self._names(before)
        )

    def _compare(self, record, key, name, before, theirs):
        """:return: a change, or None where the version has nothing new"""
        if self._same(name, before, theirs):
            return None
        ours = self._value(record, name)
        if self._same(name, ours, theirs):
            mine = None
        else:
            # A head's value that nobody told before is Odoo's default.
            mine = before is not None and not self._same(name, ours, before)
        line = record if key else None
        return Change(
            "changed",
            key,
            line,
            name,
            before=before,
            ours=ours,
            theirs=theirs,
            mine=mine,
        )

    def _seen(self, values):
        return [values.get(name) for name in self._names(values)]

    @staticmethod
    def _names(values):
        return ("name",) if values.get("display_type") else SEEN

    @staticmethod
    def _value(record, name):
        """A field's value as it is kept in JSON."""
        value = record[name]
        if isinstance(value, models.BaseModel):
            return value.id
        return str(value) if name == "validity_date" and value else value

    @staticmethod
    def _same(name, one, other):
        if name in DIGITS:
            return (
                float_compare(one or 0.0, other or 0.0, precision_digits=DIGITS[name])
                == 0
            )
        return (one or False) == (other or False)

    # ------------------------------------------------------------------ writing

    def _write(self, order, base, target, changes):
        """Write what nobody has changed.

        :return: what both agree on from now on
        """
        agreed = {
            "head": {**base["head"], **target["head"]},
            "lines": dict(target["lines"]),
        }
        head, commands, by_line = {}, [], {}
        for change in changes:
            if change.kind == "added":
                commands.append(Command.create(self._create_values(change)))
            elif change.is_open() and change.kind != "changed":
                # Left to a person, who is told: still not agreed on.
                agreed["lines"][change.key] = change.before
            elif change.kind == "replaced":
                commands.append(Command.delete(change.line.id))
                commands.append(Command.create(self._create_values(change)))
            elif change.kind == "removed":
                commands.append(Command.delete(change.line.id))
            elif change.kind == "changed" and change.mine:
                self._keep(agreed, change)
            elif change.kind == "changed" and change.mine is not None:
                values = by_line.setdefault(change.line, {}) if change.key else head
                values[change.name] = change.theirs
        self._collect(order, base, target, by_line)
        commands += [
            Command.update(line.id, self._with_price(line, values))
            for line, values in by_line.items()
        ]
        if head or commands:
            order.write({**head, **({"order_line": commands} if commands else {})})
        return agreed

    @classmethod
    def _create_values(cls, change):
        values = {**change.theirs, "itscope_quote_key": change.key}
        return cls._as_manual(values)

    @staticmethod
    def _as_manual(values):
        """Odoo computes a price anew with each quantity, unless it was entered by hand,
        which it sees by a difference to the price that it had computed itself."""
        if "price_unit" in values:
            return {**values, "technical_price_unit": values["price_unit"] + 1}
        return values

    @staticmethod
    def _keep(agreed, change):
        """A person's value stays: what was agreed before still is."""
        if change.key:
            line = dict(agreed["lines"][change.key])
            line[change.name] = change.before
            agreed["lines"][change.key] = line
        else:
            agreed["head"][change.name] = change.before

    def _collect(self, order, base, target, by_line):
        """What goes along without a word: the place, and the offer of a product."""
        for key, line in order.order_line.grouped("itscope_quote_key").items():
            before, theirs = base["lines"].get(key), target["lines"].get(key)
            if not before or not theirs:
                continue
            for name in ("sequence", "itscope_offer_id"):
                if name in theirs and self._value(line, name) == before.get(name):
                    if theirs[name] != before.get(name):
                        by_line.setdefault(line, {})[name] = theirs[name]

    @classmethod
    def _with_price(cls, line, values):
        """Odoo computes prices anew where quantities change: the quote's stay."""
        if {"product_id", "product_uom_qty", "product_uom_id"} & set(values):
            kept = {name: line[name] for name in ("name", "price_unit", "discount")}
            if "product_id" in values:
                kept["itscope_offer_id"] = line.itscope_offer_id.id
            values = {**kept, **values}
        return cls._as_manual(values)
