from decimal import Decimal

from odoo.tests import tagged

from ..itscope_api import Accessory
from .common import ItscopeCase


@tagged("post_install", "-at_install")
class TestImport(ItscopeCase):
    def test_new_product_gets_codes_texts_category_and_offers(self):
        links, counts = self.import_records(
            self.record(
                self.offer(),
                self.offer(id="2", supplier_id="10008888", price=Decimal(90)),
            )
        )
        product = links.product_id
        self.assertEqual(counts["created"], 1)
        self.assertEqual(product.name, "Musterwerke Notebook AB100")
        self.assertEqual(product.default_code, "AB100/2TB")
        self.assertEqual(product.barcode, "4006381333931")
        self.assertEqual(product.categ_id, self.category)
        self.assertEqual(product.description_sale, "Core 5, 16 GB")
        self.assertEqual(product.type, "consu")
        self.assertEqual(product.list_price, 149.0)
        self.assertEqual(product.standard_price, 90.0)
        self.assertEqual(len(links.offer_ids), 2)
        self.assertEqual(links.best_price, 90.0)
        self.assertEqual(links.total_stock, 10)
        self.assertEqual(links.supplier_count, 2)

    def test_licence_is_a_service(self):
        links, _counts = self.import_records(self.record(contract_type=3))
        self.assertEqual(links.product_id.type, "service")

    def test_own_changes_stay_and_others_follow(self):
        links, _counts = self.import_records(self.record())
        product = links.product_id
        product.name = "Our own name"
        _links, counts = self.import_records(
            self.record(name="New name", short_description="Core 7, 32 GB")
        )
        self.assertEqual(counts["created"], 0)
        self.assertEqual(product.name, "Our own name")
        self.assertEqual(product.description_sale, "Core 7, 32 GB")
        # What ITscope said is remembered: the own name stays in the next round, too.
        self.import_records(self.record(name="Newer name"))
        self.assertEqual(product.name, "Our own name")

    def test_a_translation_made_by_hand_stays(self):
        self.env["res.lang"]._activate_lang("de_DE")
        links, _counts = self.import_records(self.record())
        product = links.product_id
        product.with_context(lang="de_DE").name = "Eigener Name"
        self.import_records(self.record(name="New name"))
        self.assertEqual(product.with_context(lang="de_DE").name, "Eigener Name")
        self.assertEqual(product.with_context(lang="en_US").name, "New name")

    def test_update_view_leaves_texts_alone(self):
        links, _counts = self.import_records(self.record(self.offer()))
        self.import_records(
            self.record(
                self.offer(price=Decimal(95)),
                update_only=True,
                name="",
                ean="",
                short_description="",
            )
        )
        self.assertEqual(links.product_id.name, "Musterwerke Notebook AB100")
        self.assertEqual(links.name, "Musterwerke Notebook AB100")
        self.assertEqual(links.best_price, 95.0)

    def test_barcode_that_is_taken_or_invalid_becomes_a_note(self):
        other = self.env["product.product"].create(
            {"name": "Other", "barcode": "4006381333931"}
        )
        links, _counts = self.import_records(
            self.record(),
            self.record(puid="777001", ean="123", name="Invalid"),
            self.record(puid="777002", ean="4006381333948", name="Twin 1"),
            self.record(puid="777003", ean="4006381333948", name="Twin 2"),
        )
        self.assertFalse(any(links.product_id.mapped("barcode")))
        self.assertEqual(len(links.filtered("message")), 4)
        self.assertIn(
            other.display_name, links.filtered(lambda k: k.puid == "777000").message
        )

    def test_a_barcode_of_another_company_is_left_to_it_and_breaks_nothing(self):
        company = self.env["res.company"].create({"name": "Foreign"})
        self.env["product.product"].create(
            {
                "name": "Secret project",
                "barcode": "4006381333931",
                "company_id": company.id,
            }
        )
        own = self.env["product.product"].create(
            {"name": "Own", "company_id": self.company.id}
        )
        links, _counts = self.import_records(
            self.record(), self.record(puid="777001", ean="4006381333948")
        )
        first = links.filtered(lambda link: link.puid == "777000")
        self.assertFalse(first.product_id.barcode)
        self.assertIn("another company", first.message)
        self.assertNotIn("Secret", first.message)
        self.assertTrue((links - first).product_id.barcode, "its neighbour has one")
        # A product of this company may have it: Odoo asks within a company only.
        self.account.mapping_ids.filtered(
            lambda m: m.field_id.name == "barcode"
        ).policy = "always"
        linked, _counts = self.import_records(
            self.record(puid="777002"), targets={"777002": own}
        )
        self.assertEqual(linked.product_id.barcode, "4006381333931")

    def test_what_was_undone_keeps_its_product_from_nobody(self):
        links, _counts = self.import_records(self.record())
        product = links.product_id
        links.active = False
        again, _counts = self.import_records(
            self.record(puid="888000", ean="", manufacturer_sku="X"),
            targets={"888000": product},
        )
        self.assertEqual(again.product_id, product)
        back, counts = self.import_records(self.record(ean=""))
        self.assertEqual(counts["created"], 1)
        self.assertNotEqual(back.product_id, product)

    def test_a_new_type_comes_with_its_group(self):
        links, _counts = self.import_records(
            self.record(
                product_type_id="131",
                product_type_name="Tablets",
                product_type_group_id="13",
                product_type_group_name="Mobile",
            )
        )
        self.assertEqual(links.product_type_id.display_name, "Mobile / Tablets")

    def test_pictures_from_other_hosts_are_not_shown(self):
        own = self.account.base_url
        links, _counts = self.import_records(
            self.record(
                thumbnail="https://evil.example/x.png",
                html_specs="<p>a<img src='https://evil.example/x.png'>b"
                f"<img src='{own}/images/1.png'></p>",
                images=(f"{own}/images/2.png",),
            )
        )
        self.assertEqual(links.thumbnail_url, f"{own}/images/2.png")
        self.assertNotIn("evil", links.html_specs)
        self.assertIn("images/1.png", links.html_specs)
        self.assertIn("b", links.html_specs)

    def test_what_nobody_reads_is_shown_all_the_same(self):
        links, _counts = self.import_records(
            self.record(others={"fooBar": "<b>7</b>", "baz": "1"})
        )
        self.assertIn("fooBar", links.other_values_html)
        self.assertNotIn("<b>", links.other_values_html)

    def test_an_article_number_alone_is_a_question(self):
        def propose(own_name, **values):
            product = self.env["product.product"].create(
                {"name": own_name, "default_code": "AB100/2TB"}
            )
            record = self.record(manufacturer_name="Musterwerke AG", **values)
            proposals = self.env["itscope.product.matcher"]._proposals(
                self.company, [record]
            )
            product.active = False
            product.default_code = False
            return proposals[record.puid].action

        self.assertEqual(propose("Schraube M4"), "ask")
        self.assertEqual(propose("Musterwerke AB100"), "link", "the manufacturer")
        name = {"name": "Notebook AB100 Pro"}
        self.assertEqual(propose("Notebook Pro 14", **name), "link", "the name")
        self.assertEqual(
            propose("Notebook AB100", **name), "ask", "a word and the number"
        )

    def test_nobody_asked_for_it_so_it_is_skipped(self):
        links, counts = self.import_records(self.record(), create=False)
        self.assertFalse(links)
        self.assertEqual(counts["skipped"], 1)

    def test_existing_product_is_linked_and_keeps_its_values(self):
        product = self.env["product.product"].create(
            {"name": "Mine", "default_code": "X-1", "list_price": 5}
        )
        links, counts = self.import_records(
            self.record(self.offer()), targets={"777000": product}
        )
        self.assertEqual(links.product_id, product)
        self.assertEqual(counts["linked"], 1)
        self.assertEqual(product.name, "Mine")
        self.assertEqual(product.default_code, "X-1")
        self.import_records(self.record(self.offer(), name="ITscope's newest name"))
        self.assertEqual(product.name, "Mine")

    def test_offer_that_disappears_ends_and_comes_back(self):
        links, _counts = self.import_records(
            self.record(self.offer(), self.offer(id="2", supplier_sku="BD-2"))
        )
        self.import_records(self.record(self.offer()))
        self.assertEqual(links.offer_ids.mapped("offer_id"), ["1"])
        ended = links.with_context(active_test=False).offer_ids - links.offer_ids
        self.assertEqual(ended.offer_id, "2")
        self.import_records(
            self.record(self.offer(), self.offer(id="2", supplier_sku="BD-2"))
        )
        self.assertEqual(len(links.offer_ids), 2)

    def test_price_zero_or_missing_is_unknown_never_free(self):
        links, _counts = self.import_records(
            self.record(self.offer(price=None), self.offer(id="2", price=Decimal(7)))
        )
        self.assertEqual(links.best_price, 7.0)
        unknown = links.offer_ids.filtered(lambda offer: offer.offer_id == "1")
        self.assertFalse(unknown.has_price)

    def test_used_goods_are_shown_but_not_the_best_price(self):
        links, _counts = self.import_records(
            self.record(
                self.offer(),
                self.offer(id="2", condition=4, price=Decimal(10)),
            )
        )
        self.assertEqual(links.best_price, 100.0)
        self.assertEqual(len(links.offer_ids), 2)

    def test_unknown_supplier_of_an_offer_is_created(self):
        links, _counts = self.import_records(
            self.record(self.offer(supplier_id="555", supplier_name="Neu & Co"))
        )
        self.assertEqual(links.offer_ids.supplier_id.name, "Neu & Co")

    def test_companies_are_separate(self):
        other = self.env["res.company"].create({"name": "Other company"})
        account = self.env["itscope.account"].create(
            {
                "name": "Other",
                "company_id": other.id,
                "account_code": "m2",
                "base_url": self.account.base_url,
            }
        )
        mine, _counts = self.import_records(self.record(self.offer()))
        theirs, _counts = self.env["itscope.product.importer"]._import(
            account,
            [self.record(self.offer(price=Decimal(80)), ean="")],
            {"777000": self.env["product.product"]},
        )
        self.assertNotEqual(mine.product_id, theirs.product_id)
        self.assertEqual(mine.best_price, 100.0)
        self.assertEqual(theirs.best_price, 80.0)
        user = self.user.with_company(self.company)
        self.assertFalse(theirs.with_user(user).search([("id", "=", theirs.id)]))

    def test_user_imports_without_the_right_to_edit_products(self):
        self.assertFalse(
            self.env["product.product"].with_user(self.user).has_access("create")
        )
        links, _counts = (
            self.env["itscope.product.importer"]
            .with_user(self.user)
            ._import(
                self.account.with_user(self.user),
                [self.record(self.offer())],
                {"777000": self.env["product.product"]},
            )
        )
        self.assertEqual(links.product_id.sudo().name, "Musterwerke Notebook AB100")

    def test_unchanged_import_writes_no_offers_and_scales_in_batches(self):
        records = [
            self.record(
                *[self.offer(id=f"{n}-{k}", supplier_sku=f"{n}-{k}") for k in range(5)],
                puid=str(n),
                ean="",
                manufacturer_sku=f"SKU{n}",
            )
            for n in range(60)
        ]
        self.import_records(*records)
        self.env.flush_all()

        def queries(count):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.import_records(*records[:count])
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        queries(5)
        # No query per product or offer: twelve times the products cost no more queries,
        # but for the ORM's own splitting of large id lists.
        self.assertLessEqual(queries(60), queries(5) + 3)

    def test_no_query_per_product_with_accessories_pictures_and_changed_fields(self):
        self.account.write({"accessory_policy": "optional", "picture_policy": "all"})

        def records(count, step):
            # The accessory of all comes first; each round changes every product.
            first = self.record(puid="5000000", ean="", manufacturer_sku="ACC")
            return [first] + [
                self.record(
                    self.offer(id=f"5{n}", supplier_sku=f"S{n}"),
                    puid=f"4{n:03}000",
                    ean="",
                    name=f"N {step} {n}",
                    manufacturer_sku=f"M{n}",
                    images=(f"https://media.itscope.com/{step}/{n}.png",),
                    accessories=(Accessory(first.puid),) if step else (),
                )
                for n in range(count)
            ]

        def queries(count, step):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.import_records(*records(count, step))
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        queries(60, 0)
        queries(60, 1)
        few, many = queries(5, 2), queries(60, 3)
        self.assertLessEqual(many, few + 10)
