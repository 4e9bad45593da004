from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _itscope_licence_contact(self):
        """The person whom a licensee's mails go to: of a company, its first contact
        with an e-mail address; a person stands for itself.
        """
        self.ensure_one()
        if not self.is_company:
            return self
        people = self.child_ids.filtered(
            lambda child: child.type == "contact" and child.name
        )
        return people.filtered("email_normalized")[:1] or people[:1] or self
