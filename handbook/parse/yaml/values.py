"""The values of a YAML file with their line and column."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace

REPLACEMENT_CHAR = "\ufffd"
"""Replaces an unreadable value or key that is already reported."""


@dataclass(slots=True)
class Scalar:
    """A text value. Lines and columns count from 1."""

    text: str
    line: int
    column: int
    end_line: int
    """The last line of the value."""
    is_block: bool = False
    """Written with `|`, over several lines."""
    key: Scalar | None = None
    """The key of this value, or None."""

    @property
    def width(self) -> int:
        """Characters to underline in a diagnostic."""
        return 1 if self.is_block else len(self.text)


@dataclass(slots=True)
class YamlSequence:
    """A list."""

    line: int
    column: int
    items: list[YamlValue] = field(default_factory=list)
    end_line: int = 0
    width: int = 1
    key: Scalar | None = None


@dataclass(slots=True)
class YamlMapping:
    """Keys and values in the order of the file, each key once."""

    line: int
    column: int
    entries: dict[str, tuple[Scalar, YamlValue]] = field(default_factory=dict)
    end_line: int = 0
    width: int = 1
    key: Scalar | None = None


YamlValue = Scalar | YamlSequence | YamlMapping


def scalar_items(value: YamlValue) -> list[Scalar]:
    """Return the text values in a list; `[]` if the value is no list."""
    return [item for item in value.items if isinstance(item, Scalar)] if isinstance(value, YamlSequence) else []


def accepted_items(value: YamlValue, accepted: Collection[str]) -> list[Scalar]:
    """Return the accepted items of a list, with their positions and without surrounding spaces."""
    stripped = ((item, item.text.strip("\n\u3000\u00a0 ")) for item in scalar_items(value))
    return [replace(item, text=text) for item, text in stripped if text in accepted]
