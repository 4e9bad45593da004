"""What was measured, for people: lines, a page and a plot."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from pathlib import Path
from typing import Any

from .cache import ROOT

Row = dict[str, Any]
PAGE = ROOT / "docs" / "benchmarks.rst"
PLOT = ROOT / "docs" / "images" / "benchmarks.svg"
#: How the table names the cases.
TITLES = {
    "a": "New products",
    "b": "Changed prices and stock",
    "c": "An export in which nothing changed",
    "d": "Memory",
    "e": "Refreshing an order",
    "f": "Documents",
    "g": "Twice the catalogue",
    "h": "Screens beside a large catalogue",
}
DRAW = """
import json, sys
import pygal
from pygal.style import CleanStyle
rows = json.load(sys.stdin)
chart = pygal.HorizontalBar(
    style=CleanStyle, show_legend=False, width=900, height=60 + 30 * len(rows), x_title=
    "times the goal (1 = met)", js=[], print_values=True, disable_xml_declaration=True,
    formatter=lambda value: f"{value:.2f}", margin_right=60, truncate_label=80,
)
chart.x_labels = [row["label"] for row in reversed(rows)]
chart.add("", [row["reached"] for row in reversed(rows)])
sys.stdout.write(chart.render(is_unicode=True))
"""


def reached(row: Row) -> float | None:
    """How much of the goal was reached: 1 and more is met."""
    if not row["goal"]:
        return None
    value = row["ratio"] if row["ratio"] is not None else row["value"]
    if row["less"]:
        return float(row["goal"] / max(value, 0.001))
    return float(value / row["goal"])


def goal(row: Row) -> str:
    """The goal in words, or ""."""
    if not row["goal"]:
        return ""
    unit = "×" if row["ratio"] is not None else row["unit"]
    return f"{'≤' if row['less'] else '≥'} {row['goal']:,g} {unit}"


def verdict(row: Row) -> str:
    share = reached(row)
    return "" if share is None else ("met" if share >= 1 else "missed")


def cells(row: Row) -> list[str]:
    """What was measured, our value, beside what, its value, ratio, goal, verdict."""
    digits = 0 if row["value"] >= 100 else 1
    return [
        row["what"],
        f"{row['value']:,.{digits}f} {row['unit']}",
        row["against"],
        f"{row['other']:,.{digits}f} {row['unit']}" if row["other"] else "",
        f"{row['ratio']:.2f} ×" if row["ratio"] is not None else "",
        goal(row),
        verdict(row),
    ]


def as_lines(rows: list[Row]) -> str:
    """Rows for the terminal."""
    return "\n".join(
        "  " + " | ".join(cell for cell in cells(row) if cell) for row in rows
    )


def write(rows: list[Row], python: Path, versions: list[str]) -> None:
    """The page and the plot in docs/."""
    PAGE.write_text(page(rows, versions))
    PLOT.write_text(plot(rows, python))


def page(rows: list[Row], versions: list[str]) -> str:
    head = "How fast it is"
    parts = [
        "=" * len(head),
        head,
        "=" * len(head),
        "",
        "Made by ``./setup/bench``: medians of five rounds after a warm-up, each "
        "variant in turn,\nall in one run on one machine. Ratios hold on other "
        "machines, too.",
        "",
        "*" + "; ".join([*machine(), *versions]) + "*",
        "",
        ".. image:: images/benchmarks.svg",
        "   :alt: How much of each goal was reached",
        "",
    ]
    for case in dict.fromkeys(row["case"] for row in rows):
        title = f"{TITLES[case]} ({case})"
        parts += [title, "-" * len(title), "", ".. list-table::", "   :header-rows: 1"]
        parts.append("")
        names = ["", "Connector", "Beside", "Its value", "Ratio", "Goal", ""]
        for line in [names, *(cells(row) for row in rows if row["case"] == case)]:
            parts += [
                f"   {'* -' if number == 0 else '  -'} {cell}".rstrip()
                for number, cell in enumerate(line)
            ]
        parts.append("")
    return "\n".join(parts)


def machine() -> list[str]:
    """What it was measured on."""
    model = ""
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text().splitlines():
            if line.startswith("model name"):
                model = line.partition(":")[2].strip()
                break
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    return [
        f"{os.cpu_count()} cores" + (f" ({model})" if model else ""),
        f"{memory:.0f} GB of memory",
        platform.system(),
    ]


def plot(rows: list[Row], python: Path) -> str:
    """How much of each goal was reached, as SVG."""
    told = [
        {
            "label": f"({row['case']}) {row['what']}"
            + (f" : {row['against']}" if row["against"] else ""),
            # What is met many times over would make the rest unreadable.
            "reached": min(round(share, 2), 3.0),
        }
        for row in rows
        if (share := reached(row)) is not None
    ]
    done = subprocess.run(
        [str(python), "-c", DRAW],
        input=json.dumps(told),
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout
