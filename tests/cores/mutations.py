"""What a broken or hostile sender makes of good bytes, from a seed; and the bounds that
readers keep to.

A case that fails says how to run it alone: ``ITSCOPE_SEED=… ITSCOPE_CASE=… ./setup/test
cores -k hostile``.
"""

from __future__ import annotations

import os
import random
import re
import time
import traceback
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

SEED = os.environ.get("ITSCOPE_SEED", "7")
ONLY = os.environ.get("ITSCOPE_CASE", "")
#: Of the processor, for one case of a few kB: most take some milliseconds.
MAX_SECONDS = 2.0
#: MB of memory that one of these cases may take for itself, for a moment.
MAX_MEMORY = 60

ENTITY = (
    b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd"><!ENTITY b "&a;&a;">]>&b;'
)
LAUGHS = (
    b'<!DOCTYPE x [<!ENTITY l0 "ha">%s]>'
    % b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 9) for n in range(1, 9))
    + b"<x>&l8;</x>"
)
#: What is put in somewhere.
PIECES = [
    *(b"\0", b"\xff", b"\xed\xa0\x80", b"\xc3", b"\xef\xbb\xbf", b"\xff\xfe", b"\x1b"),
    *(b"\\ud800", b"\\u0000", b"\xe2\x80\xae", b"\r", b"\n\n", b"\t" * 2500, b'"'),
    *(b"<", b">", b"&", b"]]>", b"<![CDATA[", b"<!--", b"-->", b"<?x ?>", b"</"),
    *(b"&nbsp;", b"&#0;", b"&#x110000;", b"&l8;", ENTITY, LAUGHS),
    b'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/>',
    *(
        b"{",
        b"}",
        b"[",
        b"]",
        b",",
        b":",
        b"null",
        b"true",
        b"[" * 3000,
        b'{"a":' * 900,
    ),
    *(b"<a>" * 300, b"<a b=''>" * 40, b"</product>", b"<product>", b"n" * 70_000),
    *(
        b"<script>alert(1)</script>",
        b"javascript:x",
        b"=cmd|' /C calc'!A0",
        b"' OR 1=1",
    ),
    *(b"<" * 5000, b"<!--" * 3000, b" on" * 3000, b"../" * 30 + b"etc/passwd", b"%00"),
]
#: What stands where a number or time stood.
VALUES = [
    *(b"NaN", b"Infinity", b"-Infinity", b"-1", b"-0", b"1e400", b"1e-400", b"1e99"),
    *(
        b"1e-99",
        b"9" * 25,
        b"9" * 5000,
        b"0x10",
        b"1_000",
        b"1,5",
        b"1.234,56",
        b"1,234",
    ),
    *("٣".encode(), "½".encode(), "−5".encode(), b"", b" ", b"null", b'"7"'),
    *(b"0" * 40, b"1,234"),
    *(b"0000-00-00", b"9999-12-31T23:59:59+14:00", b"0001-01-01T00:00:00-23:59"),
    *(
        b"2026-02-30",
        b"31.12.2026 24:01",
        b"2026-W53-7",
        b"2147483648",
        b"1" + b"0" * 18,
    ),
]
NUMBER = re.compile(rb"[0-9][0-9.:T+-]*")
JOINTS = [b"<", b",", b"\n", b"\t", b"}", b'"']


def mutated(rng: random.Random, good: bytes, others: Sequence[bytes]) -> bytes:
    """Good bytes after one to four accidents."""
    data = good
    for _time in range(rng.randint(1, 4)):
        data = rng.choice(ACCIDENTS)(rng, data, others)[:400_000]
    return data


def _place(rng: random.Random, data: bytes) -> tuple[int, int]:
    start = rng.randrange(len(data) + 1)
    return start, min(start + rng.choice((1, 2, 8, 60, 500)), len(data))


