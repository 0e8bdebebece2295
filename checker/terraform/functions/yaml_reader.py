"""The loader of `yamldecode`: PyYAML's, with the scalars that go-cty-yaml knows.

https://github.com/zclconf/go-cty-yaml/blob/master/resolve.go: YAML 1.1's booleans and
timestamps, but neither its underscores nor its octal numbers.
"""

from __future__ import annotations

import re

import yaml

from ...annotations import Any
from ...language.numbers import parsed
from .arguments import bounded_length, key_text

_TRUE = "y|Y|yes|Yes|YES|true|True|TRUE|on|On|ON"
_FALSE = "n|N|no|No|NO|false|False|FALSE|off|Off|OFF"
_CLOCK = r"[0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(?:\.[0-9]+)?"
_MOMENT = re.compile(
    r"([0-9]{4})-([0-9][0-9]?)-([0-9][0-9]?)"
    rf"(?:(?:[Tt]({_CLOCK})(Z|[-+][0-9]{{2}}:[0-9]{{2}})| ({_CLOCK})))?\Z"
)
_TAG = "tag:yaml.org,2002:"
_SCALARS = {
    "null": r"~|null|Null|NULL|",
    "bool": f"{_TRUE}|{_FALSE}",
    "int": r"[-+]?[0-9]+|0x[0-9a-fA-F]+|0o[0-7]+",
    "float": r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)",
    "timestamp": _MOMENT.pattern.removesuffix(r"\Z"),
    "merge": "<<",
}


class Loader(yaml.SafeLoader):
    """Keys are strings, as those of a map are."""

    def flatten_mapping(self, node: Any) -> None:
        """Merged keys are repeated before they are told apart: a merge of merges multiplies."""
        super().flatten_mapping(node)
        bounded_length(len(node.value))

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        self.flatten_mapping(node)
        return {
            key_text(self.construct_object(key, deep=True)): self.construct_object(value, deep=deep)
            for key, value in node.value
        }


def _bool(loader: Loader, node: Any) -> bool:
    return str(node.value) in _TRUE.split("|")


def _int(loader: Loader, node: Any) -> int:
    text = str(node.value)
    return int(text, 0 if text[:2] in ("0x", "0o") else 10)


def _float(loader: Loader, node: Any) -> float:
    if str(node.value).lower().endswith(".inf"):
        return float(str(node.value).replace(".", ""))
    return parsed(str(node.value))


def _timestamp(loader: Loader, node: Any) -> str:
    """RFC 3339, without fractions of a second; what is no date stays as it is written."""
    from datetime import datetime

    written = str(node.value)
    match = _MOMENT.match(written)
    if match is None:
        return written
    year, month, day, clock, zone, spaced = match.groups()
    hour, minute, second = map(int, (clock or spaced or "0:0:0").partition(".")[0].split(":"))
    try:
        moment = datetime(int(year), int(month), int(day), hour, minute, second)
    except ValueError:
        return written
    return moment.isoformat() + (zone or "Z")


def _binary(loader: Loader, node: Any) -> str:
    return str(node.value)


Loader.add_constructor(_TAG + "bool", _bool)
Loader.add_constructor(_TAG + "int", _int)
Loader.add_constructor(_TAG + "float", _float)
Loader.add_constructor(_TAG + "timestamp", _timestamp)
Loader.add_constructor(_TAG + "binary", _binary)
Loader.yaml_implicit_resolvers = {
    None: [(_TAG + name, re.compile(rf"(?:{pattern})\Z")) for name, pattern in _SCALARS.items()]
}
