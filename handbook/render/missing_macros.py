"""Report macros that a template uses and an imported template of templates/partials/ does not define."""

from __future__ import annotations

import re

from handbook.diagnostics import Diagnostic, SourceSpan, suggestion_hint
from handbook.former_names.templates import NEW_MACROS
from handbook.model import Theme

_MACRO = re.compile(r"\{%-?\s*macro\s+(\w+)")


def missing_macro_error(template: str, name: str, user: str, line: int, theme: Theme) -> Diagnostic:
    """Return the diagnostic for a macro that `template` does not define and that line `line` of template `user` uses.

    If only the template with the macros is the folder's own, it is a copy of an earlier version, and the diagnostic is
    about it.
    """
    macros = {match[1]: match.start(1) for match in _MACRO.finditer(theme.templates.get(template, ""))}
    if template in theme.own_templates and user not in theme.own_templates:
        message = f"マクロ `{name}` がありません（templates/{user}:{line} が使っています）"
        former = next((old for old, new in NEW_MACROS.items() if new == name and old in macros), "")
        hint = f"この道具の templates/{template} を写し直してから、直したところを書き足してください"
        if former:
            hint = f"`{former}` を `{name}` に直してください。ほかにもあるときは、{hint}"
        return _diagnostic(theme, template, macros.get(former, 0), message, hint)
    renamed = NEW_MACROS.get(name, "")
    hint = f"`{name}` を `{renamed}` に直してください" if renamed in macros else suggestion_hint(name, macros)
    start = sum(map(len, theme.templates[user].splitlines(keepends=True)[: line - 1]))
    place = re.compile(rf"\b{name}\b").search(theme.templates[user], start)
    message = f"templates/{template} に、マクロ `{name}` はありません"
    return _diagnostic(theme, user, place.start() if place else start, message, hint)


def _diagnostic(theme: Theme, template: str, position: int, message: str, hint: str) -> Diagnostic:
    """Return a diagnostic at a position (in characters, from 0) in a template."""
    text = theme.templates[template]
    line, column = text.count("\n", 0, position) + 1, position - text.rfind("\n", 0, position)
    width = len(match[0]) if (match := re.compile(r"\w+").match(text, position)) else 1
    span = SourceSpan(f"templates/{template}", line, column, width)
    return Diagnostic(span, "broken-template", message, hint, text.split("\n")[line - 1])
