"""The named judgements that rule cards may use."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from ..candidates import TERRAFORM
from ..graph import Resource
from ..kms import ALIASES, KEYS, LOOKUPS, NAMES, is_of_key, is_written, may_carry, output_in
from ..language.value import (
    Attribute,
    EvaluationError,
    Hop,
    Known,
    Text,
    Unknown,
    Value,
    Whole,
    first_unknown,
    text,
)
from ..meant import meant
from ..patterns import pattern
from ..records import dataclass, replace
from .verdict import Verdict, passed, unresolved

_MANAGED = pattern(r"(?:^|:)(alias/aws/[^:\s]*)")
_OTHER_ARN = pattern(r"arn:aws[a-z-]*:(?!kms:)([a-z0-9-]+):")
_REFERENCE = pattern(  # of Terraform, and of CloudFormation
    r"\s*(?:\$\{|(?:var|local|module|data|each|aws_[a-z0-9_]+)\.|![A-Z][A-Za-z]+\s|[A-Za-z0-9]+\.Arn\s*\Z)"
)
_ALIAS_NAME = pattern(r"(?:^|:)(alias/[A-Za-z0-9/_-]*)\Z")


_OPEN = "\0"  # a part of a text that is not known; no string of HCL or YAML holds it
_KEY_ARN = pattern(r"arn:[a-z\0-]+:kms:[^:]*:[^:]*:key/[0-9A-Za-z\0-]+\Z")

# https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#key-id-key-id
_KEY_ID = pattern(r"(?:mrk-)?[0-9A-Fa-f-]{32,36}\Z")


@dataclass(frozen=True)
class Surroundings:
    """What a judgement may look at beside the value: aliases of the scan, trusted keys, and what a
    stack that a resource deploys outputs under a name (None where its template is not known).
    """

    aliases: Callable[[Value, Resource], Iterable[Resource]]
    trusted: tuple[str, ...] = ()
    output: Callable[[Resource, str], Value | None] = lambda _resource, _name: None

    def trusts(self, *names: str) -> bool:
        """Whether the settings trust a key by one of its names, whatever is _OPEN in it."""
        if not self.trusted:
            return False
        from fnmatch import fnmatchcase

        return any(
            fnmatchcase(name, glob)
            for name in names
            for glob in self.trusted
            if _OPEN not in name or not ("?" in glob or "[" in glob)  # a star may stand for it
        )


def customer_managed_key(value: Value | None, vault: Resource, around: Surroundings) -> Verdict:
    """Whether a value leads to a customer managed KMS key that the scanned code declares.

    Which keys AWS manages: https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html
    ("alias/aws/" is reserved for AWS managed keys).
    """
    if value is None:
        return Verdict("missing", "no key is given", None, (Hop(vault.span, "no key is given"),))
    return _Judgement(vault, around).judge(value)


class _Judgement:
    def __init__(self, vault: Resource, around: Surroundings) -> None:
        self._vault = vault
        self._around = around
        self._seen: set[tuple[str, str, str]] = set()
        self._alias: Resource | None = None  # whose target is judged, which is never an alias

    def judge(self, value: Value) -> Verdict:
        trail = value.trail
        match value:
            case Known(data=None):
                written = trail[-1].span.text if trail else ""
                what = "AWS::NoValue" if "AWS::NoValue" in written else "null"
                return Verdict("missing", f"its key is {what}", None, trail, case="given")
            case Known(data=str(content)):
                if not content:
                    return Verdict("missing", 'its key is ""', None, trail, case="given")
                return self._text((value,), value)
            case Text(parts=parts):
                return self._text(parts, value)
            case Attribute(resource=resource, path=path):
                return self._attribute(resource, path, trail)
            case Unknown(cause="not-a-key", why=why, term=term, owner=owner):
                if term[0] == "index" and owner is not None and why.endswith(" a whole resource"):
                    why = f"{owner.address} has no instances to be read by an index"
                return _slip(why, trail, value)
            case Unknown(cause="caller-supplied" as cause, why=why):
                return unresolved(cause, why, trail, _supplied_by(why, trail))
            case Unknown(cause=cause, why=why):
                return unresolved(cause, why, trail)
            case Whole(resource=resource):
                detail = f"{resource.address} is a whole resource, not one of its attributes"
                return _slip(detail, trail, value)
        return _slip("it is no string", trail, value)

    # -- text -------------------------------------------------------------------------------

    def _text(self, parts: tuple[Value, ...], whole: Value) -> Verdict:
        trail = whole.trail
        for at, part in enumerate(parts):
            managed = isinstance(part, Known) and _MANAGED.search(str(part.data))
            if managed and (managed.start() == 0 or managed[0].startswith(":")):
                certain = managed[1] if at == len(parts) - 1 else f"{managed[1]}…"
                if whole.sensitive or part.sensitive:
                    certain = "alias/aws/…"
                hops = trail if len(parts) == 1 else (*trail, *part.trail)
                return Verdict("aws-managed", certain, None, _distinct(hops))
        last = parts[-1]
        if isinstance(last, Attribute) and _composes_arn(parts[:-1], last):
            return self._attribute(last.resource, last.path, _distinct((*trail, *last.trail)))
        name = _alias_name(parts)
        if name is not None and self._alias is not None:
            return self._no_target(self._alias, trail)
        aliases = list(self._around.aliases(name, self._vault)) if name is not None else []
        if aliases:
            verdicts = (self._resource(alias, trail) for alias in aliases)
            return max(verdicts, key=lambda verdict: verdict.rank)
        if isinstance(name, Known):
            return self._other_alias(str(name.data), whole)
        if isinstance(whole, Known):
            verdict = self._literal(str(whole.data), trail)
            if verdict.cause == "external" and _is_no_name(whole):
                return _slip("it is another argument of a key, and no ARN", trail, whole)
            return verdict
        written = "".join(str(p.data) if isinstance(p, Known) else _OPEN for p in parts)
        if _KEY_ARN.match(written) and (
            self._around.trusts(written) or _OPEN not in written.rpartition("/")[2]
        ):
            return self._literal(written, trail)
        # The last part is what tells keys apart; what a declared key goes by is known well enough.
        others = (part for part in reversed(parts) if not _is_of_key(part))
        unknown = first_unknown(*others)
        if unknown is None:
            detail = "it is a string composed of other attributes, and no key's ARN"
            return _slip(detail, trail, whole)
        why = f"it is composed of what is not known: {unknown.why}"
        hops = _distinct((*trail, *unknown.trail))
        case = _supplied_by(unknown.why, hops) if unknown.cause == "caller-supplied" else None
        return unresolved(unknown.cause, why, hops, case)

    def _literal(self, content: str, trail: tuple[Hop, ...]) -> Verdict:
        other = _OTHER_ARN.match(content)
        if other:  # no setting makes a key of it
            return unresolved("not-a-key", f"it is an ARN of {other[1]}, not of kms", trail)
        if self._around.trusts(content):
            return passed("the settings trust this key", trail)
        if "${" in content and self._vault.framework == "cloudformation":
            detail = "it is a text with ${…} in it, which nothing but Fn::Sub reads"
            return unresolved("external", detail, trail, case="substituted")
        if _REFERENCE.match(content):
            detail = "it is a text in quotes that reads like a reference, and names no key"
            return unresolved("external", detail, trail, case="quoted")
        if not (_KEY_ARN.match(content) or _KEY_ID.match(content)):
            detail = "it is no ARN or ID of a key, and no alias"
            return unresolved("external", detail, trail, case="malformed")
        return unresolved(
            "external",
            "a literal key says nothing about who manages it, and nothing in the scan declares it",
            trail,
            case="named",
        )

    def _other_alias(self, name: str, whole: Value) -> Verdict:
        """An alias that the scan does not declare."""
        names = (name, str(whole.data)) if isinstance(whole, Known) else (name,)
        if self._around.trusts(*names):
            return passed("the settings trust this alias", whole.trail)
        shown = "that it names" if whole.sensitive else name
        detail = f"the alias {shown} is not declared by the scanned code"
        return unresolved("external", detail, whole.trail, case="named")

    # -- resources --------------------------------------------------------------------------

    def _attribute(self, resource: Resource, path: str, trail: tuple[Hop, ...]) -> Verdict:
        if not resource.data and path in KEYS.get(resource.type, ()):
            return self._resource(resource, trail)
        of_key = is_of_key(resource.type, path, resource.data)
        if not resource.data and path in ALIASES.get(resource.type, ("", "", ()))[2]:
            return self._resource(resource, trail, None if of_key else self._alias)
        if resource.data and resource.type in LOOKUPS and path in LOOKUPS[resource.type][1]:
            alias = None if of_key else self._alias
            return self._onward(resource, LOOKUPS[resource.type][0], trail, alias)
        configured = resource.read(path) if is_written(resource.type, path) else None
        unset = isinstance(configured, Known) and configured.data in (None, "")
        if configured is not None and not unset:
            return self._next(resource, path, configured, trail)
        hops = _distinct((*trail, _declared(resource)))
        if resource.data:
            if resource.type in LOOKUPS and meant(path, LOOKUPS[resource.type][1], 0.8):
                return _slip(f"{resource.address} has no {path}", hops, Whole(resource))
            detail = f"{resource.address} reads it from outside the scanned code"
            return unresolved("external", detail, hops)
        if resource.type in KEYS or resource.type in ALIASES:
            detail = f"{resource.address}.{path} is no attribute that a key goes by"
            if not path:
                detail = f"no attribute of {resource.address} is named"
            return _slip(detail, hops, Whole(resource))
        if may_carry(resource.type, path):
            return self._carried(resource, path, hops)
        return unresolved(
            "not-a-key", f"{resource.address}.{path} is no KMS key ({resource.type})", hops
        )

    def _carried(self, resource: Resource, path: str, trail: tuple[Hop, ...]) -> Verdict:
        """What a resource gives that is not its own: an output of a stack, where that is known."""
        name = output_in(resource.type, path)
        value = None if name is None else self._around.output(resource, name)
        if value is not None:
            return self._next(resource, path, value, trail)
        detail = f"what {resource.address}.{path} is ({resource.type}) is not in the scanned code"
        return unresolved("external", detail, trail)

    def _resource(
        self, resource: Resource, trail: tuple[Hop, ...], alias: Resource | None = None
    ) -> Verdict:
        """A declared key, or an alias that leads on to one; what is the target of an `alias`."""
        hops = _distinct((*trail, _declared(resource)))
        exists = resource.exists()
        if isinstance(exists, Known) and exists.data is False:
            none = "has no instance" if resource.framework == "terraform" else "is not created"
            detail = f"{resource.address} {none}"
            return unresolved("undeclared", detail, _distinct((*hops, *exists.trail)))
        if not isinstance(exists, Known):
            return unresolved("undeclared", f"{resource.address} may have no instance", hops)
        if resource.type in KEYS:
            return passed(f"{resource.address} is a customer managed key", hops)
        name_path, target_path, _ = ALIASES[resource.type]
        try:
            name = resource.read(name_path)
        except EvaluationError:
            name = None  # the name is only asked whether it is one of AWS's own
        if isinstance(name, Known) and str(name.data).startswith("alias/aws/"):
            shown = "alias/aws/…" if name.sensitive else str(name.data)
            return Verdict("aws-managed", shown, None, _distinct((*hops, *name.trail)))
        if alias is not None:
            return self._no_target(alias, hops)
        return self._onward(resource, target_path, hops, resource)

    def _no_target(self, alias: Resource, trail: tuple[Hop, ...]) -> Verdict:
        """https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html"""
        what = f"the target of {alias.address} is another alias"
        return unresolved("not-a-key", f"{what}: KMS takes the ID or ARN of a key", trail)

    def _onward(
        self, resource: Resource, path: str, trail: tuple[Hop, ...], alias: Resource | None
    ) -> Verdict:
        """What an argument leads on to, which is the target of an alias where one is told."""
        outer, self._alias = self._alias, alias
        try:
            return self._led(resource, path, trail)
        finally:
            self._alias = outer

    def _led(self, resource: Resource, path: str, trail: tuple[Hop, ...]) -> Verdict:
        target = resource.read(path)
        if target is None:
            detail = f"{resource.address} has no {path}"
            return unresolved("undeclared", detail, _distinct((*trail, _declared(resource))))
        if resource.data and isinstance(target, Known | Text):
            verdict = self._next(resource, path, target, trail)
            if verdict.reason == "missing":
                verdict = unresolved("external", f"{resource.address} has no {path}", verdict.trail)
            return verdict
        verdict = self._next(resource, path, target, trail)
        if verdict.reason == "missing":
            verdict = unresolved("undeclared", f"{resource.address} has no {path}", verdict.trail)
        return verdict

    def _next(self, resource: Resource, path: str, value: Value, trail: tuple[Hop, ...]) -> Verdict:
        """What an argument of a resource leads on to, unless it leads back to it."""
        mark = (resource.scope, resource.address, path)
        if mark in self._seen:
            return unresolved("cycle", f"{resource.address} leads back to itself", trail)
        self._seen.add(mark)
        try:
            return self.judge(value).after(*trail)
        finally:
            self._seen.discard(mark)


def _is_no_name(text: Known) -> bool:
    """Whether a text is an argument of a key that is no other key's ARN, such as a description."""
    owner = text.owner
    return (
        owner is not None
        and not owner.data
        and owner.type in KEYS
        and not _KEY_ARN.match(str(text.data))
    )


