from odoo import models

from odoo.addons.itscope_connector.tools import write_changed

from ..tools import DOCUMENT_ACTIVITY, html_list


class ItscopeDocument(models.Model):
    """What came of a document, and who is told."""

    _inherit = "itscope.document"

    def _conclude(self, notes, attention):
        """What came of applying this document.

        :param notes: texts worth knowing
        :param attention: texts that need a person
        """
        self.ensure_one()
        parts = []
        if attention:
            parts.append(html_list(self.env._("Please check:"), attention))
        if notes:
            parts.append(html_list(self.env._("Good to know:"), notes))
        state = "attention" if attention and not self.settled else "applied"
        write_changed(
            self, {"state": state, "messages": "".join(parts), "settled": self.settled}
        )
        if state == "attention":
            self._tell(self.env._("ITscope: please check"))
        else:
            self.activity_feedback([DOCUMENT_ACTIVITY])

    def _note_failed(self, problem):
        """This document could not be applied; one activity says so."""
        for document in self:
            title = self.env._("The document was not applied:")
            write_changed(
                document,
                {"state": "failed", "messages": html_list(title, [problem])},
            )
            document._tell(self.env._("ITscope: document not applied"))

    def _note_replaced(self):
        for document in self:
            write_changed(
                document,
                {
                    "state": "replaced",
                    "messages": html_list(
                        self.env._("A newer version of this document counts."), []
                    ),
                },
            )
        self.activity_unlink([DOCUMENT_ACTIVITY])

    def _tell(self, summary):
        """One activity for who is responsible; another message only refreshes it."""
        self.ensure_one()
        open_activity = self.activity_search([DOCUMENT_ACTIVITY])
        if open_activity:
            open_activity.write({"summary": summary, "note": self.messages})
            return
        order = self.purchase_order_id
        user = order._itscope_responsible() if order else self.account_id.responsible_id
        if user:
            self.activity_schedule(
                DOCUMENT_ACTIVITY, summary=summary, note=self.messages, user_id=user.id
            )
