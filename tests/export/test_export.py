"""Open data: every key in every file, read back by other hands than those that wrote it."""

from __future__ import annotations

import csv
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
from support.roundtrips import HOSTILE

from handbook import check, export, fiscal_year, parse, table_cells
from handbook.diagnostics import SourceError
from handbook.field_types import Field
from handbook.fields import all_fields
from handbook.model import DataFile, OutputFile
from handbook.site import build_site

Data = dict[str, DataFile]


@pytest.fixture(scope="module")
def data() -> Data:
    """The example's data files by name."""
    made = export.export_files(build_site(parse.load_plan(ROOT / "example")))
    return {each.file.path.removeprefix("data/"): each for each in made}


@pytest.fixture(scope="module")
def sheets(data: Data) -> dict[str, list[tuple[Any, ...]]]:
    book = openpyxl.load_workbook(io.BytesIO(data["plan.xlsx"].file.data))
    return {sheet.title: list(sheet.values) for sheet in book.worksheets}


def rows(made: DataFile) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(made.file.data.decode("utf-8-sig"), newline="")))


def cells(data: Data) -> set[str]:
    return {cell for name, made in data.items() if name.endswith(".csv") for row in rows(made) for cell in row.values()}


# --- every key, everywhere ---


def wanted() -> Iterator[tuple[Field, str]]:
    """For every key of the table a value that the example gives it, as data write it."""
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
        "path": "pillars",
        "記号": "◇",
        "必須": "担当課",
        "計画": "第2期 架空市",
        "階層": "取組",
        "組織": "下水道課",
        "異表記": "わき水",
    }
    for key in all_fields():
        yield key, values[key.name]  # a new key needs a value here, and one in the example


@pytest.mark.parametrize(("key", "value"), list(wanted()), ids=lambda item: getattr(item, "name", ""))
def test_every_key_of_the_example_stands_in_every_form_of_the_data(
    key: Field, value: str, data: Data, sheets: dict[str, list[tuple[Any, ...]]], example: Built
) -> None:
    held = data["plan.json"].file.data.decode()
    assert value in held
    assert any(value in cell for cell in cells(data))
    number = float(value) if re.fullmatch(r"[\d.]+", value) else None
    typed = [cell for sheet in sheets.values() for row in sheet for cell in row if cell is not None]
    assert any(cell == number if isinstance(cell, (int, float)) else value in str(cell) for cell in typed)
    shown = {value, f"{int(value):,}"} if value.isdecimal() and len(value) > 4 else {value}
    if key.type == "period":
        shown = {str(fiscal_year.parse_period(value))}
    texts = [text if path.endswith(".html") else "" for path, text in example[1].items()]
    assert any(each in text for text in (*texts, *example[1]) for each in shown)
    assert re.search(f'"{re.escape(key.name)}"', data["plan-schema.json"].file.data.decode())


def test_the_data_of_the_json_follow_their_schema(data: Data) -> None:
    schema = json.loads(data["plan-schema.json"].file.data)
    whole = json.loads(data["plan.json"].file.data)
    assert whole["$schema"] == "plan-schema.json"
    jsonschema.Draft202012Validator.check_schema(schema)
    rules = jsonschema.Draft202012Validator(schema)
    assert list(rules.iter_errors(whole)) == []
    whole["節"][0]["名称"] = 3
    del whole["計画"]["名称"]
    whole["節"][1]["思いつき"] = "x"
    faults = [tuple(fault.absolute_path) for fault in rules.iter_errors(whole)]
    assert sorted(faults, key=str) == [("節", 0), ("節", 1), ("計画",)]


def test_quantities_keep_the_digits_that_were_typed(data: Data) -> None:
    found = json.loads(data["plan.json"].file.data, parse_float=Decimal)
    text = json.dumps(found, default=str, ensure_ascii=False)
    assert '"2.40"' in text
    assert "-12" in text
    assert "2.40" in cells(data)
    assert "-12" in cells(data)


# --- CSV ---


def test_a_csv_file_is_what_rfc_4180_and_offices_expect(data: Data) -> None:
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


OPENINGS = ["=1", "+1", "-1a", "@A1", "\t=1", "\r=1", " =1", "　=1", "＝1", "＋1", "－1a", "＠A1"]


@pytest.mark.hazard(18)
def test_twelve_of_twelve_openings_of_a_formula_are_made_harmless_and_come_back(tally: Tally) -> None:
    for text in [*OPENINGS, *HOSTILE, "", "普通の言葉"]:
        cell = table_cells.escape_formula(text)
        assert table_cells.unescape_formula(cell) == text
        assert not re.match(r"[\s\u3000]*[=+\-@＝＋－＠]", cell), text
    assert table_cells.escape_formula("普通の言葉") == "普通の言葉"
    assert table_cells.escape_formula("2026-04-01") == "2026-04-01"
    tally(len(OPENINGS))


@pytest.mark.hazard(18)
def test_no_text_cell_opens_a_formula_and_negative_numbers_stay_numbers(data: Data) -> None:
    for name, made in data.items():
        if name.endswith(".csv"):
            numbers = {column.name for column in made.columns if column.form == "number"}
            for row in rows(made):
                for column, cell in row.items():
                    assert not cell.startswith(("=", "+", "@", "\t", "\r"))
                    assert not cell.startswith("-") or (column in numbers and Decimal(cell) < 0)
    (level,) = [row for row in rows(data["indicators.csv"]) if row["名称"].startswith("かがみ沼の水位")]
    assert level["基準値の値"] == "-12"


@pytest.mark.parametrize("values", [["a"], ["a;b", "c\\d"], ["\\;", ";"], ["、", ","]])
def test_a_list_in_a_cell_comes_apart_as_it_was_put_together(values: list[str]) -> None:
    assert table_cells.split_cell(table_cells.join_cell(values)) == values


def test_levels_are_counted_once_and_days_are_days(data: Data) -> None:
    assert len(rows(data["level-projects.csv"])) == 17
    assert [row["再掲"] for row in rows(data["plan.csv"]) if row["再掲"]] == ["school-biotope"]
    (row,) = [row for row in rows(data["plan.csv"]) if row["id"] == "pocket-parks"]
    assert (row["期間の始まり"], row["期間の終わり"]) == ("2023-04-01", "2027-03-31")
    assert row["番号"] == "No.2-1-2-1"  # a bare 2-1-2 would become a day
    assert rows(data["level-projects.csv"])[0]["取組の名称"] == "水質を見守り、よごれを減らす"


# --- the workbook ---


def test_tables_have_no_merged_cells_but_filters_and_a_fixed_header(data: Data) -> None:
    book = openpyxl.load_workbook(io.BytesIO(data["plan.xlsx"].file.data))
    assert book.sheetnames[0] == "構造図"
    assert book["構造図"].merged_cells.ranges
    assert book.sheetnames[1:6] == ["計画の全体", "柱", "方針", "取組", "事業"]
    for sheet in book.worksheets[1:]:
        assert not sheet.merged_cells.ranges
        assert sheet.auto_filter.ref
        assert sheet.freeze_panes == "A2"
        assert all(cell.data_type in "sn" for row in sheet.iter_rows() for cell in row)


def test_the_workbook_holds_the_cells_of_the_csv_files(data: Data, sheets: dict[str, list[tuple[Any, ...]]]) -> None:
    for name, made in data.items():
        if not name.endswith(".csv"):
            continue
        found = sheets[made.title][1:]
        for row, typed in zip(rows(made), found, strict=True):
            for (column, cell), value in zip(row.items(), typed, strict=True):
                if isinstance(value, (int, float)):
                    assert float(cell) == value
                else:
                    assert table_cells.unescape_formula(cell).removeprefix("No." if column == "番号" else "") == (
                        value or ""
                    )


def test_the_same_plan_gives_the_same_bytes_at_any_time(data: Data) -> None:
    time.sleep(2.1)  # the clock of a zip archive ticks every two seconds
    again = export.export_files(build_site(parse.load_plan(ROOT / "example")))
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
"""What may stand in each element, in this order."""
REQUIRED = {
    "StrategicPlan": {"Name", "StrategicPlanCore"},
    "PerformancePlanOrReport": {"Name", "StrategicPlanCore"},
    "StrategicPlanCore": {"Goal"},
    "Goal": {"Name", "Description"},
    "PerformanceIndicator": {"MeasurementDimension", "UnitOfMeasurement"},
}
MANY = {"Organization", "Stakeholder", "Value", "Goal", "Objective", "PerformanceIndicator", "MeasurementInstance"}
MANY |= {"TargetResult", "ActualResult", "Relationship"}


def disorder(element: ET.Element) -> Iterator[str]:
    """Yield what StratML's schemas do not allow."""
    name = element.tag.rpartition("}")[2]
    held = [child.tag.rpartition("}")[2] for child in element]
    order = CHILDREN.get(name, "").split()
    yield from (f"{child} in {name}" for child in held if child not in order)
    places = [order.index(child) for child in held if child in order]
    if places != sorted(places):
        yield f"order in {name}: {held}"
    yield from (f"{name} lacks {child}" for child in REQUIRED.get(name, set()) - set(held))
    yield from (f"two {child} in {name}" for child in set(held) - MANY if held.count(child) > 1)
    for child in element:
        yield from disorder(child)


