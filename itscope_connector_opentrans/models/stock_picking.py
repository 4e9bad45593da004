from markupsafe import Markup

from odoo import api, fields, models

from odoo.addons.itscope_connector.tools import write_changed

from ..carriers import is_web_address, tracking_address
from ..tools import plain


class StockPicking(models.Model):
    _inherit = "stock.picking"

    itscope_document_ids = fields.Many2many(
        "itscope.document", string="ITscope documents", readonly=True, copy=False
    )
    itscope_document_count = fields.Integer(compute="_compute_itscope_document_count")
    itscope_carrier = fields.Char(
        string="Supplier's carrier", readonly=True, copy=False
    )
    itscope_shipment = fields.Char(string="Shipment", readonly=True, copy=False)
    itscope_tracking = fields.Text(string="Parcel tracking", readonly=True, copy=False)
    # Not sanitised again: every value is escaped and each address checked below.
    itscope_tracking_links = fields.Html(
        string="Track", compute="_compute_itscope_tracking_links", sanitize=False
    )
    itscope_packages = fields.Text(string="Parcels", readonly=True, copy=False)

    def _compute_itscope_document_count(self):
        for picking in self:
            picking.itscope_document_count = len(picking.itscope_document_ids)

    @api.depends("itscope_tracking", "itscope_shipment", "itscope_carrier")
    def _compute_itscope_tracking_links(self):
        for picking in self:
            told = (picking.itscope_tracking or "").splitlines()
            numbers = [part for part in told if "://" not in part]
            numbers += (picking.itscope_shipment or "").split(", ")
            links = {url: url for url in told if is_web_address(url)}
            for number in filter(None, numbers):
                if url := tracking_address(picking.itscope_carrier, number):
                    links.setdefault(url, number)
            picking.itscope_tracking_links = Markup("<br/>").join(
                Markup('<a href="%s" target="_blank" rel="noopener noreferrer">%s</a>')
                % (url, text)
                for url, text in links.items()
            )

    def _itscope_note_parcels(self, documents):
        """Show what dispatch notifications say about the parcels of this receipt.

        :param documents: list of :class:`opentrans.DispatchNotification`
        """
        self.ensure_one()
        tracking = self._itscope_joined(t for d in documents for t in d.tracking)
        values = {
            "itscope_carrier": ", ".join(
                self._itscope_joined(d.carrier for d in documents)
            ),
            "itscope_shipment": ", ".join(
                self._itscope_joined(d.shipment_id for d in documents)
            ),
            "itscope_tracking": "\n".join(tracking),
            "itscope_packages": "\n".join(
                self._itscope_joined(
                    self._itscope_package_text(package)
                    for document in documents
                    for package in document.packages
                )
            ),
        }
        # Odoo's own field, where an addon for carriers brings it.
        numbers = [t for t in tracking if "://" not in t]
        if "carrier_tracking_ref" in self._fields and not self.carrier_tracking_ref:
            values["carrier_tracking_ref"] = ",".join(numbers)
        write_changed(self, values)

    @staticmethod
    def _itscope_joined(texts):
        """Each text once, in its order, without empty ones."""
        return list(dict.fromkeys(text for text in texts if text))

    def _itscope_package_text(self, package):
        parts = [package.id]
        if package.description:
            parts.append(package.description)
        if package.weight:
            parts.append(f"{plain(package.weight)} kg")
        return " · ".join(parts)

    def action_itscope_documents(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itscope_connector_opentrans.itscope_document_action"
        )
        action["domain"] = [("id", "in", self.itscope_document_ids.ids)]
        action["context"] = {}
        return action
