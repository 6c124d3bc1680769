"""The type of JSON values, and typed access to the objects among them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

Json = bool | int | Decimal | str | list["Json"] | dict[str, "Json"] | None
"""A value that JSON can hold. Decimal keeps the digits of a number that were typed."""
JsonObject = dict[str, Json]
JsonOutput = bool | int | Decimal | str | Sequence["JsonOutput"] | Mapping[str, "JsonOutput"] | None
"""The same, only to be written: its lists and objects may be of narrower types."""


def objects(held: Mapping[str, Json], name: str) -> list[JsonObject]:
    """Return the objects of a list by its name; [] if there is no such list."""
    value = held.get(name)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def strings(held: Mapping[str, Json], name: str) -> list[str]:
    """Return the texts of a list by its name; [] if there is no such list."""
    value = held.get(name)
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def string(held: Mapping[str, Json], name: str) -> str:
    """Return a text by its name; "" if there is none."""
    value = held.get(name, "")
    return value if isinstance(value, str) else ""


def list_at(held: JsonObject, name: str) -> list[Json]:
    """Return the list of a name, which is added if it is missing. Raises TypeError if the name has another value."""
    value = held.setdefault(name, [])
    if not isinstance(value, list):
        raise TypeError(name)
    return value
