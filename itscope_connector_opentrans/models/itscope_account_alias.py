from markupsafe import Markup

from odoo import api, models

from ..tools import html_list


class ItscopeAccount(models.Model):
    """An e-mail alias that suppliers, or a rule in the mailbox, send documents to.

    The e-mails stay in the account's chatter, so none is lost whatever is in them.
    """

    _name = "itscope.account"
    _inherit = ["mail.alias.mixin.optional", "itscope.account"]

    def _alias_get_creation_values(self):
        values = super()._alias_get_creation_values()
        values["alias_model_id"] = self.env["ir.model"]._get_id(self._name)
        if self.id:
            values["alias_force_thread_id"] = self.id
        return values

    # Private: it imports whatever it is given; the mail gateway calls it.
    @api.private
    def message_update(self, msg_dict, update_vals=None):
        """An e-mail has come."""
        result = super().message_update(msg_dict, update_vals)
        files = self.env["itscope.document"]._files_of_mail(msg_dict)
        if files:
            self._import_mail(msg_dict.get("subject") or "", files)
        return result

    def _import_mail(self, subject, files):
        """Make documents of an e-mail's attachments, and say what came of them."""
        self.ensure_one()
        told = self.env["itscope.document"]._import_mailed(self.company_id, files)
        note = html_list(
            self.env._("Files of the e-mail “%s”:", subject),
            [
                Markup("%s: %s")
                % (name, document._get_html_link() if document else problem)
                for name, document, problem in told
            ],
        )
        self.message_post(body=note)
        if self.responsible_id and not any(document for _name, document, _why in told):
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("ITscope: e-mail without a readable document"),
                note=note,
                user_id=self.responsible_id.id,
            )
