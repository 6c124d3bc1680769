"""Errors, warnings and notices about the sources, with their place and a hint.

They are values, not exceptions, so that one run collects and prints all of them.
"""

from __future__ import annotations

import difflib
import functools
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from handbook.folding import fold
from handbook.text_edits import Fix, TextEdit

EXCERPT_COLUMNS = 60
"""Characters of a long source line that are shown around an error."""
MAX_HINT_CHARS = 1_000
"""Characters of a hint that are shown. Some hints repeat a whole value."""
MAX_FIX_LINES = 8
"""Changed lines of a fix that are shown."""


@dataclass(frozen=True, slots=True, order=True)
class SourceSpan:
    """A stretch of text in a source file."""

    file: str
    """Path relative to the plan's folder, with `/`."""
    line: int
    """From 1."""
    column: int
    """From 1, in characters (a full-width character counts once)."""
    width: int = 1
    """In characters."""

    @property
    def position(self) -> str:
        """`file:line:column`, the form that editors and terminals turn into a link."""
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True, order=True)
class Diagnostic:
    """One error, warning or notice with its place in the sources."""

    span: SourceSpan
    rule: str
    """Name of the rule in handbook.rules, such as `unknown-key`."""
    message: str
    """In Japanese, in words that editors use."""
    hint: str = ""
    """How to correct it, in Japanese; may be empty."""
    excerpt: str = ""
    """The complete source line, or `""` if there is no line to show."""
    fixes: tuple[Fix, ...] = field(default=(), compare=False)
    """The hint as edits of the sources, where a program can make them. Several are alternatives, the best first."""

    def with_hint(self, hint: str) -> Diagnostic:
        """Return the diagnostic with another hint."""
        return replace(self, hint=hint)

    def with_fix(self, *edits: TextEdit | None, certain: bool = False, title: str = "") -> Diagnostic:
        """Return the diagnostic with one more fix. Its title is the hint, if none is given.

        Without edits, or if one is None because it is not possible, the diagnostic is unchanged.
        """
        possible = tuple(edit for edit in edits if edit)
        if not edits or len(possible) < len(edits):
            return self
        return replace(self, fixes=(*self.fixes, Fix(title or self.hint or self.message, possible, certain)))

    def with_replacement(self, text: str) -> Diagnostic:
        """Return the diagnostic with the fix that replaces what the span marks; unchanged if the text is empty."""
        column = self.span.column - 1
        old = self.excerpt[column : column + self.span.width]
        edit = TextEdit(file=self.span.file, line=self.span.line, column=column + 1, old=old, new=text)
        return self.with_fix(edit if text else None)

    @property
    def headline(self) -> str:
        """Position, message and rule in one line."""
        return f"{self.span.position}: {self.message}  [{self.rule}]"

    def as_json(self) -> dict[str, object]:
        """Return a JSON object. Outputs that need less drop keys.

        `rule` (stable English name), `file` (relative to the plan's folder), `line` and `column` (from 1, in
        characters), `width` (in characters), `message`, `hint`, `excerpt` (the source line as typed) and `fixes` (the
        hint as text edits; several are alternatives). Hint, excerpt and fixes may be empty.
        """
        return {
            "rule": self.rule,
            "file": self.span.file,
            "line": self.span.line,
            "column": self.span.column,
            "width": self.span.width,
            "message": self.message,
            "hint": self.hint,
            "excerpt": self.excerpt,
            "fixes": [fix.as_json() for fix in self.fixes],
        }


class SourceError(Exception):
    """The sources have errors, or an output could not be made. `mistakes` has every error in reading order."""

    def __init__(self, mistakes: Iterable[Diagnostic]) -> None:
        """Sort the errors and drop duplicates."""
        self.mistakes = tuple(sorted(set(mistakes)))
        super().__init__(f"{len(self.mistakes)} mistakes")

    def __reduce__(self) -> tuple[type[SourceError], tuple[tuple[Diagnostic, ...]]]:
        """Make the exception picklable, because worker processes raise it."""
        return SourceError, (self.mistakes,)


class WorkerKilledError(Exception):
    """A worker process was killed by the system, usually because memory ran out."""

    def __str__(self) -> str:
        return (
            "途中で止められました。メモリーが足りないときに起こります。ほかのソフトを閉じて、もう一度ためしてください"
        )


@dataclass(frozen=True, slots=True)
class Report:
    """All diagnostics of one run, by severity."""

    errors: tuple[Diagnostic, ...] = ()
    """Diagnostics that prevent a build."""
    notices: tuple[Diagnostic, ...] = ()
    """Information only."""
    warnings: tuple[Diagnostic, ...] = ()
    """Required values that are missing; `check --strict` reports them as errors."""

    def with_notices(self, notices: Iterable[Diagnostic]) -> Report:
        """Return the report with more notices."""
        return Report(self.errors, (*self.notices, *notices), self.warnings)


