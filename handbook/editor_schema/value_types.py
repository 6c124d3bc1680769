"""One row a form: how its values are written, in words and as a schema.

The schema says no more than the checks do, so that an editor never refuses what a build takes. YAML guesses types and
this format does not, so a number is a text here too. (Not so `true`, `false`, `null` and `~`: an editor would propose
them for every name, so a name that is one of these is underlined until it stands in quotes.) `errorMessage`,
`markdownDescription` and `defaultSnippets` are what the YAML language server knows beyond the standard.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from handbook.editor_schema.text_patterns import DATE_PATTERN, NO_DEVICE_NAME, PERIOD_PATTERN, YEAR_PATTERN, whole_text
from handbook.field_types import Field, FieldType
from handbook.fields import VOCABULARY_KEYS
from handbook.json_types import JsonOutput
from handbook.patterns import (
    BASE_URL_PATTERN,
    FORMER_ID_PATTERN,
    HTTPS_PATTERN,
    ID_PATTERN,
    KANA_PATTERN,
    NUMBER_PATTERN,
)

JsonSchema = dict[str, JsonOutput]
Vocabularies = Mapping[str, Sequence[str]]
"""The lists of allowed words, by their name."""

_PLAIN_ID = "半角の英小文字で始まる、英小文字・数字・`-` だけの 64 文字まで"


@dataclass(frozen=True, slots=True)
class ValueType:
    """How the values of a form are written."""

    description: str
    """In Japanese, for the reference and the bubble in an editor."""
    example: str
    schema: Callable[[Field, Vocabularies], JsonSchema]


def field_schema(key: Field, words: Vocabularies) -> JsonSchema:
    """Return the schema of a key's value, with what an editor shows about it."""
    value = VALUE_TYPES[key.type].schema(key, words)
    lines = [key.meaning, f"書き方: {syntax_text(key)}"]
    if example_value(key) and "examples" not in value:  # which an editor shows by itself
        lines.append(f"例: `{example_value(key)}`")
    return {**schema_annotations(key.name, key.meaning, *lines[1:]), **value}


def schema_annotations(title: str, *said: str) -> JsonSchema:
    """Return what an editor shows about a value."""
    return {"title": title, "description": said[0], "markdownDescription": "\n\n".join(said)}


def syntax_text(key: Field) -> str:
    """How a key's value is written, in Japanese."""
    said = VALUE_TYPES[key.type].description
    if key.choices:
        said = "、".join(f"`{word}`" for word in key.choices) + " のどれか"
    if key.vocabulary:
        listed = key.vocabulary in VOCABULARY_KEYS
        said = f"`{key.vocabulary}` の一覧にある言葉の並び" if listed else "節の項目の名前の並び"
    return f"{said}。かならず書きます" if key.is_required else said


def example_value(key: Field) -> str:
    """Return a value of the key as an editor types it."""
    return key.example or (key.choices[0] if key.choices else VALUE_TYPES[key.type].example)


def object_schema(keys: Sequence[Field], what: str, words: Vocabularies) -> JsonSchema:
    """Return the schema of a small table: its keys and no others, those required there."""
    return {
        "type": "object",
        "errorMessage": additional_properties_error([key.name for key in keys]),
        "properties": {key.name: field_schema(key, words) for key in keys},
        "additionalProperties": False,
        **({"allOf": needed} if (needed := required_constraints(keys, what)) else {}),
    }


def required_constraints(keys: Sequence[Field], what: str) -> list[JsonSchema]:
    """Return a demand for each key that must be there, in the words of the checks."""
    return [
        {"required": [key.name], "errorMessage": f"{what}に `{key.name}` がありません（{key.meaning}）"}
        for key in keys
        if key.is_required
    ]


def additional_properties_error(names: Sequence[str]) -> str:
    """Return what is said both of an unknown key and of a value that is no table."""
    return f"ここに書けるのは、{'、'.join(f'`{name}`' for name in names)} です（`項目: 値` の形で書きます）"


def _string_schema(key: Field, pattern: str, message: str) -> JsonSchema:
    """Return the schema of a text, or of what YAML takes for a number."""
    empty = f"`{key.name}` の値を文字で書きます。まだ無ければ、行ごと消します"
    return {"type": ["string", "number"], "errorMessage": empty, "pattern": pattern, "patternErrorMessage": message}


