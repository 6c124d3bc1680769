"""What editors are told about a plan agrees with what the checks say about it: one table, three ways to read it."""

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
SLIPS = sorted((HERE / "mistakes").glob("*.yaml"))
KEYS = all_fields()


def schema(levels: tuple[Level, ...], words: dict[str, tuple[str, ...]]) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(editor_schema.plan_schema_file(levels, words, "plan.schema.json").data)
    return made


def words(text: str) -> list[str]:
    return text.split()


def faults(rules: dict[str, Any], document: object) -> list[str]:
    found = jsonschema.Draft202012Validator(rules).iter_errors(document)
    return [f"{'/'.join(map(str, fault.absolute_path))}: {fault.message[:200]}" for fault in found]


# --- it is complete and fresh ---


def test_every_form_is_described() -> None:
    assert set(value_types.VALUE_TYPES) == set(get_args(FieldType)), (
        "a form without a row in handbook/editor_schema/value_types.py"
    )


def test_every_small_table_has_its_keys() -> None:
    nested = [key for key in KEYS if key.type in ("record", "records", "entries")]
    assert len(nested) > 5
    assert all(key.subfields for key in nested)
    printed = [fields for *_, fields in format_reference._sections()]
    assert [key.name for key in nested if key.subfields not in printed] == []


def test_every_field_has_a_text_that_says_where_it_is_shown() -> None:
    fields = [field for *_, fields in format_reference._sections() for field in fields]
    assert [field.name for field in fields if not format_reference.where_shown(field)] == []


def fresh(root: Path) -> tuple[Path, OutputFile]:
    if root == ROOT / "docs":
        made = editor_schema.reference_file()
        return ROOT / made.path, made
    made = schema_file(parse.load_plan(root))
    return root / made.path, made


@pytest.mark.parametrize("root", [ROOT, ROOT / "example", ROOT / "docs"], ids=lambda root: root.name)
def test_what_is_committed_is_what_the_table_says(root: Path, request: pytest.FixtureRequest) -> None:
    path, made = fresh(root)
    if request.config.getoption("--golden"):
        path.write_bytes(made.data)
    assert path.read_bytes() == made.data, "run: python3 build.py test --golden"


def test_an_earlier_form_of_the_plan_is_noted_and_written_anew(tmp_path: Path) -> None:
    text = (ROOT / "example/plan.yaml").read_text(encoding="utf-8")
    (tmp_path / "plan.yaml").write_text(text, encoding="utf-8")
    (note,) = outdated_schema_notices(parse.load_plan(tmp_path), tmp_path)
    assert f"build.py schema --root {tmp_path}" in note.message
    assert cli.main(["schema", "--root", str(tmp_path)]) == EXIT_OK
    assert outdated_schema_notices(parse.load_plan(tmp_path), tmp_path) == []
    (tmp_path / "plan.yaml").write_text(text.replace("\n対象:\n", "\n対象:\n  - 園児\n"), encoding="utf-8")
    assert len(outdated_schema_notices(parse.load_plan(tmp_path), tmp_path)) == 1


@pytest.mark.parametrize("told", ["", "# x\n", "# yaml-language-server: $schema=https://example.org/a.schema.json\n"])
def test_a_plan_that_asks_for_no_schema_of_ours_is_left_alone(told: str, tmp_path: Path) -> None:
    text = (ROOT / "example/plan.yaml").read_text(encoding="utf-8").partition("\n")[2]
    (tmp_path / "plan.yaml").write_text(told + text, encoding="utf-8")
    assert outdated_schema_notices(parse.load_plan(tmp_path), tmp_path) == []


@pytest.mark.parametrize(
    "path", ["../x.schema.json", "/x.schema.json", "C:/x.schema.json", "plan.yaml", "a/../x.schema.json"]
)
def test_no_first_line_leads_out_of_the_folder(path: str, tmp_path: Path) -> None:
    text = (ROOT / "example/plan.yaml").read_text(encoding="utf-8").partition("\n")[2]
    (tmp_path / "plan.yaml").write_text(f"# yaml-language-server: $schema={path}\n{text}", encoding="utf-8")
    assert parse.load_plan(tmp_path).schema_file is None


def test_a_folder_that_cannot_be_written_is_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (ROOT / "example/plan.yaml").read_text(encoding="utf-8").replace("$schema=", "$schema=no-such-folder/")
    (tmp_path / "plan.yaml").write_text(text, encoding="utf-8")
    assert cli.main(["schema", "--root", str(tmp_path)]) == EXIT_ERRORS
    assert "に書けません" in capsys.readouterr().err


# --- valid plans ---


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.parent.name)
def test_a_valid_plan_is_valid_to_an_editor_too(path: Path) -> None:
    plan = parse.load_plan(path.parent)
    rules = schema(plan.levels, dict(plan.vocabularies))
    jsonschema.Draft202012Validator.check_schema(rules)
    text = path.read_text(encoding="utf-8")
    assert faults(rules, parse_as_texts(text)) == []
    assert faults(rules, parse_guessing_types(text)) == []


@pytest.mark.parametrize(
    "name",
    words("no 010 9:30 1.10 0120 2026-04-01 1e3 0x10 1_000 .5 +1 -1 = Yes 12:30:45 1,000"),
)
def test_a_text_that_yaml_takes_for_something_else_is_a_text(name: str) -> None:
    plan = parse.load_plan(ROOT / "example")
    rules = schema(plan.levels, dict(plan.vocabularies))
    text = f"計画: {{名称: x}}\n階層: [{{名称: 柱, path: p}}]\n柱:\n- id: a\n  名称: {name}\n  本文: {name}\n"
    assert faults(rules, parse_guessing_types(text)) == []


