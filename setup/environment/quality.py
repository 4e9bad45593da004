"""The OCA's quality tools, by pre-commit: every hook is one test."""

from __future__ import annotations

import re
import shutil
import subprocess

from .cache import ROOT, cache_dir
from .messages import say
from .python_env import environment

RESULT = re.compile(r"^(.{3,60}?)\.{3,}(?:\(.*\))?(Passed|Failed|Skipped)$")


def run_hooks(arguments: list[str]) -> tuple[int, int, int]:
    """:return: hooks that passed, failed, and were skipped"""
    python = environment("quality", "quality")
    env_skips = [] if shutil.which("npm") else ["prettier"]
    if env_skips:
        say("  prettier is skipped: it needs Node.js and npm")
    done = subprocess.run(
        [
            str(python),
            "-m",
            "pre_commit",
            "run",
            "--all-files",
            "--color=never",
            *arguments,
        ],
        cwd=ROOT,
        env=_environment(env_skips),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    print(done.stdout, flush=True)
    results = [
        match.group(2)
        for row in done.stdout.splitlines()
        if (match := RESULT.match(row))
    ]
    passed, failed = results.count("Passed"), results.count("Failed")
    if done.returncode and not failed:
        failed = 1
    return passed, failed, results.count("Skipped")


def _environment(skips: list[str]) -> dict[str, str]:
    import os

    named = os.environ.get("SKIP", "")
    return {
        **os.environ,
        "PRE_COMMIT_HOME": str(cache_dir() / "pre-commit"),
        "SKIP": ",".join(filter(None, [named, *skips])),
    }
