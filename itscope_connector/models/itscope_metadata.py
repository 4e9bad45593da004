from odoo import api, fields, models

from ..tools import in_batches, notification, write_changed

BATCH = 1000


class ItscopeMetadata(models.AbstractModel):
    """ITscope's master data: one row per ITscope id, shared by all companies."""

    _name = "itscope.metadata"
    _description = "ITscope master data"
    _order = "name, id"

    itscope_id = fields.Char(
        string="ITscope ID", required=True, readonly=True, copy=False
    )
    name = fields.Char(required=True, readonly=True)
    deeplink = fields.Char(string="Page at ITscope", readonly=True)

    in_use = fields.Boolean(
        compute="_compute_in_use",
        search="_search_in_use",
        help="Named by a linked product or an offer of this company.",
    )

    def _compute_in_use(self):
        used = self.search([("in_use", "=", True), ("id", "in", self.ids)])
        for row in self:
            row.in_use = row in used

    @api.model
    def _search_in_use(self, operator, value):
        if operator != "in":
            return NotImplemented
        model, field = self._used_by()
        uses = self.env[model]._search([("company_id", "=", self.env.company.id)])
        return [("id", "in" if True in value else "not in", uses.subselect(field))]

    @api.model
    def _used_by(self):
        """``(model, its field)`` that name this master data."""
        return "itscope.product", f"{self._name.removeprefix('itscope.')}_id".replace(
            ".", "_"
        )

    @api.model
    def _values_from_record(self, record):
        """Field values from a record of :mod:`itscope_api`."""
        return {"name": record.name or record.id}

    @api.model
    def _synchronise(self, records):
        """Create what is new, write what changed.

        :param records: iterable of records with an ``id``
        :return: counts ``{"read", "created", "updated"}``
        """
        counts = {"read": 0, "created": 0, "updated": 0}
        for batch in in_batches(records, BATCH):
            by_id = {record.id: record for record in batch if record.id}
            known = {
                row.itscope_id: row
                for row in self.with_context(active_test=False).search_fetch(
                    [("itscope_id", "in", list(by_id))]
                )
            }
            values = []
            for itscope_id, record in by_id.items():
                new = self._values_from_record(record)
                row = known.get(itscope_id)
                if row is None:
                    values.append({"itscope_id": itscope_id, **new})
                    continue
                counts["updated"] += write_changed(row, new)
            self.create(values)
            counts["read"] += len(batch)
            counts["created"] += len(values)
        return counts

    @api.model
    def _find_or_create_many(self, names, more=None):
        """
        :param names: ``{itscope_id: name}``
        :param more: ``{itscope_id: further values}`` of those that are new
        :return: ``{itscope_id: row}``
        """
        names = {key: name for key, name in names.items() if key}
        rows = {
            row.itscope_id: row
            for row in self.with_context(active_test=False).search_fetch(
                [("itscope_id", "in", list(names))], ["itscope_id"]
            )
        }
        missing = [key for key in names if key not in rows]
        # sudo: ITscope's master data is written by the connector only, whoever's job
        # meets a new supplier first.
        created = self.sudo().create(
            [
                {
                    "itscope_id": key,
                    "name": names[key] or key,
                    **(more or {}).get(key, {}),
                }
                for key in missing
            ]
        )
        rows.update(zip(missing, created.with_env(self.env), strict=True))
        return rows

    def _forget_digests(self):
        """Products that name these rows are looked at again by the next run: another
        mapping gives them other values."""
        model, field = self._used_by()
        self.env[model]._forget_digests(
            [(field, "in", self.ids), ("company_id", "=", self.env.company.id)]
        )

    @api.model
    def _notify(self, message, kind):
        """A short message to the user; the list behind it shows the new state."""
        return notification(message, kind)

    def action_open_at_itscope(self):
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": self.deeplink, "target": "new"}
