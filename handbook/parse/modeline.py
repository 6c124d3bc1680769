"""The first line of plan.yaml → the description of the plan that an editor reads for it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from handbook.diagnostics import Diagnostic
from handbook.model import OutputFile
from handbook.parse.source import read_bytes

_MODELINE = re.compile(r"#\s+yaml-language-server:\s*\$schema=(?P<path>(?:[a-z0-9-]+/)*[a-z0-9-]+\.schema\.json)\s*")


def read_schema_file(root: Path, lines: Sequence[str]) -> OutputFile | None:
    """Return the file, beside plan.yaml or below, that the first line names; without data where it cannot be read.

    None where the first line names none: an address, or a file elsewhere, is the editor's own affair. What a linked
    folder holds is elsewhere too.
    """
    told = _MODELINE.fullmatch(lines[0])
    path = root / told["path"] if told else root
    if not told or not path.parent.resolve().is_relative_to(root.resolve()):
        return None
    held = read_bytes(path, told["path"])
    return OutputFile(told["path"], b"" if isinstance(held, Diagnostic) else held)
