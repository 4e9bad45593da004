"""What the client must know to reach ITscope."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

from .errors import AddressError

#: Words in a user agent that make ITscope's load balancer answer 10 to 20 seconds late.
SLOW_WORDS = (
    "bot",
    "spider",
    "search",
    "seek",
    "retriever",
    "checker",
    "agent",
    "crawler",
    "gonzo",
    "yandex",
    "snoopy",
    "slurp",
    "indy",
)
LANGUAGES = ("de", "en", "fr", "nl", "it", "es")


@dataclass(frozen=True)
class Settings:
    """Address, access and manners of one account.

    :ivar base_url: ``https://…/2.1``; plain http on the machine itself only
    :ivar account_id: ITscope account id
    :ivar api_key: never shown by ``repr``
    :ivar user_agent: ITscope's form ``Company-Application-Version``
    :ivar language: of texts: de, en, fr, nl, it or es
    :ivar format: of product and metadata answers
    :ivar connect_timeout: seconds
    :ivar read_timeout: seconds without a byte
    :raises AddressError: the address can't be ITscope's
    :raises ValueError: any other setting is impossible
    """

    base_url: str
    account_id: str
    api_key: str = field(repr=False)
    user_agent: str
    language: str = "de"
    format: Literal["json", "xml"] = "json"
    connect_timeout: float = 10.0
    read_timeout: float = 60.0

    def __post_init__(self) -> None:
        check_address(self.base_url)
        if not self.account_id.strip() or ":" in self.account_id:
            raise ValueError("account_id must be there and hold no colon")
        if not re.fullmatch(
            r"[\w.+ -]+-[\w.+ -]+-[\w.+ -]+", self.user_agent, re.ASCII
        ):
            raise ValueError(
                "user_agent must have the form Company-Application-Version"
            )
        lowered = self.user_agent.lower()
        slow = [word for word in SLOW_WORDS if word in lowered]
        if slow:
            raise ValueError(f"user_agent must not contain {', '.join(slow)}")
        if self.language not in LANGUAGES:
            raise ValueError(f"language must be one of {', '.join(LANGUAGES)}")
        if self.format not in ("json", "xml"):
            raise ValueError("format must be json or xml")
        if self.connect_timeout <= 0 or self.read_timeout <= 0:
            raise ValueError("timeouts must be positive")


def check_address(address: str) -> None:
    """Raise :class:`AddressError` unless the API could live at this address."""
    try:
        parts = urlsplit(address)
        host, _port = parts.hostname, parts.port
    except ValueError as error:
        raise AddressError(f"not an address: {error}") from None
    if not host or parts.scheme not in ("https", "http"):
        raise AddressError("the address must begin with https:// and name a host")
    # urlsplit drops line breaks and empty parts in silence.
    if re.search(r"[\s\x00-\x20\\@?#]", address):
        raise AddressError("the address must hold host and path only")
    if parts.scheme == "http" and not is_loopback(host):
        raise AddressError("the address must begin with https://")


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this very machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
