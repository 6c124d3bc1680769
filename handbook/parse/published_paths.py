"""Read addresses.txt: the paths of all pages that were ever published."""

from __future__ import annotations

from pathlib import Path

from handbook.diagnostics import Diagnostic, SourceSpan
from handbook.model import PublishedPath, normalized_path
from handbook.parse.edits.source_edits import replace_line
from handbook.parse.source import read_source
from handbook.patterns import PAGE_PATH_PATTERN, PUBLISHED_PATHS_FILE


def read_published_paths(root: Path) -> tuple[list[PublishedPath], list[Diagnostic]]:
    """Return the paths, one per line, and the errors. Both are empty without the file: nothing was published yet."""
    if not (root / PUBLISHED_PATHS_FILE).exists():
        return [], []
    source, mistakes = read_source(root / PUBLISHED_PATHS_FILE, PUBLISHED_PATHS_FILE)
    paths = []
    for number, line in enumerate(source.lines, 1):
        path = line.strip()
        if PAGE_PATH_PATTERN.fullmatch(path):
            paths.append(PublishedPath(path, SourceSpan(PUBLISHED_PATHS_FILE, number, 1, len(path))))
        elif path and not path.startswith("#"):
            hint = "`measures/some-id.html` のように、1 行に 1 つ書きます"
            correct = normalized_path(path)
            edit = replace_line(source, number, correct) if correct else None
            hint = f"`{correct}` と書きます" if correct else hint
            mistake = source.mistake(number, 1, len(line), "bad-published-path", f"`{path}` は住所ではありません", hint)
            mistakes.append(mistake.with_fix(edit))
    return paths, mistakes