def _line_schema(key: Field, _: Vocabularies) -> JsonSchema:
    return _string_schema(key, r"^[^\n]*\S[^\n]*$(?!\n)", f"`{key.name}` は 1 行で書きます")


def _markdown_schema(key: Field, _: Vocabularies) -> JsonSchema:
    return _string_schema(key, r"\S", f"`{key.name}` が空です")


def _kana(key: Field, _: Vocabularies) -> JsonSchema:
    return _string_schema(key, whole_text(rf"\s*(?!\s){KANA_PATTERN.pattern}"), f"`{key.name}` はひらがなで書きます")


def _id(key: Field, _: Vocabularies) -> JsonSchema:
    message = f"`{key.name}` に使えるのは、{_PLAIN_ID}です"
    return {"type": "string", "pattern": whole_text(NO_DEVICE_NAME + ID_PATTERN.pattern), "errorMessage": message}


def _enum_schema(key: Field, _: Vocabularies) -> JsonSchema:
    message = f"`{key.name}` に使えるのは、{'、'.join(f'`{word}`' for word in key.choices)} です"
    return {"enum": list(key.choices), "errorMessage": message}


def _pattern(pattern: str, example: str, *types: str) -> Callable[[Field, Vocabularies], JsonSchema]:
    """Return the schema of a text of a fixed build, whose example serves as a start."""

    def schema(key: Field, _: Vocabularies) -> JsonSchema:
        message = f"`{key.name}` は `{example}` の形で書きます"
        return {
            "type": ["string", *types],
            "pattern": whole_text(pattern),
            "errorMessage": message,
            "examples": [example],
        }

    return schema


def _array_schema(key: Field, items: JsonSchema, least: int = 1) -> JsonSchema:
    message = f"`{key.name}` は並びで書きます。例: `{example_value(key)}`"
    return {"type": "array", "minItems": least, "uniqueItems": True, "errorMessage": message, "items": items}


def _vocabulary_schema(key: Field, words: Vocabularies) -> JsonSchema:
    if not key.vocabulary:
        return _array_schema(key, _line_schema(key, words))
    message = f"`{key.vocabulary}` の一覧にない言葉です。一覧を直したばかりなら `build.py schema` で追いつきます"
    return _array_schema(key, {"enum": list(words[key.vocabulary]), "errorMessage": message})


def _ids(key: Field, words: Vocabularies) -> JsonSchema:
    return _array_schema(key, _id(key, words))


def _former_ids_schema(key: Field, _: Vocabularies) -> JsonSchema:
    folder, plain = FORMER_ID_PATTERN.pattern.rsplit("?", 1)
    message = f"id に使えるのは、{_PLAIN_ID}です。別の階層にあったものは、前に `フォルダー/` を付けます"
    pattern = whole_text(f"{folder}?{NO_DEVICE_NAME}{plain}")
    return _array_schema(key, {"type": "string", "pattern": pattern, "errorMessage": message})


def _object_field_schema(key: Field, words: Vocabularies) -> JsonSchema:
    return object_schema(key.subfields, f"`{key.name}` ", words)


def _objects_schema(key: Field, words: Vocabularies) -> JsonSchema:
    message = f"`{key.name}` は `- ` で始まる並びで書きます"
    rows = object_schema(key.subfields, f"`{key.name}` の行", words)
    return {"type": "array", "minItems": 1, "errorMessage": message, **with_snippets(rows, key.name, key.subfields)}


def _department_list_schema(key: Field, words: Vocabularies) -> JsonSchema:
    first, *_ = key.subfields
    rows = object_schema(key.subfields, f"`{key.name}` の行", words)
    message = f"`{key.name}` は `- ` で始まる並びで書きます"
    either: JsonSchema = {"if": {"type": "object"}, "then": rows, "else": field_schema(first, words)}
    return {"type": "array", "minItems": 1, "errorMessage": message, "items": either}


