"""Convert YAML values to the Python values of their fields, and report errors at their place."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from collections.abc import Mapping as MappingABC

from handbook import fiscal_year
from handbook.diagnostics import Diagnostic, SourceSpan, closest_match
from handbook.field_types import Field
from handbook.model import Markdown
from handbook.parse.content.markdown_checks import UNREADABLE, markdown_errors
from handbook.parse.content.markdown_notices import markdown_notices
from handbook.parse.edits.value_edits import one_line, remove_entry, remove_item, replace_value, single_quoted
from handbook.parse.errors.brace_commas import comma_in_braces_error, is_after_comma
from handbook.parse.errors.empty_values import empty_value_error
from handbook.parse.errors.records import bad_year_key_error, not_by_year_error
from handbook.parse.errors.values import not_text_error, odd_sign_error, unknown_key_error
from handbook.parse.errors.words import not_a_list_error, unknown_word_error
from handbook.parse.source import Source
from handbook.parse.validators import VALIDATORS, bad_id_problem
from handbook.parse.yaml.values import REPLACEMENT_CHAR, Scalar, YamlMapping, YamlSequence, YamlValue
from handbook.patterns import FORMER_ID_PATTERN, INVISIBLE, WINDOWS_DEVICE_NAMES
from handbook.text_edits import TextEdit

FieldsByName = MappingABC[str, Field]


class ValueReader:
    """Converts the values of one file and collects their errors."""

    def __init__(self, source: Source, unread_lines: Collection[int]) -> None:
        """`unread_lines` are the numbers of unreadable lines. Values possibly in them are not reported as missing."""
        self.source = source
        self.unread_lines = frozenset(unread_lines)
        self.mistakes: list[Diagnostic] = []
        self.notices: list[Diagnostic] = []
        self.markdown: list[Markdown] = []
        """All texts whose references are to be checked."""
        self.levels_unsure = False
        """True if the table of levels has errors. A list under an unknown key may then be a level."""
        self.vocabularies: dict[str, frozenset[str] | None] = {}
        """Allowed words by the name of their list. None if the list has errors: then all words are allowed."""
        self.vocabulary_lists: dict[str, YamlValue] = {}
        """The same lists as values."""

    def report(self, at: YamlValue, rule: str, message: str, hint: str = "", *edits: TextEdit | None) -> None:
        """Add an error at a value. The edits are those of the hint."""
        mistake = self.source.mistake(at.line, at.column, at.width, rule, message, hint)
        self.mistakes.append(mistake.with_fix(*edits))

    def replaced(self, at: YamlValue, text: str) -> TextEdit | None:
        """Return the edit that puts a text in the place of a value; None without a text."""
        return replace_value(self.source, at, text) if text else None

    def fields(
        self, value: YamlValue, fields: FieldsByName, subject: str, level_names: Collection[str] = ()
    ) -> dict[str, YamlValue]:
        """Return the values of a mapping by key. Reports unknown and missing keys.

        `subject` names the mapping in messages. `level_names` are allowed as keys too.
        """
        if not isinstance(value, YamlMapping):
            self.report(value, "not-a-mapping", f"{subject}は `項目: 値` の集まりで書きます")
            return {}
        items = {}
        for name, (key, item) in value.entries.items():
            if name in fields or name in level_names:
                items[name] = item
            elif name != REPLACEMENT_CHAR and not (self.levels_unsure and isinstance(item, YamlSequence)):
                if self._is_part_of_value(key, item):
                    continue
                may_be_level = not isinstance(item, Scalar) or not item.text  # the value of a level is no text
                known = [*fields, *level_names]
                candidates = known if may_be_level else [*fields]
                self.mistakes.append(unknown_key_error(self.source, value, key, candidates, known))
        if "再掲" not in items:
            for field in fields.values():
                if field.is_required and field.name not in items and self.is_fully_read(value):
                    self._report_missing(value, field, subject, items)
        return items

    def by_year(self, value: YamlValue, field: Field) -> dict[int, YamlValue]:
        """Return the value of each fiscal year, the earliest first. Reports a year that occurs twice."""
        if not isinstance(value, YamlMapping):
            if typed := self.text(value, field.name) if isinstance(value, Scalar) else "…":
                self.mistakes.append(not_by_year_error(self.source, value, typed, field))
            return {}
        by_year: dict[int, YamlValue] = {}
        places: dict[int, Scalar] = {}
        for name, (key, item) in value.entries.items():
            year = fiscal_year.parse_year(name)
            if name == REPLACEMENT_CHAR or (not year and self._is_part_of_value(key, item)):
                continue
            if not year:
                self.mistakes.append(bad_year_key_error(self.source, value, key, field))
            elif year in by_year:
                label, first_line = fiscal_year.format_year_both(year), places[year].line
                message = f"`{field.name}` に {label} が 2 回あります（1 回めは {first_line} 行め）"
                is_same = isinstance(item, Scalar) and item.text and item.text == getattr(by_year[year], "text", "")
                edit = remove_entry(self.source, key, item) if is_same else None
                self.report(key, "year-twice", message, "どちらか 1 つにまとめてください", edit)
            else:
                by_year[year], places[year] = item, key
        return dict(sorted(by_year.items()))

    def _is_part_of_value(self, key: Scalar, value: YamlValue) -> bool:
        """Return whether a key is the part of a value after a comma inside braces. Reports such a key."""
        is_part = is_after_comma(self.source, key, value)
        if is_part and (mistake := comma_in_braces_error(self.source, key)):
            self.mistakes.append(mistake)
        return is_part

    def _report_missing(self, value: YamlMapping, field: Field, subject: str, known_keys: Collection[str]) -> None:
        near = [name for name in value.entries if name not in known_keys and closest_match(name, [field.name])]
        if not near:
            self.report(
                value, "missing-key", f"{subject}に `{field.name}` がありません", f"`{field.name}`: {field.meaning}"
            )

    def is_fully_read(self, value: YamlValue) -> bool:
        """Return whether every line of a value is readable."""
        return not self.unread_lines or self.unread_lines.isdisjoint(range(value.line, value.end_line + 1))

    def items(self, value: YamlValue, name: str, vocabulary: str = "") -> list[YamlValue]:
        """Return the items of a list. Reports a value that is empty or no list, and returns `[]`.

        `vocabulary` names the list of the allowed words.
        """
        if isinstance(value, YamlSequence) and value.items:
            return value.items
        if isinstance(value, YamlSequence) or (isinstance(value, Scalar) and not value.text):
            self._report_empty(value, name)
        elif not isinstance(value, Scalar) or value.text != REPLACEMENT_CHAR:
            words = self.vocabularies.get(vocabulary) or ()
            self.mistakes.append(not_a_list_error(self.source, value, name, words))
        return []

    def _report_empty(self, value: YamlValue, name: str) -> None:
        """Report an empty value, unless its lines are unreadable. A value after `#` gets its own message."""
        if {value.line, value.line + 1} & self.unread_lines:
            return
        if mistake := empty_value_error(self.source, value, name):
            self.mistakes.append(mistake)

    def text(self, value: YamlValue, name: str, *, block: bool = False) -> str:
        """Return a text as typed. Reports other values and returns `""`. `block` allows a `|` text."""
        if not isinstance(value, Scalar):
            if not self.is_fully_read(value):
                return ""
            self.mistakes.append(not_text_error(self.source, value, name))
            return ""
        if not value.text.strip() or value.text == REPLACEMENT_CHAR:
            if value.text != REPLACEMENT_CHAR:
                self._report_empty(value, name)
            return ""
        if value.is_block and not block:
            hint = "`|` を使わずに書いてください"
            self.report(value, "not-one-line", f"`{name}` は 1 行で書きます", hint, one_line(self.source, value))
            return ""
        if not value.is_block and (
            ("\n" in value.text and not _continues_on_next_line(value))
            or INVISIBLE.search(value.text.replace(REPLACEMENT_CHAR, ""))
        ):
            message = f"`{name}` に、目に見えない文字を表す `\\` の書き方があります"
            hint = "' ' で囲むと、`\\` もそのままの文字になります"
            self.report(value, "invisible-character", message, hint, single_quoted(self.source, value))
            return ""
        if block:
            return value.text
        if found := odd_sign_error(self.source, value, name):
            mistake, text = found
            self.mistakes.append(mistake)
            return text
        text = value.text.strip("\n\u3000\u00a0 ")
        if "[[" in text:
            self.markdown.append(self._markdown(value, text))
        return text

    def read(self, value: YamlValue, field: Field) -> str | tuple[str, ...]:
        """Return a value in the type of its field: a text, or a tuple of texts if the type is a list."""
        if field.type in ("words", "ids", "former-ids"):
            return tuple(self._list(value, field))
        text = self.text(value, field.name, block=field.type == "text")
        check = VALIDATORS.get(field.type)
        readable = (
            text and text != field.no_value_word and REPLACEMENT_CHAR not in text and not _continues_on_next_line(value)
        )
        if readable and check and (problem := check(text, field)):
            self.report(value, problem.rule, problem.message, problem.hint, self.replaced(value, problem.correction))
            return ""
        return text

    def _list(self, value: YamlValue, field: Field) -> Iterator[str]:
        seen: set[str] = set()
        for item in self.items(value, field.name, field.vocabulary):
            text = self.text(item, field.name)
            if text and text in seen:
                edit = remove_item(self.source, value, item)
                self.report(item, "duplicate-word", f"`{field.name}` に `{text}` が 2 回あります", "1 つにします", edit)
            elif text and not _continues_on_next_line(item) and not self._reject_item(item, text, field):
                yield text
            seen.add(text)

    def _reject_item(self, item: YamlValue, text: str, field: Field) -> bool:
        """Return whether an item of a list has an error, and report it."""
        if field.type == "former-ids" and (
            not FORMER_ID_PATTERN.fullmatch(text) or text.rpartition("/")[2] in WINDOWS_DEVICE_NAMES
        ):
            problem = bad_id_problem(text, "id")
            self.report(item, problem.rule, problem.message, problem.hint, self.replaced(item, problem.correction))
            return True
        vocabulary = self.vocabularies.get(field.vocabulary)
        if vocabulary is not None and text not in vocabulary:
            if not vocabulary:
                self.vocabularies[field.vocabulary] = None  # report a missing list once only
            self.mistakes.append(
                unknown_word_error(
                    self.source, item, field.vocabulary, vocabulary, self.vocabulary_lists.get(field.vocabulary)
                )
            )
            return True
        return False

    def prose(self, value: YamlValue, field: Field) -> Markdown | None:
        """Return a Markdown text with its place, or None. Reports errors in the Markdown."""
        if not (text := self.text(value, field.name, block=True)) or not isinstance(value, Scalar):
            return None
        markdown = self._markdown(value, text)
        errors = markdown_errors(markdown, has_headings=value.is_block)
        self.mistakes += errors
        if not any(error.rule == UNREADABLE for error in errors):
            self.markdown.append(markdown)
            self.notices += markdown_notices(markdown)
        return markdown

    def _markdown(self, value: Scalar, text: str) -> Markdown:
        """Return a text with its place."""
        if not value.is_block:
            line, start = self.source.lines[value.line - 1], value.column - 1
            start = max(start, line.find(text, start))  # after the opening quote, if any
            return Markdown(text, SourceSpan(self.source.file, value.line, start + 1), line)
        lines = zip(self.source.lines[value.line : value.end_line], text.split("\n"), strict=False)
        indent = next((len(line) - len(without) for line, without in lines if without.strip()), 0)
        return Markdown(text, SourceSpan(self.source.file, value.line + 1, indent + 1))


def _continues_on_next_line(value: YamlValue) -> bool:
    """Return whether a plain value continues on the next line. The YAML reader reports it."""
    return isinstance(value, Scalar) and value.end_line > value.line and not value.is_block
