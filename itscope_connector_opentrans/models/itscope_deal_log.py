from odoo import fields, models

from odoo.addons.itscope_connector.itscope_api import (
    InvalidRequestError,
    MalformedError,
    NetworkError,
    ServerError,
)


class ItscopeDeal(models.Model):
    """The outbox, third part: the log of what left and what came back."""

    _inherit = "itscope.deal"

    def _log_attempt(self, document):
        """Begin the entry of the attempt that is about to leave."""
        # sudo: the log is written by the connector only.
        self.env["itscope.send.attempt"].sudo().create(
            {
                "deal_id": self.id,
                "number": self.attempts,
                "left_date": self.left_date,
                "document_id": document.id,
                "user_id": self.env.uid,
            }
        )

    def _log_error(self, error, attempt):
        """What an error says about an attempt; the core keeps secrets out of it."""
        if isinstance(error, InvalidRequestError):
            result = "rejected"
        elif isinstance(error, ServerError | MalformedError) or (
            isinstance(error, NetworkError) and error.sent
        ):
            result = "unknown"
        else:
            result = "not_sent"
        status = f"HTTP {error.status}: " if error.status else ""
        self._log_answer(result, f"{status}{error.message}", attempt)

    def _log_answer(self, result, answer, attempt=None):
        """:param attempt: number; None for the last one"""
        number = attempt or self.attempts
        # sudo: as above.
        self.sudo().attempt_ids.filtered(lambda row: row.number == number).write(
            {
                "result": result,
                "answer": answer or False,
                "answer_date": fields.Datetime.now(),
            }
        )
