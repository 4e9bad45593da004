"""Downloads: exports to disk, pictures, and where none of it may come from."""

from __future__ import annotations

from pathlib import Path

import pytest
from told_server import CountingLimiter, Handler, Told, make_settings

from itscope_api import (
    AddressError,
    Client,
    MalformedError,
    NetworkError,
    NotFoundError,
    check_url,
)

PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 100
UUID = "5f0c3c0e-6f3b-4a0a-9a53-1d0a5c1b0001"


def cut(content: bytes, **headers: str) -> object:
    def action(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(content)))
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(content[: len(content) // 2])
        handler.wfile.flush()
        handler.hang_up()

    return action


def test_an_export_by_its_id_goes_with_the_login(
    client: Client, server: Told, tmp_path: Path
) -> None:
    server.answer("<products/>")
    told: list[tuple[int, int | None]] = []
    target = tmp_path / "export"
    client.download_export(
        target, export_id=UUID, progress=lambda have, total: told.append((have, total))
    )
    assert target.read_bytes() == b"<products/>"
    assert server.paths == [f"/2.1/products/exports/{UUID}"]
    assert "Authorization" in server.seen[0].headers
    assert told[-1] == (11, 11)
    assert [path.name for path in tmp_path.iterdir()] == ["export"]


def test_a_token_goes_without_the_login(
    client: Client, server: Told, tmp_path: Path
) -> None:
    server.answer("puid\n1\n")
    client.download_export(tmp_path / "export", url=f"{server.url}/2.1/t/abc")
    assert "Authorization" not in server.seen[0].headers


def test_a_download_that_breaks_off_begins_again(
    client: Client, server: Told, limiter: CountingLimiter, tmp_path: Path
) -> None:
    server.do(cut(b"0123456789"))  # type: ignore[arg-type]
    server.answer("0123456789")
    client.download_export(tmp_path / "export", export_id=UUID)
    assert (tmp_path / "export").read_bytes() == b"0123456789"
    assert "Range" not in server.seen[1].headers
    assert limiter.turns == 2


def test_a_download_goes_on_where_the_server_offers_it(
    client: Client, server: Told, tmp_path: Path
) -> None:
    content = bytes(range(256)) * 8192
    have = len(content) // 2
    server.do(cut(content, Accept_Ranges="bytes", ETag='"v1"'))  # type: ignore[arg-type]
    server.answer(content[have:], status=206)
    client.download_export(tmp_path / "export", export_id=UUID)
    assert (tmp_path / "export").read_bytes() == content
    assert server.seen[1].headers["Range"] == f"bytes={have}-"
    assert server.seen[1].headers["If-Range"] == '"v1"'


def test_a_part_that_nobody_asked_for(
    client: Client, server: Told, tmp_path: Path
) -> None:
    server.answer("56789", status=206)
    with pytest.raises(MalformedError):
        client.download_export(tmp_path / "export", export_id=UUID)


def test_a_rest_of_another_version_is_taken_as_a_whole(
    client: Client, server: Told, tmp_path: Path
) -> None:
    server.do(cut(b"x" * 2_000_000, Accept_Ranges="bytes", ETag='"v1"'))  # type: ignore[arg-type]
    server.answer("abcdef")
    client.download_export(tmp_path / "export", export_id=UUID)
    assert (tmp_path / "export").read_bytes() == b"abcdef"


def test_a_download_that_always_breaks_off_leaves_nothing(
    client: Client, server: Told, tmp_path: Path
) -> None:
    server.do(cut(b"0123456789"))  # type: ignore[arg-type]
    with pytest.raises(NetworkError):
        client.download_export(tmp_path / "export", export_id=UUID)
    assert len(server.seen) == 3
    assert not (tmp_path / "export").exists()


def test_an_export_that_is_not_there(
    client: Client, server: Told, tmp_path: Path
) -> None:
    for status in (404, 204):
        server.actions.clear()
        server.answer(b"", status=status)
        with pytest.raises(NotFoundError):
            client.download_export(tmp_path / "export", export_id=UUID)


def test_a_picture_and_whether_it_changed(client: Client, server: Told) -> None:
    server.answer(PNG, ETag='"a"', Last_Modified="Mon, 05 Oct 2026 10:00:00 GMT")
    media = client.media(f"{server.url}/2.1/images/1.png", limit=1000)
    assert media and (media.content, media.content_type) == (PNG, "image/png")
    assert "Authorization" not in server.seen[0].headers
    server.actions.clear()
    server.answer(b"", status=304)
    again = client.media("/2.1/images/1.png", etag=media.etag, limit=1000)
    assert again is None
    assert server.seen[1].headers["If-None-Match"] == '"a"'


@pytest.mark.parametrize(
    "content", [b"<html>Wartung</html>", b"", b"<svg onload='x()'/>", b"GIF"]
)
def test_what_is_no_picture(client: Client, server: Told, content: bytes) -> None:
    server.answer(content, Content_Type="image/png")
    with pytest.raises(MalformedError):
        client.media("/2.1/images/1.png", limit=1000)


def test_a_picture_that_is_too_large(client: Client, server: Told) -> None:
    server.answer(PNG)
    with pytest.raises(MalformedError, match="too large"):
        client.media("/2.1/images/1.png", limit=50)


@pytest.mark.parametrize(
    "url",
    [
        "https://media.itscope.com.evil.example/x.png",
        "https://evil.example/x.png",
        "http://media.itscope.com/x.png",
        "https://media.itscope.com:8443/x.png",
        "https://user@media.itscope.com/x.png",
        "https://169.254.169.254/latest",
        "//evil.example/x.png",
        "file:///etc/passwd",
        "https://[::1/x",
        "javascript:alert(1)",
    ],
)
def test_addresses_that_are_not_itscopes(url: str) -> None:
    settings = make_settings("https://api.itscope.com/2.1")
    with pytest.raises(AddressError):
        check_url(url, settings)


def test_addresses_that_are_itscopes() -> None:
    settings = make_settings("https://api.itscope.com/2.1")
    for url in (
        "https://media.itscope.com/img/p/KEY?fit=100x100",
        "https://api.itscope.com/2.1/t/abc",
    ):
        assert check_url(url, settings) == url
