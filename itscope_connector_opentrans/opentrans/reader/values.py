"""Values as documents write them, and as they should not but do."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal

from ..documents import ZONE

#: Longest number that is believed to be one.
MAX_NUMBER = 30
MAX_VALUE = Decimal(10) ** 15
#: Power of ten of the least number: what is divided by it has no end.
LEAST = -15
PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,2})?")
#: ``1.234,56`` and ``1,5``: German. ``1,234`` could be either, and money is not
#: guessed.
GERMAN = re.compile(r"[+-]?(\d{1,3}(\.\d{3})+|\d+),(\d{1,2}|\d{4,})")
ENGLISH = re.compile(r"[+-]?\d{1,3}(,\d{3})+\.\d+")
ISO = re.compile(
    r"(?P<year>\d{4})(-(?P<month>\d\d)(-(?P<day>\d\d))?)?"
    r"([T ](?P<hour>\d\d):(?P<minute>\d\d)(:(?P<second>\d\d)([.,]\d{1,12})?)?)?"
    r"\s?(?P<zone>Z|[+-]\d\d:?\d\d)?"
)
GERMAN_DATE = re.compile(
    r"(?P<day>\d\d?)\.(?P<month>\d\d?)\.(?P<year>\d{4})"
    r"( (?P<hour>\d\d?):(?P<minute>\d\d)(:(?P<second>\d\d))?)?(?P<zone>)"
)
#: How validity without an end is written.
FOREVER = "9999-12-31"
#: Years outside are typing errors, and would break arithmetic with zones.
YEARS = range(1970, 2200)


def decimal(text: str) -> Decimal | None:
    """None for what is no number without doubt."""
    if len(text) > MAX_NUMBER:
        return None
    if GERMAN.fullmatch(text):
        text = text.replace(".", "").replace(",", ".")
    elif ENGLISH.fullmatch(text):
        text = text.replace(",", "")
    if not text.isascii() or not PLAIN.fullmatch(text):
        return None
    value = Decimal(text)
    if value and value.adjusted() < LEAST:
        return None
    return value if abs(value) < MAX_VALUE else None


def moment(text: str) -> tuple[datetime | None, bool]:
    """The time, and whether only a date was given; :return: ``None`` for no time."""
    match = ISO.fullmatch(text) or GERMAN_DATE.fullmatch(text)
    if not match or not text.isascii():
        return None, False
    part = {key: int(match[key] or 0) for key in ("hour", "minute", "second")}
    year, month, day = int(match["year"]), match["month"] or 1, match["day"] or 1
    if year not in YEARS:
        return None, False
    try:
        value = datetime(
            year, int(month), int(day), tzinfo=_zone(match["zone"]), **part
        )
    except ValueError:
        return None, False
    return value, not match["hour"]


def end_of_day(value: datetime) -> datetime:
    """The last second of a time's day."""
    return datetime.combine(value, time(23, 59, 59), value.tzinfo)


def truth(text: str) -> bool | None:
    """``true``/``false`` in any case, ``1``/``0``."""
    return {"true": True, "1": True, "false": False, "0": False}.get(text.lower())


def _zone(text: str | None) -> tzinfo:
    if not text:
        return ZONE
    if text == "Z":
        return timezone.utc
    hours, minutes = int(text[1:3]), int(text[-2:])
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if text[0] == "-" else offset)
