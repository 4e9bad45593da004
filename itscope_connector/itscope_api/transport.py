"""One request at a time: turns, retries, bounds, and errors by what can be done about them."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import (
    ConnectTimeoutError,
    NameResolutionError,
    NewConnectionError,
)
from urllib3.util.retry import Retry

from .errors import (
    AddressError,
    BlockedError,
    ContractError,
    CredentialsError,
    InvalidRequestError,
    ItscopeError,
    MalformedError,
    NetworkError,
    NotFoundError,
    ServerError,
)
from .limits import BLOCK_MINUTES, Limiter
from .messages import explain_body
from .settings import Settings

_logger = logging.getLogger(__name__)

#: Tries of a GET in all; a POST has one.
TRIES = 3
#: Bytes of one answer after unpacking.
MAX_BODY = 64 * 1024 * 1024
MAX_ERROR_BODY = 64 * 1024
CHUNK = 64 * 1024


class _TurnRetry(Retry):
    """urllib3's retry, each try of which takes a turn from the limiter like any request."""

    limiter: Limiter | None = None

    def new(self, **kw: Any) -> _TurnRetry:
        retry = super().new(**kw)
        retry.limiter = self.limiter
        return retry

    def sleep(self, response: Any = None) -> None:
        super().sleep(response)
        if self.limiter is not None:
            self.limiter.acquire()


