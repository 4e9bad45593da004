"""How fast the connector is, measured beside what else could be done.

Each case is a function in a module of its own that gets Odoo's environment and a
:class:`~performance.measure.Scale` and returns rows; ``./setup/bench`` runs each in a
process and a database of its own. Figures are medians of several rounds after a
warm-up, and ratios of what was measured in the same process: they hold on any machine.
"""