@pytest.mark.parametrize("name", ["plan-stratml.xml", "performance-stratml.xml"])
def test_stratml_has_its_elements_in_order_and_each_identifier_once(name: str, data: Data) -> None:
    root = ET.fromstring(data[name].file.data)  # noqa: S314  # our own
    assert list(disorder(root)) == []
    ids = [each.text or "" for each in root.iter() if each.tag.endswith("}Identifier")]
    assert len(set(ids)) == len(ids) > 10
    assert all(re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.-]*", each) for each in ids)
    words = " ".join(root.itertext())
    for entry in parse.load_plan(ROOT / "example").nodes:
        assert entry.name in words
    root[0].tag = "{x}Wrong"
    assert list(disorder(root))


def test_the_second_part_bears_every_indicator_with_its_values(data: Data) -> None:
    root = ET.fromstring(data["performance-stratml.xml"].file.data)  # noqa: S314  # our own
    space = "{urn:ISO:std:iso:17469:tech:xsd:PerformancePlanOrReport}"
    assert root.attrib["Type"] == "Performance_Report"
    found = list(root.iter(f"{space}PerformanceIndicator"))
    assert len(found) == 12
    units = [each.text for each in found[0].iter(f"{space}NumberOfUnits")]
    assert units == ["2.00", "1.50", "2.40", "2.40", "2.25", "2.30", "2.10"]
    silent = [each for each in root.iter(f"{space}ActualResult") if each.find(f"{space}NumberOfUnits") is None]
    assert len(silent) == 5  # 実績値なし is said, never a nought
    assert all("実績値なし" in (each.findtext(f"{space}Description") or "") for each in silent)


def test_the_real_plan_is_whole_in_stratml() -> None:
    site = build_site(parse.load_plan(FIRST))
    made = {each.file.path: each.file.data for each in export.export_files(site)}
    root = ET.fromstring(made["data/plan-stratml.xml"])  # noqa: S314  # our own
    space = "{urn:ISO:std:iso:17469:tech:xsd:stratml_core}"
    assert len(list(root.iter(f"{space}Goal"))) == 4
    assert len(list(root.iter(f"{space}Objective"))) == 22
    assert all(entry.name in " ".join(root.itertext()) for entry in site.tree_nodes)
    assert "data/performance-stratml.xml" not in made  # it has no indicator
    assert "原典に記載なし" in made["data/plan-stratml.xml"].decode()


# --- the description, and the page ---


def test_the_description_offers_every_file_and_claims_nothing(data: Data) -> None:
    about = json.loads(data["dataset.json"].file.data)
    assert about["@type"] == ["Dataset", "dcat:Dataset"]
    assert about["license"] == "CC BY 4.0"
    assert about["temporalCoverage"] == "2022-04-01/2027-03-31"
    offered = {each["contentUrl"]: each["dcat:byteSize"] for each in about["distribution"]}
    home = "https://example.org/kakuu-midori/data/"
    assert offered == {home + name: len(each.file.data) for name, each in data.items() if name != "dataset.json"}
    real = export.export_files(build_site(parse.load_plan(FIRST)))
    about = json.loads(next(each.file.data for each in real if each.file.path == "data/dataset.json"))
    assert "license" not in about
    assert "temporalCoverage" not in about
    assert about["distribution"][0]["contentUrl"] == "plan.xlsx"


def test_every_file_is_offered_on_its_page_with_form_and_size(example: Built, data: Data) -> None:
    read = page(example[1]["data.html"])
    offers = {link.attrs["href"]: link.words for link in read.all("a") if link.attrs["href"].startswith("data/")}
    assert set(offers) == {each.file.path for each in data.values()}
    for each in data.values():
        assert f"{each.format}、{each.size_label}" in offers[each.file.path]
        assert all(column.name in read.words and column.meaning in read.words for column in each.columns)
        assert re.fullmatch(r"data/[a-z0-9][a-z0-9-]*\.(csv|json|xml|xlsx)", each.file.path)


def test_a_data_file_that_the_page_does_not_offer_is_a_mistake(example: Built) -> None:
    site, texts = example
    files = [OutputFile(path, text.encode()) for path, text in texts.items() if not path.startswith("images/")]
    files.append(OutputFile("data/stray.csv", b"x"))
    with pytest.raises(SourceError) as caught:
        check.check_files(files, site)
    found = [mistake.message for mistake in caught.value.mistakes if mistake.rule == "data-not-offered"]
    assert [message for message in found if "data/stray.csv" in message]


def test_the_real_plan_says_openly_what_is_not_there(real: Built) -> None:
    read = page(real[1]["data.html"])
    assert "原典に記載なし" in read.words
    assert "まだ 1 行もありません" in read.words
    assert real[1]["data/level-projects.csv"].count("\r\n") == 1