def _by_year_schema(key: Field, words: Vocabularies) -> JsonSchema:
    each = field_schema(key.per_year, words) if key.per_year else {}
    message = f"`{key.name}` は `令和8年度: 値` のように、年度ごとに書きます"
    years: JsonSchema = {
        "type": "object",
        "minProperties": 1,
        "errorMessage": message,
        "patternProperties": {whole_text(YEAR_PATTERN): each},
    }
    return {**years, "propertyNames": {"pattern": whole_text(YEAR_PATTERN), "patternErrorMessage": message}}


def _number_schema(key: Field, _: Vocabularies) -> JsonSchema:
    pattern = f"{NUMBER_PATTERN.pattern}|{key.no_value_word}" if key.no_value_word else NUMBER_PATTERN.pattern
    return _string_schema(key, whole_text(pattern), f"`{key.name}` は、単位を付けずに、半角の数だけを書きます")


def with_snippets(rows: JsonSchema, what: str, keys: Sequence[Field]) -> JsonSchema:
    """Return the items of a list, and how an editor begins one: the keys that must be there, to be filled in.

    Said of the item, not of the list: there the server would put brackets around it.
    """
    blank = {key.name: f"${number}" for number, key in enumerate((key for key in keys if key.is_required), 1)}
    new = {"label": f"新しい{what}", "description": f"{what}を 1 つ書き足します"}
    return {"items": {**rows, "defaultSnippets": [{**new, "body": blank}]}}


def _spellings(key: Field, words: Vocabularies) -> JsonSchema:
    return _array_schema(key, _array_schema(key, _line_schema(key, words), least=2))


VALUE_TYPES: Mapping[FieldType, ValueType] = {
    "line": ValueType("1 行の文字", "水質を見守る", _line_schema),
    "text": ValueType(
        "文章（Markdown）。何行にもなるときは `|` を書き、次の行から字下げします",
        "水質を見守ります。",
        _markdown_schema,
    ),
    "kana": ValueType("ひらがな", "すいしつをみまもる", _kana),
    "id": ValueType(_PLAIN_ID, "water-quality", _id),
    "words": ValueType("言葉の並び", "[子ども, 高齢者]", _vocabulary_schema),
    "choice": ValueType("決まった言葉のどれか", "", _enum_schema),
    "period": ValueType(
        "年度。1 年だけのときはその年度だけ",
        "令和8年度〜令和12年度",
        _pattern(PERIOD_PATTERN, "令和8年度〜令和12年度", "integer"),
    ),
    "number": ValueType("半角の数だけ（単位は付けません）", "1200", _number_schema),
    "year": ValueType("年度", "令和8年度", _pattern(YEAR_PATTERN, "令和8年度", "integer")),
    "until": ValueType("年度か日付", "令和6年度", _pattern(f"{YEAR_PATTERN}|{DATE_PATTERN}", "令和6年度", "integer")),
    "date": ValueType("日付", "2026-04-01", _pattern(DATE_PATTERN, "2026-04-01")),
    "url": ValueType(
        "`https://` から始まる住所", "https://example.org/", _pattern(BASE_URL_PATTERN.pattern, "https://example.org/")
    ),
    "https": ValueType(
        "`https://` から始まる住所", "https://example.org/", _pattern(HTTPS_PATTERN.pattern, "https://example.org/")
    ),
    "ids": ValueType("ほかの節の id の並び", "[water-quality, green-map]", _ids),
    "old-ids": ValueType(
        "前の id の並び。別の階層にあったものは `フォルダー/id`",
        "[river-survey, measures/old-name]",
        _former_ids_schema,
    ),
    "record": ValueType("`項目: 値` の集まり", "", _object_field_schema),
    "records": ValueType("`- ` で始まる、`項目: 値` の集まりの並び", "", _objects_schema),
    "entries": ValueType(
        "名前の並び。くわしく書くものは `項目: 値` の集まりに", "[環境課, 下水道課]", _department_list_schema
    ),
    "years": ValueType("年度ごとに `年度: 値`", "{令和8年度: 1200}", _by_year_schema),
    "again": ValueType("ほかの場所にある節の id。ほかの項目とは一緒に書きません", "water-quality", _id),
    "spellings": ValueType("2 つ以上の書き方の並びを、`- ` で 1 行に 1 組", "[障がい, 障害]", _spellings),
}
