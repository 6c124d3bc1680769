"""Messages that several commands print, and the exit statuses."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from handbook.commands.options import PROJECT_ROOT
from handbook.diagnostics import Diagnostic, format_diagnostic

if TYPE_CHECKING:
    from handbook.model import Plan

EXIT_OK, EXIT_ERRORS = 0, 1
"""Exit statuses; argparse exits with 2 on wrong usage."""
PROGRESS_SECONDS = 1.0
"""Seconds between two progress lines."""
T = TypeVar("T")


def warn(message: object) -> None:
    """Print to stderr."""
    print(message, file=sys.stderr, flush=True)


def print_plan(root: Path, plan: Plan | None) -> None:
    """Print which plan a command has read, to stderr: stdout is for `diff` and `check --format json`."""
    warn(plan_line(root, plan))


def plan_line(root: Path, plan: Plan | None) -> str:
    """Return the name and the folder of a plan, as in `計画: 水辺の計画（/home/…/my-plan）`."""
    return f"計画: {plan_name(plan)}（{root.resolve()}）"


def plan_name(plan: Plan | None) -> str:
    """Return the name of a plan, or that it is unreadable."""
    return str((plan and plan.values.get("名称")) or "（名称を読めません）")


def print_diagnostics(mistakes: Sequence[Diagnostic], consequence: str) -> None:
    """Print each mistake, their number, and the consequence to stderr."""
    warn("\n\n".join(format_diagnostic(mistake) for mistake in mistakes))
    warn(f"\n{len(mistakes)} 件の直すところがあります。{consequence}")


def relative_path(path: Path) -> str:
    """Return a path relative to the current folder if it lies below it."""
    return os.path.relpath(path) if path.is_relative_to(Path.cwd()) else str(path)


def rules_page() -> str:
    """Return the path of the page that explains the rules, or "" if the page is missing."""
    page = PROJECT_ROOT / "docs" / "mistakes.md"
    return relative_path(page) if page.exists() else ""


def with_progress(items: Iterable[T], label: str, total: int) -> Iterator[T]:
    """Yield the items and, every second, print to stderr the number of items so far, up to `total`."""
    last_printed = time.monotonic()
    for number, item in enumerate(items, 1):
        yield item
        if number <= total and time.monotonic() - last_printed > PROGRESS_SECONDS:
            last_printed = time.monotonic()
            warn(f"  {label} {number:,} / {total:,}")
