from odoo import api, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import email_normalize

from ..tools import html_text


class ItscopeQuotationImport(models.AbstractModel):
    """Whom a quote is for: found without doubt, made where there is nobody like that,
    and otherwise left to a person."""

    _inherit = "itscope.quotation.import"

    @api.model
    def _party(self, content):
        """The customer's party of a QUOTATION, or None."""
        for role in ("buyer", "customer", "invoice_recipient"):
            party = content.party(role)
            if party and (party.address.name or party.address.contact_name):
                return party
        return None

    @api.model
    def _customer(self, document, content):
        """The customer, which may be empty: then it is a new one.

        :raises UserError: several it could be, or it is not sure; or nobody is named
        """
        party = self._party(content)
        if not party:
            raise UserError(
                self.env._(
                    "The quote does not say who the customer is. Press “Create "
                    "quotation” and choose one."
                )
            )
        found, sure = self.env["res.partner"], self.env["res.partner"]
        hits = list(self._likely(document, party))
        for partners, safe in hits:
            found |= partners
            sure |= (
                partners
                if safe
                else partners.filtered(lambda one: self._has_name(one, party))
            )
        # Everything that is told and fits somebody has to fit the same one.
        for partners, _safe in hits:
            sure &= partners or sure
        if len(sure) == 1:
            found = sure
        if len(found) == 1 and not sure:
            raise UserError(
                self.env._(
                    "%(customer)s has the number or the e-mail address, but not the "
                    "name of the customer, %(name)s. Press “Create quotation” and "
                    "choose the customer.",
                    customer=found.display_name,
                    name=party.address.name or self._person(party.address),
                )
            )
        if len(found) > 1:
            raise UserError(
                self.env._(
                    "Several customers could be %(name)s: %(customers)s. Press “Create "
                    "quotation” and choose one.",
                    name=party.address.name,
                    customers=", ".join(found[:5].mapped("display_name")),
                )
            )
        normal = self.env["itscope.supplier"]._normal_code
        told, ours = normal(party.address.vat), normal(found.vat)
        if found and told and ours and told != ours:
            raise UserError(
                self.env._(
                    "%(customer)s fits, but has the VAT number %(ours)s and not "
                    "%(told)s. Press “Create quotation” and choose the customer.",
                    customer=found.display_name,
                    ours=found.vat,
                    told=party.address.vat,
                )
            )
        return found

    @api.model
    def _has_name(self, partner, party):
        normal = self.env["itscope.supplier"]._normal_name
        told = party.address.name or self._person(party.address)
        return normal(partner.name) == normal(told)

    @api.model
    def _likely(self, document, party):
        """Companies that it could be: by VAT number, name with postal code, our number
        for it, and e-mail.

        :return: pairs of them and whether that alone is enough
        """
        Partner = self.env["res.partner"]
        own = [("company_id", "in", [document.company_id.id, False])]

        def search(name, values):
            values = [value for value in values if value]
            found = Partner.search([*own, (name, "in", values)]) if values else Partner
            return found.commercial_partner_id

        address = party.address
        Supplier = self.env["itscope.supplier"]
        yield search("vat", {address.vat, Supplier._normal_code(address.vat)}), True
        near = search("zip", {address.zip})
        yield near.filtered(lambda one: self._has_name(one, party)), True
        yield search("ref", {party.id, document.quote_id.customer_number}), False
        mails = {email_normalize(m) for m in (address.contact_email, address.email)}
        yield search("email_normalized", mails), False

    @api.model
    def _new_customer(self, document, content, user):
        """A customer as the quote has it, marked as new for somebody to check."""
        party = self._party(content)
        address = party.address
        person = self._person(address)
        # Where none is told, none is guessed: taxes depend on it.
        country = self.env["res.country"].search(
            [("code", "=", address.country)], limit=1
        )
        Partner = self.env["res.partner"]
        partner = Partner.create(
            {
                "name": address.name or person,
                "is_company": bool(address.name) and address.name != person,
                "street": address.street or False,
                "street2": address.name2 or False,
                "zip": address.zip or False,
                "city": address.city or False,
                "country_id": country.id,
                "phone": address.phone or False,
                "email": address.email or False,
                "ref": document.quote_id.customer_number or party.id or False,
                "company_id": document.company_id.id,
                "itscope_new": True,
            }
        )
        note = self.env._("From the ITscope quote %s.", document.number)
        if address.vat:
            try:
                with self.env.cr.savepoint():
                    partner.vat = address.vat
            except ValidationError as error:
                note += f" {error}"
        partner.message_post(body=note)
        if user:
            partner.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("ITscope: check the new customer"),
                note=html_text(note),
                user_id=user.id,
            )
        return partner

    @api.model
    def _contact(self, partner, content):
        """The person at the customer whom the quote names; the customer itself where
        none is named."""
        party = self._party(content)
        person = self._person(party.address) if party else ""
        if not person or not partner.is_company:
            return partner
        mail = email_normalize(party.address.contact_email)
        normal = self.env["itscope.supplier"]._normal_name
        for contact in partner.child_ids:
            if (mail and contact.email_normalized == mail) or (
                contact.type == "contact" and normal(contact.name) == normal(person)
            ):
                return contact
        return partner.create(
            {
                "name": person,
                "parent_id": partner.id,
                "type": "contact",
                "email": party.address.contact_email or False,
                "phone": party.address.contact_phone or False,
                "company_id": partner.company_id.id,
            }
        )

    @staticmethod
    def _person(address):
        return f"{address.contact_first_name} {address.contact_name}".strip()
