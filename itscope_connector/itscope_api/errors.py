"""What can go wrong between us and ITscope, by what the caller can do about it.

::

    ItscopeError
    ├── ConfigurationError    a person must change a setting
    │   ├── CredentialsError  401: account id or API key is wrong (a new key ends the
    │   │                     old one)
    │   ├── ContractError     403: quota used up, or the plan lacks this right
    │   └── AddressError      no such host, no https address, or not ITscope's API
    │       └── ForeignAddressError  a file's address that leads to another host
    ├── BlockedError          503: too many requests; send nothing until ``until``
    ├── NotFoundError         404: no such export, order or method
    ├── InvalidRequestError   400: refused; ``message`` has ITscope's words. Also what
    │                         we refuse to ask because it can't be (an empty search)
    ├── ServerError           5xx: ITscope failed; a GET may be tried again later
    ├── NetworkError          no answer: refused, cut or timed out (``sent`` tells
    │                         whether the request may have arrived)
    └── MalformedError        an answer that can't be understood: HTML, cut off, not
                              the promised format

"Nothing found" is no error: readers yield nothing then (204, 404 on a search, empty
list). No exception ever carries the API key, a password or an Authorization header.
"""

from __future__ import annotations

from datetime import datetime


class ItscopeError(Exception):
    """Base of all errors of this package.

    :ivar message: what happened, in ITscope's words where it gave any (short, plain)
    :ivar status: HTTP status, or None where there was no answer
    :ivar url: what was asked, without credentials and without tokens, or None
    """

    #: A person must change something before another try makes sense.
    needs_person = False
    #: The same request may be sent again later without a change.
    retryable = False

    def __init__(
        self, message: str, *, status: int | None = None, url: str | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.url = url


class ConfigurationError(ItscopeError):
    """A setting is wrong; trying again without a change is useless."""

    needs_person = True


class CredentialsError(ConfigurationError):
    """401: the account id or the API key is not accepted."""


class ContractError(ConfigurationError):
    """403: the quota is used up, or the contract does not include this action."""


class AddressError(ConfigurationError):
    """The configured address does not lead to ITscope's API."""


class ForeignAddressError(AddressError):
    """The address of an export, a picture or a data sheet leads to another host."""


class BlockedError(ItscopeError):
    """503, or our own limiter's refusal: send nothing until ``until`` (UTC, aware)."""

    retryable = True

    def __init__(
        self,
        message: str,
        *,
        until: datetime,
        status: int | None = None,
        url: str | None = None,
    ) -> None:
        super().__init__(message, status=status, url=url)
        self.until = until


class NotFoundError(ItscopeError):
    """404 where the thing asked for was named: an export, an order, a method."""

    needs_person = True


class InvalidRequestError(ItscopeError):
    """400 and other 4xx: ITscope refuses the request; ``message`` has the reason."""

    needs_person = True


class ServerError(ItscopeError):
    """5xx other than the block: ITscope could not process the request."""

    retryable = True


class NetworkError(ItscopeError):
    """No usable answer came back.

    :ivar sent: False only where the request certainly never reached ITscope
        (name not resolved, connection refused); True where it may have been processed.
    :ivar timed_out: connection or answer took longer than the settings allow
    """

    retryable = True

    def __init__(
        self,
        message: str,
        *,
        sent: bool,
        timed_out: bool = False,
        status: int | None = None,
        url: str | None = None,
    ) -> None:
        super().__init__(message, status=status, url=url)
        self.sent = sent
        self.timed_out = timed_out


class MalformedError(ItscopeError):
    """The answer is not what the documentation promises and can't be read.

    :ivar reason: ``damaged`` (broken or cut off), ``web_page``, ``empty``,
        ``too_large`` (or unpacks to too much), ``refused`` (a document type, too deep,
        encrypted), ``unknown`` (no format of ITscope's), ``no_media`` (neither picture
        nor PDF)
    """

    def __init__(
        self,
        message: str,
        *,
        reason: str = "damaged",
        status: int | None = None,
        url: str | None = None,
    ) -> None:
        super().__init__(message, status=status, url=url)
        self.reason = reason
        # Anything else is as ITscope made it, and comes again.
        self.retryable = reason in ("damaged", "web_page", "unknown")
