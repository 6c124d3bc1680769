"""Lazy mappings: each value is computed once, when it is read or filled, and errors of its computation are not lost."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from handbook.lazy import LazyMapping


def test_a_value_is_computed_once_and_only_when_it_is_read() -> None:
    computed: list[str] = []

    def make(key: str) -> str:
        computed.append(key)
        return key.upper()

    values = LazyMapping("abc", make)
    assert (len(values), list(values), "b" in values, computed) == (3, ["a", "b", "c"], True, [])
    assert (values["b"], values["b"], values.get("a"), values.get("z")) == ("B", "B", "A", None)
    assert computed == ["b", "a"]
    values.fill()
    assert dict(values) == {"a": "A", "b": "B", "c": "C"}
    assert computed == ["b", "a", "c"]


def test_filling_computes_what_is_missing_in_one_call() -> None:
    calls: list[Sequence[int]] = []

    def make_many(keys: Sequence[int]) -> list[int]:
        calls.append(list(keys))
        return [key * key for key in keys]

    squares = LazyMapping(range(4), lambda key: key * key, make_many)
    assert squares[2] == 4
    squares.fill()
    assert calls == [[0, 1, 3]]
    assert dict(squares) == {0: 0, 1: 1, 2: 4, 3: 9}


def test_an_unknown_key_is_missing_but_a_key_error_of_the_computation_is_raised() -> None:
    nothing: dict[str, str] = {}
    values = LazyMapping("a", lambda key: nothing[key])
    with pytest.raises(KeyError):
        values["z"]
    with pytest.raises(KeyError):
        values.get("a")
