"""Read the JSON Schema that the first line of plan.yaml names for code editors."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from handbook.diagnostics import Diagnostic
from handbook.model import OutputFile
from handbook.parse.source import read_bytes

_MODELINE = re.compile(r"#\s+yaml-language-server:\s*\$schema=(?P<path>(?:[a-z0-9-]+/)*[a-z0-9-]+\.schema\.json)\s*")


def read_schema_file(root: Path, lines: Sequence[str]) -> OutputFile | None:
    """Return the schema that the first line names, with empty data if the file is unreadable.

    None if the line does not name a file in the plan's folder: a URL, a path outside of it, also through a symbolic
    link, or no schema at all.
    """
    match = _MODELINE.fullmatch(lines[0])
    path = root / match["path"] if match else root
    if not match or not path.parent.resolve().is_relative_to(root.resolve()):
        return None
    data = read_bytes(path, match["path"])
    return OutputFile(match["path"], b"" if isinstance(data, Diagnostic) else data)
