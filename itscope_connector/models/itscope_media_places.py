import base64
import hashlib
import logging
from io import BytesIO

from PIL import Image
from psycopg2 import OperationalError

from odoo import models

from .itscope_media import GALLERY

_logger = logging.getLogger(__name__)

#: Pixels of a picture.
MAX_PIXELS = 50_000_000


class ItscopeMedia(models.Model):
    """Where a fetched file goes: to the product, the web shop, the documents."""

    _inherit = "itscope.media"

    def _keep_image(self, account, content):
        try:
            with Image.open(BytesIO(content)) as picture:
                width, height = picture.size
            if width * height > MAX_PIXELS:
                self._refuse(
                    self.env._("It has %(w)s × %(h)s pixels.", w=width, h=height)
                )
                return
            with self.env.cr.savepoint():
                self.image = base64.b64encode(content)
                self.flush_recordset()
        except OperationalError:
            raise
        except Exception as error:
            # Pillow answers a broken picture by many kinds of errors, bare ones too.
            _logger.info("ITscope picture %s: %r", self.url, error)
            self._refuse(self.env._("It can't be read."))
            return
        if self.sequence:
            self._give_to_gallery()
            self._done("done", account)
        else:
            self._done(self._give_to_product(), account)

    def _give_to_gallery(self):
        """Further pictures are shown in the web shop, where that is installed; one that
        a person removed there does not come back.
        """
        if GALLERY not in self.env:
            return
        if not self.gallery_id:
            # Another company may share the product: its picture is this one.
            self.gallery_id = self._of_sharers().filtered("gallery_id")[:1].gallery_id
        picture = self.env[GALLERY].browse(self.gallery_id).exists()
        if picture:
            picture.image_1920 = self.image
        elif not self.gallery_id:
            link = self.link_id
            variants = link.product_tmpl_id.product_variant_ids
            owner = (
                {"product_variant_id": link.product_id.id}
                if len(variants) > 1
                else {"product_tmpl_id": link.product_tmpl_id.id}
            )
            self.gallery_id = picture.create(
                {
                    "name": link.name or link.puid,
                    "sequence": self.sequence,
                    "image_1920": self.image,
                    **owner,
                }
            )

    def _of_sharers(self):
        """The same file at links of other companies that share the product."""
        self.ensure_one()
        # sudo: what lies on a shared product is everybody's who shares it.
        return self.sudo().search(
            [
                ("link_id.product_id", "=", self.link_id.product_id.id),
                ("link_id", "!=", self.link_id.id),
                ("url", "=", self.url),
            ]
        )

    def _drop(self):
        """Forget addresses that ITscope names no more, with their shop pictures."""
        self._drop_gallery()
        self.unlink()

    def _drop_gallery(self):
        """Take the pictures out of the shop, unless another company that shares the
        product has them too."""
        shown = self.filtered("gallery_id")
        if GALLERY not in self.env or not shown:
            return
        ids = set(shown.mapped("gallery_id"))
        # sudo: see _of_sharers.
        kept = self.sudo().search(
            [("gallery_id", "in", list(ids)), ("id", "not in", shown.ids)]
        )
        ids -= set(kept.mapped("gallery_id"))
        shown.gallery_id = False
        self.env[GALLERY].browse(ids).exists().unlink()

    def _give_to_product(self):
        """The main picture becomes the product's, unless somebody gave it another."""
        product = self.link_id.product_id
        field = (
            "image_variant_1920"
            if len(product.product_tmpl_id.product_variant_ids) > 1
            else "image_1920"
        )
        # A successor by another address takes over from the one before.
        ours = {self.checksum, self.link_id.picture_checksum}
        current = _checksum(product[field])
        if current and current not in ours:
            return "own"
        product[field] = self.image
        product.flush_recordset()
        self.checksum = self.link_id.picture_checksum = _checksum(product[field])
        return "done"

    def _make_document(self, values):
        """The product's document; one that a person removed does not come back."""
        if self.fetch_date and not self.document_id:
            return
        if not self.document_id:
            self.document_id = self._of_sharers().document_id[:1]
        if self.document_id:
            self.document_id.write(values)
            return
        name = self.env._("Data sheet %s", self.link_id.name or self.link_id.puid)
        if values["type"] == "binary":
            name = f"{name}.pdf"
        self.document_id = self.env["product.document"].create(
            {
                "name": name,
                "res_model": "product.template",
                "res_id": self.link_id.product_tmpl_id.id,
                # Whoever sees the product sees its data sheet.
                "company_id": self.link_id.product_tmpl_id.company_id.id,
                **values,
            }
        )


def _checksum(image):
    return image and hashlib.sha1(base64.b64decode(image)).hexdigest()
