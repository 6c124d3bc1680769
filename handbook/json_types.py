"""Types of JSON values, and typed access to the values of JSON objects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

Json = bool | int | Decimal | str | list["Json"] | dict[str, "Json"] | None
"""A JSON value. Decimal keeps the digits of a number as typed."""
JsonObject = dict[str, Json]
JsonOutput = bool | int | Decimal | str | Sequence["JsonOutput"] | Mapping[str, "JsonOutput"] | None
"""A JSON value that is only written, so that its lists and objects may have narrower types."""


def objects(data: Mapping[str, Json], name: str) -> list[JsonObject]:
    """Return the objects in the list `data[name]`, or `[]` if it is not a list."""
    value = data.get(name)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def strings(data: Mapping[str, Json], name: str) -> list[str]:
    """Return the strings in the list `data[name]`, or `[]` if it is not a list."""
    value = data.get(name)
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def string(data: Mapping[str, Json], name: str) -> str:
    """Return the string `data[name]`, or `""` if it is not a string."""
    value = data.get(name, "")
    return value if isinstance(value, str) else ""


def list_at(data: JsonObject, name: str) -> list[Json]:
    """Return the list `data[name]`, added if missing. Raises TypeError if it is another value."""
    value = data.setdefault(name, [])
    if not isinstance(value, list):
        raise TypeError(name)
    return value
