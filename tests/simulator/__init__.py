"""A simulated ITscope: follows ITscope's contract and guide, ugly sides included.

For tests, demonstration and training; binds to loopback only. Independent of the connector's
own code: what it writes and checks is written again here, so that a mistake of the connector
is not a mistake of its test.

Assumptions, where ITscope's documentation is silent (change them here and in the module that
is named):

- an order number that was used before is accepted and becomes a second order (`deals`; the
  control interface counts the orders of each number, and can switch to refusing)
- the orderer's number is kept as own order number (`deals`; the control interface can
  switch to keeping it as the customer's, which is ITscope's older way)
- status codes beyond SENT and ADVISED: ACCEPTED, CONFIRMED, INVOICED, CANCELLED, REJECTED
  (`deals`)
- errors have a JSON body with ``message``; the block is plain text, a missing path HTML
  (`answers`)
- the send method answers with a ``deal`` in XML (`routes_business`)
- a path with a reserved character that is encoded once finds nothing (`routes_products`)
- methods by id do not know price-list lines, since they have no `plzproducts`
  (`routes_products`)
- `realtime=true` brings the moment's stamps, and values that the control interface set as
  live ones (`catalogue`)
- the price history is left out without the contract; the days' format is ISO
  (`history`)
- of `eservices` only ``partialDeliveryAvailable`` is documented: the other names are
  invented (`companies`)
- in a QUOTATION the customer is the buyer, known by our number for it, and we are the
  supplier; its number is the quote's and stays when the quote changes; optional lines
  have ``UDX.ITSCOPE.OPTIONAL``, and do not count in the total (`quotes`)
- the list of quotes has no filter by date; ``LAST_MODIFIED`` means the last one first,
  and a change of status is a change (`quotes`)
- a quote's ``documentUrl`` is the address of its QUOTATION, and stays when the quote
  changes (`quotes`)
- an order placed on the platform has an ORDER document of ITscope's, with the buyer's
  own number where there is one, else ITscope's (`platform_orders`)
- document numbers: the distributor names ITscope's order number unless told otherwise
  (`documents`)
"""
