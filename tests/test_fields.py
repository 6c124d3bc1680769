"""Every field of the table is in every output: a plan with one value per field is built and each output is searched."""

from __future__ import annotations

import functools
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import openpyxl
import pytest
from conftest import ROOT
from support.building import build_in_memory

from handbook import chart, compare, editor_schema, fields, importer, markdown, model, parse
from handbook.booklet import document_data
from handbook.booklet.document import BookletSources
from handbook.commands.schema import schema_file
from handbook.editor_schema.format_reference import where_shown
from handbook.field_types import Field, fields_by_name
from handbook.fields import AUDIENCE_KEY, LEVEL_FIELDS, PLAN_FIELDS, node_fields
from handbook.fiscal_year import Period
from handbook.record_fields import DEPARTMENT_FIELDS, LINK_FIELDS, REVIEW_FIELDS

NOTE = Field("備考", "text", "ほかに知っておくこと（Markdown）", shown="section")
LAW = Field("根拠法令", "line", "もとになる法令", shown="fact")
STAFF = Field("人件費", "number", "千円を単位とする数", shown="fact")
FIXED = {
    "id": "tested",
    "path": "goals",
    "URL": "https://example.org/page",
    "公開URL": "https://example.org/site/",
    "リポジトリ": "https://github.com/owner/repo",
}
Case = tuple[str, Field]


@dataclass(frozen=True)
class Sample:
    """A value of a field: as YAML, in machine-readable outputs, and as a reader sees it."""

    yaml: object
    machine: str
    human: str


FIXED_BY_TYPE = {
    "kana": Sample("てすとのよみ", "てすとのよみ", "てすとのよみ"),
    "period": Sample("2031-2032", "2031-2032", "令和13年度"),
    "year": Sample("2021", "2021", "令和3年度"),
    "date": Sample("2026-04-03", "2026-04-03", "2026年4月3日"),
    "until": Sample("令和元年度", "令和元年度", "令和元年度"),
    "ids": Sample(["other"], "other", "ほかの節"),
}


def sample(field: Field, number: int) -> Sample:
    if field.name in FIXED:
        return Sample(FIXED[field.name], FIXED[field.name], FIXED[field.name])
    words = f"{field.name}{number}番"
    match field.type:
        case "text":
            return Sample(f"{words}の文。", f"{words}の文。", f"{words}の文。")
        case "words":
            word = "担当課" if field.vocabulary == "項目" else words
            return Sample([word], word, word)
        case "choice":
            return Sample(field.choices[0], field.choices[0], field.choices[0])
        case "number":
            return Sample(str(1000 + number), str(1000 + number), f"1,{number:03}")
        case "former-ids":
            return Sample([f"old-{number}"], f"old-{number}", f"old-{number}")
        case "addresses":
            pair = "goals/old.html: index.html"
            return Sample({"goals/old.html": "index.html"}, pair, pair)
    return FIXED_BY_TYPE.get(field.type, Sample(words, words, words))


def tables() -> dict[str, tuple[Field, ...]]:
    """Return the fields of each table that have a plain value."""
    node = fields_by_name(node_fields())
    indicator, review = node["指標"].subfields, node["評価"].per_year
    return {
        "計画": PLAN_FIELDS,
        "階層": LEVEL_FIELDS,
        "節": tuple(field for field in node_fields() if field.type != "repeat"),
        "指標": indicator,
        "基準値": fields_by_name(indicator)["基準値"].subfields,
        "評価": review.subfields if review else (),
        "リンク": node["リンク"].subfields,
        "組織": DEPARTMENT_FIELDS,
        "旧名称": fields_by_name(DEPARTMENT_FIELDS)["旧名称"].subfields,
    }


def cases() -> Iterator[tuple[str, Field, Sample]]:
    for number, (table, field) in enumerate(((t, f) for t, own in tables().items() for f in own), 1):
        of_year = field.per_year if field.per_year and not field.per_year.subfields else None
        if of_year or not (field.subfields or field.per_year):
            yield table, field, sample(of_year or field, number)


