"""One request at a time: turns, tries, bounds, and what network failures mean."""

from __future__ import annotations

import io
import logging
import random
import socket
import time
from base64 import b64encode
from collections.abc import Collection, Iterator, Mapping
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.auth import HTTPBasicAuth
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    MaxRetryError,
    NewConnectionError,
)
from urllib3.util.retry import Retry

from .answers import BLOCK_STATUS, block_end, error_for
from .errors import (
    AddressError,
    ItscopeError,
    MalformedError,
    NetworkError,
    ServerError,
)
from .limits import Limiter
from .settings import Settings, is_loopback
from .tokens import shown, tokens_of

_logger = logging.getLogger(__name__)

#: Tries of a GET in all: where no connection came about, it broke off, or ITscope
#: stumbled. Not after a timeout: ITscope is busy with it already.
TRIES = 3
RETRY = Retry(
    total=TRIES - 1,
    status_forcelist=(500, 502, 504),
    allowed_methods=frozenset({"GET"}),
    backoff_factor=0.5,
)
#: Seconds, at most, that tries of several workers are spread over.
JITTER = 0.5
#: Bytes of one answer after unpacking.
MAX_BODY = 64 * 1024 * 1024
MAX_ERROR_BODY = 64 * 1024
CHUNK = 64 * 1024
#: Headers that say how long a body is.
LENGTHS = ("Content-Length", "Transfer-Encoding")
NOT_FOUND = frozenset((204, 404))
#: The name of a host does not exist; other failures to resolve it can pass.
UNKNOWN_HOST = (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME))


class _Outgoing(io.BytesIO):
    """A body that knows whether any of it was taken to be sent.

    It is read only after the connection stands and the header is out: as long as it was
    not read, nobody can have received the request.
    """

    taken = False

    def read(self, size: int | None = -1, /) -> bytes:
        self.taken = True
        return super().read(size)


class _Adapter(HTTPAdapter):
    """Gives up on a connection sooner than on an answer.

    The session sees one number only: what watches over sessions (Odoo's tests do)
    compares it.
    """

    def __init__(self, connect_timeout: float) -> None:
        super().__init__()
        self._connect_timeout = connect_timeout

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: Any = True,
        cert: Any = None,
        proxies: Any = None,
    ) -> requests.Response:
        answer = super().send(
            request, stream, (self._connect_timeout, timeout), verify, cert, proxies
        )
        # The session would read all of a redirect's body, however long, to see where
        # it leads: nobody goes there.
        answer.headers.pop("Location", None)
        return answer


