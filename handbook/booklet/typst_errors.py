"""Convert errors and warnings of Typst into diagnostics in Japanese, at the template lines that they name.

A folder's own template may be a copy of an earlier version. Then either it uses a former name, or a template of the
product needs a name that the copy does not define yet; the diagnostic is about the copy in both cases.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple  # the errors of an untyped library

from handbook.diagnostics import Diagnostic, SourceSpan
from handbook.former_names.booklet import NEW_BOOKLET_KEYS, NEW_BOOKLET_NAMES
from handbook.model import Theme

MISSING_GLYPH_WARNING = re.compile(r'the text `"(.+?)"` could not be displayed')
_START = re.compile(r"^(error|warning): (.*)$", re.MULTILINE)
_LOCATION = re.compile(r"templates/([\w./-]+):(\d+):(\d+)")
_NAME = re.compile(r"[\w-]+")
_MISSING_KEY = re.compile(r'does not contain key "([\w-]+)"')
_MISSING_FILE = re.compile(r"file not found \(searched at .*?/booklet-[^/]+(/[^)]*)\)")
_IMPORT = re.compile(r'#import "([\w.]+)": *(.*)')


class _Place(NamedTuple):
    """A place in a template."""

    template: str
    line: int
    """From 1."""
    column: int
    """From 1."""

    def text(self, theme: Theme) -> str:
        """Return the line of the template."""
        lines = theme.templates.get(self.template, "").split("\n")
        return lines[self.line - 1] if self.line <= len(lines) else ""

    def diagnostic(self, theme: Theme, message: str, hint: str = "", width: int = 1) -> Diagnostic:
        """Return a diagnostic about this place."""
        span = SourceSpan(f"templates/{self.template}", self.line, self.column, width)
        return Diagnostic(span, "broken-template", message, hint, self.text(theme))


def typst_diagnostics(error: Any, theme: Theme) -> list[Diagnostic]:
    """Return a diagnostic for each error in an exception, or for the warning, of Typst."""
    kind = "error" if error.diagnostic.startswith("error: ") or "\nerror: " in error.diagnostic else "warning"
    starts = [match for match in _START.finditer(error.diagnostic) if match[1] == kind]
    ends = [*(match.start() for match in starts[1:]), len(error.diagnostic)]
    found = []
    for start, end in zip(starts, ends, strict=True):
        locations = _LOCATION.finditer(error.diagnostic, start.end(), end)
        # Typst counts columns from 0. The place of the error comes first, then the places that have called it.
        places = [_Place(match[1], int(match[2]), int(match[3]) + 1) for match in locations]
        found.append(_diagnostic(start[2], places, theme))
    return found or [_diagnostic(error.message, [], theme)]


def _diagnostic(reason: str, places: Sequence[_Place], theme: Theme) -> Diagnostic:
    if missing_glyph := MISSING_GLYPH_WARNING.search(reason):
        reason = f"冊子の書体にない字「{missing_glyph[1]}」があります"
    reason = _MISSING_FILE.sub(r"\1 がありません", reason)
    message = f"冊子のひな形を組めません（{reason}）"
    if not places:
        return _Place("booklet/booklet.typ", 1, 1).diagnostic(theme, message)
    word, new_names = _missing_name(reason, places[0], theme)
    if places[0].template not in theme.own_templates and (copy := _outdated_copy(word, places[0], theme)):
        return copy
    if new_names:
        hint = f"`{word}` を {' か '.join(f'`{name}`' for name in new_names)} に直してください"
        return places[0].diagnostic(theme, message, hint, len(word))
    place = next((place for place in places if place.template in theme.own_templates), places[0])
    called = (f"booklet/{match[1]}" for match in _IMPORT.finditer(theme.templates.get(place.template, "")))
    own_copy = next((template for template in (place.template, *called) if template in theme.own_templates), "")
    hint = f"templates/{own_copy} が前の版の写しなら、この道具の同じ名前のひな形を写し直し、直したところを書き足します"
    hint = hint if own_copy else ""
    return place.diagnostic(theme, message, hint, len(word) if place == places[0] and word else 1)


def _missing_name(reason: str, place: _Place, theme: Theme) -> tuple[str, tuple[str, ...]]:
    """Return the name that an error is about, and its current names; "" and () if there are none."""
    if key := _MISSING_KEY.search(reason):
        return key[1], NEW_BOOKLET_KEYS.get(key[1], ())
    word = ""
    if reason.endswith(" がありません"):
        word = reason.partition(" ")[0]
    elif reason.startswith(("unknown variable", "unresolved import")):
        match = _NAME.match(place.text(theme), place.column - 1)
        word = match[0] if match else ""
    return word, (NEW_BOOKLET_NAMES[word],) if word in NEW_BOOKLET_NAMES else ()


def _outdated_copy(word: str, user: _Place, theme: Theme) -> Diagnostic | None:
    """Return the error for the folder's own copy that does not define a name which a template of the product imports.

    Returns None if the template imports the name from no such copy.
    """
    for template in _imported_templates(word, theme.templates[user.template]) if word else ():
        text = theme.templates.get(template, "")
        if template not in theme.own_templates or re.search(rf"#let {re.escape(word)}\b(?!-)", text):
            continue
        message = f"`{word}` がありません（templates/{user.template}:{user.line} が使っています）"
        for former, name in NEW_BOOKLET_NAMES.items():
            if name == word and (definition := re.search(rf"#let ({re.escape(former)})\b(?!-)", text)):
                before = text[: definition.start(1)]
                place = _Place(template, before.count("\n") + 1, len(before) - before.rfind("\n"))
                return place.diagnostic(theme, message, f"`{former}` を `{word}` に直してください", len(former))
        hint = f"この道具の templates/{template} から、`#let {word}` で始まるところを写してください"
        return _Place(template, 1, 1).diagnostic(theme, message, hint)
    return None


def _imported_templates(word: str, text: str) -> Iterator[str]:
    """Yield the templates from which a template imports a name or every name."""
    for match in _IMPORT.finditer(text):
        if match[2].startswith("*") or word in _NAME.findall(match[2]):
            yield f"booklet/{match[1]}"
