import time
from datetime import timezone

from odoo import api, fields, models
from odoo.tools import SQL

from ..itscope_api import BlockedError, limits


class ItscopeRequestBudget(models.Model):
    """What may still be sent to one host: shared by all workers, accounts and
    companies,
    since ITscope counts by the address that requests come from.

    A row is changed only through cursors of its own that are committed at once: a turn
    that
    was taken stays taken when the caller's transaction is rolled back, and no caller
    waits
    for another's transaction.
    """

    _name = "itscope.request.budget"
    _description = "ITscope request budget"
    _rec_name = "host"

    host = fields.Char(required=True, readonly=True)
    next_turn = fields.Float(
        digits=False,
        readonly=True,
        help="Theoretical arrival time of the next request, seconds since 1970.",
    )
    blocked_until = fields.Datetime(readonly=True)

    _host_uniq = models.Constraint("unique(host)", "A host has one budget only.")

    @api.model
    def _limiter(self, host):
        """The limiter that the client of this host asks before each request."""
        return DatabaseLimiter(self.env.registry, host)

    @api.model
    def _blocked_until(self, host):
        """When the block of this host ends, or False; fresh from the database."""
        budget = self.search([("host", "=", host)])
        budget.invalidate_recordset(["blocked_until"])
        until = budget.blocked_until
        return until if until and until > fields.Datetime.now() else False


class DatabaseLimiter:
    """:class:`itscope_api.Limiter` whose state lives in the database."""

    def __init__(self, registry, host):
        self._registry = registry
        self._host = host

    def acquire(self):
        """Wait for a turn; raise :class:`BlockedError` while the host is blocked."""
        with self._registry.cursor() as cr:
            wait, blocked_until = self._take_turn(cr)
        if blocked_until:
            raise BlockedError("ITscope blocks this address", until=blocked_until)
        if wait > 0:
            time.sleep(wait)

    def block(self, until):
        """Remember that nothing may be sent until ``until`` (aware)."""
        naive = until.astimezone(timezone.utc).replace(tzinfo=None)
        with self._registry.cursor() as cr:
            cr.execute(
                SQL(
                    """INSERT INTO itscope_request_budget AS b (host, blocked_until)
                       VALUES (%(host)s, %(until)s)
                       ON CONFLICT (host) DO UPDATE
                       SET blocked_until = GREATEST(b.blocked_until,
                       EXCLUDED.blocked_until)""",
                    host=self._host,
                    until=naive,
                )
            )

    def _take_turn(self, cr):
        """:return: seconds to wait, and the end of a block or None"""
        # One statement: the row lock is held for its own short transaction only.
        cr.execute(
            SQL(
                """INSERT INTO itscope_request_budget AS b (host, next_turn)
                   VALUES (%(host)s, %(now)s + %(interval)s)
                   ON CONFLICT (host) DO UPDATE
                   SET next_turn = CASE
                       WHEN b.blocked_until > now() AT TIME ZONE 'UTC' THEN b.next_turn
                       ELSE GREATEST(b.next_turn, EXCLUDED.next_turn - %(interval)s)
                            + %(interval)s
                   END
                   RETURNING next_turn,
                       CASE WHEN blocked_until > now() AT TIME ZONE 'UTC'
                            THEN blocked_until END""",
                host=self._host,
                now=time.time(),
                interval=limits.INTERVAL,
            )
        )
        next_turn, blocked_until = cr.fetchone()
        if blocked_until:
            return 0.0, blocked_until.replace(tzinfo=timezone.utc)
        return limits.wait_for(next_turn, time.time()), None
