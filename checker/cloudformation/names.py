"""Tables of names that cannot be listed to the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from ..language.value import LazyItems, Value


class AnyName(Mapping[str, Value]):
    """The attributes of a resource: any name may be read, and none can be listed."""

    def __init__(self, get: Callable[[str], Value]) -> None:
        self._get = get

    def __getitem__(self, key: str) -> Value:
        return self._get(key)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str)


class MoreNames(LazyItems):
    """Names, and those that `more` knows beside them, which cannot be listed."""

    def __init__(
        self,
        keys: tuple[str, ...],
        get: Callable[[str], Value],
        more: Callable[[str], Value | None],
    ) -> None:
        super().__init__(keys, get)
        self._more = more

    def __getitem__(self, key: str) -> Value:
        if super().__contains__(key):
            return super().__getitem__(key)
        found = self._more(key)
        if found is None:
            raise KeyError(key)
        return found

    def __contains__(self, key: object) -> bool:
        return super().__contains__(key) or (isinstance(key, str) and self._more(key) is not None)