def _supplied_by(why: str, trail: tuple[Hop, ...]) -> str | None:
    """What gives a value that is not known: a variable, a parameter, or what deploys a service."""
    if why.startswith("${"):
        return "service"
    path = trail[-1].span.source.path if trail else ""
    named = "variable" if path.endswith(TERRAFORM) else "parameter"
    return named if f'{named} "' in why else None


def _slip(detail: str, trail: tuple[Hop, ...], value: Value) -> Verdict:
    """That a value is no key; where it is of one, with what is to be written."""
    from .instead import written_instead  # few runs have such a value

    instead = written_instead(value)
    case = None if instead is None else "attribute"
    return Verdict("unresolved", detail, "not-a-key", trail, case, instead)


def _is_of_key(part: Value) -> bool:
    return isinstance(part, Attribute) and part.resource.type in KEYS and not part.resource.data


_UNKNOWN = "\0"


def _composes_arn(before: tuple[Value, ...], last: Attribute) -> bool:
    """Whether what stands before a key's id, or an alias's name, makes an ARN of it.

    arn:partition:kms:region:account:key/id, or :alias/name. A part that is not known may be any
    part of it that can stand there.
    """
    written = _written(before)
    named = last.path in NAMES.get(last.resource.type, ())
    is_arn = last.path.lower().endswith("arn")
    if is_arn or not written.endswith(":" if named else ":key/"):
        return False
    return _begins_arn(written[:-1] if named else written.removesuffix(":key/"))


