"""Read the sheets of an Excel file, with everything in them that the texts of the cells do not show.

Files are not trusted: `xlsx_safety` measures a workbook before openpyxl reads it, and formulas are never evaluated. The
only module that imports openpyxl.
"""

from __future__ import annotations

import io
import re
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import PurePath
from typing import Any  # openpyxl has no types
from zipfile import ZipFile

from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import Text
from openpyxl.packaging.relationship import get_dependents, get_rels_path
from openpyxl.reader.excel import ExcelReader
from openpyxl.utils.cell import coordinate_to_tuple
from openpyxl.worksheet import _reader
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS
from openpyxl.xml.functions import fromstring, iterparse

from handbook.diagnostics import Diagnostic
from handbook.importer import cell_kinds, xlsx_safety
from handbook.importer.cell_kinds import Remark, quoted
from handbook.importer.sheet import Position, Sheet, column_letter, number_ranges

_NOTE_HEADING = re.compile(r"\A\[.*?^(?:コメント|Comment|返信|Reply)[:：]\s*", re.DOTALL | re.MULTILINE)
"""What Excel writes before the text of a threaded comment."""
_OBJECTS = {"pic": "絵", "graphicFrame": "グラフや表", "sp": "図形", "cxnSp": "線", "grpSp": "図形のまとまり"}
"""The elements of a drawing and what they are called."""
_Remarks = dict[Position, list[Remark]]


def read_sheets(data: bytes, file: str) -> tuple[Sheet, ...]:
    """Return the sheets of a workbook. A formula is read as its cached value.

    Raises UnsafeWorkbookError if the data are no workbook, or if the workbook exceeds a limit.
    """
    has_formulas = xlsx_safety.has_formulas(data)
    try:
        with warnings.catch_warnings(), ZipFile(io.BytesIO(data)) as archive:
            warnings.simplefilter("ignore")  # about parts that are not read
            values = _Reader(data, data_only=True)
            formulas = _Reader(data, data_only=False) if has_formulas else None
            return tuple(
                _sheet(file, sheet, formulas and formulas.wb[sheet.title], _extras(archive, values.parts[sheet.title]))
                for sheet in values.wb.worksheets
            )
    except Exception as error:
        # openpyxl raises many types of exceptions for a broken file.
        raise xlsx_safety.UnsafeWorkbookError(*xlsx_safety.UNREADABLE_WORKBOOK) from error


class _Reader(ExcelReader):  # type: ignore[misc]  # openpyxl has no type hints
    """Reads a workbook without openpyxl's change of `_x005F_`, and keeps the name of the part of each sheet."""

    def __init__(self, data: bytes, *, data_only: bool) -> None:
        super().__init__(io.BytesIO(data), data_only=data_only, keep_links=False, rich_text=True)
        self.read()

    def read_strings(self) -> None:
        part = self.package.find(SHARED_STRINGS)
        if part is None:
            return
        with self.archive.open(part.PartName[1:]) as source:
            for _, node in iterparse(source):
                if node.tag == f"{{{SHEET_MAIN_NS}}}si":
                    self.shared_strings.append(_string(Text.from_tree(node)))
                    node.clear()

    def read_worksheets(self) -> None:
        self.parts = {sheet.name: relation.target for sheet, relation in self.parser.find_sheets()}
        original = _reader.parse_richtext_string  # it drops every `x005F_`, and openpyxl has no option for that
        _reader.parse_richtext_string = lambda node: _string(Text.from_tree(node))
        try:
            super().read_worksheets()
        finally:
            _reader.parse_richtext_string = original


def _string(text: Any) -> Any:
    """Return a string, or the parts of one whose parts have their own fonts."""
    if not text.r:
        return text.t or ""
    return CellRichText([TextBlock(run.rPr, run.t or "") if run.rPr else run.t or "" for run in text.r])


def _sheet(file: str, sheet: Any, formula_sheet: Any, extras: _Remarks) -> Sheet:
    formulas = {
        (cell.row, cell.column)
        for cell in (_filled_cells(formula_sheet) if formula_sheet else ())
        if cell.data_type == "f"
    }
    cells: dict[Position, str] = {}
    remarks = defaultdict(list, extras)
    for cell in _filled_cells(sheet):
        position = cell.row, cell.column
        read = cell_kinds.read_cell(cell, is_formula=position in formulas)
        if read.text.strip():
            cells[position] = read.text
        remarks[position] += read.remarks
    plain = Sheet(file=file, name=sheet.title, cells=cells)
    return Sheet(
        file=file,
        name=sheet.title,
        cells=cells,
        merged_areas={
            (area.min_row, area.min_col): (area.max_row - area.min_row + 1, area.max_col - area.min_col + 1)
            for area in sheet.merged_cells.ranges
        },
        remarks=tuple(
            [*_hidden_remarks(sheet, plain)]
            + [plain.warning(*place, one.rule, one.message) for place, found in remarks.items() for one in found]
        ),
        is_hidden=sheet.sheet_state != "visible",
    )


