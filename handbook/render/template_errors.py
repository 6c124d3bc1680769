"""Errors of templates in Japanese: Jinja2's own messages are English, and about the place where it gave up.

Jinja2 reports a missing end at the end of the file; here the error is at the block that is not closed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from handbook.diagnostics import Diagnostic, SourceSpan, closest_match
from handbook.former_names.templates import NEW_PATHS, NEW_VARIABLES, new_attribute
from handbook.render.template_html import tag_errors

RULE = "broken-template"
STATEMENTS = ("if", "for", "block", "extends", "include", "import", "from", "set", "macro", "call", "filter", "with")
_STATEMENT = re.compile(r"\{%[-+]?\s*(\w+)(.*?)[-+]?%\}|\{#.*?#\}", re.DOTALL)
_MARK = re.compile(r"\{#.*?#\}|\{\{|\}\}|\{%|%\}", re.DOTALL)
_MARKS = {"{{": "}}", "{%": "%}"}
_BLOCKS = frozenset({"if", "for", "block", "macro", "call", "filter", "with", "autoescape", "raw"})
_NAMES = {
    "end of print statement": "}}",
    "end of statement block": "%}",
    "begin of statement block": "{%",
    "begin of print statement": "{{",
    "begin of comment": "{#",
    "end of comment": "#}",
    "template data / text": "文章",
    "end of template": "ファイルの終わり",
    "name": "名前",
    "integer": "数",
    "float": "数",
    "string": "文字列",
}
"""What Jinja2 calls parts of a template."""


@dataclass(frozen=True, slots=True)
class _Explanation:
    pattern: str
    message: str
    hint: str = ""


_SYNTAX = (
    _Explanation(r"expected token '(?P<a>.+)', got '(?P<b>.+)'", "`{a}` があるはずのところに、`{b}` があります"),
    _Explanation(r"unexpected end of template, expected '(?P<a>.+)'\.?", "`{a}` がないまま、ファイルが終わっています"),
    _Explanation(r"Expected an expression, got '(?P<b>.+)'", "`{b}` の前に、値がありません"),
    _Explanation(
        r"unexpected char '(?P<a>.+)' at \d+", "ここには書けない文字 `{a}` があります", "`{half}` に直してください"
    ),
    _Explanation(r"unexpected '(?P<a>.+?)', expected '(?P<b>.+)'", "`{a}` の前に、`{b}` がありません"),
    _Explanation(r"unexpected '(?P<a>.+)'", "ここには書けない `{a}` があります"),
    _Explanation(r"Missing end of comment tag", "`{{#` が閉じていません", "終わりのところに `#}}` を書いてください"),
    _Explanation(
        r"Missing end of raw directive", "`{{% raw %}}` が閉じていません", "終わりに `{{% endraw %}}` を書いてください"
    ),
    _Explanation(r"tag name expected", "`{{%` のあとに、命令がありません"),
    _Explanation(r"block '(?P<a>.+)' defined twice", "ブロック `{a}` が 2 つあります", "片方の名前を変えてください"),
    _Explanation(r"Block names in Jinja .*", "ブロックの名前に `-` は使えません", "`_` に直してください"),
    _Explanation(r"No filter named '(?P<a>.+)'(?: found)?\.", "`{a}` というフィルターはありません"),
    _Explanation(r"No test named '(?P<a>.+)'(?: found)?\.", "`is` のあとに書ける `{a}` という条件はありません"),
    _Explanation(r"can't assign to '(?P<a>.+)'", "ここには値を入れられません"),
    _Explanation(r"non-default argument follows default argument", "`=` のない引数は、先に書きます"),
    _Explanation(r"Invalid character in identifier", "名前に使えない文字があります"),
)
_RUN_TIME = (
    _Explanation(r".*'NoneType' object has no attribute '(?P<a>\w+)'", "値がないのに、その `{a}` を使っています"),
    _Explanation(r".*object is not iterable", "くり返せない値を、くり返そうとしています"),
    _Explanation(r".*is not callable", "マクロでないものを、`( )` で呼んでいます"),
    _Explanation(
        r"macro '(?P<a>.+)' takes no keyword argument '(?P<b>.+)'", "マクロ `{a}` に、引数 `{b}` はありません"
    ),
    _Explanation(r"macro '(?P<a>.+)' takes not more than (?P<b>\d+).*", "マクロ `{a}` の引数は {b} つまでです"),
    _Explanation(r"parameter '(?P<a>.+)' was not provided", "引数 `{a}` がありません"),
    _Explanation(r"maximum recursion depth exceeded.*", "テンプレートが、自分をくり返し読み込んでいます"),
    _Explanation(r"division by zero|.* by zero", "0 で割っています"),
    _Explanation(r"unsupported operand .*|can only concatenate .*|must be .*, not .*", "種類の違う値を計算しています"),
    _Explanation(r".*'(?P<a>\w+)'", "`{a}` を使えません"),
)


def syntax_error(templates: Mapping[str, str], name: str, line: int, reason: str, known: Collection[str]) -> Diagnostic:
    """Return the error for a template that Jinja2 cannot read. `known` are the names of all filters and tests."""
    if mark := _unclosed_mark(templates[name]):
        return _at(
            templates, name, mark.start(), f"`{mark[0]}` が閉じていません", f"`{_MARKS[mark[0]]}` を書いてください"
        )
    unclosed = _unclosed_block(templates[name])
    if unclosed and ("end of template." in reason or "nesting mistake" in reason or "unknown tag 'end" in reason):
        start, block = unclosed
        hint = f"終わりのところに `{{% end{block} %}}` を書いてください"
        return _at(templates, name, start, f"`{{% {block} %}}` が閉じていません", hint)
    if match := re.match(r"Encountered unknown tag '(\w+)'", reason):
        return _unknown_statement(templates, name, line, match[1])
    message, hint, word = _explained(_SYNTAX, reason) or ("テンプレートの書き方が正しくありません", "", "")
    if reason.startswith("No "):
        match_name = closest_match(word, known)
        hint = f"`{match_name}` のことですか" if match_name else ""
    return _in_line(templates, name, line, word, message, hint)


def _unknown_statement(templates: Mapping[str, str], name: str, line: int, statement: str) -> Diagnostic:
    if statement.startswith("end") or statement in ("else", "elif"):
        message = f"`{{% {statement} %}}` に、始まりがありません"
        return _in_line(templates, name, line, statement, message, f"この `{{% {statement} %}}` を消してください")
    match = closest_match(statement, STATEMENTS)
    hint = f"`{match}` のことですか" if match else "使えるのは " + "、".join(f"`{word}`" for word in STATEMENTS)
    return _in_line(templates, name, line, statement, f"知らない命令 `{statement}` があります", hint)


def _unclosed_mark(text: str) -> re.Match[str] | None:
    """Return the first `{{` or `{%` that another one follows before its end, or that has none."""
    mark: re.Match[str] | None = None
    for match in _MARK.finditer(text):
        if match[0] in _MARKS:
            if mark:
                return mark
            mark = match
        elif mark and match[0] == _MARKS[mark[0]]:
            mark = None
    return mark


def _unclosed_block(text: str) -> tuple[int, str] | None:
    """Return the position and the name of the innermost block that has no end, or whose end is that of another."""
    stack: list[tuple[int, str]] = []
    for match in _STATEMENT.finditer(text):
        word = match[1] or ""
        if word in _BLOCKS or (word == "set" and "=" not in match[2]):
            stack.append((match.start(), word))
        elif word.startswith("end") and stack:
            if stack[-1][1] != word.removeprefix("end"):
                return stack[-1] if word.removeprefix("end") in (block for _, block in stack) else None
            stack.pop()
    return stack[-1] if stack else None


def missing_template(templates: Mapping[str, str], name: str, line: int, missing: str) -> Diagnostic:
    """Return the error for a template that another one extends, includes or imports."""
    moved = NEW_PATHS.get(f"templates/{missing}", "").removeprefix("templates/")
    match = moved or closest_match(missing, templates)
    hint = f"`{missing}` を `{match}` に直してください" if match else f"templates/{missing} を置いてください"
    return _in_line(templates, name, line, missing, f"テンプレート `{missing}` がありません", hint)


def undefined_name(templates: Mapping[str, str], name: str, line: int, word: str, known: Collection[str]) -> Diagnostic:
    """Return the error for a variable that does not exist. `known` are those that do."""
    match = NEW_VARIABLES.get(word) or closest_match(word, known)
    hint = f"`{word}` を `{match}` に直してください" if match else ""
    return _in_line(templates, name, line, word, f"`{word}` という名前の値はありません", hint)


def missing_attribute(templates: Mapping[str, str], name: str, line: int, word: str, owner: object) -> Diagnostic:
    """Return the error for an attribute that a value does not have."""
    known = [attribute for attribute in dir(owner) if not attribute.startswith("_")]
    match = new_attribute(type(owner).__name__, word) or closest_match(word, known)
    hint = f"`{word}` を `{match}` に直してください" if match else ""
    return _in_line(templates, name, line, word, f"`{word}` という値は、ここにはありません", hint)


def run_time_error(templates: Mapping[str, str], name: str, line: int, reason: str) -> Diagnostic:
    """Return the error for a line of a template that cannot be computed."""
    message, hint, word = _explained(_RUN_TIME, reason) or ("この行の値を求められません", "", "")
    return _in_line(templates, name, line, word, message, hint)


def html_errors(templates: Mapping[str, str], name: str) -> Iterator[Diagnostic]:
    """Yield each HTML tag of a template that is not closed, or closed without a start."""
    for error in tag_errors(templates[name], is_xml=name.endswith(".xml")):
        tag = error.text
        if tag.startswith("</"):
            yield _at(
                templates, name, error.position, f"`{tag}` に、始まりがありません", f"この `{tag}` を消してください"
            )
        elif tag.endswith(">"):
            hint = f"終わりのところに `</{tag[1:]}` を書いてください"
            yield _at(templates, name, error.position, f"`{tag}` が閉じていません", hint)
        else:
            hint = '`>` と、属性の値の引用符 `"` を確かめてください'
            yield _at(templates, name, error.position, f"`{tag}` のタグが、`>` で終わっていません", hint)


def _explained(table: tuple[_Explanation, ...], reason: str) -> tuple[str, str, str] | None:
    """Return message, hint and the word that the message is about."""
    for row in table:
        if match := re.fullmatch(row.pattern, reason, re.DOTALL):
            words = {key: _NAMES.get(value, value) for key, value in match.groupdict().items()}
            words["half"] = unicodedata.normalize("NFKC", words.get("a", ""))
            hint = row.hint.format_map(words)
            if words["half"] == words.get("a") and "{half}" in row.hint:
                hint = "この文字を消してください"
            return row.message.format_map(words), hint, words.get("b") or words.get("a", "")
    return None


def _in_line(templates: Mapping[str, str], name: str, line: int, word: str, message: str, hint: str) -> Diagnostic:
    """Return an error at a word in a line, or at the line if the word is not in it."""
    lines = templates.get(name, "").split("\n")
    excerpt = lines[line - 1] if 0 < line <= len(lines) else ""
    pattern = rf"(?<!\w){re.escape(word)}(?!\w)" if word[:1].isalnum() else re.escape(word)
    found = re.search(pattern, excerpt) if word else None
    column, width = (found.start() + 1, len(word)) if found else (1, 1)
    return Diagnostic(SourceSpan(f"templates/{name}", line, column, width), RULE, message, hint, excerpt)


def _at(templates: Mapping[str, str], name: str, position: int, message: str, hint: str) -> Diagnostic:
    """Return an error at a position in characters, from 0."""
    text = templates[name]
    line, column = text.count("\n", 0, position) + 1, position - text.rfind("\n", 0, position)
    return Diagnostic(SourceSpan(f"templates/{name}", line, column), RULE, message, hint, text.split("\n")[line - 1])
