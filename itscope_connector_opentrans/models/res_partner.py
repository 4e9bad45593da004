from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    itscope_new = fields.Boolean(
        string="New from ITscope",
        copy=False,
        help="Created from a quote of ITscope's, and not checked by a person yet.",
    )

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
