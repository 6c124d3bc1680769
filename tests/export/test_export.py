"""Open data: every field is in every format, and other libraries read the files."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import re
import time
from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema
import openpyxl
import pytest
from conftest import FIRST, ROOT, Built, Tally
from support.html_page import page
from support.roundtrips import HOSTILE, exported

from handbook import check, export, fiscal_year, parse, render, table_cells
from handbook.diagnostics import SourceError
from handbook.field_types import Field
from handbook.fields import all_fields
from handbook.model import DataFile, OutputFile
from handbook.site import build_site

Data = dict[str, DataFile]


@pytest.fixture(scope="module")
def data() -> Data:
    """The data files of the example by name."""
    made = exported(parse.load_plan(ROOT / "example"))
    return {each.file.path.removeprefix("data/"): each for each in made}


@pytest.fixture(scope="module")
def sheets(data: Data) -> dict[str, list[tuple[Any, ...]]]:
    book = openpyxl.load_workbook(io.BytesIO(data["plan.xlsx"].file.data))
    return {sheet.title: list(sheet.values) for sheet in book.worksheets}


def csv_rows(made: DataFile) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(made.file.data.decode("utf-8-sig"), newline="")))


def csv_cells(data: Data) -> set[str]:
    return {
        cell for name, made in data.items() if name.endswith(".csv") for row in csv_rows(made) for cell in row.values()
    }


# --- every field in every format ---


def example_values() -> Iterator[tuple[Field, str]]:
    """Yield each field with a value that the example has for it, in the spelling of the data files."""
    values = {
        "名称": "ほたる川・かがみ沼の水質調査",
        "id": "water-monitoring",
        "よみ": "ほたるがわ・かがみぬまのすいしつちょうさ",
        "本文": "川の 8 地点と沼の 4 地点で",
        "対象": "すべての市民",
        "担当課": "環境課",
        "関係課": "道路維持課",
        "期間": "令和4年度〜令和8年度",
        "区分": "拡充",
        "予算": "18500",
        "指標": "ほたる川の水のよごれ（BOD の年間平均値）",
        "評価": "おおむね順調",
        "関連": "spring-survey",
        "リンク": "川の水質の調べ方（例のためのリンクです）",
        "注記": "この方針には取組がありません",
        "以前のid": "projects/river-survey",
        "再掲": "school-biotope",
        "単位": "mg/L",
        "向き": "↓",
        "基準値": "8.40",
        "値": "8.40",
        "年度": "2021",
        "目標値": "1.50",
        "実績値": "実績値なし",
        "課題": "工事の入札が成立しませんでした。",
        "今後の方向性": "令和8年度に、2 年分の工事をします。",
        "URL": "https://example.org/water/",
        "まで": "令和5年度",
        "旧名称": "公園課",
        "電話": "0000-00-0000（架空の番号です）",
        "自治体": "架空市（実在しません）",
        "主題": "水辺がよみがえり、みどりが人をつなぐまち",
        "連絡先": "架空市 環境課（架空の課です。電話もメールもありません）",
        "ライセンス": "CC BY 4.0",
        "公開URL": "https://example.org/kakuu-midori/",
        "リポジトリ": "https://gitlab.example.org/kakuu-midori/plan",
        "更新日": "2026-04-01",
        "対象の注記": "この例では、対象は取組や事業ごとに決めています",
        "以前の住所": "雨水をためる樽の貸し出しは、令和3年度で終わりました。",
        "path": "pillars",
        "記号": "◇",
        "必須": "担当課",
        "計画": "第2期 架空市",
        "階層": "取組",
        "組織": "下水道課",
        "異表記": "わき水",
    }
    for field in all_fields():
        yield field, values[field.name]  # a new field needs a value here and in the example


@pytest.mark.parametrize(("field", "value"), list(example_values()), ids=lambda item: getattr(item, "name", ""))
def test_every_field_of_the_example_is_in_every_data_format(
    field: Field, value: str, data: Data, sheets: dict[str, list[tuple[Any, ...]]], example: Built
) -> None:
    json_text = data["plan.json"].file.data.decode()
    assert value in json_text
    assert any(value in cell for cell in csv_cells(data))
    number = float(value) if re.fullmatch(r"[\d.]+", value) else None
    typed = [cell for sheet in sheets.values() for row in sheet for cell in row if cell is not None]
    assert any(cell == number if isinstance(cell, (int, float)) else value in str(cell) for cell in typed)
    shown = {value, f"{int(value):,}"} if value.isdecimal() and len(value) > 4 else {value}
    if field.type == "period":
        shown = {str(fiscal_year.parse_period(value))}
    texts = [text if path.endswith(".html") else "" for path, text in example[1].items()]
    assert any(word in text for text in (*texts, *example[1]) for word in shown)
    assert re.search(f'"{re.escape(field.name)}"', data["plan-schema.json"].file.data.decode())


def test_the_json_file_conforms_to_its_schema(data: Data) -> None:
    schema = json.loads(data["plan-schema.json"].file.data)
    content = json.loads(data["plan.json"].file.data)
    assert content["$schema"] == "plan-schema.json"
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    assert list(validator.iter_errors(content)) == []
    content["節"][0]["名称"] = 3
    del content["計画"]["名称"]
    content["節"][1]["思いつき"] = "x"
    error_paths = [tuple(error.absolute_path) for error in validator.iter_errors(content)]
    assert sorted(error_paths, key=str) == [("節", 0), ("節", 1), ("計画",)]


def test_quantities_keep_the_digits_that_were_typed(data: Data) -> None:
    found = json.loads(data["plan.json"].file.data, parse_float=Decimal)
    text = json.dumps(found, default=str, ensure_ascii=False)
    assert '"2.40"' in text
    assert "-12" in text
    assert "2.40" in csv_cells(data)
    assert "-12" in csv_cells(data)


# --- CSV ---


def test_a_csv_file_conforms_to_rfc_4180_and_opens_in_spreadsheets(data: Data) -> None:
    files = [made for name, made in data.items() if name.endswith(".csv")]
    assert len(files) > 12
    for made in files:
        raw = made.file.data
        assert raw.startswith(b"\xef\xbb\xbf")
        assert raw.endswith(b"\r\n")
        found = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""), strict=True))
        assert {len(row) for row in found} == {len(made.columns)}
        assert found[0] == [column.name for column in made.columns]
        assert len(set(found[0])) == len(found[0])
        assert len(found) - 1 == made.row_count
        assert all(len(line.split(b"\n")) == 1 or b'"' in raw for line in raw.split(b"\r\n"))


FORMULA_STARTS = ["=1", "+1", "-1a", "@A1", "\t=1", "\r=1", " =1", "　=1", "＝1", "＋1", "－1a", "＠A1"]


@pytest.mark.hazard(18)
def test_all_twelve_starts_of_a_formula_are_escaped_and_restored(tally: Tally) -> None:
    for text in [*FORMULA_STARTS, *HOSTILE, "", "普通の言葉"]:
        cell = table_cells.escape_formula(text)
        assert table_cells.unescape_formula(cell) == text
        assert not re.match(r"[\s\u3000]*[=+\-@＝＋－＠]", cell), text
    assert table_cells.escape_formula("普通の言葉") == "普通の言葉"
    assert table_cells.escape_formula("2026-04-01") == "2026-04-01"
    tally(len(FORMULA_STARTS))


@pytest.mark.hazard(18)
def test_no_text_cell_starts_a_formula_and_negative_numbers_are_unchanged(data: Data) -> None:
    for name, made in data.items():
        if name.endswith(".csv"):
            numbers = {column.name for column in made.columns if column.form == "number"}
            for row in csv_rows(made):
                for column, cell in row.items():
                    assert not cell.startswith(("=", "+", "@", "\t", "\r"))
                    assert not cell.startswith("-") or (column in numbers and Decimal(cell) < 0)
    (level,) = [row for row in csv_rows(data["indicators.csv"]) if row["名称"].startswith("かがみ沼の水位")]
    assert level["基準値の値"] == "-12"


@pytest.mark.parametrize("values", [["a"], ["a;b", "c\\d"], ["\\;", ";"], ["、", ","]])
def test_a_list_in_a_cell_is_split_into_the_joined_items(values: list[str]) -> None:
    assert table_cells.split_cell(table_cells.join_cell(values)) == values


def test_levels_are_counted_once_and_dates_are_complete(data: Data) -> None:
    assert len(csv_rows(data["level-projects.csv"])) == 17
    assert [row["再掲"] for row in csv_rows(data["plan.csv"]) if row["再掲"]] == ["school-biotope"]
    (row,) = [row for row in csv_rows(data["plan.csv"]) if row["id"] == "pocket-parks"]
    assert (row["期間の始まり"], row["期間の終わり"]) == ("2023-04-01", "2027-03-31")
    assert row["番号"] == "No.2-1-2-1"  # Excel would read 2-1-2 as a date
    assert csv_rows(data["level-projects.csv"])[0]["取組の名称"] == "水質を見守り、よごれを減らす"


# --- the workbook ---


def test_tables_have_filters_a_fixed_header_and_no_merged_cells(data: Data) -> None:
    book = openpyxl.load_workbook(io.BytesIO(data["plan.xlsx"].file.data))
    assert book.sheetnames[0] == "構造図"
    assert book["構造図"].merged_cells.ranges
    assert book.sheetnames[1:6] == ["計画の全体", "柱", "方針", "取組", "事業"]
    for sheet in book.worksheets[1:]:
        assert not sheet.merged_cells.ranges
        assert sheet.auto_filter.ref
        assert sheet.freeze_panes == "A2"
        assert all(cell.data_type in "sn" for row in sheet.iter_rows() for cell in row)


def test_the_workbook_has_the_cells_of_the_csv_files(data: Data, sheets: dict[str, list[tuple[Any, ...]]]) -> None:
    for name, made in data.items():
        if not name.endswith(".csv"):
            continue
        found = sheets[made.title][1:]
        for row, typed in zip(csv_rows(made), found, strict=True):
            for (column, cell), value in zip(row.items(), typed, strict=True):
                if isinstance(value, (int, float)):
                    assert float(cell) == value
                else:
                    assert table_cells.unescape_formula(cell).removeprefix("No." if column == "番号" else "") == (
                        value or ""
                    )


def test_the_same_plan_gives_the_same_bytes_at_any_time(data: Data) -> None:
    time.sleep(2.1)  # times in a zip archive have a resolution of two seconds
    again = exported(parse.load_plan(ROOT / "example"))
    assert {made.file.path: made.file.data for made in again} == {
        made.file.path: made.file.data for made in data.values()
    }


# --- StratML ---

CHILDREN = {
    "StrategicPlan": "Name Description OtherInformation StrategicPlanCore AdministrativeInformation",
    "PerformancePlanOrReport": "Name Description OtherInformation StrategicPlanCore AdministrativeInformation"
    " Submitter",
    "StrategicPlanCore": "Organization Vision Mission Value Goal",
    "Organization": "Name Acronym Identifier Description Stakeholder",
    "Stakeholder": "Name Description Role",
    "Vision": "Description Identifier",
    "Mission": "Description Identifier",
    "Goal": "Name Description Identifier SequenceIndicator Stakeholder OtherInformation Objective",
    "Objective": "Name Description Identifier SequenceIndicator Stakeholder OtherInformation PerformanceIndicator",
    "PerformanceIndicator": "SequenceIndicator MeasurementDimension UnitOfMeasurement Identifier Relationship"
    " MeasurementInstance OtherInformation",
    "MeasurementInstance": "TargetResult ActualResult",
    "TargetResult": "StartDate EndDate NumberOfUnits Descriptor Description",
    "ActualResult": "StartDate EndDate NumberOfUnits Descriptor Description",
    "AdministrativeInformation": "Identifier StartDate EndDate PublicationDate Source Submitter",
}
"""The allowed children of each element, in this order."""
REQUIRED = {
    "StrategicPlan": {"Name", "StrategicPlanCore"},
    "PerformancePlanOrReport": {"Name", "StrategicPlanCore"},
    "StrategicPlanCore": {"Goal"},
    "Goal": {"Name", "Description"},
    "PerformanceIndicator": {"MeasurementDimension", "UnitOfMeasurement"},
}
REPEATABLE = {
    "Organization",
    "Stakeholder",
    "Value",
    "Goal",
    "Objective",
    "PerformanceIndicator",
    "MeasurementInstance",
}
REPEATABLE |= {"TargetResult", "ActualResult", "Relationship"}


def schema_violations(element: ET.Element) -> Iterator[str]:
    """Yield each violation of the schemas of StratML."""
    name = element.tag.rpartition("}")[2]
    children = [child.tag.rpartition("}")[2] for child in element]
    order = CHILDREN.get(name, "").split()
    yield from (f"{child} in {name}" for child in children if child not in order)
    places = [order.index(child) for child in children if child in order]
    if places != sorted(places):
        yield f"order in {name}: {children}"
    yield from (f"{name} lacks {child}" for child in REQUIRED.get(name, set()) - set(children))
    yield from (f"two {child} in {name}" for child in set(children) - REPEATABLE if children.count(child) > 1)
    for child in element:
        yield from schema_violations(child)


@pytest.mark.parametrize("name", ["plan-stratml.xml", "performance-stratml.xml"])
def test_stratml_has_its_elements_in_order_and_unique_identifiers(name: str, data: Data) -> None:
    root = ET.fromstring(data[name].file.data)  # noqa: S314  # our own
    assert list(schema_violations(root)) == []
    ids = [element.text or "" for element in root.iter() if element.tag.endswith("}Identifier")]
    assert len(set(ids)) == len(ids) > 10
    assert all(re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.-]*", identifier) for identifier in ids)
    words = " ".join(root.itertext())
    for entry in parse.load_plan(ROOT / "example").nodes:
        assert entry.name in words
    root[0].tag = "{x}Wrong"
    assert list(schema_violations(root))


def test_the_performance_report_has_every_indicator_with_its_values(data: Data) -> None:
    root = ET.fromstring(data["performance-stratml.xml"].file.data)  # noqa: S314  # our own
    space = "{urn:ISO:std:iso:17469:tech:xsd:PerformancePlanOrReport}"
    assert root.attrib["Type"] == "Performance_Report"
    found = list(root.iter(f"{space}PerformanceIndicator"))
    assert len(found) == 12
    units = [element.text for element in found[0].iter(f"{space}NumberOfUnits")]
    assert units == ["2.00", "1.50", "2.40", "2.40", "2.25", "2.30", "2.10"]
    without_value = [
        element for element in root.iter(f"{space}ActualResult") if element.find(f"{space}NumberOfUnits") is None
    ]
    assert len(without_value) == 5  # written as 実績値なし, never as 0
    assert all("実績値なし" in (element.findtext(f"{space}Description") or "") for element in without_value)


def test_the_real_plan_is_complete_in_stratml() -> None:
    plan = parse.load_plan(FIRST)
    site = build_site(plan)
    made = {file.file.path: file.file.data for file in exported(plan)}
    root = ET.fromstring(made["data/plan-stratml.xml"])  # noqa: S314  # our own
    space = "{urn:ISO:std:iso:17469:tech:xsd:stratml_core}"
    assert len(list(root.iter(f"{space}Goal"))) == 4
    assert len(list(root.iter(f"{space}Objective"))) == 22
    assert all(entry.name in " ".join(root.itertext()) for entry in site.tree_nodes)
    assert "data/performance-stratml.xml" not in made  # it has no indicator
    assert "利用条件" not in made["data/plan-stratml.xml"].decode()


def test_a_broken_stratml_template_is_reported_at_its_line() -> None:
    theme = dataclasses.replace(parse.load_theme(ROOT), templates={"pages/stratml.xml": "<a>\n{{ plan.titel }}"})
    with pytest.raises(SourceError) as caught:
        export.export_files(build_site(parse.load_plan(FIRST)), render.data_renderer(theme))
    (error,) = caught.value.mistakes
    assert (error.span.file, error.span.line, error.rule) == ("templates/pages/stratml.xml", 2, "broken-template")


# --- metadata and the page of the data ---


def test_the_metadata_lists_every_file_and_only_known_facts(data: Data) -> None:
    metadata = json.loads(data["dataset.json"].file.data)
    assert metadata["@type"] == ["Dataset", "dcat:Dataset"]
    assert metadata["license"] == "CC BY 4.0"
    assert metadata["temporalCoverage"] == "2022-04-01/2027-03-31"
    listed = {file["contentUrl"]: file["dcat:byteSize"] for file in metadata["distribution"]}
    base_url = "https://example.org/kakuu-midori/data/"
    assert listed == {base_url + name: len(made.file.data) for name, made in data.items() if name != "dataset.json"}
    real = exported(parse.load_plan(FIRST))
    metadata = json.loads(next(made.file.data for made in real if made.file.path == "data/dataset.json"))
    assert "license" not in metadata
    assert "temporalCoverage" not in metadata
    assert metadata["distribution"][0]["contentUrl"] == "plan.xlsx"


def test_every_file_is_linked_on_the_page_with_its_format_and_size(example: Built, data: Data) -> None:
    read = page(example[1]["data.html"])
    links = {link.attrs["href"]: link.words for link in read.all("a") if link.attrs["href"].startswith("data/")}
    assert set(links) == {data_file.file.path for data_file in data.values()}
    for data_file in data.values():
        assert f"{data_file.format}、{data_file.size_label}" in links[data_file.file.path]
        assert all(column.name in read.words and column.meaning in read.words for column in data_file.columns)
        assert re.fullmatch(r"data/[a-z0-9][a-z0-9-]*\.(csv|json|xml|xlsx)", data_file.file.path)


def test_a_data_file_without_a_link_is_an_error(example: Built) -> None:
    site, texts = example
    files = [OutputFile(path, text.encode()) for path, text in texts.items() if not path.startswith("images/")]
    files.append(OutputFile("data/stray.csv", b"x"))
    with pytest.raises(SourceError) as caught:
        check.check_files(files, site)
    found = [mistake.message for mistake in caught.value.mistakes if mistake.rule == "data-not-offered"]
    assert [message for message in found if "data/stray.csv" in message]


def test_empty_tables_are_stated_on_the_page_of_the_data(real: Built) -> None:
    read = page(real[1]["data.html"])
    assert "利用条件" not in read.words
    assert "まだ 1 行もありません" in read.words
    assert real[1]["data/level-projects.csv"].count("\r\n") == 1
