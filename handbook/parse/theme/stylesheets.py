"""Parse a style sheet into its declarations with their places, and report what a browser would drop in silence.

The only module that imports tinycss2. A browser reads on after any mistake: a missing `;` makes the next line a part of
the value, a missing `}` makes the next rules a part of this one.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any  # tinycss2 has no types

import tinycss2

from handbook.diagnostics import Diagnostic
from handbook.parse.source import Source

_BRACKETS = re.compile(r"""/\*.*?\*/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|[(){}\[\]]|/\*|\*/|["']""", re.DOTALL)
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_NO_COLON = re.compile(r"\s*([a-z-]+)[\s：=]+([^:;{}]+?);?\s*")
"""A line such as `color red;`."""
_CLOSING = {"(": ")", "[": "]", "{": "}"}
_RULE_LISTS = frozenset({"media", "supports", "layer", "container", "scope", "document", "keyframes"})
"""At-rules that contain rules; the others contain declarations."""
_NESTING = frozenset({"function", "string", "url", "{} block", "[] block", "() block"})
"""Kinds of tokens that can contain a `;`."""
_MARKS = {"/*": "コメントの始まり `/*`", "*/": "コメントの終わり `*/`", '"': '引用符 `"`', "'": "引用符 `'`"}


@dataclass(frozen=True, slots=True)
class Declaration:
    """One `name: value` of a style sheet."""

    name: str
    value: str
    """Without comments."""
    line: int
    column: int
    """Place of the name, from 1."""
    scheme: str
    """`light` if it holds without a condition, `dark` in the dark scheme only, "" for any other condition."""
    is_global: bool
    """Whether its rule is for the whole page: `:root` or `html`."""
    variables: tuple[str, ...]
    """Custom properties that `var()` reads without another value in case they are missing."""
    optional_variables: tuple[str, ...]
    """Those that `var()` reads with another value."""
    hashes: tuple[str, ...]
    """Each `#…` that is a value of its own, without the `#`."""


@dataclass(frozen=True, slots=True)
class StyleSheet:
    """The declarations of a style sheet, empty if its brackets do not match, and the errors and notices about it."""

    source: Source
    declarations: tuple[Declaration, ...]
    errors: tuple[Diagnostic, ...]
    notices: tuple[Diagnostic, ...]

    def mistake(self, declaration: Declaration, rule: str, message: str, hint: str, part: str = "") -> Diagnostic:
        """Return a diagnostic at a declaration, or at a part of its line if the line contains it after the name."""
        line = self.source.lines[declaration.line - 1]
        found = line.find(part, declaration.column - 1) if part else -1
        column, width = (found + 1, len(part)) if found >= 0 else (declaration.column, len(declaration.name))
        return self.source.mistake(declaration.line, column, width, rule, message, hint)


