"""What can go wrong while the best offers are looked for.

::

    BuyingError
    └── SolverMissingError   HiGHS, the solver, can't be used here
"""


class BuyingError(Exception):
    """Anything that keeps the best offers from being found."""


class SolverMissingError(BuyingError):
    """The Python package ``highspy`` is missing or does not run on this machine."""
