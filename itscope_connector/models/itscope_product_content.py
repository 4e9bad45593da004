import hashlib

from markupsafe import Markup

from odoo import api, fields, models

#: Fields of the link that hold texts, by the record's names.
TEXTS = (
    "short_description",
    "long_description",
    "marketing_text",
    "key_selling_points",
    "package_contents",
    "product_features",
    "html_main_specs",
    "html_specs",
    "warranty_text",
    "customs_tariff_number",
    "product_line",
    "product_model",
    "colour",
    "eclass",
    "unspsc",
    "energy_class",
)


#: Of these, the ones that hold HTML.
HTML = (
    "long_description",
    "marketing_text",
    "key_selling_points",
    "package_contents",
    "product_features",
    "html_main_specs",
    "html_specs",
)


def _html(**options):
    return fields.Html(
        readonly=True, sanitize_attributes=True, strip_style=True, **options
    )


def _table(rows):
    return Markup("<table class='table table-sm'>%s</table>") % Markup("").join(rows)


class ItscopeProduct(models.Model):
    """What ITscope tells about a product beyond prices: texts and properties."""

    _inherit = "itscope.product"

    short_description = fields.Text(readonly=True)
    long_description = _html()
    marketing_text = _html()
    key_selling_points = _html()
    package_contents = _html(string="Scope of delivery")
    product_features = _html()
    html_main_specs = _html(string="Main specifications")
    html_specs = _html(string="Specifications")
    warranty_text = fields.Char(string="Warranty", readonly=True)
    customs_tariff_number = fields.Char(readonly=True)
    product_line = fields.Char(readonly=True)
    product_model = fields.Char(string="Model", readonly=True)
    colour = fields.Char(readonly=True)
    eclass = fields.Char(string="eClass", readonly=True)
    unspsc = fields.Char(string="UNSPSC", readonly=True)
    energy_class = fields.Char(string="Energy efficiency class", readonly=True)
    gross_weight = fields.Float(
        string="Weight with packing (kg)", digits=(12, 3), readonly=True
    )
    net_weight = fields.Float(string="Net weight (kg)", digits=(12, 3), readonly=True)
    thumbnail_url = fields.Char(string="Picture", readonly=True)
    attributes = fields.Json(
        readonly=True, help="Properties as they come: [[group, name, value]]."
    )
    attributes_html = fields.Html(
        string="Properties", compute="_compute_attributes_html", sanitize=False
    )
    other_values = fields.Json(
        readonly=True, help="What ITscope sent and the connector does not read."
    )
    other_values_html = fields.Html(
        string="More from ITscope", compute="_compute_other_values_html", sanitize=False
    )
    content_digest = fields.Char(
        readonly=True, help="Of all texts: they are cleaned only when they changed."
    )

    @api.depends("attributes")
    def _compute_attributes_html(self):
        """A table; everything from outside is escaped by Markup."""
        for link in self:
            rows, last = [], None
            for group, name, value in link.attributes or ():
                if group != last:
                    rows.append(
                        Markup("<tr><th colspan='2'>%s</th></tr>") % (group or "–")
                    )
                    last = group
                rows.append(Markup("<tr><td>%s</td><td>%s</td></tr>") % (name, value))
            link.attributes_html = rows and _table(rows)

    @api.depends("other_values")
    def _compute_other_values_html(self):
        """A table, as for the attributes."""
        for link in self:
            rows = [
                Markup("<tr><td>%s</td><td>%s</td></tr>") % row
                for row in sorted((link.other_values or {}).items())
            ]
            link.other_values_html = rows and _table(rows)

    def _facts(self, rules, record, metadata):
        """Values of the link from a record that tells everything; texts only where one
        of them changed, since cleaning HTML is dear.

        :param rules: the ``itscope.account`` whose rules the company's products follow
        """
        self.ensure_one()
        manufacturer = metadata["manufacturers"].get(record.manufacturer_id)
        product_type = metadata["types"].get(record.product_type_id)
        contract_type = str(record.contract_type)
        kinds = dict(self._fields["contract_type"].selection)
        values = {
            "name": record.name or False,
            "ean": record.ean or False,
            "manufacturer_id": manufacturer.id if manufacturer else False,
            "manufacturer_sku": record.manufacturer_sku or False,
            "product_type_id": product_type.id if product_type else False,
            "contract_type": contract_type if contract_type in kinds else False,
            "deeplink": record.deeplink or False,
            "datasheet_url": record.pdf_datasheet or record.html_datasheet or False,
            # The reader's browser loads it: from ITscope's hosts only.
            "thumbnail_url": rules._picture_url(record),
        }
        content = {name: getattr(record, name) or False for name in TEXTS}
        content["gross_weight"] = float(record.gross_weight or 0)
        content["net_weight"] = float(record.net_weight or 0)
        content["attributes"] = [
            [attribute.group, attribute.name, attribute.value]
            for attribute in sorted(
                record.attributes, key=lambda a: (a.group, a.rank or 0, a.name)
            )
        ] or False
        content["other_values"] = dict(record.others) or False
        digest = hashlib.sha256(repr(content).encode()).hexdigest()[:32]
        if digest != self.content_digest:
            for name in HTML:
                content[name] = content[name] and rules._clean_html(content[name])
            values.update(content, content_digest=digest)
        return values
