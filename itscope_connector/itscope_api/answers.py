"""What an answer without data means: errors by what can be done about them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

from .errors import (
    AddressError,
    BlockedError,
    ContractError,
    CredentialsError,
    InvalidRequestError,
    ItscopeError,
    NotFoundError,
    ServerError,
)
from .limits import BLOCK_MINUTES
from .messages import explain_body, is_html

#: ITscope's own block is 503; 429 is what other load balancers say.
BLOCK_STATUS = (429, 503)
#: No server is believed that wants silence for longer.
MAX_BLOCK = timedelta(days=1)
LIMIT_WORDS = re.compile(r"rate limit|blocked|too many requests", re.IGNORECASE)


def block_end(headers: Mapping[str, str]) -> datetime:
    """When a block that begins now ends: in 30 minutes, or when the server says."""
    now = datetime.now(timezone.utc)
    until = now + timedelta(minutes=BLOCK_MINUTES)
    header = headers.get("Retry-After", "").strip()
    try:
        if header.isdecimal():
            said = now + timedelta(seconds=int(header[:9]))
        else:
            said = parsedate_to_datetime(header)
        return min(max(until, said), now + MAX_BLOCK)
    except (TypeError, ValueError, OverflowError):
        return until


def error_for(
    status: int,
    body: bytes,
    *,
    url: str,
    until: datetime,
    sends: bool = False,
    secrets: Iterable[str] = (),
) -> ItscopeError:
    """The error for a status of 300 and above.

    :param until: end of the block, if it is one
    :param sends: the request was to change something at ITscope
    :param secrets: what no message may show
    """
    message = explain_body(body, secrets)
    if status < 400:
        return AddressError(
            "the address leads elsewhere (redirect)", status=status, url=url
        )
    if status == 401:
        return CredentialsError(message or "not authorised", status=status, url=url)
    if status in (402, 403):
        return ContractError(message or "not allowed", status=status, url=url)
    if status == 404 and is_html(body):
        return AddressError(
            "there is a web server, but not ITscope's API", status=status, url=url
        )
    if status == 404:
        return NotFoundError(message or "not found", status=status, url=url)
    if status in BLOCK_STATUS:
        # A load balancer's 503 may hide a request that got through to ITscope: only
        # the limit's own words say that an order is certainly not there.
        if sends and not LIMIT_WORDS.search(message):
            return ServerError(message or f"HTTP {status}", status=status, url=url)
        return BlockedError(
            message or "too many requests", until=until, status=status, url=url
        )
    if status >= 500:
        return ServerError(message or f"HTTP {status}", status=status, url=url)
    return InvalidRequestError(message or f"HTTP {status}", status=status, url=url)
