"""Apply fixes of diagnostics to the sources, if the reader then finds no mistake that it did not find before."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from handbook import parse, write
from handbook.diagnostics import Diagnostic, Report
from handbook.model import OutputFile
from handbook.text_edits import Fix

_LINE_NUMBERS = re.compile(r"[0-9,]+ 行め")
"""Matches the lines that messages mention. They change when a line above is inserted."""


@dataclass(slots=True)
class FixedSources:
    """The sources with the fixes of one run applied, before they are written."""

    before: Mapping[str, bytes] = field(default_factory=dict)
    """The bytes of each changed file before, by path."""
    after: Mapping[str, bytes] = field(default_factory=dict)
    applied: int = 0
    """How many fixes are applied."""
    refused: int = 0
    """How many would have caused another mistake."""

    def changed_lines(self) -> Iterator[str]:
        """Yield the place of each change and its lines, old ones with `- ` and new ones with `+ ` before them."""
        for path, data in self.after.items():
            old, new = (text.decode("utf-8").splitlines() for text in (self.before[path], data))
            for kind, start, end, new_start, new_end in difflib.SequenceMatcher(None, old, new, False).get_opcodes():
                if kind != "equal":
                    yield f"{path}:{start + 1}"
                    yield from (f"- {line}" for line in old[start:end])
                    yield from (f"+ {line}" for line in new[new_start:new_end])


def applicable_fixes(report: Report, *, every: bool) -> list[Fix]:
    """Return the fixes to apply: those that are certain, or with `every` also the only fix of a diagnostic."""
    diagnostics = sorted({*report.errors, *report.warnings, *report.notices})
    chosen = (_chosen_fix(diagnostic, every=every) for diagnostic in diagnostics)
    return [fix for fix in chosen if fix]


def _chosen_fix(diagnostic: Diagnostic, *, every: bool) -> Fix | None:
    if len(diagnostic.fixes) != 1:
        return None
    (fix,) = diagnostic.fixes
    return fix if every or fix.is_certain else None


def fix_sources(root: Path, fixes: Iterable[Fix]) -> FixedSources:
    """Return the sources with these fixes. One that overlaps with another, or does not fit the file, is left out.

    If all together cause a mistake, each half is tried alone, and so on: only those that cause none are applied.
    """
    waiting, accepted, refused = [list(fixes)], list[Fix](), 0
    report = parse.read_plan(root).report
    before: dict[str, bytes] = {}
    after: dict[str, bytes] = {}
    while waiting:
        group = waiting.pop()
        before_group, after_group, fitting = _edited(root, [*accepted, *group])
        if len(fitting) == len(accepted):
            continue
        if not _has_new_mistake(root, after_group, report):
            before, after, accepted = before_group, after_group, fitting
        elif len(group) > 1:
            waiting += [group[len(group) // 2 :], group[: len(group) // 2]]
        else:
            refused += 1
    return FixedSources(before, after, len(accepted), refused)


def _edited(root: Path, fixes: Iterable[Fix]) -> tuple[dict[str, bytes], dict[str, bytes], list[Fix]]:
    """Return the bytes of the files before and after the fixes that fit, and these fixes."""
    files: dict[str, parse.EditedFile] = {}
    before: dict[str, bytes] = {}
    fitting = []
    for fix in fixes:
        path = fix.edits[0].file
        if path not in files:
            data = parse.read_source_bytes(root, path)
            if data is None or not _is_utf_8(data):
                continue
            before[path], files[path] = data, parse.EditedFile(data)
        if all(edit.file == path for edit in fix.edits) and files[path].add(fix.edits):
            fitting.append(fix)
    after = {path: file.data() for path, file in files.items() if file.data() != before[path]}
    return before, after, fitting


def _is_utf_8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _has_new_mistake(root: Path, changed: Mapping[str, bytes], before: Report) -> bool:
    """Return whether the reader finds a mistake in the changed sources that it did not find `before`.

    Notices are only compared if there were no errors, because the reader gives none if there are errors.
    """
    with write.trial_copy(root, changed) as folder:
        after = parse.read_plan(folder).report
    notices = () if before.errors else (*after.notices, *after.warnings)
    return bool(_counted([*after.errors, *notices]) - _counted([*before.errors, *before.notices, *before.warnings]))


def _counted(diagnostics: Iterable[Diagnostic]) -> Counter[tuple[str, ...]]:
    """Return how often each mistake is reported, without its line."""
    return Counter((each.rule, each.span.file, _LINE_NUMBERS.sub("", each.message)) for each in diagnostics)


def write_fixed(root: Path, fixed: FixedSources) -> None:
    """Replace the changed files, each in one step.

    Raises WriteError if one cannot be written, or if somebody has saved it since it was read.
    """
    for path, data in fixed.after.items():
        if parse.read_source_bytes(root, path) != fixed.before[path]:
            raise write.WriteError(f"{path} が、直しているあいだに保存されました。もう一度ためしてください")
        write.write_in_plan_folder(OutputFile(path, data), root)
