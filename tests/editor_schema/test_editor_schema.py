"""The JSON Schema for editors: complete, up to date, and in agreement with the checks of a build."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import jsonschema
import pytest
import yaml
from conftest import HERE, ROOT
from hypothesis import given, settings
from hypothesis import strategies as st
from support.editor_yaml import parse_as_texts, parse_guessing_types
from support.random_examples import examples

from handbook import cli, editor_schema, parse
from handbook.commands.check import outdated_schema_notices
from handbook.commands.console import EXIT_ERRORS, EXIT_OK
from handbook.commands.schema import schema_file
from handbook.editor_schema import format_reference, text_patterns, value_types
from handbook.field_types import Field, FieldType
from handbook.fields import NODE_FIELDS, VOCABULARY_KEYS, all_fields
from handbook.model import Level, OutputFile
from handbook.parse.validators import VALIDATORS

PLANS = [ROOT / "plan.yaml", ROOT / "example/plan.yaml", *sorted((HERE / "golden").glob("*/plan.yaml"))]
ERROR_PLANS = sorted((HERE / "mistakes").glob("*.yaml"))
FIELDS = all_fields()


def schema(levels: tuple[Level, ...], words: dict[str, tuple[str, ...]]) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(editor_schema.plan_schema_file(levels, words, "plan.schema.json").data)
    return content


def split_words(text: str) -> list[str]:
    return text.split()


def schema_errors(rules: dict[str, Any], document: object) -> list[str]:
    found = jsonschema.Draft202012Validator(rules).iter_errors(document)
    return [f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}" for error in found]


# --- complete and up to date ---


def test_every_field_type_is_described() -> None:
    assert set(value_types.VALUE_TYPES) == set(get_args(FieldType)), (
        "a field type without a row in handbook/editor_schema/value_types.py"
    )


def test_every_nested_field_has_its_subfields() -> None:
    nested = [field for field in FIELDS if field.type in ("record", "records", "entries")]
    assert len(nested) > 5
    assert all(field.subfields for field in nested)
    printed = [fields for *_, fields in format_reference._sections()]
    assert [field.name for field in nested if field.subfields not in printed] == []


def test_every_field_has_a_text_about_where_it_is_shown() -> None:
    fields = [field for *_, fields in format_reference._sections() for field in fields]
    assert [field.name for field in fields if not format_reference.where_shown(field)] == []


def expected_file(root: Path) -> tuple[Path, OutputFile]:
    if root == ROOT / "docs":
        made = editor_schema.reference_file()
        return ROOT / made.path, made
    made = schema_file(parse.load_plan(root))
    return root / made.path, made


@pytest.mark.parametrize("root", [ROOT, ROOT / "example", ROOT / "docs"], ids=lambda root: root.name)
def test_the_committed_schemas_and_reference_are_up_to_date(root: Path, request: pytest.FixtureRequest) -> None:
    path, made = expected_file(root)
    if request.config.getoption("--golden"):
        path.write_bytes(made.data)
    assert path.read_bytes() == made.data, "run: python3 build.py test --golden"


def test_an_outdated_schema_has_a_notice_and_is_written_again(tmp_path: Path) -> None:
    text = (ROOT / "example/plan.yaml").read_text(encoding="utf-8")
    (tmp_path / "plan.yaml").write_text(text, encoding="utf-8")
    (notice,) = outdated_schema_notices(parse.load_plan(tmp_path), tmp_path)
    assert f"build.py schema --root {tmp_path}" in notice.message
    assert cli.main(["schema", "--root", str(tmp_path)]) == EXIT_OK
    assert outdated_schema_notices(parse.load_plan(tmp_path), tmp_path) == []
    (tmp_path / "plan.yaml").write_text(text.replace("\n対象:\n", "\n対象:\n  - 園児\n"), encoding="utf-8")
    assert len(outdated_schema_notices(parse.load_plan(tmp_path), tmp_path)) == 1


@pytest.mark.parametrize(
    "first_line", ["", "# x\n", "# yaml-language-server: $schema=https://example.org/a.schema.json\n"]
)
def test_a_plan_that_names_no_schema_of_the_program_has_no_notice(first_line: str, tmp_path: Path) -> None:
    text = (ROOT / "example/plan.yaml").read_text(encoding="utf-8").partition("\n")[2]
    (tmp_path / "plan.yaml").write_text(first_line + text, encoding="utf-8")
    assert outdated_schema_notices(parse.load_plan(tmp_path), tmp_path) == []


@pytest.mark.parametrize(
    "path", ["../x.schema.json", "/x.schema.json", "C:/x.schema.json", "plan.yaml", "a/../x.schema.json"]
)
def test_no_first_line_can_name_a_file_outside_the_folder(path: str, tmp_path: Path) -> None:
    text = (ROOT / "example/plan.yaml").read_text(encoding="utf-8").partition("\n")[2]
    (tmp_path / "plan.yaml").write_text(f"# yaml-language-server: $schema={path}\n{text}", encoding="utf-8")
    assert parse.load_plan(tmp_path).schema_file is None


def test_a_folder_that_cannot_be_written_is_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (ROOT / "example/plan.yaml").read_text(encoding="utf-8").replace("$schema=", "$schema=no-such-folder/")
    (tmp_path / "plan.yaml").write_text(text, encoding="utf-8")
    assert cli.main(["schema", "--root", str(tmp_path)]) == EXIT_ERRORS
    assert "に書けません" in capsys.readouterr().err


# --- valid plans ---


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.parent.name)
def test_a_valid_plan_conforms_to_the_schema(path: Path) -> None:
    plan = parse.load_plan(path.parent)
    rules = schema(plan.levels, dict(plan.vocabularies))
    jsonschema.Draft202012Validator.check_schema(rules)
    text = path.read_text(encoding="utf-8")
    assert schema_errors(rules, parse_as_texts(text)) == []
    assert schema_errors(rules, parse_guessing_types(text)) == []


@pytest.mark.parametrize(
    "name",
    split_words("no 010 9:30 1.10 0120 2026-04-01 1e3 0x10 1_000 .5 +1 -1 = Yes 12:30:45 1,000"),
)
def test_a_text_that_yaml_parses_as_another_type_is_accepted(name: str) -> None:
    plan = parse.load_plan(ROOT / "example")
    rules = schema(plan.levels, dict(plan.vocabularies))
    text = f"計画: {{名称: x}}\n階層: [{{名称: 柱, path: p}}]\n柱:\n- id: a\n  名称: {name}\n  本文: {name}\n"
    assert schema_errors(rules, parse_guessing_types(text)) == []


# --- plans with errors ---

NOT_IN_SCHEMA = {
    "duplicate-id": "a schema cannot compare values at two places",
    "duplicate-level": "as duplicate-id",
    "curly-quotes": "a text may begin with such a quote",
    "wide-bracket": "a text may contain a full-width sign",
    "duplicate-former-id": "as duplicate-id",
    "former-id-in-use": "as duplicate-id",
    "self-reference": "as duplicate-id",
    "duplicate-word": "as duplicate-id: one word in two rows",
    "unknown-id": "a schema does not contain the ids of the plan",
    "unknown-level": "`[[数:…]]` is part of a text",
    "unknown-repository": "the host is found by parsing the URL",
    "bad-number": "YAML parses 1e3 and 007 as numbers, and a schema cannot count digits",
    "year-twice": "as duplicate-id: one year in two spellings",
    "target-too-early": "as duplicate-id",
    "repeat-misplaced": "the place of another node decides",
    "heading-level": "Markdown inside a text",
    "heading-space": "Markdown inside a text",
    "reserved-name": "the schema is made from the levels, so it cannot check them",
    "bad-period": "a schema cannot compare the two years",
    "comment-in-value": "YAML has split or joined the value before it is validated",
    "value-over-lines": "as comment-in-value",
    "folded-text": "as comment-in-value",
    "invisible-character": "the characters of the file, before YAML; editors mark these by themselves",
    "spreadsheet-error": "as invisible-character",
    "duplicate-key": "the YAML parser of an editor reports it, before the schema",
    "anchor": "valid in YAML, not in this format",
    "tag": "as anchor",
}
"""Rules that a schema cannot express, with the reason. The schema may still refuse some of their cases."""


def schema_of(document: Any) -> dict[str, Any]:
    """Return the schema of a plan with an error, with its levels and vocabularies if they can be read."""
    document = document if isinstance(document, dict) else {}
    rows = [row for row in document.get("階層") or [] if isinstance(row, dict) and {"名称", "path"} <= set(row)]
    levels = tuple(Level(values={"名称": row["名称"], "path": row["path"]}, rank=rank) for rank, row in enumerate(rows))
    if not levels or any(not re.fullmatch("[a-z-]+", level.folder) for level in levels):
        levels = (
            Level(values={"名称": "目標", "path": "goals"}, rank=0),
            Level(values={"名称": "事業", "path": "projects"}, rank=1),
        )
    lists = {name: document.get(name) for name in VOCABULARY_KEYS}
    return schema(
        levels, {name: tuple(map(str, words)) if isinstance(words, list) else () for name, words in lists.items()}
    )


def rules_of(path: Path) -> set[str]:
    """Return the rules in the expected messages of a plan. Another test compares the messages with the checks."""
    return set(
        re.findall(
            r"^\S+:\d+:\d+: .*\[([a-z-]+)\]$", path.with_suffix(".txt").read_text(encoding="utf-8"), re.MULTILINE
        )
    )


def parsed(path: Path) -> Iterator[Any]:
    """Yield the document if it is valid YAML."""
    try:
        yield parse_guessing_types(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError):
        return


def accepted_plans() -> dict[str, set[str]]:
    """Return the invalid plans that YAML parses and the schema accepts, with the rules they break."""
    return {
        path.stem: rules_of(path)
        for path in ERROR_PLANS
        for document in parsed(path)
        if not schema_errors(schema_of(document), document)
    }


def test_the_schema_refuses_every_error_that_it_can_express() -> None:
    missing = {name: rules - set(NOT_IN_SCHEMA) for name, rules in accepted_plans().items()}
    assert {name: rules for name, rules in missing.items() if rules} == {}


def test_every_exception_is_needed() -> None:
    accepted = {rule for rules in accepted_plans().values() for rule in rules}
    assert set(NOT_IN_SCHEMA) == accepted


def test_the_schema_refuses_most_plans_with_errors() -> None:
    refused = [
        path for path in ERROR_PLANS for document in parsed(path) if schema_errors(schema_of(document), document)
    ]
    assert len(refused) >= 60


# --- one value at a time ---

JAPANESE = st.text("あいがぱゃーぁゖカ漢・、 　ｱＡａ09０９-〜～年度令和平成昭元からまで", max_size=14)
SAMPLE_TEXTS = st.one_of(
    JAPANESE,
    st.from_regex(text_patterns.PERIOD_PATTERN, fullmatch=True),
    st.from_regex(r"(?:令和|平成)?[0-9]{1,4}(?:年度)?(?:[〜-](?:令和)?[0-9]{1,4}(?:年度)?(?:まで)?)?", fullmatch=True),
    st.from_regex(r"[a-z][a-z0-9-]{0,6}", fullmatch=True),
    st.from_regex(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}", fullmatch=True),
    st.from_regex(r"https?://[a-z.]{1,6}(?::[0-9]{1,3})?(?:/[a-z%~?]{0,4})?", fullmatch=True),
    st.sampled_from(
        ["con", "com1", "nul", "新規", "拡充", "新", "2026-02-30", "2026-02-29", "2028-02-29", "A", "a" * 65]
    ),
)
LOOSER_TYPES = {"period", "date", "until", "year"}
"""Types whose check also compares numbers, which the schema cannot."""
SAMPLES = {field_type: next(field for field in FIELDS if field.type == field_type) for field_type in VALIDATORS}


@settings(max_examples=examples(400), deadline=None, derandomize=True, database=None)
@given(text=SAMPLE_TEXTS)
def test_the_schema_accepts_the_same_values_as_the_checks(text: str) -> None:
    for field_type, field in SAMPLES.items():
        is_valid = bool(text.strip()) and not VALIDATORS[field_type](text, field)
        is_accepted = not schema_errors(value_types.field_schema(field, {}), text)
        assert is_accepted == is_valid or (is_accepted and field_type in LOOSER_TYPES), (field_type, text)


@pytest.mark.parametrize("field_type", sorted(VALIDATORS))
def test_the_example_of_a_field_type_is_valid(field_type: FieldType) -> None:
    for field in FIELDS:
        if field.type == field_type:
            assert not VALIDATORS[field_type](value_types.example_value(field), field)
            assert schema_errors(value_types.field_schema(field, {}), value_types.example_value(field)) == []


def test_a_new_field_is_in_the_schema_and_the_reference_without_other_edits(monkeypatch: pytest.MonkeyPatch) -> None:
    more = (*NODE_FIELDS, Field("財源", "line", "どこから費用を出すか", shown="fact"))
    monkeypatch.setattr("handbook.fields.NODE_FIELDS", more)
    made = schema((Level(values={"名称": "目標", "path": "goals"}, rank=0),), dict.fromkeys(VOCABULARY_KEYS, ()))
    assert made["$defs"]["node"]["properties"]["財源"]["description"] == "どこから費用を出すか"
    assert "財源" in made["$defs"]["level-goals"]["items"]["properties"]
    assert "| `財源` | どこから費用を出すか |" in format_reference._fields_table(more)


def test_a_level_may_contain_exactly_the_deeper_levels() -> None:
    levels = tuple(Level(values={"名称": name, "path": name.lower()}, rank=rank) for rank, name in enumerate("ABC"))
    made = schema(levels, dict.fromkeys(VOCABULARY_KEYS, ()))
    children = {name: set(made["$defs"][f"level-{name}"]["items"]["properties"]) & set("ABC") for name in "abc"}
    assert children == {"a": {"B", "C"}, "b": {"C"}, "c": set()}