def document(*, full: bool) -> dict[str, Any]:
    """Return a plan with a value in every field, or in the required ones only."""
    values: dict[str, dict[str, Any]] = {name: {} for name in tables()}
    for table, field, plan_outputs in cases():
        if full or field.is_required:
            values[table][field.name] = {"2026": plan_outputs.yaml} if field.per_year else plan_outputs.yaml
    if not full:
        values["計画"] |= {"名称": "前の計画", "更新日": "2025-04-01"}
        values["節"]["名称"] = "前の名前"
    node, level, department = values["節"], values["階層"], values["組織"]
    if full:
        values["指標"]["基準値"] = values["基準値"]
        node |= {"指標": [values["指標"]], "リンク": [values["リンク"]], "評価": {"2026": values["評価"]}}
        department["旧名称"] = [values["旧名称"]]
    named = [
        (field, plan_outputs.machine) for table, field, plan_outputs in cases() if table == "節" and field.vocabulary
    ]
    words = {name: [word for field, word in named if field.vocabulary == name] for name in (AUDIENCE_KEY, "組織")}
    return {
        "計画": values["計画"],
        "階層": [level, {"名称": "事業", "path": "projects"}],
        "対象": words[AUDIENCE_KEY],
        "組織": [department, *words["組織"]],
        level["名称"]: [{"id": "top", "名称": "上の節", "事業": [node, {"id": "other", "名称": "ほかの節"}]}],
    }


@dataclass(frozen=True)
class Outputs:
    """Every output of the plan as text, by name."""

    texts: Mapping[str, str]
    changed: frozenset[str]
    properties: Mapping[str, Any]


def outputs(folder: Path) -> Outputs:
    before, after = folder / "before", folder / "after"
    for root, full in ((before, False), (after, True)):
        root.mkdir()
        (root / "plan.yaml").write_text(json.dumps(document(full=full), ensure_ascii=False), encoding="utf-8")
    site, files = build_in_memory(after)
    contents = {file.path: file.data for file in files}
    written = {
        path: data.decode() for path, data in contents.items() if path.endswith((".html", ".js", ".json", ".csv"))
    }
    for file in ("plan.json", "plan.csv", "plan.xlsx"):
        for path, data in contents.items():
            if path.startswith("data/"):
                (folder / path.rpartition("/")[2]).write_bytes(data)
        written[f"import {file}"] = importer.import_plan(folder / file).plan_yaml
    texts, theme = markdown.lazy_texts(site), parse.load_theme(after)
    charts = dict(chart.charts(site, theme))
    sheets = [page for page in site.pages if isinstance(page, model.DepartmentPage)]
    sources = BookletSources(site, texts, theme, {}, charts, {})
    booklet = [document_data.booklet_data(sources)]
    booklet += [document_data.department_sheet_data(sources, page) for page in sheets]
    found = compare.compare_plans(parse.load_plan(before), parse.load_plan(after))
    book = openpyxl.load_workbook(folder / "plan.xlsx")
    schema = json.loads(schema_file(site.plan).data)
    return Outputs(
        {
            "page": "".join(text for path, text in written.items() if path.endswith(".html")),
            "booklet": printed_text(booklet),
            "search": "".join(text for path, text in written.items() if path.startswith("search-index")),
            "plan.json": written["data/plan.json"],
            "CSV": "".join(text for path, text in written.items() if path.endswith(".csv")),
            "XLSX": "\n".join(str(cell) for sheet in book for row in sheet.values for cell in row),
            "StratML": "\n".join(
                "".join(ET.fromstring(data).itertext())  # noqa: S314  # written by us
                for path, data in contents.items()
                if path.endswith("stratml.xml")
            ),
            "diff": "\n".join(f"{change.key} {change.name} {change.after}" for change in found.changes),
            "format": editor_schema.reference_file().data.decode(),
            **{name: text for name, text in written.items() if name.startswith("import ")},
        },
        frozenset(change.key for change in found.changes),
        schema,
    )


@pytest.fixture(scope="module")
def plan_outputs(tmp_path_factory: pytest.TempPathFactory) -> Outputs:
    return outputs(tmp_path_factory.mktemp("fields"))


