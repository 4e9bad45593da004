from psycopg2.errors import SerializationFailure

from odoo import api, fields, models
from odoo.tools import SQL

#: What comes with every refresh counts once in this time: whole catalogues are read.
OFTEN = "1 hour"


class ItscopeSupplierRecord(models.Model):
    """What a company has actually had of a supplier, and when last; fills itself."""

    _name = "itscope.supplier.record"
    _description = "What an ITscope supplier has sent"
    _order = "supplier_id, kind, id"
    _rec_name = "kind"

    supplier_id = fields.Many2one(
        "itscope.supplier", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    kind = fields.Selection(
        [
            ("prices", "Prices"),
            ("realtime", "Real-time prices"),
            ("order", "Orders"),
            ("orderresponse", "Order responses"),
            ("dispatchnotification", "Dispatch notifications"),
            ("invoice", "Invoices"),
            ("zugferd", "ZUGFeRD invoices"),
        ],
        required=True,
        readonly=True,
    )
    first_date = fields.Datetime(string="First seen", readonly=True)
    last_date = fields.Datetime(string="Last seen", readonly=True)
    count = fields.Integer(
        string="Times", readonly=True, help="Prices count once an hour at most."
    )

    _kind_uniq = models.Constraint(
        "unique(company_id, supplier_id, kind)", "This is noted already."
    )

    @api.model
    def _note(self, supplier, company, kind, date=None):
        """This supplier has sent this to this company.

        :param date: when, as Odoo stores it; now, without one
        """
        self._note_many(company, {(supplier, kind): [date or fields.Datetime.now()]})

    @api.model
    def _note_many(self, company, seen, often=False):
        """Note what was seen: one statement, however many.

        :param seen: ``{(itscope.supplier, kind): [when, as Odoo stores it]}``
        :param often: it comes all the time and counts once an hour
        """
        now = fields.Datetime.now()
        # Always in the same order: two workers do not wait for each other.
        rows = sorted(
            (supplier.id, kind, len(dates), min(dates), max(dates))
            for (supplier, kind), dates in seen.items()
            if supplier
        )
        if not rows:
            return
        recent = SQL(
            "WHERE NOT EXISTS (SELECT 1 FROM itscope_supplier_record r WHERE "
            "r.company_id = %s AND r.supplier_id = v.supplier_id AND r.kind = v.kind "
            "AND r.last_date > %s - %s::interval)",
            company.id,
            now,
            OFTEN,
        )
        try:
            with self.env.cr.savepoint(flush=False):
                # Set-wise on our own table.
                self.env.cr.execute(
                    SQL(
                        "INSERT INTO itscope_supplier_record AS known (company_id, "
                        "supplier_id, kind, count, first_date, last_date, create_uid, "
                        "create_date, write_uid, write_date) "
                        "SELECT %(company)s, v.supplier_id, v.kind, v.count, v.first, "
                        "v.last, %(uid)s, %(now)s, %(uid)s, %(now)s "
                        "FROM (VALUES %(rows)s) AS v (supplier_id, kind, count, first, "
                        "last) "
                        "%(recent)s "
                        "ON CONFLICT (company_id, supplier_id, kind) DO UPDATE SET "
                        "count = known.count + EXCLUDED.count, "
                        "first_date = LEAST(known.first_date, EXCLUDED.first_date), "
                        "last_date = GREATEST(known.last_date, EXCLUDED.last_date), "
                        "write_date = EXCLUDED.write_date",
                        company=company.id,
                        now=now,
                        uid=self.env.uid,
                        rows=SQL(", ").join(SQL("%s", row) for row in rows),
                        recent=recent if often else SQL(),
                    )
                )
        except SerializationFailure:
            # Another worker has noted the same at this very moment; what is counted
            # here is not worth repeating the work that it goes with.
            return
        self.invalidate_model(flush=False)