def _flip(rng: random.Random, data: bytes, _others: Sequence[bytes]) -> bytes:
    changed = bytearray(data)
    for _bit in range(rng.choice((1, 1, 3, 20)) if data else 0):
        changed[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def _cut(rng: random.Random, data: bytes, _others: Sequence[bytes]) -> bytes:
    start, end = _place(rng, data)
    return data[:start] if rng.random() < 0.3 else data[:start] + data[end:]


def _repeat(rng: random.Random, data: bytes, _others: Sequence[bytes]) -> bytes:
    start, end = _place(rng, data)
    return data[:start] + data[start:end] * rng.choice((2, 3, 200)) + data[end:]


def _shuffle(rng: random.Random, data: bytes, _others: Sequence[bytes]) -> bytes:
    """Elements, cells or rows in another order, some of them twice."""
    joint = rng.choice(JOINTS)
    parts = data.split(joint)
    for _swap in range(rng.choice((1, 3, len(parts)))):
        one, other = rng.randrange(len(parts)), rng.randrange(len(parts))
        parts[one], parts[other] = parts[other], rng.choice((parts[one], parts[other]))
    return joint.join(parts)


def _insert(rng: random.Random, data: bytes, _others: Sequence[bytes]) -> bytes:
    start = rng.choice((0, len(data), *_place(rng, data)))
    return data[:start] + rng.choice(PIECES) + data[start:]


def _value(rng: random.Random, data: bytes, _others: Sequence[bytes]) -> bytes:
    found = list(NUMBER.finditer(data))
    for match in sorted(
        rng.sample(found, min(len(found), rng.choice((1, 5, 30)))),
        key=lambda match: -match.start(),
    ):
        data = data[: match.start()] + rng.choice(VALUES) + data[match.end() :]
    return data


def _recode(rng: random.Random, data: bytes, _others: Sequence[bytes]) -> bytes:
    target = rng.choice(
        ("utf-16", "utf-16-be", "utf-32", "latin-1", "cp037", "utf-7", "utf-8-sig")
    )
    return data.decode("utf-8", "replace").encode(target, "replace")


def _mix(rng: random.Random, data: bytes, others: Sequence[bytes]) -> bytes:
    other = rng.choice(others)
    start, end = _place(rng, data)[0], _place(rng, other)[0]
    return data[:start] + other[end:]


ACCIDENTS = (_flip, _cut, _repeat, _shuffle, _insert, _insert, _value, _value, _recode)
ACCIDENTS = (*ACCIDENTS, _mix)

# ---------------------------------------------------------------------- zips

NAMES = (
    *(
        "../../../etc/product.csv",
        "/product.csv",
        "C:\\x\\product.csv",
        "a/b/product.csv",
    ),
    *(
        "PRODUCT.CSV",
        "supplierItem.csv",
        "Log.csv",
        "ERROR.txt",
        "inner.zip",
        "x" * 300,
    ),
    *("con", "product.csv\0.exe", "émile.csv", " ", "."),
)


def mutated_zip(rng: random.Random, good: bytes, others: Sequence[bytes]) -> bytes:
    """Members that are mutated, renamed, doubled or missing, or the zip's own bytes."""
    if rng.random() < 0.3:
        return mutated(rng, good, others)
    target = BytesIO()
    with zipfile.ZipFile(BytesIO(good)) as source, zipfile.ZipFile(target, "w") as made:
        for info in source.infolist():
            if rng.random() < 0.1:
                continue
            content = source.read(info)
            if rng.random() < 0.5:
                content = mutated(rng, content, [content])
            names = [info.filename]
            if rng.random() < 0.2:
                names = [rng.choice(NAMES), *names][: rng.choice((1, 2))]
            for name in names:
                kind = rng.choice(
                    (zipfile.ZIP_DEFLATED,) * 8 + (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
                )
                made.writestr(name, good if name == "inner.zip" else content, kind)
    data = target.getvalue()
    return data if rng.random() < 0.7 else _flip(rng, data, others)


# ---------------------------------------------------------------------- judging


def run_cases(
    name: str,
    count: int,
    goods: Sequence[bytes],
    read: Callable[[bytes], object],
    allowed: type[Exception],
    change: Callable[[random.Random, bytes, Sequence[bytes]], bytes] = mutated,
) -> int:
    """Read mutated bytes: records or a named error, in bounds.

    :return: how many of them were read
    """
    readable = 0
    for number in range(count):
        case = f"{name}:{number}"
        if ONLY and case != ONLY:
            continue
        rng = random.Random(f"{SEED} {case}")
        data = change(rng, rng.choice(goods), goods)
        try:
            with bounded(MAX_SECONDS, MAX_MEMORY):
                try:
                    storable(read(data))
                    readable += 1
                except allowed as error:
                    storable(str(error))
        except Exception:
            raise AssertionError(
                f"replay: ITSCOPE_SEED={SEED} ITSCOPE_CASE={case} ./setup/test cores "
                f"-k hostile\n{data[:300]!r}… ({len(data)} bytes)\n"
                f"{traceback.format_exc()}"
            ) from None
    return readable


@contextmanager
def bounded(seconds: float, megabytes: int) -> Iterator[None]:
    """Fail where more time of the processor or more memory is taken."""
    before = _memory("VmRSS") if _reset_peak() else 0
    started = time.process_time()
    yield
    taken = time.process_time() - started
    assert taken < seconds, f"{taken:.1f} s of the processor"
    if before:
        more = (_memory("VmHWM") - before) / 1024
        assert more < megabytes, f"{more:.0f} MB more than before"


def _reset_peak() -> bool:
    """Linux only: the highest memory is measured from now on."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return False
    return True


def _memory(name: str) -> int:
    """In kB; also what C libraries take."""
    status = Path("/proc/self/status").read_text()
    found = re.search(rf"{name}:\s+([0-9]+) kB", status)
    assert found
    return int(found[1])


def storable(value: Any) -> None:
    """Any database takes what was read: no NUL, no half of a pair, no NaN, and times
    with a zone."""
    if isinstance(value, str):
        assert "\0" not in value
        value.encode()
    elif isinstance(value, Decimal):
        assert value.is_finite() and abs(value) < 10**46
    elif isinstance(value, datetime):
        assert value.tzinfo is not None and 1900 < value.year < 2201
    elif is_dataclass(value):
        for field in fields(value):
            storable(getattr(value, field.name))
    elif isinstance(value, dict):
        storable(list(value.items()))
    elif isinstance(value, (list, tuple)):
        for item in value:
            storable(item)
