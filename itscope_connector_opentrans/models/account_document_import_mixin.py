from lxml import etree

from odoo import api, models

from .. import opentrans

#: Type of openTRANS files in Odoo's import, followed by the kind of document.
FILE_TYPE = "itscope.opentrans."


class AccountDocumentImportMixin(models.AbstractModel):
    """Odoo's import recognises openTRANS files, in whatever spelling they come."""

    _inherit = "account.document.import.mixin"

    @api.model
    def _get_xml_tree(self, file_data):
        # Odoo's parser refuses what the reader of this addon understands (blanks before
        # the declaration, undeclared prefixes), and reads document types, which that
        # one refuses. The root's name is all that Odoo needs to know.
        kind = opentrans.kind_of(file_data["raw"] or b"")
        return etree.Element(kind) if kind else super()._get_xml_tree(file_data)

    @api.model
    def _get_import_file_type(self, file_data):
        kind = opentrans.kind_of(file_data["raw"] or b"")
        return FILE_TYPE + kind if kind else super()._get_import_file_type(file_data)
