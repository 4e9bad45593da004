from markupsafe import Markup

from odoo import models
from odoo.tools import format_date

from ..tools import plain

HEAD = Markup("<th>%s</th>")
CELL = Markup("<td>%s</td>")
ROW = Markup("<tr>%s</tr>")
TABLE = Markup(
    "<p>%s</p><table class='table table-sm'><thead><tr>%s</tr></thead>"
    "<tbody>%s</tbody></table>"
)


class ItscopeApplyQuotation(models.AbstractModel):
    """The difference between two versions of a quote, for people."""

    _inherit = "itscope.apply.quotation"

    def _tell(self, order, entry, changes, first):
        draft = order.state == "draft"
        for change in changes:
            text = self._in_words(order, change)
            if not text:
                continue
            if draft and not first and not change.is_open():
                entry.notes.append(text)
            elif change.is_open() or not draft:
                entry.attention.append(text)
        for line in entry.document.lines:
            for flag in line.price_flags:
                entry.notes.append(
                    self.env._(
                        "%(line)s: the price includes %(what)s.",
                        line=line.product.description or line.line_id,
                        what=flag.removeprefix("incl_"),
                    )
                )
        self._tell_products(order, entry)
        currency = entry.document.currency
        if currency and currency != order.currency_id.name:
            entry.attention.append(
                self.env._(
                    "The quote is in %(theirs)s, but the quotation is in %(ours)s.",
                    theirs=currency,
                    ours=order.currency_id.name,
                )
            )
        if changes and not first and entry.record._is_pending(order):
            order.message_post(body=self._difference(order, entry.record, changes))

    def _tell_products(self, order, entry):
        found = self.env["itscope.quotation.import"]._products(
            order.company_id, entry.document.lines
        )
        for place, line in enumerate(entry.document.lines):
            if place not in found:
                entry.attention.append(
                    self.env._(
                        "No product in Odoo: %s. Create or link it, then press "
                        "“Apply”; or enter the line by hand.",
                        self._describe(line),
                    )
                )
            elif not line.quantity and not line.optional:
                entry.attention.append(
                    self.env._(
                        "%(line)s has the quantity %(quantity)s.",
                        line=line.product.description,
                        quantity=plain(line.quantity),
                    )
                )

    # ------------------------------------------------------------------ words

    def _in_words(self, order, change):
        """One change in a sentence, or "" where there is nothing to say."""
        what = self._title(change)
        if change.kind == "added":
            return self.env._(
                "New: %(line)s, %(values)s.",
                line=what,
                values=self._summary(order, change.theirs),
            )
        if change.kind == "removed":
            if change.mine:
                return self.env._(
                    "%s is no longer in the quote. You changed the line, so it stays.",
                    what,
                )
            return self.env._("No longer in the quote: %s.", what)
        if change.kind == "missed":
            return self.env._(
                "You removed %(line)s; the quote has it as %(values)s now.",
                line=what,
                values=self._summary(order, change.theirs),
            )
        if change.kind == "unmatched":
            return self.env._(
                "%s: its product is not found in Odoo any more. The line stays as it "
                "is.",
                what,
            )
        if change.kind == "replaced" and change.mine:
            return self.env._(
                "%s has a product in Odoo now. You changed its text, so that stays; "
                "enter the line by hand.",
                what,
            )
        if change.kind == "replaced":
            return self.env._("Now with a product: %s.", what)
        if change.kind != "changed":
            return ""
        values = {
            "what": f"{what}, {self._label(order, change)}"
            if change.key
            else self._label(order, change),
            "before": self._shown(order, change.name, change.before),
            "theirs": self._shown(order, change.name, change.theirs),
            "ours": self._shown(order, change.name, change.ours),
        }
        if change.mine:
            return self.env._(
                "%(what)s: the quote says %(theirs)s now instead of %(before)s. You "
                "changed it to %(ours)s, so that stays.",
                **values,
            )
        return self.env._("%(what)s: %(theirs)s instead of %(before)s.", **values)

    def _difference(self, order, document, changes):
        """All changes as a table for the chatter; all text is escaped."""
        draft = order.state == "draft"
        title = (
            self.env._("A newer version of the ITscope quote was taken over:")
            if draft
            else self.env._(
                "There is a newer version of the ITscope quote. This quotation is no "
                "draft and was left as it is:"
            )
        )
        heads = (
            self.env._("Line"),
            self.env._("Before"),
            self.env._("Newer version"),
            self.env._("In Odoo"),
        )
        rows = Markup().join(
            ROW % Markup().join(CELL % cell for cell in self._cells(order, change))
            for change in changes
            if change.kind != "known"
        )
        return TABLE % (title, Markup().join(HEAD % head for head in heads), rows)

    def _cells(self, order, change):
        draft = order.state == "draft"
        if change.kind == "changed":
            label = self._label(order, change)
            now = change.ours if change.mine or not draft else change.theirs
            return (
                f"{self._title(change)}: {label}" if change.key else label,
                self._shown(order, change.name, change.before),
                self._shown(order, change.name, change.theirs),
                self._shown(order, change.name, now),
            )
        new = change.theirs
        gone = change.kind in ("removed", "replaced", "unmatched")
        kept = self.env._("stays") if change.is_open() or not draft else ""
        if change.kind == "replaced" and not kept:
            gone = False
        return (
            self._title(change),
            self._summary(order, change.before) if change.before else "",
            self._summary(order, new) if new else self.env._("removed"),
            kept
            if gone
            else ""
            if change.is_open() or not draft
            else self._summary(order, new),
        )

    def _title(self, change):
        """The line's first words."""
        values = change.theirs if isinstance(change.theirs, dict) else change.before
        name = values.get("name") if isinstance(values, dict) else ""
        name = name or (change.line.name if change.line else "") or change.key
        return name.split("\n")[0][:80]

    @staticmethod
    def _label(order, change):
        record = order.order_line if change.key else order
        return record._fields[change.name]._description_string(order.env)

    def _summary(self, order, values):
        if values.get("display_type"):
            return self.env._("a text")
        return self.env._(
            "%(quantity)s at %(price)s",
            quantity=plain(values.get("product_uom_qty") or 0),
            price=self._shown(order, "price_unit", values.get("price_unit")),
        )

    def _shown(self, order, name, value):
        """A value from JSON as a person reads it."""
        if name == "price_unit":
            return f"{plain(round(value or 0.0, 4))} {order.currency_id.name}"
        if name in ("product_uom_qty", "discount"):
            return plain(value or 0)
        if not value:
            return "-"
        if name == "validity_date":
            return format_date(self.env, value)
        models_of = {
            "product_id": "product.product",
            "product_uom_id": "uom.uom",
            "payment_term_id": "account.payment.term",
        }
        if name in models_of:
            record = self.env[models_of[name]].browse(value).exists()
            return record.display_name or "-"
        return str(value)[:200]
