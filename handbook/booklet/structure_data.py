"""Convert the structure diagrams and the structure table into the data of a PDF document."""

from __future__ import annotations

from collections.abc import Sequence

from handbook.booklet.document import Data, Document
from handbook.booklet.table_blocks import cell_columns
from handbook.model import Box, Level, StructureCell

CellRow = tuple[StructureCell, ...]


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


def structure_table(document: Document, levels: Sequence[Level], rows: Sequence[CellRow]) -> Data:
    """Return the structure table with its merged cells."""
    columns = cell_columns([[(cell.row_span, cell.column_span) for cell in row] for row in rows])
    return {
        "columns": [level.name for level in levels],
        "rows": [
            [_cell(document, cell, column) for cell, column in zip(row, places, strict=True)]
            for row, places in zip(rows, columns, strict=True)
        ],
    }


def _cell(document: Document, cell: StructureCell, column: int) -> Data:
    nodes = [document.node_mention(node) for node in cell.nodes]
    return {
        "column": column,
        "row_span": cell.row_span,
        "column_span": cell.column_span,
        "is_list": cell.is_list,
        "nodes": nodes,
    }
