from datetime import timedelta

from odoo import api, fields, models

from ..tools import write_changed

#: What a person may change so that the vendor price becomes their own.
OWN_FIELDS = {
    "price",
    "currency_id",
    "discount",
    "min_qty",
    "partner_id",
    "product_code",
    "date_end",
    "date_start",
}


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
    itscope_scale = fields.Integer(
        string="Volume price from",
        readonly=True,
        copy=False,
        help="The quantity of the offer's volume price; 0: its normal price.",
    )
    itscope_explanation = fields.Text(
        string="From ITscope", related="itscope_offer_id.explanation"
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
        result = super().write(vals)
        if "itscope_own" in vals and not vals["itscope_own"]:
            # sudo: the price goes back to what the offer says, whoever took off the
            # mark.
            infos = self.sudo()
            infos._itscope_synchronise(infos.itscope_offer_id)
        return result

    @api.model
    def _itscope_synchronise(self, offers):
        """Keep vendor prices in step: new goods with a price, of mapped suppliers,
        only.

        A price that is no longer offered ends yesterday; it is not deleted, since
        orders may have been made by it.
        """
        offers = offers.with_context(active_test=False)
        infos = self.with_context(itscope_synchronise=True)
        known = {
            (info.itscope_offer_id.id, info.itscope_scale): info
            for info in infos.search([("itscope_offer_id", "in", offers.ids)])
        }
        yesterday = fields.Date.today() - timedelta(days=1)
        to_create = []
        for company in offers.company_id:
            limit = offers._min_match_quality(company)
            own = offers.filtered(lambda offer, c=company: offer.company_id == c)
            for offer in own.with_company(company):
                wanted = offer._prepare_supplierinfos(limit)
                for scale, values in wanted.items():
                    info = known.pop((offer.id, scale), None)
                    if info is None:
                        to_create.append(
                            {
                                **values,
                                "itscope_offer_id": offer.id,
                                "itscope_scale": scale,
                            }
                        )
                    elif not info.itscope_own:
                        write_changed(info, values)
        ended = infos.browse(
            info.id
            for info in known.values()
            if not info.itscope_own
            and not (info.date_end and info.date_end <= yesterday)
        )
        ended.write({"date_end": yesterday})
        infos.create(to_create)
