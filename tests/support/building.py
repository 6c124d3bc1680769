"""Builds whole sites in memory."""

from __future__ import annotations

from pathlib import Path

from handbook.diagnostics import Report
from handbook.model import OutputFile, Site
from handbook.pipeline import Outputs, load_site


def report_of(root: Path) -> Report:
    """Return the report of reading a plan. Raises SourceError if there is any error."""
    return load_site(root, with_history=False)[2]


def build_in_memory(
    root: Path, *, with_booklet: bool = False, with_history: bool = False, prefer_dot: bool = False
) -> tuple[Site, list[OutputFile]]:
    """Return the site of a plan and all its files. Raises SourceError if anything is wrong."""
    site, theme, _ = load_site(root, with_history=with_history)
    return site, list(Outputs(site, theme, with_booklet=with_booklet, prefer_dot=prefer_dot).checked())
