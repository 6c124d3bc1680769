"""A marked value → the Python value its key promises, or a mistake at its place."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from collections.abc import Mapping as MappingABC

from handbook import fiscal_year
from handbook.diagnostics import Diagnostic, SourceSpan, allowed_words_hint, closest_match, suggestion_hint
from handbook.field_types import Field
from handbook.fields import list_field_names
from handbook.model import Markdown
from handbook.parse.markdown_checks import bracket_overload_errors, footnote_errors, markdown_errors
from handbook.parse.source import INVISIBLE, SPREADSHEET_ERRORS, Source
from handbook.parse.validators import VALIDATORS, suggest_id
from handbook.parse.yaml_reader import REPLACEMENT_CHAR, Scalar, YamlMapping, YamlSequence, YamlValue
from handbook.patterns import FORMER_ID_PATTERN, WINDOWS_DEVICE_NAMES

FieldsByName = MappingABC[str, Field]


class ValueReader:
    """Reads the values of one file and gathers their mistakes."""

    def __init__(self, source: Source, unread_lines: Collection[int]) -> None:
        """`lost` are lines that could not be read: what they may have held is not called missing."""
        self.source = source
        self.unread_lines = frozenset(unread_lines)
        self.mistakes: list[Diagnostic] = []
        self.levels_unsure = False
        """The table of levels has mistakes: a list under an unknown name may well be one of its levels."""
        self.vocabularies: dict[str, frozenset[str] | None] = {}
        """Allowed words by the name of their list; None where that list could not be read."""

    def report(self, at: YamlValue, rule: str, message: str, hint: str = "") -> None:
        """Note a mistake at a value."""
        self.mistakes.append(self.source.mistake(at.line, at.column, at.width, rule, message, hint))

    def fields(
        self, value: YamlValue, keys: FieldsByName, what: str, more: Collection[str] = ()
    ) -> dict[str, YamlValue]:
        """Return the values of a mapping by key; unknown and missing keys are mistakes."""
        if not isinstance(value, YamlMapping):
            self.report(value, "not-a-mapping", f"{what}は `項目: 値` の集まりで書きます")
            return {}
        found = {}
        for name, (key, entry) in value.entries.items():
            if name in keys or name in more:
                found[name] = entry
            elif name != REPLACEMENT_CHAR and not (self.levels_unsure and isinstance(entry, YamlSequence)):
                if self._is_split_thousands(key, entry, found):
                    continue
                level = not isinstance(entry, Scalar) or not entry.text  # nothing that is written in a line is one
                hint = suggestion_hint(name, [*keys, *(more if level else ())], most=0) or allowed_words_hint(
                    [*keys, *more]
                )
                self.report(key, "unknown-key", f"知らない項目 `{name}` があります", hint)
        if "再掲" not in found:
            for wanted in keys.values():
                if wanted.is_required and wanted.name not in found and self.is_fully_read(value):
                    self._missing(value, wanted, what, found)
        return found

    def by_year(self, value: YamlValue, key: Field) -> dict[int, YamlValue]:
        """Return what stands for each financial year, the earliest first; a year once, however it is spelled."""
        if not isinstance(value, YamlMapping):
            self._not_by_year(value, key)
            return {}
        found: dict[int, YamlValue] = {}
        places: dict[int, Scalar] = {}
        for name, (word, entry) in value.entries.items():
            year = fiscal_year.parse_year(name)
            if name == REPLACEMENT_CHAR or (not year and self._is_split_thousands(word, entry, found)):
                continue
            if not year:
                self.report(
                    word, "bad-year", f"`{name}` を年度として読めません", "`令和8年度` や `2026` の形で書きます"
                )
            elif year in found:
                message = f"`{key.name}` に {fiscal_year.format_year_both(year)} が 2 回あります（1 回めは {places[year].line} 行め）"
                self.report(word, "year-twice", message, "どちらか 1 つにまとめてください")
            else:
                found[year], places[year] = entry, word
        return dict(sorted(found.items()))

    def _not_by_year(self, value: YamlValue, key: Field) -> None:
        typed = self.text(value, key.name) if isinstance(value, Scalar) else "…"
        if typed and not _runs_over_lines(value):
            example = f"{{{key.name}: {typed}}}" if key.per_year and key.per_year.subfields else typed
            hint = f"次の行から字下げして、`令和8年度: {example}` のように 1 年度ずつ書きます"
            self.report(value, "not-by-year", f"`{key.name}` は年度ごとに書きます", hint)

    def _is_split_thousands(self, key: Scalar, entry: YamlValue, found: Collection[object]) -> bool:
        """Whether a key is the rest of a number that a thousands comma cut inside braces; said once, at the comma."""
        if not found or not re.fullmatch(r"[0-9]{3}(?:\.[0-9]+)?", key.text):
            return False
        if not isinstance(entry, Scalar) or entry.text:
            return False
        message = "`{ }` の中では、けた区切りの `,` が値の区切りになります"
        self.report(key, "comma-in-braces", message, '`,` を付けずに書くか、`"1,850"` のように " " で囲みます')
        return True

    def _missing(self, value: YamlMapping, key: Field, what: str, found: Collection[str]) -> None:
        near = [name for name in value.entries if name not in found and closest_match(name, [key.name])]
        if not near:
            self.report(value, "missing-key", f"{what}に `{key.name}` がありません", f"`{key.name}`: {key.meaning}")

    def is_fully_read(self, value: YamlValue) -> bool:
        """Whether every line of a value could be read."""
        return not self.unread_lines or self.unread_lines.isdisjoint(range(value.line, value.end_line + 1))

    def items(self, value: YamlValue, name: str) -> list[YamlValue]:
        """Return the items of a list."""
        if isinstance(value, YamlSequence) and value.items:
            return value.items
        if isinstance(value, YamlSequence) or (isinstance(value, Scalar) and not value.text):
            self._empty(value, name)
        elif not isinstance(value, Scalar) or value.text != REPLACEMENT_CHAR:
            hint = (
                f"`[{re.sub('[、，]', ', ', value.text)}]` のように書きます"
                if name in list_field_names() and isinstance(value, Scalar)
                else ""
            )
            self.report(value, "not-a-list", f"`{name}` は `- ` で始まる並びで書きます", hint)
        return []

    def _empty(self, value: YamlValue, name: str) -> None:
        """Note an empty value, unless what it held could not be read or a `#` hides it."""
        if {value.line, value.line + 1} & self.unread_lines:
            return
        if value.key and value.line > len(self.source.lines):
            value = value.key
        typed = self.source.lines[value.line - 1]
        hidden = typed.find("#", value.column - 1)
        if hidden >= 0 and (not value.key or value.key.line == value.line) and isinstance(value, Scalar):
            if not typed.startswith(SPREADSHEET_ERRORS, hidden):
                message = f"` #` から先は読まれないので、`{name}` が空です"
                hint = '`#` も値なら全体を " " で囲み、覚え書きなら 1 行に分けます'
                self.mistakes.append(self.source.mistake(value.line, hidden + 1, 1, "comment-in-value", message, hint))
            return
        hint = f"値を書くか、まだ無ければ `{name}` の行ごと消してください"
        self.mistakes.append(
            self.source.mistake(value.line, value.column, 1, "empty-value", f"`{name}` が空です", hint)
        )

    def text(self, value: YamlValue, name: str, *, block: bool = False) -> str:
        """Return a text as it was typed."""
        if not isinstance(value, Scalar):
            if not self.is_fully_read(value):
                return ""
            brackets = self.source.lines[value.line - 1][value.column - 1 : value.column] in ("[", "{")
            hint = '括弧を付けずに書くか、括弧も文字なら全体を " " で囲みます' if brackets else ""
            self.report(value, "not-text", f"`{name}` は文字で書きます", hint)
            return ""
        if not value.text.strip() or value.text == REPLACEMENT_CHAR:
            if value.text != REPLACEMENT_CHAR:
                self._empty(value, name)
            return ""
        if value.is_block and not block:
            self.report(value, "not-one-line", f"`{name}` は 1 行で書きます", "`|` を使わずに書いてください")
            return ""
        if not value.is_block and ("\n" in value.text or INVISIBLE.search(value.text.replace(REPLACEMENT_CHAR, ""))):
            message = f"`{name}` に、目に見えない文字を表す `\\` の書き方があります"
            self.report(value, "invisible-character", message, "' ' で囲むと、`\\` もそのままの文字になります")
            return ""
        return value.text.strip("\n\u3000 ") if not block else value.text

    def read(self, value: YamlValue, key: Field) -> str | tuple[str, ...]:
        """Return a value in its key's form: a text, or a tuple of texts for the forms that are lists."""
        if key.type in ("words", "ids", "old-ids"):
            return tuple(self._list(value, key))
        text = self.text(value, key.name, block=key.type == "text")
        check = VALIDATORS.get(key.type)
        readable = text and text != key.no_value_word and REPLACEMENT_CHAR not in text and not _runs_over_lines(value)
        if readable and check and (wrong := check(text, key)):
            rule, message, hint = wrong
            self.report(value, rule, message, hint)
            return ""
        return text

    def _list(self, value: YamlValue, key: Field) -> Iterator[str]:
        seen: set[str] = set()
        for item in self.items(value, key.name):
            text = self.text(item, key.name)
            if text in seen:
                self.report(item, "duplicate-word", f"`{key.name}` に `{text}` が 2 回あります")
            elif text and not self._reject_item(item, text, key):
                yield text
            seen.add(text)

    def _reject_item(self, item: YamlValue, text: str, key: Field) -> bool:
        """Whether an item of a list is refused."""
        if key.type == "old-ids" and (
            not FORMER_ID_PATTERN.fullmatch(text) or text.rpartition("/")[2] in WINDOWS_DEVICE_NAMES
        ):
            self.report(item, "bad-id", f"`{text}` は id として使えません", suggest_id(text))
            return True
        known = self.vocabularies.get(key.vocabulary)
        if known is not None and text not in known:
            if not known:
                self.vocabularies[key.vocabulary] = None  # said once, not at every word
            hint = suggestion_hint(text, sorted(known)) or f"plan.yaml の上の方に `{key.vocabulary}` の一覧を作ります"
            if known.intersection(re.split("[、，]", text)):
                hint = "半角の `,` と空白で区切ります"
            self.report(item, "unknown-word", f"`{text}` は `{key.vocabulary}` の一覧にありません", hint)
            return True
        return False

    def prose(self, value: YamlValue, key: Field) -> Markdown | None:
        """Return a Markdown text with its place."""
        text = self.text(value, key.name, block=True)
        if not text or not isinstance(value, Scalar):
            return None
        if not value.is_block:
            typed = self.source.lines[value.line - 1]
            start = typed.find(text, value.column - 1)  # behind a quote, if there is one
            start = start if start >= 0 else value.column - 1
            number = value.line
            self.mistakes += bracket_overload_errors(self.source, number, number) or footnote_errors(
                self.source, number, number
            )
            return Markdown(text, SourceSpan(self.source.file, value.line, start + 1), typed)
        line = value.line + 1
        self.mistakes += markdown_errors(self.source, line, value.end_line - 1)
        shown = self.source.lines[line - 1] if line <= len(self.source.lines) else ""
        return Markdown(text, SourceSpan(self.source.file, line, len(shown) - len(shown.lstrip(" ")) + 1))


def _runs_over_lines(value: YamlValue) -> bool:
    """Whether a value runs on into the next line by accident, which is said already."""
    return isinstance(value, Scalar) and value.end_line > value.line and not value.is_block