def _written(parts: Iterable[Value]) -> str:
    return "".join(str(part.data) if isinstance(part, Known) else _UNKNOWN for part in parts)


def _begins_arn(text: str) -> bool:
    """Whether a text may be the five parts with which a KMS ARN begins."""
    parts = text.split(":")
    if len(parts) > 5 or (len(parts) < 5 and _UNKNOWN not in text):
        return False
    fixed = {0: "arn", 2: "kms"} if len(parts) == 5 else {0: "arn"}
    return all(_UNKNOWN in parts[at] or parts[at] == word for at, word in fixed.items())


def _alias_name(parts: tuple[Value, ...]) -> Value | None:
    """The name of the alias that a string is, or that a KMS ARN ends in."""
    for at in reversed(range(len(parts))):
        part = parts[at]
        if not isinstance(part, Known):
            continue
        content = str(part.data)
        found = _ALIAS_NAME.search(content)
        if found:
            before = _written(parts[:at]) + content[: found.start()]
            if _begins_arn(before) if found[0].startswith(":") else at == 0:
                return text([replace(part, data=found[1]), *parts[at + 1 :]])
        if ":" in content:
            return None
    return None


def _declared(resource: Resource) -> Hop:
    return Hop(resource.span, f"{resource.address} is declared here")


def _distinct(hops: Iterable[Hop]) -> tuple[Hop, ...]:
    """Hops without one that stands at the place of its neighbour."""
    kept: list[Hop] = []
    for hop in hops:
        if kept and kept[-1].span == hop.span:
            kept[-1] = kept[-1] if kept[-1].note else hop
        else:
            kept.append(hop)
    return tuple(kept)


PREDICATES: Mapping[str, Callable[[Value | None, Resource, Surroundings], Verdict]] = {
    "customer_managed_key": customer_managed_key,
}
