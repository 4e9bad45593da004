from datetime import timedelta

from odoo import api, fields, models

from ..tools import write_changed

#: What a person may change so that the vendor price becomes their own.
OWN_FIELDS = {"price", "discount", "min_qty", "partner_id", "date_end", "date_start"}


class ProductSupplierinfo(models.Model):
    _inherit = "product.supplierinfo"

    itscope_offer_id = fields.Many2one(
        "itscope.offer",
        string="ITscope offer",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="This vendor price is kept in step with the offer.",
    )
    itscope_own = fields.Boolean(
        string="Changed by hand",
        copy=False,
        help="A person changed this vendor price: the connector leaves it alone until "
        "this "
        "mark is removed.",
    )

    def write(self, vals):
        if (
            OWN_FIELDS & vals.keys()
            and "itscope_own" not in vals
            and not self.env.context.get("itscope_synchronise")
        ):
            from_offers = self.filtered("itscope_offer_id")
            super(ProductSupplierinfo, from_offers).write({**vals, "itscope_own": True})
            return super(ProductSupplierinfo, self - from_offers).write(vals)
        return super().write(vals)

    @api.model
    def _itscope_synchronise(self, offers):
        """Keep vendor prices in step: new goods with a price, of mapped suppliers,
        only.

        A price that is no longer offered ends yesterday; it is not deleted, since
        orders may have been made by it.
        """
        offers = offers.with_context(active_test=False)
        infos = self.with_context(itscope_synchronise=True)
        known = {}
        for info in infos.search([("itscope_offer_id", "in", offers.ids)]):
            known[info.itscope_offer_id.id] = info
        to_create = []
        for company in offers.company_id:
            own = offers.filtered(lambda offer, c=company: offer.company_id == c)
            for offer in own.with_company(company):
                values = offer._prepare_supplierinfo_values()
                info = known.get(offer.id)
                if info is None:
                    if values:
                        to_create.append({**values, "itscope_offer_id": offer.id})
                elif not info.itscope_own:
                    info._itscope_write(values)
        infos.create(to_create)

    def _itscope_write(self, values):
        self.ensure_one()
        if not values:
            yesterday = fields.Date.today() - timedelta(days=1)
            values = (
                {}
                if self.date_end and self.date_end <= yesterday
                else {"date_end": yesterday}
            )
        write_changed(self, values)
