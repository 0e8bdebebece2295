"""Where module calls lead: the text of their sources, and the folders these name."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping

from ..candidates import is_local
from ..discovery import Tree, Walker, normal, place_of, stack_of
from ..language.evaluate import evaluate
from ..language.expression import Expression, Literal, settled
from ..language.scope import Scope
from ..language.value import Known
from ..language.worlds import Worlds
from ..source import InputError, Span
from .certain import certain
from .declarations import Declarations, title
from .expressions import expression


class Calls:
    """Follows calls. Faults of their sources are collected in `errors`."""

    def __init__(
        self,
        tree: Tree,
        walker: Walker,
        worlds: Worlds,
        manifests: Mapping[str, Mapping[str, str]],
        alone: Callable[[Declarations], Scope],
        errors: list[InputError],
    ) -> None:
        """`manifests`: what `terraform init` installed, by root. `alone`: a folder as a root."""
        self._tree = tree
        self._walker = walker
        self._worlds = worlds
        self._manifests = manifests
        self._alone = alone
        self._evaluated: dict[tuple[Scope, str], str | None] = {}
        self.errors = errors

    def source(self, caller: Declarations, name: str, scope: Scope | None = None) -> str | None:
        """The text of a call's source; None where it is not known.

        OpenTofu lets it be an expression of variables and locals: those of the scope, else
        of the folder on its own. https://opentofu.org/docs/language/modules/sources/
        """
        written = self._written(caller, name)
        if written is None or isinstance(written, Literal):
            return written.value if written and isinstance(written.value, str) else None
        scope = scope or self._alone(caller)
        if (scope, name) not in self._evaluated:
            self._evaluated[scope, name] = None  # while it is read, for one that needs itself
            value = certain(self._worlds, lambda: evaluate(written, scope))
            if isinstance(value, Known) and isinstance(value.data, str):
                self._evaluated[scope, name] = value.data
        return self._evaluated[scope, name]

    def code(self, caller: Declarations, name: str) -> str:
        """A call's source as it is written."""
        written = self._written(caller, name)
        return written.span.text.strip('"') if written else "there is none"

    def _written(self, caller: Declarations, name: str) -> Expression | None:
        try:
            attribute = caller.body(caller.calls[name]).attributes.get("source")
            return settled(expression(attribute.value)) if attribute else None
        except InputError as error:
            self.errors.append(error)
            return None

    def folder(
        self, root: str, path: tuple[str, ...], caller: Declarations, scope: Scope | None = None
    ) -> str | None:
        """The folder of the call at the end of a path of call names below a root module."""
        source = self.source(caller, path[-1], scope)
        if source is None:
            return None
        if is_local(source):
            target = normal(os.path.join(caller.folder, source))
            folder = self._walker.led_to(self._tree, caller.folder, target)
            return stack_of(folder) if caller.calls[path[-1]].type == "stack" else folder
        found = self._manifests.get(root, {}).get(".".join(path))
        return normal(os.path.join(root, found)) if found is not None else None

    def by_path(self, caller: Declarations) -> Iterator[tuple[str, str]]:
        """The names of a folder's calls by path, and the folders that they lead to."""
        for name in caller.calls:
            target = self.folder("", (name,), caller)
            if target is not None and target != caller.name:
                yield name, target

    def are_open(self, caller: Declarations) -> bool:
        """Whether only a folder's own callers tell where one of its calls leads."""
        return any(
            self.source(caller, name) is None
            and not isinstance(self._written(caller, name), Literal | None)
            for name in caller.calls
        )

    def is_outside(self, folder: str) -> bool:
        """Whether a folder is on disk, but may not be read."""
        folder = place_of(folder)
        return os.path.isdir(folder) and not self._walker.inside(folder)

    def refuse(self, caller: Declarations, name: str) -> None:
        """Note that a call leads outside of what may be read."""
        place = caller.body(caller.calls[name]).attributes["source"].value
        what = f"{title(caller.calls[name])}: {self.source(caller, name)}"
        self.errors.append(leads_outside(place, what, self._walker.boundary_of(caller.folder)))


def leads_outside(place: Span, what: str, top: str) -> InputError:
    """The error of a source that is on disk, but not below the folder that may be read."""
    repository = os.path.lexists(os.path.join(top, ".git"))
    larger = "" if repository else "; no .git shows a larger repository"
    return InputError.at(
        place,
        f"{what} leads outside of what may be read (the folder {top}{larger}): "
        "scan the folder that holds both",
    )
