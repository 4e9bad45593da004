from markupsafe import Markup

from odoo import models

from odoo.addons.itscope_connector.tools import write_changed

from ..tools import DOCUMENT_ACTIVITY, html_list


class ItscopeDocument(models.Model):
    """What came of a document, order by order, and who is told."""

    _inherit = "itscope.document"

    def _is_pending(self, order):
        """Whether this document has not been applied to this order yet."""
        self.ensure_one()
        return str(order.id) not in (self.results or {})

    def _conclude(self, order, notes=(), attention=(), failures=()):
        """What came of applying this document to one of its orders.

        :param notes: texts worth knowing
        :param attention: texts that need a person
        :param failures: texts that say why it could not be applied
        """
        self.ensure_one()
        told = {"notes": notes, "attention": attention, "failures": failures}
        result = {key: list(texts) for key, texts in told.items() if texts}
        results = {**(self.results or {}), str(order.id): result}
        results.pop("", None)
        self._write_results(results, "applied")

    def _note_unreadable(self, error):
        problem = self.env._(
            "The document can't be read: %s. It is kept as it came; ask the supplier "
            "or ITscope for a correct one.",
            error,
        )
        self._write_results({"": {"failures": [problem]}}, "failed")

    def _is_unreadable(self):
        return bool((self.results or {}).get("", {}).get("failures"))

    def _note_replaced(self, order):
        self._conclude(
            order, notes=[self.env._("A newer version of this document counts.")]
        )
        write_changed(self, {"state": "replaced"})
        self.activity_unlink([DOCUMENT_ACTIVITY])

    def _note_too_late(self, order):
        """It belongs to an ITscope order that another one replaced."""
        texts = [
            self.env._(
                "It belongs to the ITscope order %(passed)s, which was replaced by "
                "%(current)s: nothing was made of it.",
                passed=self.deal_id.display_name,
                current=order.itscope_deal_id.display_name,
            )
        ]
        if self.type in ("DISPATCHNOTIFICATION", "INVOICE"):
            texts.append(
                self.env._(
                    "Ask the supplier whether both orders are delivered and billed."
                )
            )
            self._conclude(order, attention=texts)
        else:
            self._conclude(order, notes=texts)

    def _note_ignored(self):
        for document in self:
            document._take_back()
            document.write(
                {
                    "state": "ignored",
                    "results": False,
                    "messages": False,
                    "next_try": False,
                }
            )
        self.activity_unlink([DOCUMENT_ACTIVITY])

    def _let_go(self):
        """These documents belong to no order any more."""
        for document in self:
            document._take_back()
            document.write({"assigned_by_hand": True, "results": False})
            document._set_orders(
                document.order_ids.browse(),
                self.env._("The link to the order was undone."),
            )

    def _take_back(self):
        """Draft bills that this document alone made and nobody changed go with it."""
        for document in self:
            bills = document.move_ids.filtered(
                lambda bill, d=document: (
                    bill.state == "draft"
                    and not bill.is_manually_modified
                    and all(
                        other == d or other._is_older_version_of(d)
                        for other in bill.itscope_document_ids
                    )
                )
            )
            document.write(
                {"move_ids": [(5, 0, 0)], "picking_ids": [(5, 0, 0)], "settled": False}
            )
            bills.unlink()

    def _is_older_version_of(self, document):
        self.ensure_one()
        return self.state == "replaced" and self.number == document.number

    # ------------------------------------------------------------------ state

    def _write_results(self, results, before):
        if results != (self.results or {}):
            self.results = results
        if self.state in ("replaced", "ignored"):
            self.state = before
        self._update_state()

    def _texts(self, kind):
        """All texts of one kind, each once."""
        results = (self.results or {}).values()
        return list(
            dict.fromkeys(text for one in results for text in one.get(kind, ()))
        )

    def _attention(self):
        return self._texts("attention")

    def _update_state(self):
        """State, findings and activity by what is known now."""
        self.ensure_one()
        open_points = set(self._attention()) - set(self.settled or ())
        if self._texts("failures"):
            state = "failed"
        elif not self._targets():
            state = "waiting"
        elif any(self._is_pending(order) for order in self._targets()):
            state = "new"
        elif open_points:
            state = "attention"
        else:
            state = "applied"
        write_changed(self, {"state": state, "messages": self._findings()})
        summaries = {
            "failed": self.env._("ITscope: document not applied"),
            "waiting": self._waiting_summary(),
            "attention": self.env._("ITscope: please check"),
        }
        if state in summaries:
            self._tell(summaries[state])
        elif state == "applied":
            self.activity_feedback([DOCUMENT_ACTIVITY])

    def _targets(self):
        """The orders that this document is applied to."""
        return self.order_ids

    def _waiting_summary(self):
        return self.env._("ITscope: which order is this document about?")

    def _findings(self):
        titles = {
            "failures": self.env._("The document was not applied:"),
            "attention": self.env._("Please check:"),
            "notes": self.env._("Good to know:"),
        }
        parts = [
            html_list(title, texts)
            for kind, title in titles.items()
            if (texts := self._texts(kind))
        ]
        return Markup().join(parts) or False

    def _tell(self, summary):
        """One activity for who is responsible; another message only refreshes it."""
        self.ensure_one()
        if (
            self.state == "waiting"
            and self.deal_id
            and not self.deal_id.purchase_order_id
        ):
            # The order at ITscope says by itself why it has no purchase order.
            return
        open_activity = self.activity_search([DOCUMENT_ACTIVITY])
        if open_activity:
            write_changed(open_activity[0], {"summary": summary, "note": self.messages})
            return
        user = self._responsible()
        if user:
            self.activity_schedule(
                DOCUMENT_ACTIVITY, summary=summary, note=self.messages, user_id=user.id
            )

    def _responsible(self):
        for order in self._targets():
            if user := order._itscope_responsible():
                return user
        if self.source == "upload":
            return self.create_uid
        account = self.account_id or self.env["itscope.account"]._of_company(
            self.company_id
        )
        return account.responsible_id
