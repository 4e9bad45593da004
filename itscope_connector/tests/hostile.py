"""Bytes that nobody would send, made of good ones from a seed."""

import os
import random

#: Another one tries other cases; what fails says which it was.
SEED = os.environ.get("ITSCOPE_SEED", "7")
PIECES = (
    *(b"\0", b"\xff\xfe", b"\xed\xa0\x80", b"]]>", b"<![CDATA[", b"<!--", b"<a>" * 200),
    *(b"<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>", b"&a;", b'"', b"{"),
    *(
        b"<script>alert(1)</script>",
        b"\xe2\x80\xae",
        b"\\ud800",
        b"n" * 5000,
        b"' OR 1=1",
    ),
)
VALUES = (
    b"NaN",
    b"1e99",
    b"-1",
    b"1e-99",
    b"9" * 400,
    b"9999-12-31",
    b"0",
    b"x",
    b"1,5",
)


def broken(rng, data):
    """Good bytes after one to three accidents."""
    # Of some only the values are odd: the form alone would hide them from the reader.
    kinds = (5,) if rng.random() < 0.4 else range(6)
    for _time in range(rng.randint(1, 3)):
        start = rng.randrange(len(data) + 1)
        end = start + rng.choice((1, 8, 100))
        kind = rng.choice(kinds)
        if kind == 0:
            data = data[:start]
        elif kind == 1:
            data = data[:start] + data[end:]
        elif kind == 2:
            data = data[:end] + data[start:]
        elif kind == 3:
            data = data[:start] + rng.choice(PIECES) + data[start:]
        elif kind == 4:
            changed = bytearray(data)
            for _byte in range(rng.choice((1, 10)) if data else 0):
                changed[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
            data = bytes(changed)
        else:
            # The first number from here on.
            digits = [n for n in range(start, len(data)) if data[n : n + 1].isdigit()]
            if digits:
                place = digits[0]
                data = data[:place] + rng.choice(VALUES) + data[place + 1 :]
    return data


def cases(name, goods, count):
    """``(name of the case, broken bytes)``, the same for the same seed."""
    for number in range(count):
        rng = random.Random(f"{SEED} {name} {number}")
        yield f"ITSCOPE_SEED={SEED} {name} {number}", broken(rng, rng.choice(goods))
