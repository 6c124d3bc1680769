"""The description of a field of plan.yaml: its type, its meaning, and where it is shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import KW_ONLY, dataclass
from functools import lru_cache
from typing import Literal

FieldType = Literal[
    "line",
    "text",
    "kana",
    "id",
    "words",
    "choice",
    "number",
    "period",
    "year",
    "date",
    "until",
    "url",
    "https",
    "ids",
    "former-ids",
    "addresses",
    "repeat",
    "spellings",
    "record",
    "records",
    "entries",
    "years",
]
"""The format of a value in plan.yaml.

Plain: `line` one line; `text` Markdown; `kana` hiragana; `id` part of a path; `choice` one of a few words; `number` as
in NUMBER_PATTERN; `period` a range of financial years; `year` a financial year; `date` a date; `until` a financial
year or a date; `url` http(s); `https` the target of a link; `repeat` the id of a repeated node.
Lists: `words` from a list of allowed words; `ids` ids of nodes; `former-ids` former ids; `spellings` lists of the
spellings of one word; `addresses` former paths with what became of each, typed as a mapping, in values and data files
one text `path: target` each.
Nested, with their fields in `subfields`: `record` one record; `records` a list of them; `entries` a list of words, or
of records if more than the first field has a value; `years` from a financial year to a value of `per_year`, each year
once.
"""
LIST_TYPES: frozenset[FieldType] = frozenset({"words", "ids", "former-ids", "spellings"})
"""The types whose values are lists of words."""
CELL_LIST_TYPES: frozenset[FieldType] = LIST_TYPES | {"addresses"}
"""The types whose values are lists of texts in the data files: an array of JSON, or one cell of a table."""
ITEM_TYPES: frozenset[FieldType] = LIST_TYPES | {"records", "entries"}
"""The types whose values are lists."""
TEXT_TYPES: frozenset[FieldType] = frozenset({"text"})
"""The types whose values are Markdown, over one or more lines."""
LINE_TYPES: frozenset[FieldType] = frozenset({"line", "kana"})
"""The types whose values are words on one line."""
GROUP_TYPES: frozenset[FieldType] = frozenset({"record", "years", "addresses"})
"""The types whose values have keys."""


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """One field of plan.yaml. Compared by identity, so that a tuple of fields is a cheap cache key."""

    name: str
    type: FieldType
    meaning: str
    """One Japanese sentence for editors."""
    _: KW_ONLY
    is_required: bool = False
    choices: tuple[str, ...] = ()
    """The allowed words, if the type is `choice`."""
    vocabulary: str = ""
    """The list of allowed words, if the type is `words`: a list at the top of the file, or `項目` (the node fields)."""
    example: str = ""
    """A value as typed in plan.yaml, if the example of the type does not suit."""
    subfields: tuple[Field, ...] = ()
    """The fields of each record, if the type is `record`, `records` or `entries`."""
    per_year: Field | None = None
    """The field of each year's value, if the type is `years`."""
    no_value_word: str = ""
    """The word that may replace a `number` to state that no value exists."""
    shown: Literal["", "fact", "section"] = ""
    """How pages and booklet show it: in the list of facts, as a section of text (type `text`), or in its own place."""
    where: str = ""
    """Where it is shown, in Japanese, for docs/plan-format.md, if `shown` is `""`."""
    is_technical: bool = False
    """Whether only editors need it: a comparison shows its changes after what the council reads."""
    kind: Literal["改称", "本文", "注記", "事項"] = "事項"
    """The kind of a change of its value in a comparison."""
    slot: str = ""
    """Name of its text in templates and anchors, if that differs from `name`."""
    table: str = ""
    """Name of the CSV file with its records or years, without the extension."""
    years_table: str = ""
    """Name of the CSV file with the yearly values of its records, without the extension."""

    @property
    def text_key(self) -> str:
        """The name of its text in templates and anchors."""
        return self.slot or self.name


def walk_fields(fields: Iterable[Field]) -> Iterator[Field]:
    """Yield the fields and all fields nested in them, outermost first."""
    for field in fields:
        yield field
        per_year = (field.per_year,) if field.per_year and field.per_year.subfields else ()
        yield from walk_fields((*field.subfields, *per_year))


@lru_cache(maxsize=256)
def fields_by_name(fields: tuple[Field, ...]) -> Mapping[str, Field]:
    """Return the fields by their names."""
    return {field.name: field for field in fields}
