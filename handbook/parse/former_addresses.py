"""Read 以前の住所: what became of the pages that were published and exist no more.

Whether a target exists is only known when the site is built: `handbook/check/addresses.py` checks that.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace

from handbook.diagnostics import SourceSpan
from handbook.field_types import Field
from handbook.model import FormerAddress, normalized_path
from handbook.parse.value_reader import ValueReader
from handbook.parse.yaml.values import REPLACEMENT_CHAR, Scalar, YamlMapping, YamlValue
from handbook.patterns import PAGE_PATH_PATTERN, WINDOWS_DEVICE_NAMES

_ADDRESS = re.compile("[!-~]+")
"""Matches what is meant as an address: ASCII without a space, in any width. All else is a text."""
MAX_FOLDERS, MAX_NAME_CHARS = 2, 64
_HINT = "`efforts/some-id.html` のように、サイトの中の場所を書きます"


def read_former_addresses(values: ValueReader, value: YamlValue, field: Field) -> Iterator[FormerAddress]:
    """Yield the rows of 以前の住所. Reports a key that is no path, and a value that is no line."""
    if not isinstance(value, YamlMapping):
        if not isinstance(value, Scalar) or values.text(value, field.name):
            message = f"`{field.name}` は、`前の住所: いまの住所か文` の集まりで書きます"
            values.report(value, "not-a-mapping", message, "`{years/2022.html: progress.html}` のように書きます")
        return
    for path, (key, item) in value.entries.items():
        if path == REPLACEMENT_CHAR:
            continue
        if not _is_publishable(path):
            near = normalized_path(path)
            hint = f"`{near}` ではどうですか" if _is_publishable(near) else _HINT
            values.report(key, "bad-former-address", f"`{path}` は公開した住所として読めません", hint)
        elif text := values.text(item, path):
            source_line = values.source.lines[key.line - 1]
            span = SourceSpan(values.source.file, key.line, key.column, len(path))
            target = FormerAddress(path, text, None, span, replace(span, width=1), source_line)
            if isinstance(item, Scalar):
                target = replace(target, target_span=SourceSpan(span.file, item.line, item.column, item.width))
            if _ADDRESS.fullmatch(unicodedata.normalize("NFKC", text)):
                yield target
            elif prose := values.prose(item, replace(field, name=path)):
                yield replace(target, target="", text=prose)


def _is_publishable(path: str) -> bool:
    """Return whether a page can have had this path: 404.html is no page, and folders and names have limits."""
    names = path.removesuffix(".html").split("/")
    is_usable = all(len(name) <= MAX_NAME_CHARS and name not in WINDOWS_DEVICE_NAMES for name in names)
    is_path = PAGE_PATH_PATTERN.fullmatch(path) and path != "404.html"
    return bool(is_path and is_usable and len(names) <= MAX_FOLDERS + 1)
