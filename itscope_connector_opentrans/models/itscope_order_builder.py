from datetime import datetime, time, timezone

from odoo import models, release

from .. import opentrans
from ..tools import GERMANY

GENERATOR = f"Odoo {release.major_version}"
#: openTRANS writes languages with three letters (ISO 639-2).
LANGUAGES = {
    "de": "deu",
    "en": "eng",
    "fr": "fra",
    "nl": "nld",
    "it": "ita",
    "es": "spa",
}


class ItscopeOrderBuilder(models.AbstractModel):
    """Builds the openTRANS ORDER of a purchase order."""

    _name = "itscope.order.builder"
    _description = "Builder of orders for ITscope"

    def _xml(self, order):
        """The document as bytes; raises :class:`opentrans.InvalidOrderError`."""
        return opentrans.write_order(
            self._build(order),
            generator=GENERATOR,
            now=datetime.now(GERMANY),
        )

    def _build(self, order):
        """The :class:`opentrans.Order` of a purchase order that has been checked."""
        order.ensure_one()
        order = order.with_company(order.company_id)
        confirmed = order.date_approve or order.date_order
        return opentrans.Order(
            number=order.name,
            date=confirmed.replace(tzinfo=timezone.utc).astimezone(GERMANY),
            language=self._language(order),
            currency=order.currency_id.name,
            parties=self._parties(order),
            remarks=(("general", order.itscope_remarks.strip()),)
            if order.itscope_remarks and order.itscope_remarks.strip()
            else (),
            lines=tuple(
                self._line(line, number)
                for line, number in self._numbered_lines(order).items()
            ),
            customer_order_id=order.itscope_customer_reference or "",
            partial_shipment=order.itscope_partial_shipment,
            own_delivery_note=order.itscope_own_delivery_note,
        )

    def _language(self, order):
        lang = order.company_id.partner_id.lang or self.env.lang or ""
        return LANGUAGES.get(lang[:2], "deu")

    # ------------------------------------------------------------------ parties

    def _parties(self, order):
        number = order._itscope_customer_number()
        delivery = order._itscope_delivery_partner()
        drop_shipment = order._itscope_is_drop_shipment()
        return (
            opentrans.Party(
                id=order.itscope_supplier_id.itscope_id,
                roles=("supplier",),
                id_type="buyer_specific",
                address=self._supplier_address(order),
            ),
            opentrans.Party(
                id=number,
                roles=("buyer",),
                id_type="supplier_specific",
                address=self._address(order.company_id.partner_id, order.user_id),
            ),
            opentrans.Party(
                # A customer who gets the goods directly has a number of ours, since the
                # supplier does not know this customer.
                id=(delivery.ref or str(delivery.id)) if drop_shipment else number,
                roles=("delivery",),
                id_type="buyer_specific" if drop_shipment else "supplier_specific",
                address=self._address(
                    delivery, None if drop_shipment else order.user_id
                ),
            ),
            *self._licensees(order),
        )

    def _licensees(self, order):
        """One party for each licensee of a line."""
        for partner in order.order_line._itscope_sendable()._itscope_licensee():
            yield opentrans.Party(
                id=self._licensee_number(partner),
                roles=("customer",),
                id_type="buyer_specific",
                address=self._address(
                    partner, None, contact=partner._itscope_licence_contact()
                ),
            )

    @staticmethod
    def _licensee_number(partner):
        """Ours, and nobody else's: references need not be unique."""
        return f"{partner.ref}-{partner.id}" if partner.ref else str(partner.id)

    def _supplier_address(self, order):
        """As ITscope has it; what is missing there is taken from the vendor."""
        supplier = order.itscope_supplier_id
        vendor = order.partner_id.commercial_partner_id
        source = supplier if supplier.street and supplier.country_id else vendor
        return opentrans.Address(
            name=supplier.company_name or supplier.name or vendor.name,
            street=source.street or "",
            zip=source.zip or "",
            city=source.city or "",
            country_name=source.country_id.name or "",
            country=source.country_id.code or "",
        )

    def _address(self, partner, user, contact=None):
        """:param user: the contact; without one the partner itself is asked for
        :param contact: another contact, who is no user
        """
        company = partner.commercial_company_name or partner.commercial_partner_id.name
        supplements = [
            text for text in (partner.name, partner.street2) if text and text != company
        ]
        named = bool(contact)
        contact = contact or (user.partner_id if user else partner)
        # A person without a company is its own contact only where one is needed.
        first_name, last_name = self._split_name(
            contact.name if named or contact.name != company else ""
        )
        return opentrans.Address(
            name=company or partner.name or "",
            name2=supplements[0] if supplements else "",
            name3=supplements[1] if len(supplements) > 1 else "",
            contact_name=last_name,
            contact_first_name=first_name,
            contact_phone=contact.phone or partner.phone or "",
            contact_email=contact.email_normalized or partner.email_normalized or "",
            street=partner.street or "",
            zip=partner.zip or "",
            city=partner.city or "",
            country_name=partner.country_id.name or "",
            country=partner.country_id.code or "",
            phone=partner.phone or "",
            email=partner.email_normalized or "",
            url=partner.website or "",
        )

    @staticmethod
    def _split_name(name):
        """``(first name, last name)``: Odoo keeps both in one field."""
        first, _space, last = (name or "").strip().rpartition(" ")
        return first, last

    # ------------------------------------------------------------------ lines

    def _numbered_lines(self, order):
        """``{purchase order line: LINE_ITEM_ID}`` as it goes out now."""
        return {
            line: f"{number:05d}"
            for number, line in enumerate(order.order_line._itscope_sendable(), 1)
        }

    def _sent_lines(self, order):
        """``[(opentrans.Line, purchase order line)]`` under the numbers that documents
        refer to."""
        return [
            (self._line(line, line.itscope_line_id or number), line)
            for line, number in self._numbered_lines(order).items()
        ]

    def _line(self, line, number):
        offer = line.itscope_offer_id
        product = line.product_id
        licensee = line._itscope_licensee()
        _uom, code = line._itscope_unit()
        return opentrans.Line(
            line_id=number,
            product=opentrans.ProductIds(
                supplier_pid=line._itscope_supplier_sku(),
                ean=offer.ean or product.barcode or "",
                puid=offer.puid or product.itscope_link_id.puid or "",
                description=offer.name or product.name or line.name or "",
            ),
            quantity=line._itscope_quantity(),
            unit=code,
            price=line._itscope_net_price(),
            delivery_date=self._delivery_date(line),
            agreement=self._agreement(line),
            customer_ref=self._licensee_number(licensee) if licensee else "",
            parameters=tuple(
                (row.name, row.value.strip())
                for row in line.itscope_parameter_ids
                if row.value and row.value.strip()
            ),
            remarks=(("general", line.itscope_remark.strip()),)
            if line.itscope_remark and line.itscope_remark.strip()
            else (),
        )

    def _agreement(self, line):
        if not line.itscope_project_number:
            return None
        return opentrans.Agreement(
            agreement_id=line.itscope_project_number,
            quotation_id=line.itscope_project_supplier_number or "",
            start=line.itscope_project_start or None,
            end=line.itscope_project_end or None,
            description=line.itscope_project_customer or "",
        )

    def _delivery_date(self, line):
        kind = line.order_id.itscope_delivery_date_type
        if kind == "none" or not line.date_planned:
            return None
        midnight = datetime.combine(line._itscope_planned_day(), time(), GERMANY)
        return opentrans.DeliveryDate(start=midnight, end=midnight, type=kind)
