"""A fix: what a diagnostic's hint says, as edits of the sources that a program can make."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


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
        """Return whether the lines of the edit are the same in all versions of a file, with `old` at its place."""
        end_line, end_column = self.end
        texts = {"\n".join(lines[self.line - 1 : end_line]) for lines in versions}
        text = texts.pop()
        end = len(text) - len(text.rpartition("\n")[2]) + end_column - 1
        return not texts and text[self.column - 1 : end] == self.old

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
    """Whether the value stays what the reader already takes it for, so that nobody needs to decide."""
