"""The cells of a sheet, and a text with the place from which it was read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Self

from handbook.diagnostics import Diagnostic, SourceSpan

Position = tuple[int, int]
"""Row and column of a cell, from 1."""


class SourcedText(str):
    """A text with the cell or the JSON value from which it was read."""

    __slots__ = ("label", "span")
    span: SourceSpan
    label: str
    """The place for a message: `セル B3: `."""

    def __new__(cls, text: str, span: SourceSpan, label: str) -> Self:
        """Return a text that is equal to `text`."""
        sourced = super().__new__(cls, text)
        sourced.span, sourced.label = span, label
        return sourced

    def like(self, text: str) -> SourcedText:
        """Return another text from the same place."""
        return SourcedText(text, self.span, self.label)

    def located(self, diagnostic: Diagnostic) -> Diagnostic:
        """Return a diagnostic about this text at its place."""
        return replace(diagnostic, span=self.span, message=f"{self.label}{diagnostic.message}", excerpt="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The cells of a sheet by row and column, from 1. Empty cells are missing."""

    file: str
    name: str = ""
    """Empty for a text file, which has one sheet."""
    cells: Mapping[Position, str]
    merged_areas: Mapping[Position, Position] = field(default_factory=dict)
    """Number of rows and columns of each merged area, by its first cell."""
    remarks: tuple[Diagnostic, ...] = ()
    """What an editor must be informed of about single cells."""
    is_rectangular: bool = True
    """Whether the columns are reliable. False for text, in which merged cells may shift the cells after them."""
    is_hidden: bool = False

    @property
    def label(self) -> str:
        """The file, and the sheet in brackets: plan.xlsx［計画］."""
        return f"{self.file}［{self.name}］" if self.name else self.file

    def warning(self, row: int, column: int, rule: str, message: str, hint: str = "") -> Diagnostic:
        """Return a warning or an error about a cell."""
        return Diagnostic(
            SourceSpan(self.label, row, column), rule, f"セル {cell_name((row, column))}: {message}", hint
        )

    def text(self, row: int, column: int, text: str | None = None) -> SourcedText:
        """Return the text of a cell, or another text that was made of it."""
        span = SourceSpan(self.label, row, column)
        text = self.cells.get((row, column), "") if text is None else text
        return SourcedText(text, span, f"セル {cell_name((row, column))}: ")


def column_letter(column: int) -> str:
    """Return the letters of a column: 1 is A, 27 is AA."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def cell_name(position: Position) -> str:
    """Return the name of a cell: (3, 2) is B3."""
    return f"{column_letter(position[1])}{position[0]}"


def number_ranges(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Return the first and last number of each run of consecutive numbers."""
    unique = sorted(set(numbers))
    breaks = [index for index, (one, other) in enumerate(pairwise(unique), 1) if other > one + 1]
    return [(unique[start], unique[end - 1]) for start, end in pairwise([0, *breaks, len(unique)])] if unique else []