MACHINE = ("plan.json", "CSV", "XLSX", "import plan.json", "import plan.csv", "import plan.xlsx")
NOT_IN_STRATML = frozenset({"評価", "リンク", "組織", "旧名称", "階層"})
"""Tables whose records StratML cannot contain. The names of levels and departments are in its texts."""
STRATML = frozenset(
    {"名称", "本文", "期間", "自治体", "主題", "連絡先", "ライセンス", "公開URL", "更新日", "id", "注記"}
)
"""Fields of 計画 and 節 that StratML can contain, in addition to facts and sections."""
SEARCHED = frozenset({"line", "text", "kana", "words", "choice", "period"})
"""Types of fields that the search index contains. Of records, it contains only fields of type `line`."""
NOT_SEARCHED = frozenset({"対象の注記", "向き", "記号"})


def expected_outputs(table: str, field: Field) -> Iterator[str]:
    """Yield the outputs that must contain the value of a field."""
    yield from MACHINE
    where = where_shown(field)
    is_for_editors = where.startswith("（")
    if not is_for_editors:
        yield "page"
    if "冊子" in where and field.type != "url":
        yield "booklet"
    in_text = table in ("節", "評価", "計画") or field.type == "line"
    if field.type in SEARCHED and in_text and field.name not in NOT_SEARCHED and not is_for_editors:
        yield "search"
    if table in ("指標", "基準値") or (table not in NOT_IN_STRATML and (field.shown or field.name in STRATML)):
        yield "StratML"
    if field.type != "id":
        yield "diff"


def printed_text(data: Any) -> str:
    """Return the texts in the data of a document. The end of a paragraph is a part of its own there (`unbroken`)."""
    if isinstance(data, dict):
        separator = "" if data.get("type") == "unbroken" else "\n"
        return separator.join(printed_text(value) for key, value in data.items() if key != "type")
    if isinstance(data, list | tuple):
        inline = all(
            isinstance(part, str) or (isinstance(part, dict) and part.get("type") == "unbroken") for part in data
        )
        return ("" if inline else "\n").join(map(printed_text, data))
    return str(data)


def outputs_without(plan_outputs: Outputs, table: str, field: Field, value: Sample) -> list[str]:
    """Return the outputs without the value of a field, and the references without its name or meaning."""

    def contains(output: str) -> bool:
        forms = {value.machine, value.human, value.machine.rpartition("https://")[2]}
        if output == "StratML" and field.type == "period":
            forms |= {"2031-04-01"}
        if output == "StratML" and field.type == "year":
            forms |= {"2021-04-01"}
        if output.startswith("import") and field.type == "year":
            forms |= {value.human}
        return any(form in plan_outputs.texts[output] for form in forms)

    without = [output for output in expected_outputs(table, field) if not contains(output)]
    if f"`{field.name}`" not in plan_outputs.texts["format"] or field.meaning not in plan_outputs.texts["format"]:
        without.append("docs/plan-format.md")
    if field.meaning not in json.dumps(plan_outputs.properties, ensure_ascii=False):
        without.append("editor schema")
    if table in ("節", "計画") and field.type != "id" and field.name not in plan_outputs.changed:
        without.append("a change of its own")
    return without


CASES = [pytest.param(table, field.name, id=f"{table}-{field.name}") for table, field, _ in cases()]


@pytest.mark.parametrize(("table", "name"), CASES)
def test_every_output_contains_the_value_of_a_field(table: str, name: str, plan_outputs: Outputs) -> None:
    (case,) = [case for case in cases() if case[0] == table and case[1].name == name]
    assert outputs_without(plan_outputs, *case) == []


def test_every_table_of_fields_is_tested() -> None:
    tried = {table for table, *_ in cases()}
    assert tried == set(tables())
    assert len(list(cases())) > 40
    assert {REVIEW_FIELDS, LINK_FIELDS} <= set(tables().values())


@pytest.mark.parametrize("field", [NOTE, LAW, STAFF], ids=lambda field: field.name)
def test_one_row_of_the_table_adds_a_field_to_every_output(
    field: Field, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fields, "NODE_FIELDS", (*fields.NODE_FIELDS, field))
    (case,) = [case for case in cases() if case[1] is field]
    plan_outputs = outputs(tmp_path)
    assert outputs_without(plan_outputs, *case) == []
    assert field.name in plan_outputs.texts["page"]
    assert field.name in plan_outputs.texts["booklet"]