class Transport:
    """Sends requests to the one host of the settings.

    Redirects are not followed and cookies not kept: credentials go nowhere else.

    :param session: used instead of one of our own; gets our login and manners
    """

    def __init__(
        self,
        settings: Settings,
        limiter: Limiter,
        session: requests.Session | None = None,
    ) -> None:
        self._base = settings.base_url.rstrip("/")
        self._timeout = settings.read_timeout
        self._limiter = limiter
        # As bytes: requests would encode text as Latin-1, which not every key fits.
        key = settings.api_key.strip()
        login = (settings.account_id.strip().encode(), key.encode())
        #: What no message may show.
        self.secrets = (key, b64encode(b":".join(login)).decode())
        self._session = session or requests.Session()
        adapter = _Adapter(settings.connect_timeout)
        for scheme in ("https://", "http://"):
            self._session.mount(scheme, adapter)
        # A login of our own keeps requests from looking into ~/.netrc. The
        # environment's proxy is the administrator's word, but never for this machine
        # itself: plain http, and with it the key, would leave it.
        self._session.auth = HTTPBasicAuth(*login)
        if is_loopback(urlsplit(self._base).hostname or ""):
            self._session.trust_env = False
        self._session.headers.update(
            {
                "User-Agent": settings.user_agent,
                "Accept-Language": settings.language,
                "Accept-Encoding": "gzip, deflate",
            }
        )
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def get(
        self,
        path: str,
        params: Mapping[str, str] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        absent: Collection[int] = NOT_FOUND,
        limit: int = MAX_BODY,
    ) -> bytes | None:
        """The body of an answer, or None where nothing was found.

        :param path: below the base address, encoded
        :param absent: statuses that mean "nothing found"
        :param limit: bytes, after unpacking
        """
        retry = RETRY
        while True:
            try:
                with self._send("GET", path, params=params, headers=headers) as answer:
                    if answer.status_code in absent:
                        return None
                    self._check(answer)
                    return self.body(answer, limit)
            except (NetworkError, ServerError) as error:
                if not may_pass(error, retry):
                    raise
                try:
                    retry = retry.increment("GET", path)
                except MaxRetryError:
                    raise error from None
                _logger.info("ITscope, next try after: %s (%s)", error, error.url)
            retry.sleep()
            time.sleep(random.uniform(0, JITTER))

    def open(
        self,
        url: str,
        *,
        headers: Mapping[str, str],
        signed: bool,
        timeout: float | None = None,
    ) -> requests.Response:
        """The answer to a GET of a whole address, not read yet; the caller closes it.

        The limit is that of the API's host: others are not counted.

        :param signed: send our login; only ever to the host of the settings
        """
        if not url.startswith(self._base + "/"):
            signed = False
        answer = self._request(
            "GET",
            url,
            headers=headers,
            auth=None if signed else _unsigned,
            timeout=timeout,
            counted=urlsplit(url).netloc == urlsplit(self._base).netloc,
        )
        try:
            if answer.status_code != 304:
                self._check(answer)
        except ItscopeError:
            answer.close()
            raise
        return answer

    def post(self, path: str, body: bytes, *, answered: bool = True) -> bytes:
        """Send an XML document once; return the body of the answer.

        :param answered: an empty answer is none; False where the status says it all
        :raises NetworkError: ``sent`` says whether any of the document left
        :raises MalformedError: it was accepted, but the answer can't be read
        """
        # A connection that rested may be dead, which shows only after sending: the
        # order would be in doubt for nothing.
        self._session.get_adapter(self._base).close()
        outgoing = _Outgoing(body)
        headers = {"Content-Type": "application/xml"}
        with self._send("POST", path, data=outgoing, headers=headers) as answer:
            self._check(answer, sends=True)
            try:
                content = self.body(answer, MAX_BODY)
            except NetworkError as error:
                raise MalformedError(
                    f"sent, but {error.message}", status=error.status, url=error.url
                ) from None
            if answered and not content:
                raise MalformedError(
                    "sent, but the answer is empty",
                    status=answer.status_code,
                    url=shown(answer.url),
                )
            return content

    def put(self, path: str) -> bool:
        """Ask for a change that is the same however often it is asked for.

        :return: False where ITscope does not know what should change
        """
        with self._send("PUT", path) as answer:
            if answer.status_code in NOT_FOUND:
                return False
            self._check(answer)
            self.body(answer, MAX_BODY)
            return True

    # ---------------------------------------------------------------- sending

    def _send(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        data: _Outgoing | None = None,
    ) -> requests.Response:
        return self._request(
            method, self._base + path, params=params, headers=headers, data=data
        )

    def _request(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        data: _Outgoing | None = None,
        auth: Any = None,
        timeout: float | None = None,
        counted: bool = True,
    ) -> requests.Response:
        if counted:
            self._limiter.acquire()
        try:
            return self._session.request(
                method,
                url,
                params=params,
                data=data,
                headers=headers,
                auth=auth,
                timeout=timeout or self._timeout,
                allow_redirects=False,
                stream=True,
            )
        except (OSError, HTTPError, ValueError) as error:
            taken = data.taken if data is not None else not _never_left(error)
            raise self._network_error(error, taken, shown(url)) from None

    def _network_error(self, error: Exception, sent: bool, url: str) -> ItscopeError:
        host = urlsplit(self._base).netloc
        for cause in _causes(error):
            if isinstance(cause, socket.gaierror):
                if cause.errno in UNKNOWN_HOST:
                    return AddressError(f"there is no host {host}", url=url)
                return NetworkError(
                    f"the name {host} can't be resolved now", sent=False, url=url
                )
        if isinstance(error, ValueError):
            # requests' own kinds of unusable address are ValueErrors too.
            return AddressError("the address can't be used", url=url)
        timed_out = isinstance(error, requests.exceptions.Timeout)
        if isinstance(error, requests.exceptions.SSLError):
            message = "no secure connection (certificate or protocol)"
        elif isinstance(error, requests.exceptions.ProxyError):
            message = "the proxy gives no connection"
        elif timed_out:
            message = "no answer in time" if sent else "no connection in time"
        elif not sent:
            message = "no connection could be made"
        else:
            message = "the connection broke off before the answer"
        return NetworkError(message, sent=sent, timed_out=timed_out, url=url)

    # ---------------------------------------------------------------- answers

    def _check(self, answer: requests.Response, *, sends: bool = False) -> None:
        """Raise what an answer without data means."""
        status = answer.status_code
        if status < 300:
            return
        url = shown(answer.url)
        try:
            body = b"".join(_chunks(answer, MAX_ERROR_BODY))
        except (OSError, HTTPError):
            # Status says enough.
            body = b""
        until = block_end(answer.headers)
        if status in BLOCK_STATUS:
            self._limiter.block(until)
        error = error_for(
            status,
            body,
            url=url,
            until=until,
            sends=sends,
            secrets=(*self.secrets, *tokens_of(answer.url)),
        )
        _logger.info("ITscope answered %s to %s: %s", status, url, error)
        raise error

    def body(self, answer: requests.Response, limit: int) -> bytes:
        """The whole unpacked body.

        :raises MalformedError: it is larger than ``limit`` bytes, or packed wrongly
        """
        status, url = answer.status_code, shown(answer.url)
        # urllib3 2 does so by itself, its first version passed a cut answer off as
        # whole.
        answer.raw.enforce_content_length = True
        try:
            body = b"".join(_chunks(answer, limit + 1))
        except requests.exceptions.ContentDecodingError:
            raise MalformedError(
                "the answer is packed wrongly", status=status, url=url
            ) from None
        except (OSError, HTTPError):
            raise NetworkError(
                "the answer broke off", sent=True, status=status, url=url
            ) from None
        if not body and not length_told(answer):
            raise NetworkError(
                "the answer broke off", sent=True, status=status, url=url
            )
        if len(body) > limit:
            raise MalformedError(
                "the answer is too large", reason="too_large", status=status, url=url
            )
        return body


