import logging

from psycopg2 import OperationalError

from odoo import models
from odoo.exceptions import LockError, UserError

from odoo.addons.itscope_connector.tools import lock

_logger = logging.getLogger(__name__)


class ItscopeDocumentsMixin(models.AbstractModel):
    """An order of ours that documents are about: purchase orders and quotations.

    Each has its :meth:`_itscope_apply_received` and :meth:`_itscope_responsible`.
    """

    _name = "itscope.documents.mixin"
    _description = "Order with ITscope documents"

    def _itscope_apply_now(self):
        """Apply what these orders' documents say, for a person who waits for it."""
        lock(self)
        for order in self:
            order._itscope_apply_documents(force=True)

    def _itscope_apply_documents(self, force=False):
        """Bring the order's records to what all its documents together say.

        Any order of arrival and any repetition ends in the same state: each kind is
        applied from all its documents, not from the last one.

        :param force: also where nothing new has come
        :return: False where another worker is at it
        """
        self.ensure_one()
        try:
            self.lock_for_update()
        except LockError:
            return False
        self.invalidate_recordset()
        order = self._itscope_as_responsible()
        documents = order.itscope_document_ids.filtered(
            lambda document: (
                document.direction == "in"
                and document.content_hash
                and document.state != "ignored"
            )
        )
        order._itscope_apply_received(documents, force)
        return True

    def _itscope_apply_kind(self, kind, documents):
        try:
            with self.env.cr.savepoint():
                applier = self.env[f"itscope.apply.{kind.lower()}"]
                applier._apply_all(self, documents)
        except OperationalError:
            # A conflict with another transaction: everything is repeated later.
            raise
        except Exception as error:
            # The documents are kept, and the other kinds still get their turn.
            if isinstance(error, UserError):
                _logger.info("ITscope %s of %s: %s", kind, self.display_name, error)
            else:
                _logger.exception("ITscope %s of %s", kind, self.display_name)
            pending = documents.filtered(lambda document: document._is_pending(self))
            for document in pending or documents:
                document._conclude(self, failures=[str(error)])

    def _itscope_as_responsible(self):
        """Messages are for who is responsible, in this person's language."""
        user = self._itscope_responsible()
        return self.with_company(self.company_id).with_context(
            lang=user.lang or self.env.lang
        )
