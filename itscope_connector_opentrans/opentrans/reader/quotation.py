"""QUOTATION: a quote of the platform."""

from __future__ import annotations

from dataclasses import replace

from ..documents import Quotation
from .base import DocumentReader
from .xml import moment_of


class QuotationReader(DocumentReader):
    """In its lines, BUYER_PID of type ``itscope`` is the offer that was quoted."""

    name = "QUOTATION"

    def info_names(self) -> frozenset[str]:
        return frozenset({"VALID_START_DATE", "VALID_END_DATE", "AGREEMENT", "HEADER_UDX"})

    def read(self) -> Quotation:
        quotation = Quotation(
            **self.common("QUOTATION_ID", "QUOTATION_DATE"),
            valid_from=self.value(moment_of, self.info, "VALID_START_DATE"),
            valid_to=self.value(moment_of, self.info, "VALID_END_DATE"),
        )
        return replace(quotation, findings=self.finish(quotation))
