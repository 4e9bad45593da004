"""Single values from the wire: numbers may come as text, anything may be odd.

A value that can't be read is "unknown" (None), never 0, and is logged once per field.
Every converter takes the raw value (None where it is absent) and ITscope's name of the
field.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

from ..messages import unescaped

_logger = logging.getLogger(__name__)

#: Longest text that is taken over; ITscope's longest field has 60,000 characters.
MAX_TEXT = 200_000
#: No number, code or time is longer.
MAX_SHORT = 64
#: A time without a zone is German wall-clock time.
GERMANY = ZoneInfo("Europe/Berlin")
#: A database column of 32 bits holds no more.
MAX_INTEGER = 2**31 - 1
GERMAN_TIMES = ("%d.%m.%Y %H:%M", "%d.%m.%Y %H:%M:%S", "%d.%m.%Y")

_NUMBER = re.compile(
    r"[+-]?([0-9]{1,30}(\.[0-9]{0,30})?|\.[0-9]{1,30})([eE][+-]?[0-9]{1,2})?"
)
_MEASURE = re.compile(r"([0-9][0-9.,]{0,20})\s*([A-Za-z]{0,4})\.?")
WEIGHTS = {
    "t": Decimal(1000),
    "kg": Decimal(1),
    "g": Decimal("0.001"),
    "mg": Decimal("0.000001"),
    "lb": Decimal("0.45359237"),
    "lbs": Decimal("0.45359237"),
    "oz": Decimal("0.028349523125"),
}
LENGTHS = {
    "m": Decimal(1),
    "dm": Decimal("0.1"),
    "cm": Decimal("0.01"),
    "mm": Decimal("0.001"),
    "in": Decimal("0.0254"),
    "zoll": Decimal("0.0254"),
}
#: Neither PostgreSQL (NUL) nor XML (all of them) can hold these.
_CONTROLS = dict.fromkeys(set(range(32)) - {9, 10, 13})
_reported: set[str] = set()


#: Gets what can't be read, where somebody wants to know of which product it was.
_unread: ContextVar[list[tuple[str, str]] | None] = ContextVar("unread", default=None)


@contextmanager
def unreadable() -> Iterator[list[tuple[str, str]]]:
    """Collect ``(name, value)`` of what can't be read meanwhile."""
    found: list[tuple[str, str]] = []
    token = _unread.set(found)
    try:
        yield found
    finally:
        _unread.reset(token)


def _unreadable(name: str, value: object) -> None:
    collected = _unread.get()
    if collected is not None and len(collected) < 20:
        collected.append((name, str(value)[:100]))
    if name not in _reported and len(_reported) < 1000:
        _reported.add(name)
        _logger.warning("ITscope sent an unreadable %s: %.100r", name, value)


def text(raw: object, name: str = "") -> str:
    """Stripped text as it is; for codes, numbers of articles, links and HTML."""
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, (int, float, Decimal)):
        return str(raw)
    if not isinstance(raw, str):
        return ""
    if not raw.isascii():
        # Half of a surrogate pair is possible in JSON and nowhere else.
        raw = raw.encode("utf-8", "replace").decode("utf-8")
    return raw.translate(_CONTROLS).strip()[:MAX_TEXT]


def label(raw: object, name: str = "") -> str:
    """Text for people without markup: entities that came escaped twice are resolved."""
    plain = text(raw, name)
    if "&" not in plain:
        return plain
    return text(unescaped(plain).replace("\xa0", " "), name)


def upper(raw: object, name: str = "") -> str:
    """A code in capitals."""
    return text(raw, name).upper()


def number(raw: object, name: str = "") -> Decimal | None:
    """A number of reasonable size, or None."""
    plain = text(raw, name)
    if not plain:
        return None
    if len(plain) <= MAX_SHORT and _NUMBER.fullmatch(plain):
        value = Decimal(plain)
        if not value or -15 <= value.adjusted() <= 15:
            return value
    _unreadable(name, plain)
    return None


