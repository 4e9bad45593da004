"""Small things that several models need."""

from datetime import timezone

from lxml import html

from odoo import modules
from odoo.exceptions import UserError
from odoo.tools import html_sanitize


def commit(env):
    """Commit, except inside Odoo's own test transactions, which can't be.

    Used only around what the outside world sees (an order that leaves, a document that
    was fetched), where the state before and after must survive whatever happens next.
    """
    if not modules.module.current_test:
        env.cr.commit()


def commit_progress(env, processed=0, remaining=None):
    """Commit a scheduled action's step and note its progress; as :func:`commit` in
    tests.

    :return: seconds left; 0 where the action has to stop
    """
    if modules.module.current_test:
        return float("inf")
    return env["ir.cron"]._commit_progress(processed, remaining=remaining)


def roll_back(env):
    """Forget a step that failed; inside Odoo's tests its own savepoints do that."""
    if modules.module.current_test:
        env.invalidate_all()
    else:
        env.cr.rollback()


def naive(moment):
    """An aware time as Odoo stores it (UTC without zone), or False."""
    return moment.astimezone(timezone.utc).replace(tzinfo=None) if moment else False


def aware(moment):
    """A time as Odoo stores it with its zone, or None."""
    return moment.replace(tzinfo=timezone.utc) if moment else None


def in_batches(items, size):
    """Lists of at most ``size`` from any iterable, one at a time."""
    batch = []
    for item in items:
        batch.append(item)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


def text_or(value, default=False):
    """``""`` from the wire is "nothing" in Odoo."""
    return value or default


#: Attributes by which a text makes the reader's browser load something.
LOADED = ("src", "srcset", "poster", "background", "data")


def clean_html(raw, may_load):
    """HTML from outside without scripts and styles, and without pictures from
    addresses that ``may_load`` refuses: they would tell strangers who reads it."""
    cleaned = str(html_sanitize(raw, sanitize_attributes=True, strip_style=True))
    if not any(name in cleaned for name in LOADED):
        return cleaned
    root = html.fragment_fromstring(cleaned, create_parent="div")
    for element in root.xpath(" | ".join(f"//*[@{name}]" for name in LOADED)):
        told = [element.get(name) for name in LOADED if element.get(name)]
        if element is not root and not all(map(may_load, told)):
            element.drop_tree()
    inner = html.tostring(root, encoding="unicode")
    return inner.removeprefix("<div>").removesuffix("</div>")


def write_changed(record, values):
    """Write only what differs: a refresh that changes nothing costs nothing.

    Empty is empty: ``""``, ``False`` and ``None`` are the same.

    :return: whether anything was written
    """
    changed = {}
    for name, value in values.items():
        field = record._fields[name]
        # As the cache holds it: rounded, sanitised, ids for records.
        stored = field.convert_to_cache(record[name], record)
        if (stored or value) and stored != field.convert_to_cache(value, record):
            changed[name] = value
    if changed:
        record.write(changed)
    return bool(changed)


def lock(records):
    """Records that are ours until the end of the transaction: nobody sends, confirms
    or changes them meanwhile.

    :raises UserError: another user or worker is at one of them
    """
    busy = records - records.try_lock_for_update()
    if busy:
        raise UserError(
            records.env._(
                "%s is being worked on. Try again in a moment.", busy[0].display_name
            )
        )


def notification(message, kind, **params):
    """A short message to the user; the screen behind it shows the new state.

    :param kind: success, warning or danger
    :param params: more of the web client's, such as ``title`` and ``sticky``
    """
    return {
        "type": "ir.actions.client",
        "tag": "display_notification",
        "params": {
            **params,
            "message": message,
            "type": kind,
            "next": {"type": "ir.actions.client", "tag": "soft_reload"},
        },
    }