ROWS_BY_TABLE = {
    "fields.py": ("PLAN_FIELDS", "LEVEL_FIELDS"),
    "record_fields.py": (
        *("INDICATOR_FIELDS", "REVIEW_FIELDS", "LINK_FIELDS", "FORMER_NAME_FIELDS", "DEPARTMENT_FIELDS"),
    ),
}


def test_one_row_in_any_table_works_everywhere(tmp_path: Path) -> None:
    """Insert a row into each table of a copy of the code, and run the test of every output there."""
    for name in ("handbook", "templates", "theme", "tests"):
        skipped = shutil.ignore_patterns("__pycache__", "browser", "golden", "mistakes")
        shutil.copytree(ROOT / name, tmp_path / name, ignore=skipped)
    for name in ("build.py", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path / name)
    rows = 0
    for module, tables in ROWS_BY_TABLE.items():
        path = tmp_path / "handbook" / module
        code = path.read_text(encoding="utf-8")
        for table in tables:
            rows += 1
            shown, kind = ("section", "text") if table == "REVIEW_FIELDS" else ("fact", "line")
            row = f'Field("ためし{rows}", "{kind}", "試しの項目 {rows}", shown="{shown}")'
            pattern = rf"^({table} = \(\n(?:.*\n)*?)\)$"
            code, count = re.subn(pattern, rf"\1    {row},\n)", code, count=1, flags=re.MULTILINE)
            assert count == 1, table
        path.write_text(code, encoding="utf-8")
    test = f"tests/test_fields.py::{test_every_output_contains_the_value_of_a_field.__name__}"
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", test]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8", check=False)
    assert f"{len(CASES) + rows} passed" in done.stdout, done.stdout[-3_000:] + done.stderr[-1_000:]


def test_a_field_that_no_page_shows_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hidden = Field("備考", "text", "ほかに知っておくこと（Markdown）")
    monkeypatch.setattr(fields, "NODE_FIELDS", (*fields.NODE_FIELDS, hidden))
    (case,) = [case for case in cases() if case[1] is hidden]
    plan_outputs = outputs(tmp_path)
    table, _, value = case
    assert outputs_without(plan_outputs, table, NOTE, value) == ["page", "booklet", "StratML"]


RECORDS = {
    model.PlanNode: node_fields(),
    model.Plan: PLAN_FIELDS,
    model.Level: LEVEL_FIELDS,
    model.Indicator: fields_by_name(node_fields())["指標"].subfields,
    model.Review: REVIEW_FIELDS,
    model.ExternalLink: LINK_FIELDS,
    model.Department: DEPARTMENT_FIELDS,
    model.FormerName: fields_by_name(DEPARTMENT_FIELDS)["旧名称"].subfields,
}


@functools.cache
def example_records() -> tuple[model.Record, ...]:
    plan = parse.load_plan(ROOT / "example")
    nodes = tuple(plan.nodes)
    inner = [record for node in nodes for name in node.values for record in node.records(name)]
    former = [name for department in plan.departments for name in department.former_names]
    return (plan, *plan.levels, *plan.departments, *former, *nodes, *inner)


@pytest.mark.parametrize("kind", RECORDS, ids=lambda kind: kind.__name__)
def test_every_typed_attribute_names_a_field_and_has_its_type(kind: type[model.Record]) -> None:
    attributes = {name: attribute for name, attribute in vars(kind).items() if isinstance(attribute, model.FieldValue)}
    assert attributes
    by_name = fields_by_name(RECORDS[kind])
    types = {"text": model.Markdown, "period": Period, "words": tuple, "ids": tuple, "former-ids": tuple}
    types |= {"records": tuple, "years": tuple}
    records = [record for record in example_records() if type(record) is kind]
    for name, attribute in attributes.items():
        expected = types.get(by_name[attribute.name].type, str)
        values = [getattr(record, name) for record in records if attribute.name in record.values]
        assert values or attribute.name == "id", name
        assert all(isinstance(value, expected) for value in values), name
        assert isinstance(attribute.default, expected) or attribute.default is None, name
