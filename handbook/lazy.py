"""Read-only mappings whose values are computed on first access and cached."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar  # the default of Mapping.get

K = TypeVar("K")
V = TypeVar("V")


class LazyMapping(Mapping[K, V]):
    """Values by key, each computed by `make` when it is first read. `make` must be pure.

    `make_many`, if given, computes the values of many keys in one call, in their order; `fill` uses it.
    """

    def __init__(
        self,
        keys: Iterable[K],
        make: Callable[[K], V],
        make_many: Callable[[Sequence[K]], Iterable[V]] | None = None,
    ) -> None:
        self._keys = dict.fromkeys(keys)
        self._make = make
        self._make_many = make_many or (lambda keys: map(make, keys))
        self._values: dict[K, V] = {}

    def __getitem__(self, key: K) -> V:
        if key not in self._values:
            if key not in self._keys:
                raise KeyError(key)
            self._values[key] = self._make(key)
        return self._values[key]

    def get(self, key: K, default: Any = None) -> Any:
        """Return a value, or `default` if the key is unknown. A KeyError raised by `make` is passed on."""
        return self[key] if key in self._keys else default

    def fill(self) -> None:
        """Compute all missing values in one call. Workers forked afterwards share them."""
        missing = [key for key in self._keys if key not in self._values]
        self._values.update(zip(missing, self._make_many(missing), strict=True))

    def __contains__(self, key: object) -> bool:
        return key in self._keys

    def __iter__(self) -> Iterator[K]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)
