"""Correct single elements of the structure tree of a PDF: row headers, headers of cells, lists without bullets.

Typst can mark neither a row header nor a list without labels. The template marks a row header with `emph`, which it
uses for nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from pikepdf import Array, Dictionary, Name, Object, Pdf

from handbook.booklet.structure_tree import child_elements, kids

_ROW_HEADER_MARK = Name.Em


def correct_elements(document: Pdf) -> None:
    """Correct every element of the kinds in CORRECTIONS."""
    for element in document.objects:
        if isinstance(element, Dictionary) and element.get("/Type") == Name.StructElem:
            correct = CORRECTIONS.get(str(element.S))
            if correct:
                correct(element)


def _correct_table(table: Object) -> None:
    """Mark row headers; let the scope of the headers decide which cells they describe.

    Below a heading row that spans the table, a cell names its headers itself: that of its column and the heading row.
    """
    columns: list[Object] = []
    group: list[Object] = []
    for cells in _rows(table):
        if not columns:
            columns = [cell.ID for cell in cells for _ in range(_column_span(cell)) if cell.S == Name.TH]
        elif len(cells) == 1 and cells[0].S == Name.TH and _column_span(cells[0]) == len(columns):
            group = [cells[0].ID]
        x = 0
        for cell in cells:
            _correct_cell(cell, [columns[x], *group] if group and cell.S == Name.TD and x < len(columns) else [])
            x += _column_span(cell)


def _correct_cell(cell: Object, headers: list[Object]) -> None:
    attributes = _table_attributes(cell)
    if marks := _row_header_marks(cell):
        for mark in marks:
            mark.S = Name.Span
        if cell.S == Name.TD:
            cell.S, attributes.Scope = Name.TH, Name.Row
    if headers:
        attributes.Headers = Array(headers)
    elif "/Headers" in attributes:
        del attributes.Headers


def _row_header_marks(element: Object) -> list[Object]:
    """Return the marks of a row header in an element; none if it also contains text outside of them."""
    marks: list[Object] = []
    for kid in kids(element):
        if isinstance(kid, int):
            return []
        if "/S" in kid:
            inner = [kid] if kid.S == _ROW_HEADER_MARK else _row_header_marks(kid)
            if not inner:
                return []
            marks += inner
    return marks


def _rows(table: Object) -> Iterator[list[Object]]:
    """Yield the cells of each row of a table."""
    for part in child_elements(table):
        for row in [part] if part.S == Name.TR else child_elements(part):
            yield child_elements(row)


def _table_attributes(cell: Object) -> Object:
    """Return the table attributes of a cell. Typst writes them first."""
    return next(group for group in cell.A.as_list() if Name.Table == group.O)


def _column_span(cell: Object) -> int:
    return int(_table_attributes(cell).get("/ColSpan", 1))


def _correct_list(element: Object) -> None:
    """Remove the empty labels of a list without bullets."""
    for item in child_elements(element):
        label, *rest = child_elements(item)
        if Name.Lbl != label.S or kids(label):
            return
        item.K = Array(rest)
    element.A = Array([Dictionary(O=Name.List, ListNumbering=Name("/None"))])


def _correct_label(element: Object) -> None:
    """Make the mark of a footnote in the text a reference. Typst takes it for a label, as that of the note itself."""
    inside = element.P.P if element.P.S == Name.P else element.P
    if inside.S not in (Name.LI, Name.Note) and any(Name.Link == kid.S for kid in child_elements(element)):
        element.S = Name.Reference


CORRECTIONS: Mapping[str, Callable[[Object], None]] = {
    "/Table": _correct_table,
    "/L": _correct_list,
    "/Lbl": _correct_label,
}
"""How the elements of a kind are corrected."""
