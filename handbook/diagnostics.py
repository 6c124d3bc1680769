"""What an editor has to mend: where it is, what it is, and what to do about it.

Errors are the user interface of a text tool, so a mistake is a value like any other: the verbs collect
them, and the command prints them all at once.
"""

from __future__ import annotations

import difflib
import functools
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

EXCERPT_COLUMNS = 60
"""Columns of the source line that are shown around a mistake."""


@dataclass(frozen=True, slots=True, order=True)
class SourceSpan:
    """A stretch of text in a source file."""

    file: str
    """Path as the editor knows it, relative to the plan's folder, with `/`."""
    line: int
    """From 1."""
    column: int
    """From 1, in characters (a full-width character counts once)."""
    width: int = 1
    """How many characters are meant."""

    @property
    def position(self) -> str:
        """`file:line:column`, the form that editors and terminals turn into a link."""
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True, order=True)
class Diagnostic:
    """One thing to mend, or, in a list of notes, one thing to know."""

    span: SourceSpan
    rule: str
    """Short English name of the rule, for searching: `unknown-key`."""
    message: str
    """In Japanese, in the editor's words."""
    hint: str = ""
    excerpt: str = ""
    """The whole source line, or nothing where there is no line to show."""

    @property
    def headline(self) -> str:
        """The mistake in one line: position, message, rule."""
        return f"{self.span.position}: {self.message}  [{self.rule}]"

    def as_json(self) -> dict[str, str | int]:
        """Return the one JSON form of a mistake; the formats that need less leave keys out.

        `rule` (stable English name), `file` (beside plan.yaml), `line` and `column` (from 1, in characters), `width`
        (in characters), `message`, `hint` and `excerpt` (the source line as typed; both may be empty).
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
        }


class SourceError(Exception):
    """Sources that cannot become a site; carries every mistake found in them, in reading order."""

    def __init__(self, mistakes: Iterable[Diagnostic]) -> None:
        """Sort the mistakes and drop those said twice."""
        self.mistakes = tuple(sorted(set(mistakes)))
        super().__init__(f"{len(self.mistakes)} mistakes")

    def __reduce__(self) -> tuple[type[SourceError], tuple[tuple[Diagnostic, ...]]]:
        """Let it cross from one process to another with its mistakes."""
        return SourceError, (self.mistakes,)


class WorkerKilled(Exception):
    """A process of ours was ended from outside, as systems do where memory is short."""

    def __str__(self) -> str:
        return (
            "途中で止められました。メモリーが足りないときに起こります。ほかのソフトを閉じて、もう一度ためしてください"
        )


@dataclass(frozen=True, slots=True)
class Report:
    """All that one look at the sources brought."""

    errors: tuple[Diagnostic, ...] = ()
    """What has to be mended."""
    notices: tuple[Diagnostic, ...] = ()
    """What stops nothing but should be known."""
    warnings: tuple[Diagnostic, ...] = ()
    """What has to be filled in before publishing."""


def display_width(text: str) -> int:
    """Return how many columns of a terminal the text takes: two for a full-width character."""
    return len(text) + sum(map(_is_wide, text))


@functools.cache  # there are only so many characters, and each is met many times
def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF"


def format_diagnostic(mistake: Diagnostic) -> str:
    """Return a mistake as an editor reads it: headline, the source line with a caret under the place, hint."""
    place = mistake.span
    lines = [mistake.headline]
    if mistake.excerpt:
        start, before, words, after = clip_line(mistake.excerpt, place)
        gutter = f"{place.line:>5} | "
        lines.append(f"{gutter}{start}{before}{words}{after}".rstrip())
        padding = " " * display_width(start + before)
        lines.append(" " * (len(gutter) - 2) + f"| {padding}{'^' * max(1, display_width(words))}")
    if mistake.hint:
        lines.append(f"  ヒント: {mistake.hint}")
    return "\n".join(lines)


def clip_line(line: str, place: SourceSpan) -> tuple[str, str, str, str]:
    """Cut a long line down to the part around the place: ellipsis, before, the place, after."""
    first = min(place.column - 1, len(line))
    last = min(len(line), first + min(place.width, EXCERPT_COLUMNS))
    start = max(0, first - EXCERPT_COLUMNS // 2) if len(line) > EXCERPT_COLUMNS else 0
    shown = [line[start:first], line[first:last], line[last : max(last, start + EXCERPT_COLUMNS)]]
    before, words, after = (part.replace("\t", " ") for part in shown)
    return "…" if start else "", before, words, after


def closest_match(word: str, known: Iterable[str]) -> str:
    """Return the known word that was probably meant, or an empty string.

    Width and case are forgiven first (`ＩＤ` means `id`); then one slip in a short word, two in a long one.
    """
    words = list(dict.fromkeys(known))
    folded = {unicodedata.normalize("NFKC", w).casefold(): w for w in reversed(words)}
    key = unicodedata.normalize("NFKC", word).casefold()
    if key in folded:
        return folded[key]
    if len(key) <= 3:
        return next((word for other, word in folded.items() if _is_one_edit_apart(key, other)), "")
    close = difflib.get_close_matches(key, folded, n=1, cutoff=0.65)
    return folded[close[0]] if close else ""


def _is_one_edit_apart(one: str, other: str) -> bool:
    """Whether one character was replaced, left out, added, or two changed places."""
    same = 0
    while same < min(len(one), len(other)) and one[same] == other[same]:
        same += 1
    a, b = one[same:], other[same:]
    swapped = a[:2] == b[:2][::-1] and a[2:] == b[2:]
    return bool(same or len(a) > 1 or len(b) > 1) and (a[1:] == b[1:] or a == b[1:] or a[1:] == b or swapped)


def suggestion_hint(word: str, known: Iterable[str], *, most: int = 12) -> str:
    """Return the hint for an unknown word: the nearest known one, else the list of those allowed."""
    words = list(dict.fromkeys(known))
    near = closest_match(word, words)
    if near:
        return f"`{near}` のことですか"
    return allowed_words_hint(words, most) if most else ""


def allowed_words_hint(words: Sequence[str], most: int = 12) -> str:
    """Return the hint that lists the words allowed, or nothing where there are none."""
    if not words:
        return ""
    return "使えるのは " + "、".join(f"`{w}`" for w in words[:most]) + (" など" if len(words) > most else "")
