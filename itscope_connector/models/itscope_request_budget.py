import random
import time
from datetime import datetime
from zoneinfo import ZoneInfo

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
#: Requests are counted by days of ITscope's own clock, whoever asks from wherever.
DAY_ZONE = "Europe/Berlin"


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
    # Counted in the statement that takes a turn: no write of their own.
    calls_date = fields.Date(readonly=True, help="The day that is counted, in Germany.")
    calls_count = fields.Integer(
        string="Requests", readonly=True, help="Requests of that day."
    )

    _host_uniq = models.Constraint("unique(host)", "A host has one budget only.")

    @api.model
    def _limiter(self, host):
        """The limiter that the client of this host asks before each request."""
        return DatabaseLimiter(self.env.registry, host)

    @api.model
    def _blocked_until(self, host):
        """When the block of this host ends, or False; fresh from the database."""
        return self._of_hosts([host])[host][0]

    @api.model
    def _of_hosts(self, hosts):
        """``{host: (when its block ends or False, requests of today)}``, fresh from
        the database.
        """
        # Written by cursors of their own: what this transaction has read may be old.
        self.invalidate_model(flush=False)
        budgets = {
            budget.host: budget for budget in self.search([("host", "in", list(hosts))])
        }
        now = fields.Datetime.now()
        today = datetime.now(ZoneInfo(DAY_ZONE)).date()
        found = {}
        for host in hosts:
            budget = budgets.get(host, self.browse())
            until = budget.blocked_until
            found[host] = (
                until if until and until > now else False,
                budget.calls_count if budget.calls_date == today else 0,
            )
        return found


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
                       SELECT EXTRACT(EPOCH FROM clock_timestamp())::float8 AS now,
                              (clock_timestamp() AT TIME ZONE %(zone)s)::date AS day
                   )
                   INSERT INTO itscope_request_budget AS b
                               (host, next_turn, calls_date, calls_count)
                   SELECT %(host)s, now + %(interval)s, day, 1 FROM clock
                   ON CONFLICT (host) DO UPDATE
                   SET next_turn = %(interval)s + GREATEST(
                       LEAST(b.next_turn, EXCLUDED.next_turn + %(ahead)s),
                       EXCLUDED.next_turn - %(interval)s
                   ),
                   calls_date = EXCLUDED.calls_date,
                   calls_count = 1 + CASE WHEN b.calls_date = EXCLUDED.calls_date
                                          THEN b.calls_count ELSE 0 END
                   RETURNING next_turn, (SELECT now FROM clock), blocked_until""",
                host=self._host,
                interval=limits.INTERVAL,
                ahead=MAX_AHEAD,
                zone=DAY_ZONE,
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