def _filled_cells(sheet: Any) -> list[Any]:
    """Return the existing cells of a sheet; `iter_rows` would create all cells up to the farthest one."""
    cells: dict[Position, Any] = sheet._cells  # noqa: SLF001  # no public API returns only these
    return [cells[position] for position in sorted(cells)]


def _hidden_remarks(sheet: Any, read: Sheet) -> Iterator[Diagnostic]:
    """Yield a remark about the hidden rows with text, one about such columns, and one about a hidden sheet."""
    filled_rows, filled_columns = {row for row, _ in read.cells}, {column for _, column in read.cells}
    rows = filled_rows & {row for row, row_format in sheet.row_dimensions.items() if _is_hidden(row_format, "height")}
    columns = filled_columns & _hidden_columns(sheet, max(filled_columns, default=0))
    if sheet.sheet_state != "visible" and read.cells:
        yield read.warning(1, 1, "hidden-sheet", "このシートは隠れています")
    for kind, hidden, name in (("行", rows, str), ("列", columns, column_letter)):
        if hidden:
            names = _range_names(hidden, name)
            row, column = next(
                position for position in sorted(read.cells) if position[0 if kind == "行" else 1] == min(hidden)
            )
            yield read.warning(row, column, "hidden-cells", f"{names} の{kind}が隠れています。隠れた{kind}も読みました")


def _hidden_columns(sheet: Any, last_column: int) -> set[int]:
    """Return the hidden columns up to a last one. A format may be that of a range; a broken file may repeat ranges."""
    columns: set[int] = set()
    end = 0
    formats = [one for one in sheet.column_dimensions.values() if _is_hidden(one, "width")]
    for column_format in sorted(formats, key=lambda one: one.min or 0):
        first, end = max(column_format.min or 1, end + 1), max(end, min(column_format.max or 0, last_column))
        columns |= set(range(first, end + 1))
    return columns


def _is_hidden(dimension: Any, size: str) -> bool:
    return bool(dimension.hidden or (getattr(dimension, size) == 0))


def _range_names(numbers: set[int], name: Callable[[int], str]) -> str:
    return "、".join(
        name(first) if first == last else f"{name(first)}〜{name(last)}" for first, last in number_ranges(numbers)
    )


# --- comments and drawings, which openpyxl reads in part ---


def _extras(archive: ZipFile, part: str) -> _Remarks:
    """Return a remark for each comment, picture and shape of a sheet, by its cell."""
    remarks: _Remarks = defaultdict(list)
    relations = get_rels_path(part)
    if relations not in archive.namelist():
        return remarks
    for relation in get_dependents(archive, relations):
        kind = PurePath(relation.Type).name
        if kind not in ("comments", "drawing") or relation.target not in archive.namelist():
            continue
        root = fromstring(archive.read(relation.target))
        for position, remark in _comment_remarks(root) if kind == "comments" else _drawing_remarks(root):
            remarks[position].append(remark)
    return remarks


def _comment_remarks(root: Any) -> Iterator[tuple[Position, Remark]]:
    for comment in root.iterfind(".//{*}comment"):
        text = _NOTE_HEADING.sub("", "".join(one.text or "" for one in comment.iterfind(".//{*}t"))).strip()
        position = coordinate_to_tuple(comment.get("ref", "A1"))
        yield position, Remark("comment", f"コメント {quoted(text)} は使いませんでした")


def _drawing_remarks(root: Any) -> Iterator[tuple[Position, Remark]]:
    for anchor in root:
        row, column = (int(anchor.findtext(f"{{*}}from/{{*}}{name}") or 0) + 1 for name in ("row", "col"))
        kind = next((_OBJECTS[tag] for one in anchor if (tag := one.tag.rpartition("}")[2]) in _OBJECTS), "図形")
        text = "".join(one.text or "" for one in anchor.iterfind(".//{*}t"))
        words = f" {quoted(text)} " if text.strip() else ""
        yield (row, column), Remark("drawing", f"ここに置いてある{kind}{words}は使いませんでした")
