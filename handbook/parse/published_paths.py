"""addresses.txt → the addresses that were once published."""

from __future__ import annotations

import re
from pathlib import Path

from handbook.diagnostics import Diagnostic, SourceSpan
from handbook.model import PublishedPath
from handbook.parse.source import read_source
from handbook.patterns import PUBLISHED_PATHS_FILE

_PATH = re.compile(r"(?:[a-z0-9][a-z0-9-]*/)*[a-z0-9][a-z0-9-]*\.html")


def read_published_paths(root: Path) -> tuple[list[PublishedPath], list[Diagnostic]]:
    """Return the addresses, one a line; a plan that was never published has no such file."""
    if not (root / PUBLISHED_PATHS_FILE).exists():
        return [], []
    source, mistakes = read_source(root / PUBLISHED_PATHS_FILE, PUBLISHED_PATHS_FILE)
    found = []
    for number, line in enumerate(source.lines, 1):
        path = line.strip()
        if _PATH.fullmatch(path):
            found.append(PublishedPath(path, SourceSpan(PUBLISHED_PATHS_FILE, number, 1, len(path))))
        elif path and not path.startswith("#"):
            hint = "`measures/some-id.html` のように、1 行に 1 つ書きます"
            mistakes.append(source.mistake(number, 1, len(line), "bad-published-path", f"`{path}` は住所ではありません", hint))
    return found, mistakes