def display_width(text: str) -> int:
    """Return the width of a text in terminal columns; a full-width character takes two."""
    return sum(map(_columns, text))


@functools.cache  # texts repeat a limited set of characters
def _columns(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me"):  # such as the variation selector of ☕️
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def format_diagnostic(mistake: Diagnostic) -> str:
    """Return a diagnostic as text: headline, source line with carets under the span, hint."""
    span = mistake.span
    lines = [mistake.headline]
    if mistake.excerpt:
        ellipsis, before, marked, after = clip_line(mistake.excerpt, span)
        gutter = f"{span.line:>5} | "
        lines.append(f"{gutter}{ellipsis}{before}{marked}{after}".rstrip())
        padding = " " * display_width(ellipsis + before)
        lines.append(" " * (len(gutter) - 2) + f"| {padding}{'^' * max(1, display_width(marked))}")
    if len(mistake.fixes) == 1:
        lines += _format_fix(mistake.fixes[0], mistake)
    if mistake.hint:
        ellipsis = "…" if len(mistake.hint) > MAX_HINT_CHARS else ""
        lines.append(f"  ヒント: {mistake.hint[:MAX_HINT_CHARS]}{ellipsis}")
    return "\n".join(lines)


def _format_fix(fix: Fix, mistake: Diagnostic) -> list[str]:
    """Return the lines that a fix removes (`-`) and those that it writes (`+`), below the excerpt."""
    changes = fix.changed_lines(mistake.span.line, mistake.excerpt)
    shown = [(sign, "".join(clip_line(text, mistake.span))) for sign, text in changes[:MAX_FIX_LINES]]
    shown += [("…", "")] if len(changes) > MAX_FIX_LINES else []
    return [f"    {sign} | {text}".rstrip() for sign, text in shown]


def clip_line(line: str, span: SourceSpan) -> tuple[str, str, str, str]:
    """Return the part of a line around a span: ellipsis or `""`, text before the span, text of the span, text after."""
    first = min(span.column - 1, len(line))
    last = min(len(line), first + min(span.width, EXCERPT_COLUMNS))
    start = max(0, first - EXCERPT_COLUMNS // 2) if len(line) > EXCERPT_COLUMNS else 0
    parts = [line[start:first], line[first:last], line[last : max(last, start + EXCERPT_COLUMNS)]]
    before, marked, after = (part.replace("\t", " ") for part in parts)
    return "…" if start else "", before, marked, after


def closest_match(word: str, known: Iterable[str]) -> str:
    """Return the known word that is most similar to a word, or `""`.

    A word that looks alike matches first (`ＩＤ` matches `id`, `市⺠課` matches `市民課`). Otherwise a word of up to
    three characters may differ by one edit, and a longer one must have a similarity of 0.65.
    """
    known_words = list(dict.fromkeys(known))
    folded = {fold(w).casefold(): w for w in reversed(known_words)}
    key = fold(word).casefold()
    if key in folded:
        return folded[key]
    if len(key) <= 3:
        return next((match for other, match in folded.items() if _is_one_edit_apart(key, other)), "")
    matches = difflib.get_close_matches(key, folded, n=1, cutoff=0.65)
    return folded[matches[0]] if matches else ""


def _is_one_edit_apart(first: str, second: str) -> bool:
    """Return whether one replaced, missing or added character, or two swapped ones, are the only difference."""
    same = 0
    while same < min(len(first), len(second)) and first[same] == second[same]:
        same += 1
    a, b = first[same:], second[same:]
    swapped = a[:2] == b[:2][::-1] and a[2:] == b[2:]
    return bool(same or len(a) > 1 or len(b) > 1) and (a[1:] == b[1:] or a == b[1:] or a[1:] == b or swapped)


def suggestion_hint(word: str, known: Iterable[str], *, most: int = 12) -> str:
    """Return the hint for an unknown word: the most similar known one, or else up to `most` allowed ones."""
    words = list(dict.fromkeys(known))
    match = closest_match(word, words)
    if match:
        return f"`{match}` のことですか"
    return allowed_words_hint(words, most) if most else ""


def allowed_words_hint(words: Sequence[str], most: int = 12) -> str:
    """Return the hint that lists the allowed words, or `""` if there are none."""
    if not words:
        return ""
    return "使えるのは " + "、".join(f"`{w}`" for w in words[:most]) + (" など" if len(words) > most else "")
