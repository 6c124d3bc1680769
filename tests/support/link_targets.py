"""Every address that a finished file leads to, whatever kind of file it is."""

from __future__ import annotations

import csv
import io
import json
import re
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Iterator
from typing import Any

import openpyxl
import pikepdf

from support.html_page import page

ADDRESS = re.compile(r"\s*(?:[a-z][a-z0-9+.-]*|&#?\w+;)+(?::|&colon;)\S*\s*", re.IGNORECASE)
"""A value that is an address and nothing else, as a program that reads the data would take it."""
HARMLESS = re.compile(
    r"(?:https?|mailto|tel):.*|(?:dcat|dct|dcterms|foaf|schema|vcard|xsd|urn|spdx):.*|[^:]*(?:[#?].*)?",
    re.DOTALL | re.IGNORECASE,
)
"""Where a reader may be led, and the short names of vocabularies, which lead nowhere."""
LEADS = ("href", "src", "srcset", "action", "formaction", "xlink:href", "data", "poster", "background")
SCRIPT = re.compile(r"^window\.\w+ = (\{.*\});?\s*$", re.DOTALL)


def strange(name: str, data: bytes) -> list[str]:
    """The addresses in a file that lead anywhere but to a page, a person or a telephone."""
    return [address for address in addresses(name, data) if not HARMLESS.fullmatch(address)]


def addresses(name: str, data: bytes) -> Iterator[str]:
    """All addresses in a file."""
    match name.rpartition(".")[2]:
        case "html" | "svg":
            for element in page(data.decode()).all():
                yield from (element.attrs[key] for key in LEADS if key in element.attrs)
                if element.attrs.get("http-equiv") == "refresh":
                    yield element.attrs["content"].partition("url=")[2]
        case "xml":
            for part in ET.fromstring(data).iter():  # noqa: S314  # made here
                yield from _whole([part.text or "", *part.attrib.values()])
        case "json":
            yield from _whole(_strings(json.loads(data)))
        case "js" if found := SCRIPT.match(data.decode()):
            yield from _whole(_strings(json.loads(found[1])))
        case "csv":
            yield from _whole(cell for row in csv.reader(io.StringIO(data.decode("utf-8-sig"))) for cell in row)
        case "xlsx":
            yield from _workbook(data)
        case "pdf":
            yield from _printed(data)


def _whole(values: Any) -> Iterator[str]:
    yield from (value for value in values if ADDRESS.fullmatch(value))


def _strings(held: Any) -> Iterator[str]:
    if isinstance(held, str):
        yield held
    for inside in held.values() if isinstance(held, dict) else held if isinstance(held, list) else ():
        yield from _strings(inside)


def _workbook(data: bytes) -> Iterator[str]:
    for sheet in openpyxl.load_workbook(io.BytesIO(data)):
        yield from _whole(cell.value for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for part in archive.namelist():
            if part.endswith(".rels"):
                for link in ET.fromstring(archive.read(part)):  # noqa: S314  # made here
                    if link.get("TargetMode") == "External":
                        yield link.get("Target", "")


def _printed(data: bytes) -> Iterator[str]:
    """The addresses of a PDF; an action that does anything but lead to one is an address of its own kind."""
    pdf = pikepdf.Pdf.open(io.BytesIO(data))  # held, for its objects go with it
    for held in pdf.objects:
        for value in _dictionaries(held):
            kind = str(value.get("/S", ""))
            if kind == "/URI" and "/URI" in value:
                yield str(value["/URI"])
            elif kind in ("/Launch", "/JavaScript", "/GoToR", "/SubmitForm", "/ImportData") or "/JS" in value:
                yield f"{kind[1:]}:"


def _dictionaries(held: Any) -> Iterator[Any]:
    """A PDF object and what stands in it directly; all else the file lists by itself."""
    if isinstance(held, (pikepdf.Dictionary, pikepdf.Stream)):
        yield held
        for value in held.values():
            if not getattr(value, "is_indirect", False):
                yield from _dictionaries(value)
    elif isinstance(held, pikepdf.Array):
        for value in held:
            if not getattr(value, "is_indirect", False):
                yield from _dictionaries(value)
