"""QUOTATION."""

from __future__ import annotations

from ..documents import Quotation
from .amounts import sum_of
from .base import DocumentReader


class QuotationReader(DocumentReader):
    root = "QUOTATION"

    def read(self) -> Quotation:
        common = self.common()
        self.check_total(common["total_amount"], sum_of(common["lines"]))
        return Quotation(
            **common,
            valid_from=self.info.moment("VALID_START_DATE"),
            valid_to=self.info.last_moment("VALID_END_DATE"),
        )