# --- mistakes ---

BEYOND = {
    "duplicate-id": "a schema compares no value with another far away",
    "duplicate-level": "as duplicate-id",
    "duplicate-former-id": "as duplicate-id",
    "former-id-in-use": "as duplicate-id",
    "self-reference": "as duplicate-id",
    "duplicate-word": "as duplicate-id: one word in two rows",
    "unknown-id": "a schema does not know which ids there are",
    "unknown-level": "`[[数:…]]` stands inside a text",
    "unknown-repository": "what is GitHub's or GitLab's is read out of the address",
    "bad-number": "YAML takes 1e3 and 007 for numbers, and a schema counts no digits",
    "year-twice": "as duplicate-id: one year in two spellings",
    "target-too-early": "as duplicate-id",
    "repeat-misplaced": "the place of another node decides",
    "heading-level": "Markdown inside a text",
    "heading-space": "Markdown inside a text",
    "reserved-name": "the schema is made from the levels, so it cannot judge them",
    "bad-period": "that the end comes before the beginning is arithmetic",
    "comment-in-value": "YAML has split or joined the value before a schema sees it",
    "value-over-lines": "as comment-in-value",
    "folded-text": "as comment-in-value",
    "invisible-character": "the characters of the file, before YAML; editors mark these by themselves",
    "spreadsheet-error": "as invisible-character",
    "duplicate-key": "the YAML reader of an editor says it, before the schema",
    "anchor": "YAML has these, this format has not",
    "tag": "as anchor",
}
"""Rules that a schema cannot express, with the reason. Where it sees such a slip all the same, so much the better."""


def of_slip(document: Any) -> dict[str, Any]:
    """The schema for a plan with a slip in it: its own levels and words, as far as they can be read."""
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
        levels, {name: tuple(map(str, held)) if isinstance(held, list) else () for name, held in lists.items()}
    )


def rules_of(slip: Path) -> set[str]:
    """The rules that the checks find broken: the expected messages are proved elsewhere."""
    return set(
        re.findall(
            r"^\S+:\d+:\d+: .*\[([a-z-]+)\]$", slip.with_suffix(".txt").read_text(encoding="utf-8"), re.MULTILINE
        )
    )


def readable(slip: Path) -> Iterator[Any]:
    """The document, where YAML alone can read it."""
    try:
        yield parse_guessing_types(slip.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError):
        return


def unseen() -> dict[str, set[str]]:
    """The slips that YAML reads and the schema accepts, with the rules they break."""
    return {slip.stem: rules_of(slip) for slip in SLIPS for held in readable(slip) if not faults(of_slip(held), held)}


def test_a_mistake_that_a_schema_can_express_is_refused_by_it() -> None:
    missed = {slip: rules - set(BEYOND) for slip, rules in unseen().items()}
    assert {slip: rules for slip, rules in missed.items() if rules} == {}


def test_no_rule_is_excused_in_vain() -> None:
    excused = {rule for rules in unseen().values() for rule in rules}
    assert set(BEYOND) == excused


def test_most_slips_that_yaml_reads_are_refused() -> None:
    seen = [slip for slip in SLIPS for held in readable(slip) if faults(of_slip(held), held)]
    assert len(seen) >= 60


# --- one value at a time ---

JAPANESE = st.text("あいがぱゃーぁゖカ漢・、 　ｱＡａ09０９-〜～年度令和平成昭元からまで", max_size=14)
NEARLY = st.one_of(
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
LOOSER = {"period", "date", "until", "year"}
"""Forms whose check also counts."""
SAMPLES = {form: next(key for key in KEYS if key.type == form) for form in VALIDATORS}


@settings(max_examples=examples(400), deadline=None, derandomize=True, database=None)
@given(text=NEARLY)
def test_a_value_is_valid_to_an_editor_as_it_is_to_the_checks(text: str) -> None:
    for form, key in SAMPLES.items():
        taken = bool(text.strip()) and not VALIDATORS[form](text, key)
        seen = not faults(value_types.field_schema(key, {}), text)
        assert seen == taken or (seen and form in LOOSER), (form, text)


@pytest.mark.parametrize("form", sorted(VALIDATORS))
def test_the_example_of_a_form_is_valid(form: FieldType) -> None:
    for key in KEYS:
        if key.type == form:
            assert not VALIDATORS[form](value_types.example_value(key), key)
            assert faults(value_types.field_schema(key, {}), value_types.example_value(key)) == []


def test_a_new_key_is_in_the_schema_and_the_reference_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    more = (*NODE_FIELDS, Field("財源", "line", "どこから費用を出すか", shown="fact"))
    monkeypatch.setattr("handbook.fields.NODE_FIELDS", more)
    made = schema((Level(values={"名称": "目標", "path": "goals"}, rank=0),), dict.fromkeys(VOCABULARY_KEYS, ()))
    assert made["$defs"]["node"]["properties"]["財源"]["description"] == "どこから費用を出すか"
    assert "財源" in made["$defs"]["level-goals"]["items"]["properties"]
    assert "| `財源` | どこから費用を出すか |" in format_reference._fields_table(more)


def test_a_level_may_hold_any_deeper_one_and_no_other() -> None:
    levels = tuple(Level(values={"名称": name, "path": name.lower()}, rank=rank) for rank, name in enumerate("ABC"))
    made = schema(levels, dict.fromkeys(VOCABULARY_KEYS, ()))
    beneath = {name: set(made["$defs"][f"level-{name}"]["items"]["properties"]) & set("ABC") for name in "abc"}
    assert beneath == {"a": {"B", "C"}, "b": {"C"}, "c": set()}
