"""Finds every address that a file of the site links to, in each file format."""

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
"""A value that consists of an address only, so that a program that reads the data may follow it."""
HARMLESS = re.compile(
    r"(?:https?|mailto|tel):.*|(?:dcat|dct|dcterms|foaf|schema|vcard|xsd|urn|spdx):.*|[^:]*(?:[#?].*)?",
    re.DOTALL | re.IGNORECASE,
)
"""Addresses that a page may link to, and prefixed names of RDF vocabularies, which are not links."""
LINK_ATTRIBUTES = ("href", "src", "srcset", "action", "formaction", "xlink:href", "data", "poster", "background")
SCRIPT = re.compile(r"^window\.\w+ = (\{.*\});?\s*$", re.DOTALL)


def unsafe_links(name: str, data: bytes) -> list[str]:
    """Return the addresses in a file that are not those of a page, a mailbox or a telephone."""
    return [address for address in addresses(name, data) if not HARMLESS.fullmatch(address)]


def addresses(name: str, data: bytes) -> Iterator[str]:
    """Yield all addresses in a file."""
    match name.rpartition(".")[2]:
        case "html" | "svg":
            for element in page(data.decode()).all():
                yield from (element.attrs[key] for key in LINK_ATTRIBUTES if key in element.attrs)
                if element.attrs.get("http-equiv") == "refresh":
                    yield element.attrs["content"].partition("url=")[2]
        case "xml":
            for part in ET.fromstring(data).iter():  # noqa: S314  # made here
                yield from _addresses_in([part.text or "", *part.attrib.values()])
        case "json":
            yield from _addresses_in(_strings(json.loads(data)))
        case "js" if found := SCRIPT.match(data.decode()):
            yield from _addresses_in(_strings(json.loads(found[1])))
        case "csv":
            yield from _addresses_in(cell for row in csv.reader(io.StringIO(data.decode("utf-8-sig"))) for cell in row)
        case "xlsx":
            yield from _workbook_addresses(data)
        case "pdf":
            yield from _pdf_addresses(data)


def _addresses_in(values: Any) -> Iterator[str]:
    yield from (value for value in values if ADDRESS.fullmatch(value))


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for inside in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _strings(inside)


def _workbook_addresses(data: bytes) -> Iterator[str]:
    for sheet in openpyxl.load_workbook(io.BytesIO(data)):
        yield from _addresses_in(cell.value for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for part in archive.namelist():
            if part.endswith(".rels"):
                for link in ET.fromstring(archive.read(part)):  # noqa: S314  # made here
                    if link.get("TargetMode") == "External":
                        yield link.get("Target", "")


def _pdf_addresses(data: bytes) -> Iterator[str]:
    """Yield the addresses of a PDF. An action of any other kind yields its name, such as `Launch:`."""
    pdf = pikepdf.Pdf.open(io.BytesIO(data))  # in a local variable: its objects are freed with it
    for item in pdf.objects:
        for value in _dictionaries(item):
            kind = str(value.get("/S", ""))
            if kind == "/URI" and "/URI" in value:
                yield str(value["/URI"])
            elif kind == "/GoToR":  # the fold-outs lead into the booklet in the same folder
                yield "" if str(value.get("/F", "")) == "handbook.pdf" else "GoToR:"
            elif kind in ("/Launch", "/JavaScript", "/SubmitForm", "/ImportData") or "/JS" in value:
                yield f"{kind[1:]}:"


def _dictionaries(item: Any) -> Iterator[Any]:
    """Yield the dictionaries of a PDF object and its direct children. The file lists indirect objects itself."""
    if isinstance(item, (pikepdf.Dictionary, pikepdf.Stream)):
        yield item
        for value in item.values():
            if not getattr(value, "is_indirect", False):
                yield from _dictionaries(value)
    elif isinstance(item, pikepdf.Array):
        for value in item:
            if not getattr(value, "is_indirect", False):
                yield from _dictionaries(value)
