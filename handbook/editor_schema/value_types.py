"""Describe each type of field values, as Japanese text and as a JSON Schema.

The schema is never stricter than the checks of a build, so that an editor does not reject a valid plan. YAML guesses
types but plan.yaml has texts only, so a schema of a text also allows a number. It does not allow `true`, `false`,
`null` and `~`, since editors would propose these for every name; a name that is one of them has to be quoted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from handbook.editor_schema.schema_parts import (
    JsonSchema,
    additional_properties_error,
    keyed_schema,
    required_constraints,
    schema_annotations,
)
from handbook.editor_schema.text_patterns import DATE_PATTERN, NO_DEVICE_NAME, PERIOD_PATTERN, YEAR_PATTERN, whole_text
from handbook.field_types import Field, FieldType
from handbook.fields import VOCABULARY_KEYS
from handbook.patterns import (
    BASE_URL_PATTERN,
    FORMER_ID_PATTERN,
    HTTPS_PATTERN,
    ID_PATTERN,
    KANA_PATTERN,
    NUMBER_PATTERN,
    PAGE_PATH_PATTERN,
)

Vocabularies = Mapping[str, Sequence[str]]
"""Lists of allowed words by name."""

_PLAIN_ID = "半角の英小文字で始まる、英小文字・数字・`-` だけの 64 文字まで"


@dataclass(frozen=True, slots=True)
class ValueType:
    """How the values of one type of fields are written."""

    description: str
    """In Japanese, for the reference and the tooltip in an editor."""
    example: str
    schema: Callable[[Field, Vocabularies], JsonSchema]


def field_schema(field: Field, vocabularies: Vocabularies) -> JsonSchema:
    """Return the schema of the value of a field, with the texts of its tooltip."""
    value = VALUE_TYPES[field.type].schema(field, vocabularies)
    lines = [field.meaning, f"書き方: {syntax_text(field)}"]
    if example_value(field) and "examples" not in value:  # an editor shows `examples` by itself
        lines.append(f"例: `{example_value(field)}`")
    return {**schema_annotations(field.name, field.meaning, *lines[1:]), **value}


def syntax_text(field: Field) -> str:
    """Return how the value of a field is written, in Japanese."""
    text = VALUE_TYPES[field.type].description
    if field.choices:
        text = "、".join(f"`{word}`" for word in field.choices) + " のどれか"
    if field.vocabulary:
        is_own_list = field.vocabulary in VOCABULARY_KEYS
        text = f"`{field.vocabulary}` の一覧にある言葉の並び" if is_own_list else "節の項目の名前の並び"
    return f"{text}。かならず書きます" if field.is_required else text


def example_value(field: Field) -> str:
    """Return an example of a value as it is typed."""
    return field.example or (field.choices[0] if field.choices else VALUE_TYPES[field.type].example)


def object_schema(fields: Sequence[Field], what: str, vocabularies: Vocabularies) -> JsonSchema:
    """Return the schema of an object that has these fields and no others."""
    return {
        "type": "object",
        "errorMessage": additional_properties_error([field.name for field in fields]),
        "properties": {field.name: field_schema(field, vocabularies) for field in fields},
        "additionalProperties": False,
        **({"allOf": required} if (required := required_constraints(fields, what)) else {}),
    }


def _string_schema(field: Field, pattern: str, message: str) -> JsonSchema:
    """Return the schema of a text, or of a text that YAML parses as a number."""
    type_message = f"`{field.name}` の値を文字で書きます。まだ無ければ、行ごと消します"
    return {
        "type": ["string", "number"],
        "errorMessage": type_message,
        "pattern": pattern,
        "patternErrorMessage": message,
    }


def _line_schema(field: Field, _: Vocabularies) -> JsonSchema:
    return _string_schema(field, r"^[^\n]*\S[^\n]*$(?!\n)", f"`{field.name}` は 1 行で書きます")


def _markdown_schema(field: Field, _: Vocabularies) -> JsonSchema:
    return _string_schema(field, r"\S", f"`{field.name}` が空です")


def _kana(field: Field, _: Vocabularies) -> JsonSchema:
    return _string_schema(
        field, whole_text(rf"\s*(?!\s){KANA_PATTERN.pattern}"), f"`{field.name}` はひらがなで書きます"
    )


def _id(field: Field, _: Vocabularies) -> JsonSchema:
    message = f"`{field.name}` に使えるのは、{_PLAIN_ID}です"
    return {"type": "string", "pattern": whole_text(NO_DEVICE_NAME + ID_PATTERN.pattern), "errorMessage": message}


def _enum_schema(field: Field, _: Vocabularies) -> JsonSchema:
    message = f"`{field.name}` に使えるのは、{'、'.join(f'`{word}`' for word in field.choices)} です"
    return {"enum": list(field.choices), "errorMessage": message}


def _pattern(pattern: str, example: str, *types: str) -> Callable[[Field, Vocabularies], JsonSchema]:
    """Return a function that makes the schema of a text with a pattern. Editors propose the example."""

    def schema(field: Field, _: Vocabularies) -> JsonSchema:
        message = f"`{field.name}` は `{example}` の形で書きます"
        return {
            "type": ["string", *types],
            "pattern": whole_text(pattern),
            "errorMessage": message,
            "examples": [example],
        }

    return schema


def _array_schema(field: Field, items: JsonSchema, min_items: int = 1) -> JsonSchema:
    message = f"`{field.name}` は並びで書きます。例: `{example_value(field)}`"
    return {"type": "array", "minItems": min_items, "uniqueItems": True, "errorMessage": message, "items": items}


def _vocabulary_schema(field: Field, vocabularies: Vocabularies) -> JsonSchema:
    if not field.vocabulary:
        return _array_schema(field, _line_schema(field, vocabularies))
    message = f"`{field.vocabulary}` の一覧にない言葉です。一覧を直したばかりなら `build.py schema` で追いつきます"
    return _array_schema(field, {"enum": list(vocabularies[field.vocabulary]), "errorMessage": message})


def _ids(field: Field, vocabularies: Vocabularies) -> JsonSchema:
    return _array_schema(field, _id(field, vocabularies))


def _former_ids_schema(field: Field, _: Vocabularies) -> JsonSchema:
    folder, node_id = FORMER_ID_PATTERN.pattern.rsplit("?", 1)
    message = f"id に使えるのは、{_PLAIN_ID}です。別の階層にあったものは、前に `フォルダー/` を付けます"
    pattern = whole_text(f"{folder}?{NO_DEVICE_NAME}{node_id}")
    return _array_schema(field, {"type": "string", "pattern": pattern, "errorMessage": message})


def _addresses_schema(field: Field, vocabularies: Vocabularies) -> JsonSchema:
    message = f"`{field.name}` の左には、`efforts/some-id.html` のように、公開した住所を書きます"
    return keyed_schema(whole_text(PAGE_PATH_PATTERN.pattern), _line_schema(field, vocabularies), message)


def _object_field_schema(field: Field, vocabularies: Vocabularies) -> JsonSchema:
    return object_schema(field.subfields, f"`{field.name}` ", vocabularies)


def _objects_schema(field: Field, vocabularies: Vocabularies) -> JsonSchema:
    message = f"`{field.name}` は `- ` で始まる並びで書きます"
    rows = object_schema(field.subfields, f"`{field.name}` の行", vocabularies)
    return {"type": "array", "minItems": 1, "errorMessage": message, **with_snippets(rows, field.name, field.subfields)}


def _department_list_schema(field: Field, vocabularies: Vocabularies) -> JsonSchema:
    first, *_ = field.subfields
    rows = object_schema(field.subfields, f"`{field.name}` の行", vocabularies)
    message = f"`{field.name}` は `- ` で始まる並びで書きます"
    either: JsonSchema = {"if": {"type": "object"}, "then": rows, "else": field_schema(first, vocabularies)}
    return {"type": "array", "minItems": 1, "errorMessage": message, "items": either}


def _by_year_schema(field: Field, vocabularies: Vocabularies) -> JsonSchema:
    year_value = field_schema(field.per_year, vocabularies) if field.per_year else {}
    message = f"`{field.name}` は `令和8年度: 値` のように、年度ごとに書きます"
    return keyed_schema(whole_text(YEAR_PATTERN), year_value, message)


def _number_schema(field: Field, _: Vocabularies) -> JsonSchema:
    pattern = f"{NUMBER_PATTERN.pattern}|{field.no_value_word}" if field.no_value_word else NUMBER_PATTERN.pattern
    return _string_schema(field, whole_text(pattern), f"`{field.name}` は、単位を付けずに、半角の数だけを書きます")


def with_snippets(rows: JsonSchema, what: str, fields: Sequence[Field]) -> JsonSchema:
    """Return `items` of a list, with a snippet that has the required fields of a new item.

    The snippet belongs to the item: for a list, the language server would add brackets.
    """
    snippet_body = {
        field.name: f"${number}" for number, field in enumerate((field for field in fields if field.is_required), 1)
    }
    snippet = {"label": f"新しい{what}", "description": f"{what}を 1 つ書き足します"}
    return {"items": {**rows, "defaultSnippets": [{**snippet, "body": snippet_body}]}}


def _spellings(field: Field, vocabularies: Vocabularies) -> JsonSchema:
    return _array_schema(field, _array_schema(field, _line_schema(field, vocabularies), min_items=2))


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
    "former-ids": ValueType(
        "前の id の並び。別の階層にあったものは `フォルダー/id`",
        "[river-survey, measures/old-name]",
        _former_ids_schema,
    ),
    "addresses": ValueType("`前の住所: いまの住所か文` の集まり", "{about.html: index.html}", _addresses_schema),
    "record": ValueType("`項目: 値` の集まり", "", _object_field_schema),
    "records": ValueType("`- ` で始まる、`項目: 値` の集まりの並び", "", _objects_schema),
    "entries": ValueType(
        "名前の並び。くわしく書くものは `項目: 値` の集まりに", "[環境課, 下水道課]", _department_list_schema
    ),
    "years": ValueType("年度ごとに `年度: 値`", "{令和8年度: 1200}", _by_year_schema),
    "repeat": ValueType("ほかの場所にある節の id。ほかの項目とは一緒に書きません", "water-quality", _id),
    "spellings": ValueType("2 つ以上の書き方の並びを、`- ` で 1 行に 1 組", "[障がい, 障害]", _spellings),
}
