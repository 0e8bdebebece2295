"""What is said of a verdict: its message, and its world in the code's own words."""

from __future__ import annotations

from collections.abc import Sequence

from ..language.decisions import Facts
from ..language.hops import WHERE
from ..language.value import Secret, Term
from ..source import Span
from .verdict import Verdict


def _blame(verdict: Verdict, span: Span) -> str:
    """Where the value was decided, in words: the last definition of the trail.

    What comes after the place where the alias is written gave other parts of the string.
    """
    hops = verdict.trail
    if verdict.reason == "aws-managed":
        alias = verdict.detail.rstrip("…")
        written = [at for at, hop in enumerate(hops, 1) if alias in hop.span.text]
        hops = hops[: written[-1]] if written else hops
    named = [
        hop
        for hop in hops
        if hop.span != span
        and hop.note not in ("", verdict.detail)
        and not hop.note.startswith(WHERE)
    ]
    if not named:
        return ""
    last = named[-1]
    if last.span.source.path in last.note:  # "set by --var key": it has no other place
        return f" ({last.note})"
    return f" ({last.note} in {last.span.source.path}:{last.span.line})"


def message(verdict: Verdict, vault: str, span: Span, others: Sequence[str] = ()) -> str:
    """`others`: what is wrong in worlds that are as bad."""
    subject = f'backup vault "{vault}"'
    more = f" (and {len(others) - 1} more)" if len(others) > 1 else ""
    besides = f"; in another case: {others[0]}{more}" if others else ""
    match verdict.reason:
        case None:
            return f"{subject}: {verdict.detail}"
        case "missing":
            what = f"falls back to the AWS managed key aws/backup, because {verdict.detail}"
        case "aws-managed":
            what = f"is encrypted with the AWS managed key {verdict.detail}"
        case _:
            what = "does not lead to a customer managed key in this code"
            return f"{subject} {what}: {verdict.detail}{besides}"
    return f"{subject} {what}{_blame(verdict, span)}{besides}"


def when(facts: Facts) -> str | None:
    """A world's facts as a condition, or None where they say nothing."""
    parts = [_bounded(words(term if truth else ("!", term))) for term, truth in facts.items()]
    return " and ".join(sorted(parts)) or None


WORDS_LIMIT = 300
"""Characters of one condition; what is longer is read in the code."""


def _bounded(text: str) -> str:
    return text if len(text) <= WORDS_LIMIT else f"{text[: WORDS_LIMIT - 1]}…"


