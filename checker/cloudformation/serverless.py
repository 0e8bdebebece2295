"""A service of the Serverless Framework: its `resources:`, with what its variables bring in.

https://www.serverless.com/framework/docs/providers/aws/guide/resources
https://www.serverless.com/framework/docs/guides/variables
A variable that leads to a file on disk, to a parameter's value or to the service's own text is
followed; options and the environment are taken not to be given where there is another source.
Any other stays as it is written: its value is not known (functions.py).
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from ..language.document import Entry, MappingNode, Node, ScalarNode, SequenceNode, inside, is_null
from ..records import replace
from ..source import InputError
from .alternatives import FILE_LIMIT, VARIABLE, files_like, told_apart
from .choices import one_of, service_of
from .dotenv import may_set
from .includes import Fragment
from .intrinsics import CHOSEN
from .service_parts import (
    CHOICE,
    Part,
    is_variable,
    not_followed,
    part,
    parts_of,
    standing,
    with_parameters,
)
from .variables import (
    FILE,
    FILES,
    READABLE,
    SPACE,
    WORD,
    below,
    literal,
    member,
    sources_of,
    told,
)

Choice = tuple[Node, list[str], Node | None]
"""A mapping, the keys in it that choose a value, and what counts where they choose none."""

VALUE_LIMIT = 200_000
"""Nodes that the variables of one service bring in."""

_TEXT_LIMIT = 10_000
"""Characters of a text with variables in it; of a longer one they are not followed."""

_ROUNDS = 20
"""Variables within variables within one text."""

_DEPTH_LIMIT = 400
"""Levels of nesting, those that variables bring in with them."""

_VARIABLE = re.compile(VARIABLE)
# Sources that whoever deploys need not give.
_LEFT_OUT = re.compile(rf"opt:{SPACE}(?!(?:stage|region)\b)")
_ENVIRONMENT = re.compile(rf"env:{SPACE}([^\s,]*)")
_PARAM = re.compile(rf"param:{SPACE}([^\s,:]+)")
_INNERMOST = re.compile(r"\$\{([^${}]+)\}")
_SELF = re.compile(rf"self:{SPACE}([^\s,:]+)")
# A variable in whose address others are that are not known: `self:custom.keys.${opt:stage}`.
_CHOICE = re.compile(
    rf"""\$\{{(?:self:{SPACE}|(file\([^()]*\)){SPACE}:{SPACE})({WORD}(?:[.]{WORD})*){SPACE}"""
    rf"""(?:,{SPACE}+('[^'\n]*'|"[^"\n]*"|(?>(?:{VARIABLE}|[^${{}}'"])+)){SPACE})?\}}""",
)
# `--stage` and `--region` come before what the file says.
_OPTIONS = ("provider.stage", "provider.region")

# Where Serverless Compose is told of its services, as seen from one of them.
_COMPOSE = "serverless-compose"
_ABOVE = tuple("../" * levels for levels in range(8))

# The levels of a template: the whole, a section, a resource, its properties. What a variable
# brings in there stands in its own file; deeper, it is a value of the property that names it.
_STRUCTURE = 3
_APART = -_DEPTH_LIMIT  # what stands elsewhere, of which a part may be asked for


def resources_of(document: MappingNode, fragment: Fragment) -> tuple[MappingNode, set[Part]]:
    """The template of a service, and what it is made of, wherever that stands.

    It is `resources:`, or a list of parts, merged as lodash does. `extensions` then replace
    attributes and properties of the resources that they name.
    """
    service = _Service(document, fragment)
    node = document.get("resources")
    found = service.resolved(node, 0) if node is not None else None
    parts = parts_of(found)
    for variable in not_followed(found):
        if not told(variable):
            fragment(variable)  # which tells that it is not read
    whole = service_of(parts, MappingNode(document.span, ()))
    made_of = {part(level, node) for level, node in standing(found)}
    return with_parameters(whole, service.stack_parameters()), made_of


class _Service:
    def __init__(self, document: MappingNode, fragment: Fragment) -> None:
        self._document = document
        self._fragment = fragment
        self._files: dict[str, Node | None] = {}
        self._above: dict[int, tuple[Node, Node]] = {}
        self._active: set[tuple[str, str]] = set()
        self._depth = 0
        self._left = VALUE_LIMIT

    def stack_parameters(self) -> Iterator[Node]:
        """What the service gives to its template's parameters.

        https://www.serverless.com/framework/docs/providers/aws/guide/serverless.yml
        """
        provider = self._document.get("provider")
        provider = self.resolved(provider) if isinstance(provider, ScalarNode) else provider
        given = provider if is_variable(provider) else member(provider, "stackParameters")
        found = self.resolved(given) if given is not None else None
        yield from found.items if isinstance(found, SequenceNode) else parts_of(found)

    def resolved(self, node: Node, level: int = _APART) -> Node:
        """A node with the variables in it followed. `level`: how deep it is in the template."""
        if self._depth >= _DEPTH_LIMIT:
            return node
        self._depth += 1
        try:
            match node:
                case ScalarNode(value=str(text)) if "${" in text and len(text) <= _TEXT_LIMIT:
                    return self._of_text(node, text, level)
                case SequenceNode(items=items):
                    inner = level + 1 if level else 0  # each part of a list is a template
                    found = tuple([self.resolved(item, inner) for item in items])
                    return replace(node, items=found)
                case MappingNode(entries=entries):
                    return replace(node, entries=tuple([self._entry(e, level) for e in entries]))
            return node
        finally:
            self._depth -= 1

    def _entry(self, entry: Entry, level: int) -> Entry:
        key, span, value = entry
        value = self.resolved(value, level + 1)
        if level == 1 and isinstance(value, MappingNode) and value.entries:
            first = value.entries[0].span
            # A resource is declared where its body is.
            span = span if first.source is span.source else first
        return Entry(key, span, value)

    def _of_text(self, node: ScalarNode, text: str, level: int) -> Node:
        for _ in range(_ROUNDS):
            value = self._chain(text, node, level) if _VARIABLE.fullmatch(text) else None
            if value is not None:
                if node.tag is not None and value.tag is not None:
                    break
                value = replace(value, tag=node.tag or value.tag)
                return value if level <= _STRUCTURE else value.at_alias(node.span)
            changed = _INNERMOST.sub(self._as_text, text)
            if changed == text or len(changed) > _TEXT_LIMIT:
                break
            text = changed
        if (
            level >= 0
            and node.tag is None
            and (choice := self._choice(text, node, level)) is not None
        ):
            return self._chosen(node, choice, level)
        return node if text == node.value else replace(node, value=text)

    def _choice(self, text: str, node: ScalarNode, level: int) -> Choice | None:
        """What a variable may choose from; None where that is not known, or it is other text."""
        if _VARIABLE.fullmatch(text) is None:
            return None
        if (found := _CHOICE.fullmatch(text)) is not None:
            choice = self._one_of_values(found, node, level)
            if choice is not None:
                return choice
        return self._one_of_files(text, node, level) if "file(" in text else None

    def _one_of_values(self, found: re.Match[str], node: ScalarNode, level: int) -> Choice | None:
        """One of the values in a mapping; None where there is none.

        The last source is asked where it chooses none.
        """
        way, address, default = found.groups()
        words = re.findall(WORD, address)
        known = 0
        while known < len(words) and "${" not in words[known]:
            known += 1
        variable = ".".join(words[:known])
        if known == len(words) or not (known or way):
            return None
        variable = ":".join(filter(None, (way or "self", variable)))
        chosen = words[known:]
        above = level if level > _STRUCTURE else level - len(chosen)
        whole = self._source(variable, node, above)[0]
        if not isinstance(whole, MappingNode):
            return None
        return (
            _present(whole, len(chosen)),
            chosen,
            self._otherwise(node, (default or "").strip(), level),
        )

    def _one_of_files(self, text: str, node: ScalarNode, level: int) -> Choice | None:
        """A value in one of the files of such a name; None where there are none."""
        first, *others = sources_of(text)
        found = FILES.fullmatch(first)
        if found is None or "${" not in found[1]:
            return None
        path, address = found[1], found[2] or ""
        entries = []
        like = files_like(self._document.span.source.path, path)
        if like is None and level <= _STRUCTURE:
            what = f"{text} may be one of more than {FILE_LIMIT} files; none of them is checked"
            raise InputError.at(node.span, what)
        chosen, files = told_apart(path, like or ())
        for key, name in files:
            if not name.lower().endswith(READABLE):
                continue
            if self._file(name, quietly=level > _STRUCTURE) is None:
                variable = f"${{file({name}):{address}}}"
                entries.append(Entry(key, node.span, ScalarNode(node.span, variable, variable)))
                continue
            value, _ = self._at(name, address)
            if value is not None and not is_null(value):
                self._count(value)
                entries.append(Entry(key, node.span, self.resolved(value, level)))
        if not entries and not (others and level <= _STRUCTURE):
            return None
        whole = MappingNode(node.span, tuple(entries))
        return whole, [chosen], self._otherwise(node, ", ".join(others), level)

    def _otherwise(self, node: ScalarNode, sources: str, level: int) -> Node | None:
        """What the sources after the first stand for; None where there are none."""
        if not sources:
            return None
        text = literal(sources) if not sources.startswith("$") else None
        if text is not None:
            return ScalarNode(node.span, text, text)
        written = sources if _VARIABLE.fullmatch(sources) else f"${{{sources}}}"
        return self.resolved(ScalarNode(node.span, written, written), level)

    def _chosen(self, node: ScalarNode, choice: Choice, level: int) -> Node:
        """What stands for one of the values of a mapping, else a default.

        Of what the template is made of, that is all of them.
        """
        whole, keys, default = choice
        if level <= _STRUCTURE:
            return one_of(node, keys, _leaves(whole, keys), default)
        names = (ScalarNode(node.span, key, key) for key in keys)
        way = SequenceNode(node.span, (whole, *names))
        items = (way,) if default is None else (way, default)
        return SequenceNode(node.span, items, tag=CHOSEN)

    def _as_text(self, match: re.Match[str]) -> str:
        """What a variable within a text stands for; the variable itself where it is not known."""
        node = ScalarNode(self._document.span, match[0], match[0])
        value = self._chain(match[0], node, _APART)
        if not isinstance(value, ScalarNode) or value.tag is not None:
            return match[0]
        return value.value if isinstance(value.value, str) else value.written

    def _chain(self, variable: str, node: ScalarNode, level: int) -> Node | None:
        """What the first source of a variable gives that is there; None where it is not known.

        A source that is not followed may be there, so that those after it do not count.
        """
        for number, source in enumerate(sources_of(variable)):
            if _VARIABLE.fullmatch(source):
                value = self.resolved(ScalarNode(node.span, source, source), level)
                return None if is_variable(value) else value
            if "${" in source:
                return None
            if number and (text := literal(source)) is not None:
                return ScalarNode(node.span, text, text)
            found, absent = self._source(source, node, level)
            if found is not None or not absent:
                return found
        return None

    def _source(self, source: str, node: ScalarNode, level: int) -> tuple[Node | None, bool]:
        """What one source gives, and whether it certainly gives nothing."""
        if (own := _SELF.fullmatch(source)) is not None:
            return self._followed("", own[1], level)
        if (file := FILE.fullmatch(source)) is not None:
            path = file[1] or file[2] or file[3].rstrip()
            return self._followed(path, file[4] or "", level)
        if (parameter := _PARAM.fullmatch(source)) is not None:
            mark = ("${param}", parameter[1])
            if mark in self._active:
                return None, False
            self._active.add(mark)
            try:
                return self._parameter(parameter[1], node, level), True
            finally:
                self._active.discard(mark)
        if (name := _ENVIRONMENT.match(source)) is not None:
            return None, not self._may_be_set(name[1])
        return None, _LEFT_OUT.match(source) is not None

    def _may_be_set(self, name: str) -> bool:
        """Whether a file may set a variable of the environment, wherever `useDotenv` says it is."""
        where = member(self._document, "useDotenv")
        told = where is not None and not (
            isinstance(where, ScalarNode) and where.value in (True, False)
        )
        return told or may_set(self._document.span.source.path, name)

    def _parameter(self, name: str, node: ScalarNode, level: int) -> Node | None:
        """A parameter: that of the stage, else the default; None where neither is written.

        https://www.serverless.com/framework/docs/guides/parameters
        """
        variable = f"${{param:{name}}}"
        unknown = ScalarNode(node.span, variable, variable)
        own = self._own_parameter(name, node, level)
        composed = self._composed(name, unknown)
        if not composed:
            return own
        # Which of the two counts is not the same in all versions of the framework.
        one, *others = composed if own is None else (*composed, own)
        return one if all(other == one for other in others) and not is_variable(one) else unknown

    def _own_parameter(self, name: str, node: ScalarNode, level: int) -> Node | None:
        variable = f"${{param:{name}}}"
        unknown = ScalarNode(node.span, variable, variable)
        found: dict[str, Entry] = {}
        for section, way in (("params", [name]), ("stages", ["params", name])):
            stages = self._within(self._document, [section])
            stages = self.resolved(stages) if isinstance(stages, ScalarNode) else stages
            if is_variable(stages):
                return unknown
            for stage, span, given in stages.entries if isinstance(stages, MappingNode) else ():
                given = self.resolved(given) if isinstance(given, ScalarNode) else given
                value = unknown if is_variable(given) else self._within(given, way)
                if value is not None and not is_null(value):
                    self._count(value)
                    found.setdefault(stage, Entry(stage, span, self.resolved(value, level)))
        default = found.pop("default", None)
        if not found:
            return default.value if default else None
        other = default.value if default else unknown
        whole = MappingNode(node.span, tuple(found.values()))
        return self._chosen(node, (whole, ["${sls:stage}"], other), level)

    def _composed(self, name: str, unknown: Node) -> list[Node]:
        """What Serverless Compose gives for a parameter of the service in this folder.

        https://www.serverless.com/framework/docs/guides/compose
        """
        given: list[Node] = []
        folder = os.path.dirname(self._document.span.source.path)
        for above in _ABOVE:
            for ending in (*READABLE, ".ts", ".js"):
                path = f"{above}{_COMPOSE}{ending}"
                if os.path.isfile(os.path.join(folder, path)):
                    root = self._fragment(path, quietly=True) if ending in READABLE else None
                    given += self._given_by(root, above, name, unknown)
        return given

    def _given_by(self, root: Node | None, above: str, name: str, unknown: Node) -> Iterator[Node]:
        """What one file of Compose gives for a parameter, which is `unknown` where it is not read.

        Those of a stage are given to all services, in that stage.
        """
        services, stages = member(root, "services"), member(root, "stages")
        entries = services.entries if isinstance(services, MappingNode) else None
        if entries is None:
            yield unknown
        here = False
        for entry in entries or ():
            at = member(entry.value, "path")
            if is_variable(entry.value) or is_variable(at):
                yield unknown
            elif isinstance(at, ScalarNode) and self._is_here(f"{above}{at.value}"):
                here = True
                value = self._within(entry.value, ["params", name])
                params = member(entry.value, "params")
                value = unknown if is_variable(params) else value
                yield from () if value is None else (value,)
        if here and is_variable(stages):
            yield unknown
        for entry in stages.entries if here and isinstance(stages, MappingNode) else ():
            value = self._within(entry.value, ["params", name])
            if is_variable(entry.value) or is_variable(member(entry.value, "params")):
                yield unknown
            elif value is not None:
                yield value if entry.key == "default" else unknown

    def _is_here(self, path: str) -> bool:
        folder = os.path.dirname(self._document.span.source.path)
        return os.path.realpath(os.path.join(folder, path)) == os.path.realpath(folder)

    def _within(self, node: Node, keys: list[str]) -> Node | None:
        """What is below a node, by keys."""
        found: Node | None = node
        for key in keys:
            found = member(self.resolved(found) if isinstance(found, ScalarNode) else found, key)
        return found

    def _followed(self, path: str, address: str, level: int) -> tuple[Node | None, bool]:
        """What is at an address, with its variables followed; whether there is surely nothing."""
        if (path, address) in self._active:
            return None, False
        self._active.add((path, address))
        try:
            found, absent = self._at(path, address, level)
            if found is None or is_null(found):
                return None, absent or found is not None
            self._count(found)
            if found.tag in (CHOICE, CHOSEN):
                return found, False
            return self.resolved(found, level), False
        finally:
            self._active.discard((path, address))

    def _at(self, path: str, address: str, level: int = _APART) -> tuple[Node | None, bool]:
        """What is at an address of a file, or of the service itself for the path "".

        Where it is known that there is nothing, that is told, too.
        """
        root: Node | None = self._document
        if path:
            root = self._file(path)
            if root is None:
                return None, False
        elif address in _OPTIONS:
            return None, False
        keys = address.split(".") if address else []
        for number, key in enumerate(keys):
            if isinstance(root, ScalarNode):  # `custom: ${file(custom.yml)}`
                if id(root) not in self._above:
                    self._above[id(root)] = (root, self.resolved(root))
                root = self._above[id(root)][1]
                if is_variable(root):
                    return self._part(root, path, address, keys[number:], level), False
            root = member(root, key)
        return root, root is None

    def _part(self, variable: Node, path: str, address: str, keys: list[str], level: int) -> Node:
        """What is below a variable that is not followed: a part of all that it may choose."""
        assert isinstance(variable, ScalarNode)
        text = str(variable.value)
        at = level if level > _STRUCTURE else level - len(keys)
        several = level >= 0 and len(sources_of(text)) > 1
        choice = self._choice(text, variable, at) if several else None
        if choice is None:
            return below(variable, path, address, keys)

        def part(node: Node, names: int) -> Node:
            if names and isinstance(node, MappingNode):
                entries = (e._replace(value=part(e.value, names - 1)) for e in node.entries)
                return replace(node, entries=tuple(entries))
            return below(node, path, address, keys)

        whole, chosen, default = choice
        other = part(default, 0) if default is not None else None
        return self._chosen(variable, (part(whole, len(chosen)), chosen, other), level)

    def _file(self, path: str, *, quietly: bool = False) -> Node | None:
        if path not in self._files:
            readable = path.lower().endswith(READABLE)
            found = self._fragment(path, quietly=quietly) if readable else None
            if quietly and found is None:
                return None
            self._files[path] = found
        return self._files[path]

    def _count(self, node: Node) -> None:
        self._left -= sum(1 for _ in inside(node))
        if self._left < 0:
            what = f"its variables bring in more than {VALUE_LIMIT} nodes"
            raise InputError.at(self._document.span, what)


def _present(node: Node, levels: int) -> Node:
    """A mapping without what is null, to some levels: a variable does not choose that."""
    if not levels or not isinstance(node, MappingNode):
        return node
    entries = (entry for entry in node.entries if not is_null(entry.value))
    inner = (Entry(key, span, _present(value, levels - 1)) for key, span, value in entries)
    return replace(node, entries=tuple(inner))


def _leaves(node: Node, keys: list[str], *names: str) -> Iterator[tuple[tuple[str, ...], Node]]:
    """The values of a mapping that keys lead to, of which some are not known, with their names."""
    if not keys:
        yield names, node
        return
    for name, _, value in node.entries if isinstance(node, MappingNode) else ():
        if "${" in keys[0] or name == keys[0]:
            yield from _leaves(value, keys[1:], *names, name)
