"""A real Odoo 19, PostgreSQL and browser on a plain Debian machine, without a
container.

Only the standard library is used: this runs before anything is installed.
"""