_NEGATED = {"==": "!=", "!=": "==", "<": ">=", ">": "<=", ">=": "<", "<=": ">"}
_MIRRORED = {"==": "==", "!=": "!=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}
_BINARY = frozenset({*_MIRRORED, "&&", "||", "+", "-", "*", "/", "%"})


def words(term: Term) -> str:
    """A term in the language's own notation."""
    match term:
        case ("literal", _, value):
            return _literal(value)
        case ("ref", _, str(name)):
            return name
        case ("told", _, str(true), _):
            return true
        case ("!", ("told", _, _, str(false))):
            return false
        case ("==", tuple(one), ("another", tuple(other))) if one == other:
            return f"two instances have the same {words(one)}"
        case ("!", ("==", tuple(one), ("another", tuple(other)))) if one == other:
            return f"two instances have not the same {words(one)}"
        case ("==", ("exporter", tuple(name)), ("literal", _, str(which))):
            return f"{which} exports {words(name)}"
        case ("!", ("==", ("exporter", tuple(name)), ("literal", _, str(which)))):
            return f"{which} does not export {words(name)}"
        case ("another", *_, tuple(of)) | ("as collection" | "other", tuple(of)):
            return words(of)
        case (str(conversion), _, tuple(of)) if conversion.startswith("converted to "):
            return words(of)
        case ("has key", ("key", tuple(made_of)), tuple(key)):
            return words(("==", made_of, key))
        case ("!", ("has key", ("key", tuple(made_of)), tuple(key))):
            return words(("!=", made_of, key))
        case ("keyed", str(written), _, tuple(of)):
            return _keyed(written, of)
        case ("key", tuple(made_of)):
            return f"{{({words(made_of)}) = …}}"
        case ("as string", "any", tuple(of)):
            return words(of)  # as what it is in most code
        case ("as string" | "as number" | "as bool" as conversion, *_, tuple(of)):
            return f"to{conversion.removeprefix('as ')}({words(of)})"
        case ("call" | "index of" as function, *operands):
            called = "index" if function == "index of" else operands[0]
            return f"{called}({_operands(operands)})"
        case ("unsupported", str(place)):
            return f"(what stands in {place})"
        case ("splat" | "splat of any", *told, tuple(of)):
            return f"{words(of)}{told[0] if told else '[*]'}"
        case ("!", (operator, left, right)) if operator in _NEGATED:
            return words((_NEGATED[str(operator)], left, right))
        case (operator, ("literal", _, _) as left, right) if operator in _MIRRORED:
            if isinstance(right, tuple) and right[0] != "literal":
                return words((_MIRRORED[str(operator)], right, left))
            return f"{_operand(left)} {operator} {_operand(right)}"
        case ("!" | "-" as operator, tuple(operand)):
            return f"{operator}{_operand(operand)}"
        case (str(operator), tuple(left), tuple(right)) if operator in _BINARY:
            return f"{_operand(left)} {operator} {_operand(right)}"
        case ("index", tuple(base), ("literal", "str", str(name))) if name.isidentifier():
            return f"{words(base)}.{name}"
        case ("index", tuple(base), tuple(key)):
            return f"{words(base)}[{words(key)}]"
        case ("has key", ("elements", tuple(base)), tuple(key)):
            return f"contains({words(base)}, {words(key)})"
        case ("has key", tuple(base), tuple(key)) if _is_set(base):
            return f"contains({words(base)}, {words(key)})"
        case ("has key", tuple(base), tuple(key)):
            return f"contains(keys({words(base)}), {words(key)})"
        case ("bounded", _, _, tuple(number)):
            return words(number)
        case ("unordered", *items):
            return f"toset({_list(items)})"
        case ("size", tuple(measured)):
            return f"length({words(measured)})"
        case ("for_each" | "count", tuple(collection)):
            return words(collection)
        case (
            "for" | "some keys" | "some elements" | "all elements" | "all keys",
            str(written),
            *_,
        ):
            return written
        case ("list", *items):
            return _list(items)
        case (str(function), tuple(of)) if function.endswith("..."):
            return f"{function.removesuffix('...')}({words(of)}...)"
        case ("rest", tuple(of)):
            return f"{words(of)}..."
        case ("one of", *items):
            return f"toset({_list(items)})"
        case ("text", *parts):
            return '"' + "".join(_inside(part) for part in parts if isinstance(part, tuple)) + '"'
        case ("each.key" | "each.value" | "count.index" as bound, _, _):
            return bound
        case ("source key", _, _):
            return "each.key"
        case ("succeeds", tuple(attempted)):
            return f"can({words(attempted)})"
        case (str(name), *operands):
            return f"{name}({_operands(operands)})"
    return "an unknown condition"


_SETS = frozenset({"setintersection", "setproduct", "setsubtract", "setunion", "toset"})


def _is_set(base: Term) -> bool:
    """Whether what has a key is surely a set, whose elements those are, or is written as a list."""
    written = base[1] if len(base) > 1 and isinstance(base[1], str) else ""
    return base[0] in _SETS or (base[0] != "ref" and written.startswith("["))


def _keyed(written: str, of: Term) -> str:
    """A map of a collection's elements under keys that are made of them (language/kept.py)."""
    if written.startswith("."):
        names, key = "v", f"v{written}"
    else:
        names, _, key = written.partition(": ")
        names = names.removeprefix("None, ")
    return f"{{for {names} in {words(of)} : {key} => {names.rpartition(' ')[2]}}}"


LIST_LIMIT = 4
"""Elements of a list that are shown."""


def _list(items: Sequence[object]) -> str:
    shown = [words(item) for item in items[:LIST_LIMIT] if isinstance(item, tuple)]
    left = len(items) - LIST_LIMIT
    return f"[{', '.join([*shown, *([f'… {left} more'] if left > 0 else [])])}]"


def _operands(terms: Sequence[object]) -> str:
    return ", ".join(words(term) for term in terms if isinstance(term, tuple))


def _operand(term: object) -> str:
    if not isinstance(term, tuple):
        return "?"
    found = words(term)
    return f"({found})" if len(term) == 3 and term[0] in _BINARY else found


def _inside(part: Term) -> str:
    plain = part[0] == "literal" and not isinstance(part[2], Secret)
    if plain:
        return str(part[2])
    found = words(part)
    return found if found.startswith("${") else f"${{{found}}}"


def _literal(value: object) -> str:
    if isinstance(value, Secret):
        return "(a sensitive value)"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return f'"{value}"' if isinstance(value, str) else str(value)
