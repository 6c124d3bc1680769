"""Remove what is not drawn from SVG files: comments, scripts, and what editors such as Inkscape store."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from handbook.pictures.containers import COMMENT, OTHER
from handbook.pictures.errors import PictureError

_SVG, _XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
_KEPT = frozenset((_SVG, _XLINK, "http://www.w3.org/1999/xhtml", "http://www.w3.org/XML/1998/namespace", ""))
"""Namespaces of elements and attributes that a browser uses; others may contain the path of the file on a disk."""
_REMOVED_TAGS = frozenset((f"{{{_SVG}}}metadata", f"{{{_SVG}}}script"))


def clean_svg(data: bytes) -> tuple[bytes, tuple[str, ...]]:
    """Return an SVG file without metadata, comments and scripts, and the labels of what was removed.

    A file that contains none of them is returned as it is. Raises PictureError.
    """
    try:
        root = ET.fromstring(data)  # noqa: S314  # expat limits the expansion of entities, and loads none from outside
    except ET.ParseError as error:
        hint = "絵のソフトで SVG を選んで、保存し直してください"
        raise PictureError("broken-picture", f"SVG の絵として読めません（{error.position[0]} 行め）", hint) from error
    removed = [element for element in list(root.iter()) if _remove_children(element) + _remove_attributes(element)]
    labels = (*([COMMENT] if b"<!--" in data else []), *([OTHER] if removed else []))
    if not labels:
        return data, ()
    ET.register_namespace("", _SVG)
    ET.register_namespace("xlink", _XLINK)
    return ET.tostring(root, encoding="utf-8", xml_declaration=True), labels


def _remove_children(parent: ET.Element) -> int:
    """Remove the children that are not drawn, but not the text after them, and return their number."""
    unseen = [child for child in parent if child.tag in _REMOVED_TAGS or _namespace(child.tag) not in _KEPT]
    for child in unseen:
        place = list(parent).index(child)
        if child.tail and place:
            parent[place - 1].tail = (parent[place - 1].tail or "") + child.tail
        elif child.tail:
            parent.text = (parent.text or "") + child.tail
        parent.remove(child)
    return len(unseen)


def _remove_attributes(element: ET.Element) -> int:
    """Remove the attributes of editors and of scripts, and return their number."""
    unseen = [name for name in element.attrib if _namespace(name) not in _KEPT or name.lower().startswith("on")]
    for name in unseen:
        del element.attrib[name]
    return len(unseen)


def _namespace(name: str) -> str:
    return name[1:].partition("}")[0] if name.startswith("{") else ""
