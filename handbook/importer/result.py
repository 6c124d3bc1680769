"""The result of an import: the plan as lines of YAML with the cells of each, and everything to confirm."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from handbook.diagnostics import Diagnostic, SourceSpan
from handbook.importer.sheet import Sheet, SourcedText
from handbook.importer.yaml_writer import Line
from handbook.json_types import JsonObject

CONSEQUENCES = frozenset({"missing-key", "empty-value", "unknown-key"})
"""Rules of errors that follow from an empty or unknown cell of the same row, which has its own error."""
_LINE_NUMBER = re.compile(r"(\d+) 行め")


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportResult:
    """A plan.yaml converted from a table or from exported data."""

    lines: tuple[Line, ...]
    counts: tuple[tuple[str, int], ...]
    """The name of each level with its number of nodes."""
    warnings: tuple[Diagnostic, ...]
    """A warning for each cell that is ambiguous or was left out."""
    errors: tuple[Diagnostic, ...] = ()
    """An error for each cell that must not be empty."""
    messages: tuple[str, ...] = ()
    """Further notes for the user, in sentences."""
    file: str
    """Name of the imported file."""
    sheets: tuple[Sheet, ...] = ()
    """All sheets or CSV files, if they are exported tables. They are compared with the tables of the read plan."""
    raw_json: JsonObject = field(default_factory=dict)
    """The content of an imported plan.json."""

    @property
    def plan_yaml(self) -> str:
        """The text of plan.yaml."""
        return "\n".join(line.text for line in self.lines) + "\n"

    def located(self, diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
        """Return errors about lines of `plan_yaml` at the cells from which the lines were made."""
        own = {(error.span.file, error.span.line) for error in self.errors}
        located = (self._located(diagnostic) for diagnostic in diagnostics)
        return tuple(
            error
            for error in located
            if error.rule not in CONSEQUENCES or (error.span.file, error.span.line) not in own
        )

    def _located(self, diagnostic: Diagnostic) -> Diagnostic:
        line = self.lines[min(diagnostic.span.line, len(self.lines)) - 1]
        start = diagnostic.span.column - 1
        marked = line.text[start : start + diagnostic.span.width].strip("\"'")
        source = next((text for text in line.sources if text == marked), None) or self._source(diagnostic.span.line)
        named = replace(
            diagnostic,
            message=_LINE_NUMBER.sub(self._cell_of_line, diagnostic.message),
            hint=_LINE_NUMBER.sub(self._cell_of_line, diagnostic.hint),
        )
        return source.located(named) if source else replace(named, span=SourceSpan(self.file, 1, 1), excerpt="")

    def _source(self, number: int) -> SourcedText | None:
        """Return the first text in a line, or else in the lines below it."""
        return next((text for line in self.lines[number - 1 :] for text in line.sources), None)

    def _cell_of_line(self, match: re.Match[str]) -> str:
        """Return the cell of a line for a message about another line."""
        source = self._source(int(match[1]))
        return f"{source.span.file} の{source.label.removesuffix(': ')}" if source else match[0]
