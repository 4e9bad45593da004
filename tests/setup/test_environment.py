"""What the demo and test commands build on."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from environment import cache, debian, messages, processes, quality


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "a cache with spaces"
    monkeypatch.setenv("ITSCOPE_CACHE", str(folder))
    return folder


def test_a_build_that_broke_off_is_done_again(own_cache: Path) -> None:
    tries = []

    def build(path: Path) -> None:
        tries.append(path)
        path.mkdir()
        if len(tries) == 1:
            raise messages.Failure("no network")
        (path / "done").touch()

    with pytest.raises(messages.Failure):
        cache.built("thing", "1", build)
    assert (cache.built("thing", "1", build) / "done").exists()
    cache.built("thing", "1", build)
    assert len(tries) == 2


def test_another_key_replaces_what_was_built(own_cache: Path) -> None:
    first = cache.built("thing", "1", Path.mkdir)
    cache.built("thing", "2", Path.mkdir)
    assert not first.exists()


def test_the_digest_follows_every_file_of_a_folder(tmp_path: Path) -> None:
    folder = tmp_path / "addon"
    folder.mkdir()
    (folder / "a.py").write_text("1")
    before = cache.digest([folder])
    (folder / "a.py").write_text("2")
    assert cache.digest([folder]) != before


def test_a_failing_command_shows_its_words_and_the_advice() -> None:
    with pytest.raises(messages.Failure) as failure:
        messages.run(["sh", "-c", "echo broken >&2; exit 3"], advice="Do this next.")
    assert "broken" in str(failure.value)
    assert "Do this next." in str(failure.value)


def test_a_missing_command_is_no_traceback() -> None:
    with pytest.raises(messages.Failure, match="was not found. Install it"):
        messages.run(["no-such-command-at-all"], advice="Install it.")


def test_a_taken_port_is_told_with_another_one() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(messages.Failure, match=f"--port {port + 1}"):
            processes.check_port(port)


def test_the_mirror_comes_from_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    listing = (
        "http://mirror.example/debian-security bookworm-security main\n"
        "http://elsewhere.example/cloud stable main\n"
        "http://mirror.example/debian bookworm main\n"
    )
    monkeypatch.delenv("ITSCOPE_DEBIAN_MIRROR", raising=False)
    monkeypatch.setattr(debian.shutil, "which", lambda name: name)
    monkeypatch.setattr(debian, "run", lambda *args, **kwargs: listing)
    assert debian.mirror() == "http://mirror.example/debian"


def test_a_machine_without_a_debian_mirror_is_told_what_to_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("ITSCOPE_DEBIAN_MIRROR", raising=False)
    monkeypatch.setattr(debian.shutil, "which", lambda name: name)
    monkeypatch.setattr(debian, "run", lambda *args, **kwargs: "")
    with pytest.raises(messages.Failure, match="ODOO_HOME"):
        debian.mirror()


@pytest.mark.parametrize(
    ("row", "result"),
    [
        ("ruff check...............................................Passed", "Passed"),
        ("prettier..........................(no files to check)Skipped", "Skipped"),
        ("mypy of the cores........................................Failed", "Failed"),
    ],
)
def test_the_outcome_of_a_hook_is_read(row: str, result: str) -> None:
    match = quality.RESULT.match(row)
    assert match and match.group(2) == result
