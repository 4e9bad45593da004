from . import itscope_document_assign
