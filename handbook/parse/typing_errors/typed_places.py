"""Find the place in a line as typed for a place in the line with its typing errors fixed."""

from __future__ import annotations

from dataclasses import replace

from handbook.diagnostics import Diagnostic
from handbook.parse.edits.source_edits import line_change, replace_text
from handbook.parse.source import Source
from handbook.text_edits import TextEdit


class TypedPlaces:
    """The typed column of each character of a line while its typing errors are fixed one after another."""

    def __init__(self, source: Source, line: int) -> None:
        self._source, self._line = source, line
        self._columns: list[int | None] = [*range(1, len(source.lines[line - 1]) + 2)]
        """From 1, and that of the line's end. None for a character that a fix has inserted."""

    def edit(self, before: str, fixed: str) -> TextEdit | None:
        """Return the next fix as an edit of the line as typed. None if it changes what an earlier one has inserted."""
        change = line_change(before, fixed)
        start, end = change.start, change.start + len(change.old)
        first, columns = self._columns[start], self._columns[start : end + 1]
        self._columns[start:end] = [None] * len(change.new)
        if first is None or columns != [*range(first, first + len(columns))]:
            return None
        return replace_text(self._source, self._line, first, change.old, change.new)


def original_column(column: int, fixed: str, typed: str) -> int:
    """Return the column in the typed line for a column in the fixed line, both from 1."""
    if fixed == typed:
        return column
    prefix = 0
    while prefix < min(len(fixed), len(typed)) and fixed[prefix] == typed[prefix]:
        prefix += 1
    if column - 1 < prefix:
        return column
    rest = fixed[column - 1 :].rstrip("\"'")  # a fix adds at most a closing quote after the column
    start = typed.rfind(rest) if rest.strip() else -1
    return start + 1 if start >= 0 else max(prefix + 1, column + len(typed) - len(fixed))


def restore_typed_text(mistake: Diagnostic, fixed: Source, source: Source) -> Diagnostic:
    """Return the diagnostic with the line and column as typed, before the typing fixes.

    An edit inside a line with a typing error is left out. It is possible when that is fixed.
    """
    span = mistake.span
    if span.file != source.file:
        return mistake
    typed_fixes = (
        replace(fix, edits=tuple(_typed_edit(edit, fixed, source) for edit in fix.edits)) for fix in mistake.fixes
    )
    fixes = tuple(fix for fix in typed_fixes if all(edit.is_possible(source.lines) for edit in fix.edits))
    if not mistake.excerpt:
        return replace(mistake, fixes=fixes)
    typed = source.lines[span.line - 1]
    column = original_column(span.column, fixed.lines[span.line - 1], typed)
    return replace(mistake, span=replace(span, column=column), excerpt=typed, fixes=fixes)


def _typed_edit(edit: TextEdit, fixed: Source, source: Source) -> TextEdit:
    """Return an edit of the fixed lines as one of the lines as typed. One inside a changed line becomes impossible."""
    lines = slice(edit.line - 1, edit.end[0] - edit.old.endswith("\n"))
    if fixed.lines[lines] == source.lines[lines]:
        return edit
    ending = "\n" if edit.old.endswith("\n") else ""
    is_whole = edit.column == 1 and edit.old == "\n".join(fixed.lines[lines]) + ending
    return replace(edit, old="\n".join(source.lines[lines]) + ending if is_whole else f"{edit.old}\0")
