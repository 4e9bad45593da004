from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import formatLang

from ..models.itscope_line_refresh import COSTS
from ..models.itscope_product_refresh import AT_ONCE
from ..tools import notification

#: Of very many products, those that a run has just refreshed are not asked for again.
RECENT = timedelta(hours=1)
#: What is told at each refresh, as long as it is so.
FACTS = ("vanished", "end_of_life")


class ItscopeOrderRefresh(models.TransientModel):
    """What a refresh changed for the lines of quotations and purchase orders; each
    change is taken over or left."""

    _name = "itscope.order.refresh"
    _description = "News for orders"

    line_ids = fields.One2many("itscope.order.refresh.line", "refresh_id")
    summary = fields.Char(readonly=True)
    closed_orders = fields.Char(readonly=True)
    margin_choice = fields.Selection(
        [("price", "Keep sales prices"), ("margin", "Keep margins (%)")],
        string="Where costs changed",
        required=True,
        default="price",
    )
    has_costs = fields.Boolean(compute="_compute_choices")
    has_choices = fields.Boolean(compute="_compute_choices")
    several_orders = fields.Boolean(compute="_compute_choices")

    @api.depends("line_ids")
    def _compute_choices(self):
        for refresh in self:
            choices = refresh.line_ids.filtered("can_take")
            refresh.has_choices = bool(choices)
            refresh.has_costs = any(
                row.sale_line_id and row.kind in COSTS for row in choices
            )
            refresh.several_orders = len(set(refresh.line_ids.mapped("order"))) > 1

    # ------------------------------------------------------------------ opened

    @api.model
    def _open_for(self, orders):
        """Fetch the products of these orders from ITscope, and show what changed.

        :param orders: ``sale.order`` or ``purchase.order``
        """
        links = self.env["itscope.product"]._of_orders(orders)
        if not links:
            # Says so, and what to do.
            return links.action_refresh()
        wanted = links
        if len(links) > AT_ONCE:
            limit = fields.Datetime.now() - RECENT
            wanted = links.filtered(lambda li: (li.refresh_date or limit) <= limit)
            if len(wanted) > AT_ONCE:
                return self._refresh_later(wanted)
        wanted._refresh_each()
        return self._show(orders, links)

    @api.model
    def _refresh_later(self, links):
        """Too many for one button: a run fetches them."""
        runs = [
            own.action_refresh_in_background()
            for own in links.grouped("company_id").values()
        ]
        action = notification(
            self.env._(
                "%s products are refreshed in the background. When the run has ended, "
                "refresh the orders again: the summary then says what changed.",
                len(links),
            ),
            "info",
            sticky=True,
        )
        # Of several companies, one run each: the first one opens.
        action["params"]["next"] = runs[0]
        return action

    @api.model
    def _show(self, orders, links):
        rows = [
            row
            for order in orders
            for line, link in order.order_line._itscope_links().items()
            for row in self._rows(line, link)
        ]
        if not rows:
            return notification(
                self.env._(
                    "%s products were refreshed. Nothing changed for these lines.",
                    len(links),
                ),
                "success",
            )
        lines = {(row["sale_line_id"], row["purchase_line_id"]) for row in rows}
        closed = {row["order"]: True for row in rows if not row["is_open"]}
        if all(row["kind"] in FACTS for row in rows):
            summary = self.env._(
                "%(count)s products were refreshed. No price or stock changed; what is "
                "still so for %(lines)s lines is shown below.",
                count=len(links),
                lines=len(lines),
            )
        else:
            summary = self.env._(
                "%(count)s products were refreshed; there is news for %(lines)s lines.",
                count=len(links),
                lines=len(lines),
            )
        refresh = self.create(
            {
                "summary": summary,
                "closed_orders": ", ".join(closed),
                "line_ids": [fields.Command.create(row) for row in rows],
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What changed at ITscope"),
            "res_model": self._name,
            "res_id": refresh.id,
            "view_mode": "form",
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    @api.model
    def _rows(self, line, link):
        """Values of the wizard's rows about one line of an order."""
        sold = line._name == "sale.order.line"
        is_open = line._itscope_is_open()
        for news in line._itscope_news(link):
            old, new = news["old"], news["new"]
            yield {
                "sale_line_id": sold and line.id,
                "purchase_line_id": not sold and line.id,
                "order": line.order_id.name,
                "kind": news["kind"],
                "offer_id": news["offer"].id,
                "before": self._text(old, news),
                "now": self._text(new, news),
                "value": new,
                "difference": (new - old) / old if news["currency"] and old else 0.0,
                "is_open": is_open,
                "take": news["take"] and is_open,
            }

    @api.model
    def _text(self, value, news):
        if news["currency"]:
            if not value:
                return False
            return formatLang(
                self.env,
                value,
                currency_obj=news["currency"],
            )
        has_pieces = news["kind"] in ("stock_short", "stock_back")
        return self.env._("%s pcs", int(value)) if has_pieces else False

    # ------------------------------------------------------------------ taken over

    def action_apply(self):
        """Write what was ticked, and note it in each order's chatter."""
        self.ensure_one()
        rows = self.line_ids.filtered(lambda row: row.take and row.can_take)
        if not rows:
            raise UserError(
                self.env._("Nothing is ticked. Tick what you want to take over.")
            )
        by_line = {}
        for row in rows:
            by_line.setdefault(row._order_line(), []).append(row)
        # Whoever confirmed an order meanwhile did so at the old prices.
        confirmed = {line.order_id for line in by_line if not line._itscope_is_open()}
        if confirmed:
            raise UserError(
                self.env._(
                    "%s was confirmed or sent meanwhile; its lines do not change any "
                    "more. Refresh again.",
                    ", ".join(order.display_name for order in confirmed),
                )
            )
        keep_margin = self.margin_choice == "margin"
        self._check_as_shown(by_line)
        notes = {}
        for line, chosen in by_line.items():
            before = line.price_unit
            line._itscope_take({row.kind: row.offer_id for row in chosen}, keep_margin)
            notes.setdefault(line.order_id, []).append(self._note(line, chosen, before))
        for order, texts in notes.items():
            self._post(order, texts)
        return notification(self.env._("Changes taken over: %s.", len(rows)), "success")

    @api.model
    def _check_as_shown(self, by_line):
        """Raise where ITscope or the lines say something else by now: only what a
        person has seen is written."""
        changed = {}
        for records in self._by_model(by_line):
            links = records._itscope_links()
            for line in records:
                link = links.get(line)
                news = line._itscope_news(link) if link else []
                if not all(row._is_news(news) for row in by_line[line]):
                    changed[line.order_id.name, line.product_id.display_name] = True
        if changed:
            raise UserError(
                self.env._(
                    "Changed again meanwhile: %s. Nothing was taken over; refresh "
                    "again.",
                    ", ".join(": ".join(names) for names in changed),
                )
            )

    @api.model
    def _by_model(self, lines):
        """These lines, as one set of each model."""
        found = {}
        for line in lines:
            found[line._name] = found.get(line._name, line.browse()) | line
        return found.values()

    @api.model
    def _note(self, line, rows, before):
        """What was taken over on one line, in words."""
        texts = [row._words() for row in rows]
        after = line.price_unit
        if line.currency_id.compare_amounts(before, after):
            texts.append(
                self.env._(
                    "unit price: %(before)s → %(after)s",
                    before=line.currency_id.format(before),
                    after=line.currency_id.format(after),
                )
            )
        return line.product_id.display_name, "; ".join(texts)

    @api.model
    def _post(self, order, texts):
        items = Markup().join(
            Markup("<li>%s: %s</li>") % (product, words) for product, words in texts
        )
        order.message_post(
            body=Markup("<p>%s</p><ul>%s</ul>")
            % (self.env._("Taken over from ITscope:"), items)
        )
