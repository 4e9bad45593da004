import random
import time

from psycopg2.errors import SerializationFailure

from odoo import api, fields, models
from odoo.tools import SQL

from ..itscope_api import BlockedError, limits
from ..tools import aware, naive

#: Times that a worker tries to change the row that others change at the same time, and
#: seconds between two tries, at most.
TRIES = 100
PAUSE = 0.02
#: Seconds that the next turn can lie ahead: workers wait for their turn one by one.
MAX_AHEAD = 60


class ItscopeRequestBudget(models.Model):
    """What may still be sent to one host: shared by all workers, accounts and
    companies, since ITscope counts by the address that requests come from.

    A row is changed only through cursors of its own that are committed at once: a turn
    that was taken stays taken when the caller's transaction is rolled back, and no
    caller waits for another's transaction.
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
    """:class:`itscope_api.Limiter` whose state and clock are the database's."""

    def __init__(self, registry, host):
        self._registry = registry
        self._host = host

    def acquire(self):
        """Wait for a turn; raise :class:`BlockedError` while the host is blocked."""
        wait = self._run(self._take_turn)
        if wait > 0:
            time.sleep(wait)
            # Another worker may have met the limit meanwhile.
            self._run(self._check_block)

    def block(self, until):
        """Remember that nothing may be sent until ``until`` (aware)."""
        self._run(self._block, naive(until))

    def _run(self, step, *arguments):
        """A step in a transaction of its own.

        Odoo's transactions see the database as it was when they began: of two that
        change the row at once, the later is refused and begins again.
        """
        for left in reversed(range(TRIES)):
            try:
                with self._registry.cursor() as cr:
                    return step(cr, *arguments)
            except SerializationFailure:
                if not left:
                    raise
                time.sleep(random.uniform(0, PAUSE))

    def _block(self, cr, until):
        cr.execute(
            SQL(
                """INSERT INTO itscope_request_budget AS b (host, blocked_until)
                   VALUES (%(host)s, %(until)s)
                   ON CONFLICT (host) DO UPDATE
                   SET blocked_until =
                       GREATEST(b.blocked_until, EXCLUDED.blocked_until)""",
                host=self._host,
                until=until,
            ),
            log_exceptions=False,
        )

    def _take_turn(self, cr):
        """Book a request as :func:`itscope_api.limits.take_turn` does.

        :return: seconds to wait
        """
        # A number far ahead is left by a clock that was set back.
        cr.execute(
            SQL(
                """WITH clock AS (
                       SELECT EXTRACT(EPOCH FROM clock_timestamp())::float8 AS now
                   )
                   INSERT INTO itscope_request_budget AS b (host, next_turn)
                   SELECT %(host)s, now + %(interval)s FROM clock
                   ON CONFLICT (host) DO UPDATE
                   SET next_turn = %(interval)s + GREATEST(
                       LEAST(b.next_turn, EXCLUDED.next_turn + %(ahead)s),
                       EXCLUDED.next_turn - %(interval)s
                   )
                   RETURNING next_turn, (SELECT now FROM clock), blocked_until""",
                host=self._host,
                interval=limits.INTERVAL,
                ahead=MAX_AHEAD,
            ),
            log_exceptions=False,
        )
        next_turn, now, blocked_until = cr.fetchone()
        self._refuse(blocked_until)
        return limits.wait_for(next_turn, now)

    def _check_block(self, cr):
        cr.execute(
            SQL(
                "SELECT blocked_until FROM itscope_request_budget WHERE host = %s",
                self._host,
            )
        )
        self._refuse(cr.fetchone()[0])

    @staticmethod
    def _refuse(blocked_until):
        if blocked_until and blocked_until > fields.Datetime.now():
            raise BlockedError(
                "ITscope blocks this address", until=aware(blocked_until)
            )
