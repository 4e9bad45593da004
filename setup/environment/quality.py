"""The OCA's quality tools, by pre-commit: every hook is one test."""

from __future__ import annotations

import os
import re
import shutil
import subprocess

from .cache import ROOT, cache_dir
from .messages import say
from .python_env import environment

RESULT = re.compile(r"^(.{3,60}?)\.{3,}(?:\(.*\))?(Passed|Failed|Skipped)$")


#: pre-commit's words where a hook's environment could not be made.
NOT_INSTALLED = "An unexpected error has occurred"


def run_hooks(arguments: list[str]) -> tuple[int, int, int]:
    """Run all hooks; those whose tools can't be fetched are skipped, and it is said.

    :return: hooks that passed, failed, and were skipped
    """
    skips = [] if shutil.which("npm") else ["prettier"]
    if skips:
        say("  prettier is skipped: it needs Node.js and npm")
    code, output = _pre_commit(arguments, skips)
    if NOT_INSTALLED in output and "npm" in output and not skips:
        say("  prettier is skipped: npm could not fetch it (see above)")
        skips = ["prettier"]
        code, output = _pre_commit(arguments, skips)
    if NOT_INSTALLED in output:
        say("  the quality tools could not be fetched (see above): all skipped")
        return 0, 0, 1
    found = [RESULT.match(row) for row in output.splitlines()]
    results = [match.group(2) for match in found if match]
    passed, failed = results.count("Passed"), results.count("Failed")
    if code and not failed:
        failed = 1
    return passed, failed, results.count("Skipped")


def _pre_commit(arguments: list[str], skips: list[str]) -> tuple[int, str]:
    python = environment("quality", "quality")
    command = [str(python), "-m", "pre_commit", "run", "--all-files", "--color=never"]
    done = subprocess.run(
        [*command, *arguments],
        cwd=ROOT,
        env=_environment(skips),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    print(done.stdout, flush=True)
    return done.returncode, done.stdout


def _environment(skips: list[str]) -> dict[str, str]:
    named = os.environ.get("SKIP", "")
    return {
        **os.environ,
        "PRE_COMMIT_HOME": str(cache_dir() / "pre-commit"),
        "SKIP": ",".join(filter(None, [named, *skips])),
    }
