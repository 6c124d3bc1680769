"""A fix: the hint of a diagnostic as edits of the sources that a program can make."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain


@dataclass(frozen=True, slots=True, kw_only=True)
class TextEdit:
    """The replacement of one text in a source file by another."""

    file: str
    """Path relative to the plan's folder, with `/`."""
    line: int
    """Where `old` begins, from 1."""
    column: int
    """From 1, in characters of the line as typed, in Unicode normalization form C."""
    old: str
    """The text there, with `\\n` as line end; `""` inserts. If it is not there, nothing is edited."""
    new: str
    """The text instead, with `\\n` as line end; the file keeps its own kind of line end."""

    @property
    def end(self) -> tuple[int, int]:
        """Line and column behind `old`, from 1."""
        line_ends = self.old.count("\n")
        column = 1 if line_ends else self.column
        return self.line + line_ends, column + len(self.old.rpartition("\n")[2])

    def is_possible(self, *versions: Sequence[str]) -> bool:
        """Return whether all versions of a file are the same in the lines of the edit, up to the end of `old`."""
        end_line, end_column = self.end
        whole = slice(self.line - 1, end_line - 1)
        texts = {"\n".join([*lines[whole], lines[end_line - 1][: end_column - 1]]) for lines in versions}
        return len(texts) == 1 and texts.pop()[self.column - 1 :] == self.old

    def whole_lines(self) -> list[tuple[str, str]]:
        """Return the removed lines with `-` and the new ones with `+`; `[]` if the edit changes a part of a line."""
        if self.old.startswith("\n") and not self.new:
            return [("-", text) for text in self.old[1:].split("\n")]
        if self.column > 1 or ("\n" not in self.old and not (self.new.endswith("\n") and not self.old)):
            return []
        return [(sign, text) for sign, lines in (("-", self.old), ("+", self.new)) for text in lines.splitlines()]

    def as_json(self) -> dict[str, str | int]:
        """Return a JSON object. `end_column` is the column behind the last replaced character."""
        end_line, end_column = self.end
        return {
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "end_line": end_line,
            "end_column": end_column,
            "old": self.old,
            "new": self.new,
        }


@dataclass(frozen=True, slots=True)
class Fix:
    """One way to correct what a diagnostic reports. Several fixes of a diagnostic are alternatives."""

    title: str
    """What the edits do, a sentence in Japanese."""
    edits: tuple[TextEdit, ...]
    """All of them together; they do not overlap."""
    is_certain: bool
    """Whether the value stays what the reader already takes it for, so that nothing is left to decide."""

    def as_json(self) -> dict[str, object]:
        """Return a JSON object: `title`, `certain` and the list `edits`."""
        return {"title": self.title, "certain": self.is_certain, "edits": [edit.as_json() for edit in self.edits]}

    def changed_lines(self, number: int, line: str) -> list[tuple[str, str]]:
        """Return each changed line with `-` or `+` before it. `[]` if an edit is in another line than the diagnostic.

        `number` and `line` are the line of the diagnostic. It is left out itself if another replaces it.
        """
        inside = [edit for edit in self.edits if edit.line == number and "\n" not in edit.old]
        changes = [edit.whole_lines() for edit in self.edits if edit not in inside]
        if not all(changes):
            return []
        new = line
        for edit in sorted(inside, key=lambda edit: -edit.column):
            new = new[: edit.column - 1] + edit.new + new[edit.column - 1 + len(edit.old) :]
        return [*chain(*changes), *(("+", text) for text in new.split("\n") if text != line)]
