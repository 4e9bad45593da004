"""Standard elements that are left alone on purpose.

They say nothing that an order, receipt, bill or quotation in Odoo has a place for, or
they say once more what is read elsewhere. Elements that are neither read nor listed
here are reported.
"""

from __future__ import annotations

#: Who else is concerned, and how to reach them.
_PARTIES = {
    "ACADEMIC_TITLE",
    "ACCOUNT",
    "ADDRESS_REMARKS",
    "AUTHENTIFICATION",
    "BOXNO",
    "CONTACT_DESCR",
    "CONTACT_ID",
    "CONTACT_ROLE",
    "DELIVERER_IDREF",
    "DELIVERY_IDREF",
    "DEPARTMENT",
    "DOCEXCHANGE_PARTIES_REFERENCE",
    "FINAL_DELIVERY_IDREF",
    "INVOICE_ISSUER_IDREF",
    "MANUFACTURER_IDREF",
    "PAYER_IDREF",
    "PUBLIC_KEY",
    "REMITTEE_IDREF",
    "SHIPMENT_PARTIES_REFERENCE",
    "STATE",
    "SUPPLIER_IDREF",
    "TAX_NUMBER",
    "TITLE",
    "ZIPBOX",
}
#: What the article is like; the product has that from the catalogue.
_ARTICLE = {
    "CATALOG_REFERENCE",
    "CONFIG_CODE_FIX",
    "COUNTRY_OF_ORIGIN",
    "CUSTOMS_TARIFF_NUMBER",
    "INTERNATIONAL_RESTRICTIONS",
    "LOT_NUMBER",
    "MANUFACTURER_TYPE_DESCR",
    "PRODUCT_COMPONENTS",
    "PRODUCT_DIMENSIONS",
    "PRODUCT_FEATURES",
    "PRODUCT_TYPE",
    "SPECIAL_TREATMENT_CLASS",
    "STATISTICS_FACTOR",
    "TERRITORY",
}
#: How documents belong together, beyond their numbers.
_DOCUMENT = {
    "AGREEMENT_LINE_ID",
    "DELIVERYNOTE_DATE",
    "DELIVERY_DATE",
    "GENERATOR_INFO",
    "INVOICE_COVERAGE",
    "LINE_ITEM_ID",
    "MIME_INFO",
    "MIME_ROOT",
    "ORDERCHANGE_SEQUENCE_ID",
    "ORDER_DATE",
    "ORDER_DESCR",
    "POST_DATE",
    "TERMS_AND_CONDITIONS",
}
#: Money and parcels, in more detail than is needed.
_DETAIL = {
    "ACCOUNTING_INFO",
    "ALLOW_OR_CHARGE_SEQUENCE",
    "CALCULATION_SEQUENCE",
    "CARD",
    "CASH",
    "CENTRAL_REGULATION",
    "CHECK",
    "DEBIT",
    "DELIVERY_COMPLETED",
    "DEPTH",
    "DISCOUNT_FACTOR",
    "EXCHANGE_RATE",
    "E_BILLING",
    "FOREIGN_CURRENCY",
    "JURISDICTION",
    "LENGTH",
    "LOGISTIC_DETAILS",
    "LOGISTIC_DETAILS_INFO",
    "MEANS_OF_TRANSPORT_ID",
    "MEANS_OF_TRANSPORT_IDREF",
    "PACKAGE_QUANTITY",
    "PACKING_UNIT_CODE",
    "PACKING_UNIT_DESCR",
    "PARTIAL_SHIPMENT",
    "PARTIAL_SHIPMENT_ALLOWED",
    "TAX_BASE",
    "TAX_CATEGORY",
    "PAYMENT_TERM",
    "TRANSPORT",
    "VOLUME",
    "WIDTH",
}
IGNORED = frozenset(_PARTIES | _ARTICLE | _DOCUMENT | _DETAIL)
