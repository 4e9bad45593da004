"""Faults on demand: what networks, proxies and servers really do."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

HTML = "<!DOCTYPE html><html><head><title>Wartungsarbeiten</title></head><body><h1>Bitte später</h1></body></html>"


@dataclass
class Fault:
    """What to do with the next ``count`` requests whose ``METHOD path`` matches.

    Kinds: ``drop_before`` and ``drop_after`` (the connection closes without an answer, before
    or after the request was processed), ``late`` (answer after ``seconds``), ``status``,
    ``truncate``, ``html``, ``latin1`` (declared UTF-8), ``redirect``, ``garbage``,
    ``cut`` (the connection closes in the middle of the body).
    """

    match: str
    kind: str
    count: int = 1
    status: int = 500
    body: str = ""
    #: any bytes instead, in base64
    content: str = ""
    content_type: str = "text/plain; charset=utf-8"
    seconds: float = 0.0
    headers: dict[str, str] = field(default_factory=dict)


class Faults:
    def __init__(self) -> None:
        self.rules: list[Fault] = []

    def set(self, rules: list[dict[str, Any]]) -> None:
        self.rules = [Fault(**rule) for rule in rules]

    def take(self, method: str, path: str) -> Fault | None:
        for rule in self.rules:
            if rule.count > 0 and re.search(rule.match, f"{method} {path}"):
                rule.count -= 1
                return rule
        return None