def _measure(
    raw: object, name: str, units: Mapping[str, Decimal], default: str
) -> Decimal | None:
    plain = text(raw, name)
    match = _MEASURE.fullmatch(plain) if len(plain) <= MAX_SHORT else None
    if not match:
        if plain:
            _unreadable(name, plain)
        return None
    digits, unit = match.group(1), (match.group(2) or default).lower()
    factor = units.get(unit)
    # A German comma, or an English one that parts thousands: the point tells.
    value = number(digits.replace(",", "" if "." in digits else "."), name)
    if factor is None or value is None or value < 0:
        _unreadable(name, plain)
        return None
    return value * factor


def kilograms(raw: object, name: str = "") -> Decimal | None:
    """A weight in kg; a bare number is in kg (``1.4 kg``, ``850 g``, ``2.1``)."""
    return _measure(raw, name, WEIGHTS, "kg")


def metres(raw: object, name: str = "") -> Decimal | None:
    """A length in m; a bare number is in cm, as distributors give it (``40 cm``)."""
    return _measure(raw, name, LENGTHS, "cm")


def price(raw: object, name: str = "") -> Decimal | None:
    """A price: missing, empty, 0 and below all mean "unknown"."""
    value = number(raw, name)
    if value is not None and value < 0:
        _unreadable(name, value)
    return value if value is not None and value > 0 else None


def integer(raw: object, name: str = "") -> int | None:
    """A whole number of 32 bits, or None; a fraction (``3.0``) is cut off."""
    value = number(raw, name)
    if value is None:
        return None
    whole = int(value)
    if abs(whole) > MAX_INTEGER:
        _unreadable(name, whole)
        return None
    return whole


def count(raw: object, name: str = "") -> int | None:
    """A whole number of things, or None: there are never less than none."""
    value = integer(raw, name)
    if value is not None and value < 0:
        _unreadable(name, value)
        return None
    return value


def boolean(raw: object, name: str = "") -> bool:
    """True for true, 1 and yes in any spelling."""
    return text(raw, name).lower() in ("true", "1", "yes", "ja")


def moment(raw: object, name: str = "") -> datetime | None:
    """ISO 8601 with or without zone, or ``dd.MM.yyyy HH:mm``; aware, in UTC."""
    plain = text(raw, name)
    if not plain:
        return None
    parsed = _parse_moment(plain) if len(plain) <= MAX_SHORT else None
    if parsed is not None:
        if parsed.tzinfo is None:
            parsed = parsed.replace(tzinfo=GERMANY)
        # Near year 1 and 9999 there is no UTC, and databases lose their way before.
        if 1900 < parsed.year < 2200:
            return parsed.astimezone(timezone.utc)
    _unreadable(name, plain)
    return None


def day(raw: object, name: str = "") -> date | None:
    """The German calendar day of a date or time."""
    found = moment(raw, name)
    return found.astimezone(GERMANY).date() if found else None


def _parse_moment(plain: str) -> datetime | None:
    try:
        return datetime.fromisoformat(_iso(plain))
    except ValueError:
        pass
    for form in GERMAN_TIMES:
        try:
            return datetime.strptime(plain, form)
        except ValueError:
            continue
    return None


def _iso(plain: str) -> str:
    """The spelling of an ISO 8601 time that Python 3.10 understands.

    It knows neither Z nor a zone without colon nor a fraction of four digits.
    """
    match = re.fullmatch(
        r"([^.,Zz+]{10,19})(?:[.,]([0-9]+))?(?:([Zz])|([+-][0-9]{2}):?([0-9]{2})?)?",
        plain,
    )
    if not match:
        return plain
    base, fraction, zulu, hours, minutes = match.groups()
    if fraction:
        base += "." + fraction[:6].ljust(6, "0")
    if zulu:
        return base + "+00:00"
    return f"{base}{hours}:{minutes or '00'}" if hours else base
