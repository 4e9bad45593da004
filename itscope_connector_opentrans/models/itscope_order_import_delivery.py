from odoo import api, models


class ItscopeOrderImport(models.AbstractModel):
    """Where an order that was placed on the platform goes."""

    _inherit = "itscope.order.import"

    @api.model
    def _delivery_values(self, deal, content):
        """A customer's address is a drop shipment, where Odoo does them."""
        address = self._foreign_address(deal, content)
        kind = self._dropship_type(deal.company_id)
        if not address or not kind:
            return {}
        return {
            "picking_type_id": kind.id,
            "dest_address_id": self._partner(deal.company_id, address).id,
        }

    @api.model
    def _dropship_type(self, company):
        return self.env["stock.picking.type"].search(
            [("company_id", "=", company.id), ("code", "=", "dropship")], limit=1
        )

    @api.model
    def _foreign_address(self, deal, content):
        """Where it goes if that is none of our own addresses, or None."""
        party = content.party("delivery")
        if not party or not (party.address.street and party.address.zip):
            return None
        company = deal.company_id
        warehouses = self.env["stock.warehouse"].search(
            [("company_id", "=", company.id)]
        )
        own = company.partner_id | company.partner_id.child_ids | warehouses.partner_id
        places = {self._place(one.zip, one.street) for one in own}
        buyer = content.party("buyer")
        if buyer:
            # As ITscope knows us: Odoo may spell our address in another way.
            places.add(self._place(buyer.address.zip, buyer.address.street))
        address = party.address
        same = self._place(address.zip, address.street) in places
        return None if same else address

    @api.model
    def _place(self, code, street):
        normal = self.env["itscope.supplier"]._normal_code
        return normal(code), normal((street or "").casefold().replace("straße", "str"))

    @api.model
    def _partner(self, company, address):
        """The contact with this address, made where there is none."""
        Partner = self.env["res.partner"]
        wanted = self._place(address.zip, address.street)
        normal = self.env["itscope.supplier"]._normal_name
        for partner in Partner.search(
            [
                ("zip", "=", address.zip),
                ("company_id", "in", [company.id, False]),
            ]
        ):
            if self._place(partner.zip, partner.street) == wanted and normal(
                address.name
            ) in (normal(partner.name), normal(partner.commercial_partner_id.name)):
                return partner
        country = self.env["res.country"].search(
            [("code", "=", address.country or "DE")], limit=1
        )
        return Partner.create(
            {
                "name": address.name or address.contact_name,
                "is_company": True,
                "street": address.street,
                "street2": address.name2 or False,
                "zip": address.zip,
                "city": address.city,
                "country_id": country.id,
                "company_id": company.id,
                "comment": self.env._("From an order on ITscope's platform."),
            }
        )
