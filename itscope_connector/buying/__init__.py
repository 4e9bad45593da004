"""Which offers to buy by: the best choice for all needs together, found exactly.

Plain Python without Odoo. :func:`best` is the way in; what "best" means stands in
:mod:`buying.counting` (which offers of a need count) and :mod:`buying.costs` (what a
choice costs)::

    plan = best(needs, offers, suppliers, Rules(today=date.today()))
    for choice in plan.choices:
        print(choice.need, choice.offer, choice.reason)
"""

from .costs import orders
from .counting import count
from .errors import BuyingError, SolverMissingError
from .planning import best
from .records import Choice, Need, Offer, Order, Plan, Reason, Rules, Supplier, Why

__all__ = [
    "BuyingError",
    "Choice",
    "Need",
    "Offer",
    "Order",
    "Plan",
    "Reason",
    "Rules",
    "SolverMissingError",
    "Supplier",
    "Why",
    "best",
    "count",
    "orders",
]
