"""The plan's record → plan.yaml as a clerk would write it: our order of keys, quotes only where YAML needs them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

from handbook import years
from handbook.fields import (
    DEPARTMENT_FIELDS,
    LEVEL_FIELDS,
    NODE_FIELDS,
    PLAN_FIELDS,
    TOP_LEVEL_FIELDS,
    Field,
    fields_by_name,
)
from handbook.tables import AGAIN, BENEATH, LEVEL_OF, YEAR

Record = Mapping[str, Any]
_BAD_START = tuple("-?:,[]{}#&*!|>'\"%@`=~ \u3000")
_BAD_INSIDE = re.compile(r"[,\[\]{}:：#、，\"'|>&*!%@`]")
_TOP = fields_by_name(TOP_LEVEL_FIELDS)


def text(whole: Record) -> str:
    """Return the plan as the text of a plan.yaml."""
    blocks = [
        ["計画:", *_fields(PLAN_FIELDS, whole["計画"], "  ")],
        ["階層:", *_rows(LEVEL_FIELDS, whole["階層"], "  ")],
    ]
    for name, key in _TOP.items():
        if name in ("計画", "階層") or not whole.get(name):
            continue
        if key.type == "spellings":
            blocks.append([f"{name}:", *(f"  - {_listed(row)}" for row in whole[name])])
        elif key.type == "entries":
            blocks.append([f"{name}:", *(line for row in whole[name] for line in _section(row))])
        else:
            blocks.append([f"{name}:", *(f"  - {_word(word, inside=True)}" for word in whole[name])])
    blocks.append(list(_beneath(whole.get(BENEATH, ()), "")))
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def _section(row: Record) -> Iterator[str]:
    """Yield a section: its name alone where there is no more to say."""
    if set(row) == {"名称"}:
        yield f"  - {_word(row['名称'], inside=True)}"
    else:
        yield from _item(_fields(DEPARTMENT_FIELDS, row, "    "), "  ")


def _beneath(nodes: Iterable[Record], indent: str) -> Iterator[str]:
    """Yield the nodes under one, those of a level under its name."""
    for level, held in groupby(nodes, key=lambda node: str(node[LEVEL_OF])):
        yield f"{indent}{_word(level, inside=True)}:"
        for node in held:
            if AGAIN in node:
                yield f"{indent}  - {AGAIN}: {node[AGAIN]}"
                continue
            below = indent + "    "
            yield from _item(
                [*_fields(NODE_FIELDS, node, below), *_beneath(node.get(BENEATH, ()), below)], indent + "  "
            )


def _item(lines: Iterable[str], indent: str) -> Iterator[str]:
    """Yield lines as one item of a list: a dash before the first."""
    for number, line in enumerate(lines):
        yield line if number else f"{indent}- {line[len(indent) + 2 :]}"


def _fields(keys: Iterable[Field], held: Record, indent: str) -> Iterator[str]:
    """Yield what is said, in the order of the table of keys."""
    for key in keys:
        if held.get(key.name) not in (None, "", [], {}):
            yield from _field(key, held[key.name], indent)


def _field(key: Field, value: Any, indent: str) -> Iterator[str]:
    if key.type == "records":
        yield f"{indent}{key.name}:"
        yield from _rows(key.subfields, value, indent + "  ")
    elif key.type == "record":
        inner = ", ".join(
            f"{field.name}: {_plain(field, value[field.name])}" for field in key.subfields if field.name in value
        )
        yield f"{indent}{key.name}: {{{inner}}}"
    elif key.type == "years":
        yield f"{indent}{key.name}:"
        yield from _by_year(key, value, indent + "  ")
    elif isinstance(value, list):
        yield f"{indent}{key.name}: {_listed(value)}"
    elif key.type == "text" and "\n" in value:
        yield from _block(key.name, value, indent)
    else:
        yield f"{indent}{key.name}: {_plain(key, value)}"


def _rows(keys: tuple[Field, ...], rows: Iterable[Record], indent: str) -> Iterator[str]:
    """Yield small tables: each in one line where all its words are plain and short, else each key in its own."""
    for row in rows:
        said = [key for key in keys if row.get(key.name) not in (None, "", [], {})]
        if len(said) < 5 and all(map(_fits, said, [row[key.name] for key in said])):
            words = (_listed(row[key.name]) if isinstance(row[key.name], list) else row[key.name] for key in said)
            pairs = ", ".join(f"{key.name}: {word}" for key, word in zip(said, words, strict=True))
            yield f"{indent}- {{{pairs}}}"
        else:
            yield from _item(_fields(keys, row, indent + "  "), indent)


def _fits(key: Field, value: Any) -> bool:
    """Whether a value can stand in braces as it is."""
    words = value if isinstance(value, list) else [value]
    return key.type in ("line", "id", "until", "words") and all(_word(word, inside=True) == word for word in words)


def _by_year(key: Field, held: Iterable[Record], indent: str) -> Iterator[str]:
    each = key.per_year or key
    for row in held:
        year = years.short(row[YEAR]) if isinstance(row[YEAR], int) else _word(str(row[YEAR]), inside=True)
        if each.subfields:
            yield f"{indent}{year}:"
            yield from _fields(each.subfields, row, indent + "  ")
        else:
            yield f"{indent}{year}: {_plain(each, row[each.name])}"


def _plain(key: Field, value: Any) -> str:
    if key.type == "year" and isinstance(value, int):
        return years.short(value)
    return str(value) if key.type == "number" and re.fullmatch(r"[-+0-9.]+", str(value)) else _word(str(value))


def _listed(words: Iterable[str]) -> str:
    return "[" + ", ".join(_word(word, inside=True) for word in words) + "]"


def _word(word: str, *, inside: bool = False) -> str:
    """Write one line of text; in quotes where YAML, or our own reading of slips, would take it for something else."""
    bare = (
        word.strip("\u3000 ") == word
        and not word.startswith(_BAD_START)
        and not re.search(r":(?:\s|$)|\s#|[\t\n]", word)
    )
    if not word or not bare or (inside and _BAD_INSIDE.search(word)):
        return json.dumps(word, ensure_ascii=False)
    return word


def _block(name: str, words: str, indent: str) -> Iterator[str]:
    """Yield a text over several lines, its ends kept exactly."""
    body = words.rstrip("\n")
    ends = len(words) - len(body)
    first = next((line for line in body.split("\n") if line.strip()), "")
    keep = "-" if not ends else "" if ends == 1 else "+"
    if first.startswith(" "):
        keep = "2" + (keep or "+")  # the indent has to be told where the text itself begins with spaces
    yield f"{indent}{name}: |{keep}"
    for line in [*body.split("\n"), *[""] * (ends - 1)]:
        yield f"{indent}  {line}" if line.strip() else ""
    if keep.endswith("+"):
        yield f"{indent}# ここまで"  # else the blank lines behind it would be taken for its own
