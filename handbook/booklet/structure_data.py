"""Convert the structure diagrams and the structure table into the data of a PDF document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from handbook.booklet.document import Data, Document
from handbook.model import Box, Level, StructureCell, TreeNode

CellRow = tuple[StructureCell, ...]

MAX_TABLE_ROWS = 60
"""Most rows of the structure table that are typeset as one table."""


def diagram_geometry(document: Document, name: str) -> Data | None:
    """Return the geometry of a diagram in its own pixels, with its texts and links; None if it was not drawn."""
    diagram = document.sources.diagrams.get(name)
    if diagram is None:
        return None
    levels = "、".join(level for *_, level in diagram.column_headings)
    return {
        "title": diagram.spec.title,
        "alt": f"{diagram.spec.title}。左から右へ、{levels}の順に枝分かれします。本文も同じ内容です。",
        "width": diagram.width,
        "height": diagram.height,
        "font_size": diagram.font_px,
        "column_headings": [list(heading) for heading in diagram.column_headings],
        "edges": [{"colour": edge.colour, "points": [list(point) for point in edge.points]} for edge in diagram.edges],
        "frames": [
            {"colour": f.parent_node.colour_token, "rect": [f.x, f.y, f.width, f.height]} for f in diagram.frames
        ],
        "boxes": [_box(document, box) for box in diagram.boxes],
    }


def _box(document: Document, box: Box) -> Data:
    """Return a box of a diagram. A box without a node shows the subject (主題) of the plan."""
    mention = (
        document.node_mention(box.node)
        if box.node
        else {"target": "", "number": "", "colour": "branch-0", "is_repeat": False}
    )
    return {
        **{key: mention[key] for key in ("target", "number", "colour", "is_repeat")},
        "role": box.role,
        "rect": [box.x, box.y, box.width, box.height],
        "lines": list(box.lines),
        "is_subject": box.node is None,
    }


def structure_tables(
    document: Document, columns: Sequence[Level], rows: Sequence[CellRow], ancestors: tuple[TreeNode, ...] = ()
) -> Iterator[Data]:
    """Yield the structure table with its merged cells. A long table is split by the nodes of its first column.

    A cell that is merged over several pages would show its text on the first of them only.
    """
    if len(rows) <= MAX_TABLE_ROWS or all(row[0].row_span == 1 for row in rows):
        yield {
            "ancestors": [document.node_mention(node) for node in ancestors],
            "columns": [level.name for level in columns],
            "rows": [[_cell(document, cell) for cell in row] for row in rows],
        }
        return
    start = 0
    while start < len(rows):
        first = rows[start][0]
        part = (rows[start][1:], *rows[start + 1 : start + first.row_span])
        yield from structure_tables(document, columns[first.column_span :], part, (*ancestors, *first.nodes))
        start += first.row_span


def _cell(document: Document, cell: StructureCell) -> Data:
    nodes = [document.node_mention(node) for node in cell.nodes]
    return {"row_span": cell.row_span, "column_span": cell.column_span, "is_list": cell.is_list, "nodes": nodes}