def _chunks(answer: requests.Response, limit: int) -> Iterator[bytes]:
    """The unpacked body, no more than ``limit`` bytes of it."""
    for chunk in answer.iter_content(CHUNK):
        yield chunk[:limit]
        limit -= len(chunk)
        if limit <= 0:
            return


def length_told(answer: requests.Response) -> bool:
    """Whether nothing is nothing: where a header breaks off, Python takes the end of
    the connection for its own."""
    return answer.status_code != 200 or any(map(answer.headers.get, LENGTHS))


def may_pass(error: NetworkError | ServerError, retry: Retry) -> bool:
    """Whether another try soon makes sense."""
    if isinstance(error, NetworkError):
        return not error.timed_out
    return bool(retry.is_retry("GET", error.status or 0))


def _unsigned(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """A login that is none: without it the session would send its own."""
    return request


def _never_left(error: BaseException) -> bool:
    """Whether no connection came about."""
    return any(
        isinstance(cause, (NewConnectionError, ConnectTimeoutError))
        for cause in _causes(error)
    )


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An exception and all behind it, in requests', urllib3's and Python's ways."""
    seen: set[int] = set()
    waiting: list[object] = [error]
    while waiting:
        cause = waiting.pop(0)
        if not isinstance(cause, BaseException) or id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        waiting += [cause.__cause__, cause.__context__, getattr(cause, "reason", None)]
        waiting += cause.args
