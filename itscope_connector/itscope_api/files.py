"""Large and foreign files: exports to disk, pictures and data sheets."""

from __future__ import annotations

import logging
import random
import re
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import requests
from urllib3.exceptions import HTTPError, MaxRetryError
from urllib3.util import parse_url

from . import transport as sending
from .errors import (
    ForeignAddressError,
    MalformedError,
    NetworkError,
    NotFoundError,
    ServerError,
)
from .search import segment
from .settings import Settings, is_loopback
from .tokens import shown
from .transport import CHUNK, Transport, length_told, may_pass

_logger = logging.getLogger(__name__)

#: ITscope's hosts; pictures lie on another one than the API.
OWN_DOMAIN = ".itscope.com"
#: An export is made while we wait: minutes can pass before the first byte. Seconds.
EXPORT_TIMEOUT = 15 * 60
MAX_EXPORT = 20 * 1024**3
#: The first bytes of what may come, and what it is.
KINDS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
)

#: A length that is believed.
LENGTH = re.compile(r"[0-9]{1,18}")
#: No address has them; what reads one drops them in silence.
CONTROLS = re.compile(r"[\x00-\x1f\x7f\\]")

Progress = Callable[[int, "int | None"], None]


@dataclass(frozen=True)
class Media:
    """A picture or data sheet.

    :ivar content_type: told from the content, not from what the server says
    :ivar etag, modified: for asking whether it changed, "" where there is none
    """

    content: bytes
    content_type: str
    etag: str = ""
    modified: str = ""


def check_url(url: str, settings: Settings) -> str:
    """An address below ITscope, absolute.

    :raises ForeignAddressError: it leads to another host, or is none
    """
    try:
        absolute = urljoin(settings.base_url.rstrip("/") + "/", url.strip())
        parts = urlsplit(absolute)
        host, _port = (parts.hostname or "").lower(), parts.port
        # What sends it reads some addresses in another way: "https://a\\.b/" goes to a.
        told = (parse_url(absolute).host or "").strip("[]").lower()
    except ValueError as error:
        raise ForeignAddressError(f"not an address: {error}") from None
    if told != host or CONTROLS.search(url.strip()):
        raise ForeignAddressError("not an address")
    base = urlsplit(settings.base_url)
    # The account's own host was checked with the settings: https, or this machine.
    if (parts.scheme, parts.netloc.lower()) == (base.scheme, base.netloc.lower()):
        return absolute
    plain = parts.netloc.lower() == host
    if parts.scheme == "https" and plain and host.endswith(OWN_DOMAIN):
        return absolute
    if is_loopback(host) and is_loopback(base.hostname or ""):
        return absolute
    raise ForeignAddressError(
        "the address does not lead to ITscope", url=f"{parts.scheme}://{host}"
    )


class Files:
    """Downloads for one account.

    The login goes with an export by its id only, and never to another host.
    """

    def __init__(self, settings: Settings, transport: Transport) -> None:
        self._settings = settings
        self._transport = transport

    # ------------------------------------------------------------------ exports

    def export(
        self, path: Path, export_id: str, url: str, progress: Progress | None
    ) -> None:
        """See :meth:`Client.download_export`."""
        if export_id:
            base = self._settings.base_url.rstrip("/")
            address = f"{base}/products/exports/{segment(export_id)}"
            signed = True
        else:
            address = check_url(url, self._settings)
            own = urlsplit(address).netloc == urlsplit(self._settings.base_url).netloc
            signed = own and "/t/" not in urlsplit(address).path
        part = path.with_name(path.name + ".part")
        retry, validator = sending.RETRY, ""
        while True:
            have = part.stat().st_size if validator and part.exists() else 0
            headers = {"Range": f"bytes={have}-", "If-Range": validator} if have else {}
            # What is there is unpacked already: a packed rest would not fit to it.
            headers["Accept-Encoding"] = "identity"
            try:
                with closing(
                    self._transport.open(
                        address, headers=headers, signed=signed, timeout=EXPORT_TIMEOUT
                    )
                ) as answer:
                    if answer.status_code == 204:
                        raise NotFoundError("the export holds nothing", status=204)
                    validator = _validator(answer)
                    self._save(answer, part, have, progress)
                part.replace(path)
                return
            except (NetworkError, ServerError) as error:
                if not may_pass(error, retry):
                    raise
                try:
                    retry = retry.increment("GET", shown(address))
                except MaxRetryError:
                    raise error from None
                _logger.info("ITscope export, next try after: %s", error)
            retry.sleep()
            time.sleep(random.uniform(0, sending.JITTER))

    def _save(
        self,
        answer: requests.Response,
        part: Path,
        have: int,
        progress: Progress | None,
    ) -> None:
        if answer.status_code == 206 and not have:
            raise MalformedError("a part came that was not asked for", status=206)
        if answer.status_code != 206:
            have = 0
        length = answer.headers.get("Content-Length", "")
        total = have + int(length) if LENGTH.fullmatch(length) else None
        answer.raw.enforce_content_length = True
        with part.open("ab" if have else "wb") as target:
            try:
                for chunk in answer.iter_content(CHUNK * 4):
                    have += len(chunk)
                    if have > MAX_EXPORT:
                        raise MalformedError(
                            "the export is too large", reason="too_large"
                        )
                    target.write(chunk)
                    if progress:
                        progress(have, total)
            except requests.exceptions.ContentDecodingError:
                raise MalformedError("the export is packed wrongly") from None
            except (requests.RequestException, HTTPError) as error:
                _logger.info("ITscope export broke off: %s", type(error).__name__)
                raise NetworkError("the export broke off", sent=True) from None
        if not have and not length_told(answer):
            raise NetworkError("the export broke off", sent=True)

    # ------------------------------------------------------------------ media

    def media(self, url: str, etag: str, modified: str, limit: int) -> Media | None:
        """See :meth:`Client.media`."""
        address = check_url(url, self._settings)
        headers = {"Accept": "image/*, application/pdf"}
        if etag:
            headers["If-None-Match"] = etag
        if modified:
            headers["If-Modified-Since"] = modified
        with closing(
            self._transport.open(address, headers=headers, signed=False)
        ) as answer:
            if answer.status_code == 304:
                return None
            if answer.status_code == 204:
                raise NotFoundError("there is no such file", status=204)
            content = self._transport.body(answer, limit)
            return Media(
                content,
                sniff(content),
                answer.headers.get("ETag", "")[:200],
                answer.headers.get("Last-Modified", "")[:64],
            )


def sniff(content: bytes) -> str:
    """What a file is, by its first bytes.

    :raises MalformedError: neither a picture nor a PDF
    """
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    for start, kind in KINDS:
        if content.startswith(start):
            return kind
    raise MalformedError("neither a picture nor a PDF came", reason="no_media")


def _validator(answer: requests.Response) -> str:
    """What a rest can be asked for by, "" where the server offers no rests."""
    if answer.headers.get("Accept-Ranges", "").lower() != "bytes":
        return ""
    etag = answer.headers.get("ETag", "")
    if etag and not etag.startswith("W/"):
        return etag
    return answer.headers.get("Last-Modified", "")
