"""The address of an export may hold a token, which is as good as a login."""

from __future__ import annotations

import logging
import re

TOKEN = re.compile(r"(/t/)([^/?#\s]+)")


def shown(url: str) -> str:
    """An address without query and tokens."""
    return TOKEN.sub(r"\1…", url.partition("?")[0])


def tokens_of(url: str) -> tuple[str, ...]:
    """What no message about this address may show."""
    _address, _mark, query = url.partition("?")
    return (*(match[2] for match in TOKEN.finditer(url)), *filter(None, [query]))


class WithoutTokens(logging.Filter):
    """For loggers that tell each path when they are asked to say everything."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(
                shown(part) if isinstance(part, str) and TOKEN.search(part) else part
                for part in record.args
            )
        return True


for name in ("urllib3.connectionpool", "urllib3.util.retry"):
    logging.getLogger(name).addFilter(WithoutTokens())
