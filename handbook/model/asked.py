"""Values that are made when somebody asks for them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Asked(Mapping[K, V]):
    """Values by name, each made when it is first asked for. `make` is pure, so nobody can tell."""

    def __init__(self, names: Iterable[K], make: Callable[[K], V]) -> None:
        self._names = dict.fromkeys(names)
        self._make = make
        self._made: dict[K, V] = {}

    def __getitem__(self, name: K) -> V:
        if name not in self._made:
            if name not in self._names:
                raise KeyError(name)
            self._made[name] = self._make(name)
        return self._made[name]

    def get(self, name: K, default: Any = None) -> Any:
        """Return a value, or the default where there is no such name; a KeyError in making one stays an error."""
        return self[name] if name in self._names else default

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[K]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)
