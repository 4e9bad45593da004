from datetime import datetime, timezone
from decimal import Decimal

from odoo.tests import tagged

from ..itscope_api import ContractParameter, Packaging, Project, ScaledPrice
from .common import ItscopeCase


@tagged("post_install", "-at_install")
class TestOffers(ItscopeCase):
    def prices(self, link):
        return self.env["product.supplierinfo"].search(
            [("product_id", "=", link.product_id.id)]
        )

    def test_volume_prices_become_vendor_prices_with_their_quantity(self):
        links, _counts = self.import_records(
            self.record(
                self.offer(
                    packaging=Packaging(min_quantity=2, interval_quantity=2),
                    scaled_prices=(
                        ScaledPrice(10, Decimal(95)),
                        ScaledPrice(50, Decimal(90)),
                        ScaledPrice(100, Decimal(120)),
                    ),
                )
            )
        )
        found = {(p.min_qty, p.price) for p in self.prices(links)}
        self.assertEqual(found, {(2, 100), (10, 95), (50, 90)})
        self.import_records(
            self.record(self.offer(packaging=Packaging(min_quantity=2)))
        )
        active = self.prices(links).filtered(lambda p: not p.date_end)
        self.assertEqual(active.mapped("min_qty"), [2])

    def test_a_price_for_ten_is_divided(self):
        links, _counts = self.import_records(
            self.record(self.offer(packaging=Packaging(price_quantity=10)))
        )
        self.assertEqual(links.best_price, 10)

    def test_project_prices_are_shown_and_never_a_vendor_price(self):
        project = Project(
            "MWP1",
            end_customer="Stadt Karlsruhe",
            price=Decimal(50),
            valid_to=datetime(2020, 1, 1, tzinfo=timezone.utc),
        )
        links, _counts = self.import_records(
            self.record(self.offer(projects=(project,)))
        )
        self.assertEqual(self.prices(links).price, 100)
        text = links.offer_ids.project_text
        for word in ("MWP1", "Stadt Karlsruhe", "expired"):
            self.assertIn(word, text)

    def test_a_doubtful_match_is_kept_out_of_choice_until_the_limit_allows_it(self):
        links, _counts = self.import_records(self.record(self.offer(match_quality=78)))
        self.assertFalse(self.prices(links))
        self.assertFalse(links.best_price)
        self.assertEqual(links.offer_ids.price_rule, "match_quality")
        self.account.min_match_quality = 70
        self.assertEqual(self.prices(links).price, 100)
        self.assertEqual(links.best_price, 100)

    def test_each_rule_explains_itself(self):
        links, _counts = self.import_records(
            self.record(
                self.offer(),
                self.offer(id="2", condition=3, condition_name="B-Ware"),
                self.offer(id="3", price=None),
                self.offer(id="4", supplier_id="10008888"),
                self.offer(id="5", match_quality=50),
            )
        )
        rules = {o.offer_id: o.price_rule for o in links.offer_ids}
        self.assertEqual(
            rules,
            {
                "1": "vendor_price",
                "2": "condition",
                "3": "price",
                "4": "supplier",
                "5": "match_quality",
            },
        )
        self.assertTrue(all(links.offer_ids.mapped("explanation")))
        price = self.prices(links)
        price.price = 1
        self.env.invalidate_all()
        self.assertEqual(price.itscope_offer_id.price_rule, "own")

    def test_the_best_price_counts_in_the_companys_currency(self):
        dollar = self.env.ref("base.USD")
        dollar.active = True
        self.env["res.currency.rate"].create(
            {
                "currency_id": (
                    dollar
                    if self.company.currency_id != dollar
                    else self.env.ref("base.EUR")
                ).id,
                "rate": 2.0,
                "company_id": self.company.id,
                "name": "2020-01-01",
            }
        )
        other = "USD" if self.company.currency_id.name != "USD" else "EUR"
        links, _counts = self.import_records(
            self.record(
                self.offer(currency=self.company.currency_id.name),
                self.offer(id="2", price=Decimal(150), currency=other),
            )
        )
        self.assertEqual(links.best_offer_id.offer_id, "2")

    def test_a_price_list_line_keeps_its_link_when_itscope_matches_it(self):
        links, _counts = self.import_records(
            self.record(self.offer(id="7"), puid="5555999", ean="")
        )
        product = links.product_id
        moved, counts = self.import_records(
            self.record(self.offer(id="8"), puid="5555000"), create=False
        )
        self.assertEqual(moved, links)
        self.assertEqual((links.puid, links.product_id), ("5555000", product))
        self.assertEqual(counts["created"], 0)

    def test_what_an_order_must_state_is_shown(self):
        parameters = (
            ContractParameter("endUser", "End customer", True, "ACME"),
            ContractParameter("note"),
        )
        links, _counts = self.import_records(
            self.record(self.offer(contract_parameters=parameters))
        )
        self.assertEqual(
            links.offer_ids.contract_text,
            "End customer (e.g. ACME), required\nnote",
        )

    def test_an_unchanged_refresh_writes_no_offer_and_no_vendor_price(self):
        links, _counts = self.import_records(self.record(self.offer()))
        self.env.flush_all()
        tables = ("itscope_offer", "product_supplierinfo", "product_template")

        def versions():
            found = {}
            for table in tables:
                self.env.cr.execute(f"SELECT id, xmin, ctid FROM {table} ORDER BY id")
                found[table] = self.env.cr.fetchall()
            return found

        before = versions()
        _links, counts = self.import_records(self.record(self.offer()))
        self.env.flush_all()
        self.assertEqual(versions(), before)
        self.assertEqual(counts["unchanged"], 1)

    def test_an_update_leaves_alone_what_it_does_not_tell(self):
        links, _counts = self.import_records(
            self.record(self.offer(name="Long name", match_quality=100))
        )
        self.import_records(
            self.record(
                self.offer(name="", condition=0, price=Decimal(80)), update_only=True
            )
        )
        offer = links.offer_ids
        self.assertEqual(
            (offer.name, offer.price, offer.is_new), ("Long name", 80, True)
        )

    def test_mapping_and_unmapping_a_supplier(self):
        links, _counts = self.import_records(
            self.record(self.offer(supplier_id="10008888"))
        )
        self.unmapped.partner_id = self.vendor
        self.assertEqual(self.prices(links).partner_id, self.vendor)
        self.unmapped.partner_id = False
        self.assertTrue(self.prices(links).date_end)

    def test_what_waits_is_counted_and_a_click_away(self):
        maker = self.env["itscope.manufacturer"].create(
            {"itscope_id": "88", "name": "Musterwerke"}
        )
        self.env["itscope.manufacturer"].create({"itscope_id": "89", "name": "Unused"})
        self.import_records(
            self.record(
                self.offer(),
                self.offer(id="2", supplier_id="10008888"),
                manufacturer_id="88",
                product_type_id="131",
                product_type_name="Monitore",
            )
        )
        self.assertEqual(
            self.waiting(), {"suppliers": 1, "types": 1, "manufacturers": 1, "links": 1}
        )
        action = self.account.action_open_waiting("suppliers")
        found = self.env["itscope.supplier"].search(action["domain"])
        self.assertEqual(found, self.unmapped)
        partner = self.env["res.partner"].create(
            {"name": "Musterwerke GmbH", "is_company": True}
        )
        self.env["itscope.manufacturer"].action_suggest_partners()
        self.assertEqual(maker.partner_id, partner)
        self.env["itscope.product.type"].action_create_categories()
        self.assertEqual(self.waiting(), {"suppliers": 1, "links": 1})

    def test_each_supplier_says_whether_it_delivers_prices(self):
        self.unmapped.customer_number = "4711"
        self.import_records(
            self.record(
                self.offer(),
                self.offer(id="2", supplier_id="10008888", price=None),
            )
        )
        self.assertIn("1 of 1", self.supplier.price_state)
        self.assertIn("price-list eService", self.unmapped.price_state)
        other = self.env["itscope.supplier"].create({"itscope_id": "1", "name": "X"})
        self.assertIn("No partnership", other.price_state)

    def test_an_offer_that_moved_takes_its_price_along(self):
        both = {"ean": "", "manufacturer_sku": "Q"}
        old, _counts = self.import_records(self.record(self.offer(), puid="1000"))
        self.import_records(self.record(puid="2000", **both))
        old.digest = "seen"
        self.assertEqual(old.best_price, 100)
        new, _counts = self.import_records(
            self.record(self.offer(), puid="2000", **both)
        )
        self.assertEqual((new.best_price, new.supplier_count), (100, 1))
        self.assertFalse(old.best_offer_id)
        self.assertEqual((old.best_price, old.total_stock, old.digest), (0, 0, False))

    def test_a_changed_text_counts_as_changed(self):
        self.import_records(self.record(self.offer()))
        _links, counts = self.import_records(
            self.record(self.offer(), html_specs="<p>New</p>")
        )
        self.assertEqual((counts["updated"], counts["unchanged"]), (1, 0))
        _links, counts = self.import_records(
            self.record(self.offer(), html_specs="<p>New</p>")
        )
        self.assertEqual((counts["updated"], counts["unchanged"]), (0, 1))

    def test_a_mark_taken_off_brings_the_offers_price_back(self):
        links, _counts = self.import_records(self.record(self.offer()))
        price = self.prices(links)
        price.price = 77
        self.assertEqual(links.offer_ids.price_rule, "own")
        price.itscope_own = False
        self.assertEqual(price.price, 100)
        self.assertEqual(links.offer_ids.price_rule, "vendor_price")

    def test_another_match_quality_concerns_the_offers_between(self):
        links, _counts = self.import_records(
            self.record(
                *(
                    self.offer(id=str(n), supplier_sku=f"S{n}", match_quality=n)
                    for n in (50, 85, 100)
                )
            )
        )
        prices = type(self.env["product.supplierinfo"])
        looked_at, synchronise = [], prices._itscope_synchronise

        def watched(infos, offers):
            looked_at.extend(offers.mapped("match_quality"))
            return synchronise(infos, offers)

        self.patch(prices, "_itscope_synchronise", watched)
        self.account.min_match_quality = 90
        self.assertEqual(looked_at, [85])
        live = self.prices(links).filtered(lambda price: not price.date_end)
        self.assertEqual(live.itscope_offer_id.match_quality, 100)
        self.account.min_match_quality = 81
        self.assertEqual(looked_at, [85, 85])
        live = self.prices(links).filtered(lambda price: not price.date_end)
        self.assertEqual(len(live), 2)

    def test_another_category_for_the_rest_makes_products_count_again(self):
        link, _counts = self.import_records(self.record(self.offer()))
        for name, value, kept in (
            ("default_categ_id", self.category.id, False),
            ("default_categ_id", self.category.id, "seen"),
            ("name", "Other", "seen"),
        ):
            link.write({"digest": "seen", "update_digest": "seen"})
            self.account.write({name: value})
            self.assertEqual((link.digest, link.update_digest), (kept, kept))
        self.product_type.categ_id = self.category.copy()
        self.assertFalse(link.digest)