@functools.lru_cache(maxsize=64)
def parse_style_sheet(path: str, text: str) -> StyleSheet:
    """Parse a style sheet. Cached, because `serve` reads the theme after each save."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n")
    source = Source(path, tuple(text.split("\n")))
    if unmatched := _unmatched_bracket(source, text):
        return StyleSheet(source, (), (unmatched,), ())
    reader = _Reader(source)
    reader.rules(tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True), "light")
    return StyleSheet(source, tuple(reader.declarations), tuple(reader.errors), tuple(reader.notices))


def _unmatched_bracket(source: Source, text: str) -> Diagnostic | None:
    """Return an error for the first bracket, quotation mark or comment that is not closed or not opened."""
    stack: list[re.Match[str]] = []
    for match in _BRACKETS.finditer(text):
        mark = match[0]
        if mark in _CLOSING:
            stack.append(match)
        elif mark in _MARKS:
            return _bracket_error(source, text, match, _MARKS[mark])
        elif mark in _CLOSING.values():
            if not stack:
                return _bracket_error(source, text, match, f"`{mark}`")
            if _CLOSING[stack[-1][0]] != mark:
                return _bracket_error(source, text, stack[-1], f"`{stack[-1][0]}`")
            stack.pop()
    return _bracket_error(source, text, stack[0], f"`{stack[0][0]}`") if stack else None


def _bracket_error(source: Source, text: str, match: re.Match[str], name: str) -> Diagnostic:
    mark = match[0]
    line = text.count("\n", 0, match.start()) + 1
    column = match.start() - text.rfind("\n", 0, match.start())
    closing = {**_CLOSING, "/*": "*/", '"': '"', "'": "'"}.get(mark, "")
    problem = f"{name} が閉じていません" if closing else f"{name} に、始まりがありません"
    hint = f"終わりのところに `{closing}` を書いてください" if closing else f"この `{mark}` を消してください"
    return source.mistake(line, column, len(mark), "css-syntax", problem, hint)


class _Reader:
    """Collects the declarations of nested rules."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.declarations: list[Declaration] = []
        self.errors: list[Diagnostic] = []
        self.notices: list[Diagnostic] = []

    def rules(self, rules: Iterable[Any], scheme: str) -> None:
        """Read a list of rules."""
        for rule in rules:
            if rule.type == "qualified-rule":
                selectors = {part.strip() for part in tinycss2.serialize(rule.prelude).split(",")}
                self.block(rule.content, scheme, is_global=bool(selectors & {":root", "html"}))
            elif rule.type == "at-rule":
                self.at_rule(rule, scheme)
            elif rule.type == "error":
                self.unreadable(rule)

    def at_rule(self, rule: Any, scheme: str) -> None:
        """Read what is in an at-rule such as `@media`."""
        if rule.content is None:
            return
        name, condition = rule.lower_at_keyword, tinycss2.serialize(rule.prelude).lower()
        if name == "media" and "prefers-color-scheme" in condition:
            scheme = ("dark" if "dark" in condition else "light") if scheme == "light" else ""
        elif name != "layer":
            scheme = ""
        if name in _RULE_LISTS:
            self.rules(tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True), scheme)
        else:
            self.block(rule.content, scheme, is_global=False)

    def block(self, content: Sequence[Any], scheme: str, *, is_global: bool) -> None:
        """Read the declarations in `{ }`, and the rules nested among them."""
        parts = tinycss2.parse_blocks_contents(content, skip_comments=True, skip_whitespace=True)
        for part in parts:
            if part.type == "declaration":
                self.declaration(part, scheme, is_global=is_global)
        self.rules([part for part in parts if part.type != "declaration"], scheme)
        last = next((token for token in reversed(content) if token.type not in ("whitespace", "comment")), None)
        if last is not None and parts and parts[-1].type == "declaration" and last != ";":
            hint = "行の終わりに `;` を付けてください。下に行を足したときに、2 行とも効かなくなります"
            message = f"`{parts[-1].name}` の行の終わりに `;` がありません"
            self.notices.append(
                self.source.mistake(last.source_line, self.end_of(last), 1, "css-semicolon", message, hint)
            )

    def declaration(self, part: Any, scheme: str, *, is_global: bool) -> None:
        """Add a declaration, or report that the next one is a part of its value."""
        value = [token for token in part.value if token.type != "comment"]
        if before := _last_before_next_declaration(value):
            hint = "行の終わりに `;` を付けてください"
            message = f"`{part.name}` の行の終わりに `;` がないので、次の行も効きません"
            column = self.end_of(before)
            self.errors.append(self.source.mistake(before.source_line, column, 1, "css-semicolon", message, hint))
            return
        text = tinycss2.serialize(value).strip()
        if all(token.type not in _NESTING for token in part.value):  # as typed: serialize changes `26231e`
            lines = "\n".join(self.source.lines[part.source_line - 1 :])[part.source_column - 1 :]
            text = re.split("[;!}]", _COMMENT.sub("", lines).partition(":")[2], maxsplit=1)[0].strip()
        name = part.name if part.name.startswith("--") else part.lower_name
        variables = list(_variables(value))
        self.declarations.append(
            Declaration(
                name,
                text,
                part.source_line,
                part.source_column,
                scheme,
                is_global,
                tuple(variable for variable, is_optional in variables if not is_optional),
                tuple(variable for variable, is_optional in variables if is_optional),
                tuple(token.value for token in value if token.type == "hash"),
            )
        )

    def unreadable(self, error: Any) -> None:
        """Report what is no rule and no declaration."""
        line = self.source.lines[error.source_line - 1]
        hint = "`名前: 値;` の形に直すか、使わない行は消してください"
        if match := _NO_COLON.fullmatch(line):
            hint = f"`{match[1]}: {match[2]};` と書いてください"
        start = len(line) - len(line.lstrip())
        width = len(line.strip())
        message = "スタイルとして読めません"
        self.errors.append(self.source.mistake(error.source_line, start + 1, width, "css-syntax", message, hint))

    def end_of(self, token: Any) -> int:
        """Return the column of the last character of a token that ends its line, or of its first if it does not."""
        text = tinycss2.serialize([token])
        return int(token.source_column) + (len(text) - 1 if "\n" not in text else 0)


def _last_before_next_declaration(value: Sequence[Any]) -> Any:
    """Return the token after which a `;` is missing: the one before a name with `:` on a new line; None for none."""
    tokens = [token for token in value if token.type != "whitespace"]
    for (before, name), colon in zip(pairwise(tokens), tokens[2:], strict=False):
        is_next = name.type == "ident" and colon == ":"
        if is_next and (name.source_line > before.source_line or name.value.startswith("--")):
            return before
    return None


def _variables(tokens: Iterable[Any]) -> Iterator[tuple[str, bool]]:
    """Yield each custom property that a value reads, and whether `var()` gives another value in case it is missing."""
    for token in tokens:
        inner = getattr(token, "arguments", None) or getattr(token, "content", None) or ()
        if token.type == "function" and token.lower_name == "var":
            yield from ((part.value, any(other == "," for other in inner)) for part in inner if part.type == "ident")
        yield from _variables(inner)