class Transport:
    """Sends requests to the one host of the settings.

    Redirects are not followed and cookies not kept: credentials go nowhere else.
    """

    def __init__(self, settings: Settings, limiter: Limiter) -> None:
        self._settings = settings
        self._limiter = limiter
        self._session = requests.Session()
        self._session.auth = (settings.account_id, settings.api_key)
        self._session.headers.update(
            {"User-Agent": settings.user_agent, "Accept-Language": settings.language}
        )
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        retry = _TurnRetry(
            total=TRIES - 1,
            status_forcelist=(500, 502, 504),
            allowed_methods=frozenset({"GET"}),
            backoff_factor=0.5,
            backoff_jitter=0.5,
            respect_retry_after_header=False,
            raise_on_status=False,
            redirect=False,
        )
        retry.limiter = limiter
        # Only GETs are in the retry's allowed methods: a POST leaves once.
        self._session.mount("https://", HTTPAdapter(max_retries=retry))
        self._session.mount("http://", HTTPAdapter(max_retries=retry))

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def get(self, path: str, params: Mapping[str, str] | None = None) -> bytes | None:
        """The body of an answer, or None where nothing was found (204, 404).

        :param path: below the base address, encoded
        """
        with self._send("GET", path, params=params) as response:
            self._check(response)
            if response.status_code in (204, 404):
                return None
            return self._body(response)

    def post(self, path: str, body: bytes) -> bytes:
        """Send an XML document once; return the body of the answer, which may be empty."""
        with self._send("POST", path, data=body) as response:
            self._check(response)
            if response.status_code == 404:
                raise NotFoundError(
                    "ITscope does not know this method",
                    status=404,
                    url=self._shown(response),
                )
            return self._body(response)

    # ---------------------------------------------------------------- sending

    def _send(
        self,
        method: str,
        path: str,
        params: Mapping[str, str] | None = None,
        data: bytes | None = None,
    ) -> requests.Response:
        self._limiter.acquire()
        url = f"{self._settings.base_url.rstrip('/')}{path}"
        headers = {"Content-Type": "application/xml"} if data is not None else {}
        try:
            return self._session.request(
                method,
                url,
                params=params,
                data=data,
                headers=headers,
                timeout=(self._settings.connect_timeout, self._settings.read_timeout),
                allow_redirects=False,
                stream=True,
            )
        except requests.exceptions.InvalidURL as error:
            raise AddressError("the address can't be used", url=url) from error
        except requests.RequestException as error:
            raise self._network_error(error, url) from None

    def _network_error(self, error: Exception, url: str) -> ItscopeError:
        cause = _root_cause(error)
        host = self._settings.base_url
        if isinstance(cause, NameResolutionError):
            return AddressError(f"the host of {host} is not known", url=url)
        if isinstance(cause, (ConnectTimeoutError, NewConnectionError)):
            return NetworkError("no connection could be made", sent=False, url=url)
        if isinstance(error, requests.exceptions.SSLError):
            return NetworkError(
                "no secure connection could be made (certificate)", sent=False, url=url
            )
        if isinstance(error, (requests.exceptions.ReadTimeout, requests.Timeout)):
            return NetworkError("no answer in time", sent=True, url=url)
        return NetworkError("the connection broke off", sent=True, url=url)

    # ---------------------------------------------------------------- answers

    def _body(self, response: requests.Response, limit: int = MAX_BODY) -> bytes:
        parts: list[bytes] = []
        size = 0
        try:
            for chunk in response.iter_content(CHUNK):
                size += len(chunk)
                if size > limit:
                    raise MalformedError(
                        "the answer is too large",
                        status=response.status_code,
                        url=self._shown(response),
                    )
                parts.append(chunk)
        except requests.exceptions.ContentDecodingError:
            raise MalformedError(
                "the answer is packed wrongly",
                status=response.status_code,
                url=self._shown(response),
            ) from None
        except requests.RequestException:
            raise NetworkError(
                "the answer broke off",
                sent=True,
                status=response.status_code,
                url=self._shown(response),
            ) from None
        return b"".join(parts)

    def _check(self, response: requests.Response) -> None:
        """Raise what an answer without data means."""
        status = response.status_code
        if status < 300:
            return
        url = self._shown(response)
        if status < 400:
            raise AddressError(
                "the address leads elsewhere (redirect)", status=status, url=url
            )
        try:
            body = self._body(response, MAX_ERROR_BODY)
        except ItscopeError:
            body = b""
        message = explain_body(body)
        if self._settings.api_key:
            message = message.replace(self._settings.api_key, "***")
        _logger.info("ITscope answered %s to %s: %s", status, url, message)
        if status == 503:
            until = _block_end(response)
            self._limiter.block(until)
            raise BlockedError(
                message or "too many requests", until=until, status=status, url=url
            )
        if status == 401:
            raise CredentialsError(message or "not authorised", status=status, url=url)
        if status in (402, 403):
            raise ContractError(message or "not allowed", status=status, url=url)
        if status == 404:
            if _is_html(body):
                raise AddressError(
                    "there is a web site, but no API", status=status, url=url
                )
            return
        if status >= 500:
            raise ServerError(message or f"HTTP {status}", status=status, url=url)
        raise InvalidRequestError(message or f"HTTP {status}", status=status, url=url)

    @staticmethod
    def _shown(response: requests.Response) -> str:
        """The address without query and tokens."""
        address = str(response.url).partition("?")[0]
        return re.sub(r"/t/[^/]+", "/t/…", address)


def _root_cause(error: BaseException) -> BaseException:
    """urllib3's own exception behind requests' wrapping."""
    seen: set[int] = set()
    current: BaseException = error
    while id(current) not in seen:
        seen.add(id(current))
        inner = getattr(current, "reason", None)
        if not isinstance(inner, BaseException):
            inner = next(
                (arg for arg in current.args if isinstance(arg, BaseException)), None
            )
        if inner is None:
            return current
        current = inner
    return current


def _block_end(response: requests.Response) -> datetime:
    """When a 503 ends: 30 minutes, or later if the server says so."""
    now = datetime.now(timezone.utc)
    until = now + timedelta(minutes=BLOCK_MINUTES)
    header = response.headers.get("Retry-After", "")
    try:
        if header.isdigit():
            said = now + timedelta(seconds=min(int(header), 24 * 3600))
        else:
            said = parsedate_to_datetime(header)
        return min(max(until, said), now + timedelta(days=1))
    except (TypeError, ValueError):
        return until


def _is_html(body: bytes) -> bool:
    return body[:2000].lstrip().lower().startswith((b"<!doctype html", b"<html"))
