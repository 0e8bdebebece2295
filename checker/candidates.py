"""What the bytes of a file tell before any of it is parsed."""

from __future__ import annotations

import os
import stat

from .patterns import pattern
from .source import InputError

TYPE_CHECKING = False  # `typing` is not worth its import time to every run
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from .source import Span

TERRAFORM = (".tf", ".tofu", ".tf.json", ".tofu.json")
TOFU = (".tofu", ".tofu.json")
"""Files that OpenTofu reads, and Terraform does not."""
STACKS = (".tfcomponent.hcl", ".tfdeploy.hcl", ".tfstack.hcl",
          ".tfcomponent.json", ".tfdeploy.json", ".tfstack.json")  # fmt: skip
"""Files of Terraform's stacks: https://developer.hashicorp.com/terraform/language/files/stack"""
VALUES = (".tfvars", ".tfvars.json")
TERRAGRUNT_UNITS = ("terragrunt.hcl", "terragrunt.hcl.json")
TERRAGRUNT_STACK = "terragrunt.stack.hcl"
TERRAGRUNT = (*TERRAGRUNT_UNITS, TERRAGRUNT_STACK)
TEMPLATES = (".yaml", ".yml", ".json", ".template", ".cfn")

CHUNK = 1 << 16
FILE_LIMIT = 50 * 1024 * 1024
"""Bytes. A larger file is an error of that file, never a silent pass."""

# Not blocking: a FIFO is opened without waiting for a writer, and then refused.
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)

# A letter (or `_`, or `:`) of a name can be written as an escape, or come from a loop: such a file
# counts as a hit. Patterns begin with letters, which are found faster than classes.
_LETTER = rb"(?:3[aA]|[46][1-9a-fA-F]|[57][0-9aA]|5[fF])"
_ESCAPES = pattern(rb"\\u00%b|\\U000000%b" % (_LETTER, _LETTER))
_BREAK = rb"(?:[\r\n]|\xc2\x85|\xe2\x80[\xa8\xa9])"  # what ends a line in YAML
_TEMPLATE_ESCAPES = pattern(rb'\\(?:x|u00|U000000)%b|"[^"\n]*\\%b' % (_LETTER, _BREAK))
# As many backslashes as there are strings within strings.
_ESCAPED = pattern(rb"(?<!\\)\\++(?:(?:x|u00|U000000)(%b)|%b+[ \t]*)" % (_LETTER, _BREAK))
LOOP = b"Fn::ForEach"
# Letters by how many templates have one, the fewest first.
_RARE = b"XQJYHZUGOBLDKMICEVFqzjxkvw"
_TRIES = 8
"""Places of a letter that are looked at before all of a text is searched for the whole."""
# A resource of a template, as most are written: what it does not know is not counted as a template
# before it is read as one.
_RESOURCE = pattern(
    rb"""Type["']?\s{0,99}+:\s{0,99}+(?>[&!]\S{0,99}\s{1,99}+|[>|][-+\d]{0,2}\s{1,99}+"""
    rb"""|#[^\n]{0,99}\n\s{0,99}+){0,3}["']?[A-Za-z0-9]{1,99}+::\w"""
)
_SECTION = pattern(rb"""[?&]\S{0,99}\s{1,99}["']?Resources\b|\bResources["']?\s*+:""")
# The source of a module call: its text where it is a plain string, else the folder is outlined.
_SOURCE = pattern(
    rb'source\b"?\s*(?:[=:]\s*(?:"([^"\\$%\n]*+)"(?=[ \t]*+(?:[\r\n,}\]#]|//|\Z)))?|/\*)'
)
_MODULE = pattern(rb'module["\s/]')
# Where a nested stack's template is, or a part of one that is included: a literal path, or an
# address. Bytes cannot tell any other value, nor one whose key stands without a colon.
_PLAIN = (  # a scalar of one line, which the next line does not continue
    rb"""(?:"([^"\\$\n]++)"|'([^'$\n]++)'(?!')|([\w./][\w./:@+=~-]{0,999}+)(?:(?=\s*+([,}]))|"""
    rb"""(?=[ \t]*+(?>(?:[ \t]#[^\n]{0,199})?)\r?+"""
    rb"""(?:\Z|\n(?:[ \t\r]*+(?:\Z|\n|\#)|[^\n:]{1,199}+:\s)))))"""
)
_NESTED = pattern(
    rb"""(?:([{,])[ \t]*+)?["']?(?<![\w.-])(?:(TemplateURL)|Location)\b(?!-)"""
    rb"""(?:["']?[ \t]*+:(?:[ \t]*+"""
    + _PLAIN
    + rb"""|\s*+(?:!Sub\s++|(?:\{\s*+)?["']?Fn::Sub["']?\s*+:\s*+)?(?:\[\s*+|-\s++)?"""
    rb"""(?:[|>][-+]?\s++)?["']?((?:https?|s3)://)|\s*+\{?\s*+["']?(ApplicationId)\b))?"""
)
# After the key of one that is computed: a literal name of a file, the last part of its path.
_NAMED = pattern(
    rb"""["']?[ \t]*+:[ \t]*+(?:!Sub[ \t]++|\{?\s*+["']?Fn::Sub["']?[ \t]*+:[ \t]*+)"""
    rb"""(?:"[^"\\\n]*/[\w.-]++"|'[^'\n]*/[\w.-]++'(?!'))"""
)
# A type, and a template in a string, that is not written out: in parts, by a variable or function.
_OPEN_TYPE = pattern(
    rb"""(?<![\w.-])Type\b(?!-)(?!["']?[ \t]*+:[ \t]*+"""
    rb"""(?:"[^"\\$\n]*+"|'[^'$\n]*+'|[\w.:<>]{1,299}+[ \t]*+(?:[\r\n#,}]|\Z)))"""
)
_OPEN_BODY = pattern(rb"""TemplateBody(?!["']?[ \t]*+:[ \t]*+(?:["'][^$\n]|[|>]|[\w.#]))""")

# A module call from elsewhere, and a nested stack: to say what was not read, not to judge it.
_CALL = pattern(
    rb'(?m)^[ \t]*(?:module|component|stack)[ \t]+"[^"\n]+"[ \t]*\{[^{}]*?\bsource[ \t]*=[ \t]*'
    rb'"((?>(?:[^"$\n]|\$\{(?>[^$}\n]{0,200})\}|\$)+))"'
)
# A word without quotes ends at a comma or bracket in a flow mapping only, where its key follows
# one; and `${…}` is a part of any.
_STACK = pattern(
    rb"""(?:([{,])\s*+)?["']?TemplateURL["']?\s*+:\s*+"""
    rb"""(?:!Sub\s++|(\{)?\s*+["']?Fn::Sub["']?\s*+:\s*+)?"""
    rb"""(?:"(\w+://[^"\n]+)"|'(\w+://[^'\n]+)'|(?(1)(?!)|(?(2)(?!)|(\w+://\S+)))"""
    rb"""|(\w+://(?:\$\{[^\s{}]*\}|[^\s{}\[\],])+))"""
)
# A resource that stands for those of a module.
_PRIVATE = pattern(rb"""Type["']?\s*+:\s*+["']?((?:\w{1,64}::){1,4}MODULE)\b""")
# A file that a service of the Serverless Framework reads.
_PART = pattern(
    rb"""\bfile\((?:[ \t]*+"""
    rb"""(?:"([^"\\$\n]++)"|'([^'\\$\n]++)'|([^"'\\()$\s][^"'\\()$\n]*+))[ \t]*+\))?"""
)

COMMENTS = (b"iac-check", b"iac_check", b"checkov:skip")
# What nests or includes others; the latter two say where these are by `Location` alone.
_STACK_RESOURCE = b"AWS::CloudFormation::Stack"
_LOCATED = (b"AWS::Serverless::Application", b"AWS::Include")
_OF_MODULE = b"::MODULE"
EXPORT = b"Export"

# Parts of a needle that fewer texts have: one byte is found ten times as fast as several.
_BACKSLASH, _HASH, _SLASH, _CAPITAL_C, _CAPITAL_E, _CAPITAL_L, _CAPITAL_U, _V, _X = b"\\#/CELUvx"

_PROVIDER = b"vider"

STACKS_IN_TERRAFORM = (
    "aws_cloudformation_stack",
    "aws_cloudformation_stack_set",
    "awscc_cloudformation_stack",
    "awscc_cloudformation_stack_set",
)
"""Terraform's types whose instance is a stack."""

STACK_IN_TERRAFORM = b"_cloudformation_stack"
"""What the names of all types that belong to a stack have in common."""
CLOUD_CONTROL = b"aws_cloudcontrolapi_resource"
"""Terraform's type whose instance is a resource of any of CloudFormation's types."""
_CLOUD = b"_cloud"  # what both have
_TEMPLATES = (b"template_body", b"template_url")


class File:
    """One candidate: its path as reported, and whether a needle is in it.

    What is not `sure` is counted only where it turns out to be a template; one that `nests` may
    hold a nested stack, and of an `opaque` one bytes do not tell all that it nests or declares;
    what is not on disk has an `origin`. The bytes are kept where something
    that may be asked for later is in them, else (`text` is None) they are read again, and must
    be as long, with nothing to keep for `look`.
    """

    __slots__ = ("_look", "_size", "_text", "hit", "nests", "opaque", "origin", "path", "sure")

    def __init__(
        self,
        path: str,
        text: bytes | None,
        hit: bool,
        sure: bool = True,
        nests: bool = False,
        size: int = 0,
        look: Callable[[str, bytes], File | None] | None = None,
        origin: Span | None = None,
        opaque: bool = False,
    ) -> None:
        self.path = path
        self.hit = hit
        self.sure = sure
        self.nests = nests
        self.origin = origin
        self.opaque = opaque
        self._text = text
        self._size = size
        self._look = look

    @property
    def data(self) -> bytes:
        """The content. Raises InputError where it can no longer be read, or has changed."""
        if self._text is not None:
            return self._text
        data = read(self.path)
        again = self._look(self.path, data) if self._look else None
        if len(data) != self._size or again is None or again._text is not None:
            raise InputError("it changed while it was read", self.path)
        return data

    def keep(self, data: bytes) -> None:
        """Hold on to what cannot be read again."""
        self._text = data

    @property
    def searchable(self) -> bytes:
        return searchable(self.data)

    def holds(self, *needles: bytes) -> bool:
        """Whether one of some needles is in it, spelt in any way; of what the walk looks for."""
        return self._text is not None and holds(self._text, needles)


class Needles:
    """What is looked for in the bytes: the types that rules judge, and what these may lead to."""

    def __init__(
        self, types: Iterable[str], related: Iterable[str] | None, everything: bool
    ) -> None:
        """Without `related` all bytes are kept, for whatever may be asked for."""
        self._everything = everything
        self._keep = everything or related is None
        self._terraform, self._template = _by_language(types)
        self._terraform_kept, self._template_kept = _by_language(related or ())
        self._terraform_sieve = _sieve((*self._terraform, *self._terraform_kept))
        sieve = _sieve((*self._template, *self._template_kept))
        self._template_sieve = tuple(map(_rarest, sieve))
        self._located = tuple(map(_rarest, _LOCATED))

    def terraform(self, path: str, data: bytes) -> File:
        """A file of Terraform."""
        text = searchable(data)
        hit, keep = self._everything, self._keep
        for part in self._terraform_sieve:
            if part in text:
                hit = hit or any(needle in text for needle in self._terraform)
                keep = keep or any(needle in text for needle in self._terraform_kept)
                break
        if _CLOUD in text:
            if STACK_IN_TERRAFORM in text:
                keep = True
                # The template may be in a file of any name, or elsewhere.
                hit = hit or any(word in text for word in _TEMPLATES)
            hit = hit or CLOUD_CONTROL in text
        hit = hit or (_BACKSLASH in text and _ESCAPES.search(text) is not None)
        keep = keep or hit or ((_HASH in text or _SLASH in text) and _speaks_to_us(text))
        kept = data if keep else None
        return File(path, kept, hit, size=len(data), look=self.terraform)

    def template(self, path: str, data: bytes) -> File | None:
        """A file that may be a template; None where it is none."""
        # Every file comes by here: what few have is asked first, and little is called.
        text = searchable(data) if 0 in data else data
        hit, keep = False, self._keep
        for letter, part in self._template_sieve:
            if letter in text and _begins(text, letter, part):
                hit = any(needle in text for needle in self._template)
                keep = keep or any(needle in text for needle in self._template_kept)
                break
        opaque = _CAPITAL_E in text and LOOP in text
        if _BACKSLASH in text and _TEMPLATE_ESCAPES.search(text):
            opaque = True
        nests = False
        if _V in text and _begins(text, _V, _PROVIDER) and b"resources" in text:
            nests = b"file(" in text
            opaque = opaque or (b"${" in text and _OPEN_TYPE.search(text) is not None)
        hit = hit or opaque
        possible = b"Resources" in text
        sure = possible and (_RESOURCE.search(text) is not None or b"AWS::Include" in text)
        if not (sure or hit or nests or self._everything or (possible and b"::" in text)):
            return None
        if not nests and _CAPITAL_C in text and _STACK_RESOURCE in text:
            nests = True
            if b"TemplateBody" in text and _OPEN_BODY.search(text):
                hit = opaque = True
        if not nests and _CAPITAL_L in text:
            for letter, part in self._located:
                if letter in text and _begins(text, letter, part):
                    nests = b"Location" in text and any(needle in text for needle in _LOCATED)
                    break
        if not nests and _CAPITAL_U in text and _begins(text, _CAPITAL_U, b"ULE"):
            nests = _OF_MODULE in text
        keep = keep or hit or nests or (_X in text and EXPORT in text)
        keep = keep or (_HASH in text and _speaks_to_us(text))
        nests = nests or hit  # whatever else is read: what it names is no template of the scan
        kept = data if keep else None
        hit = hit or self._everything
        return File(path, kept, hit, sure, nests, len(data), self.template, opaque=opaque)


def _sieve(needles: Iterable[bytes]) -> tuple[bytes, ...]:
    """Fewer texts, one of which is in whatever holds one of the needles."""
    found: list[bytes] = []
    for needle in needles:
        for at, other in enumerate(found):
            common = _common(needle, other)
            if 2 * len(common) >= min(len(needle), len(other)):
                found[at] = common
                break
        else:
            found.append(needle)
    return tuple(found)


def _common(one: bytes, other: bytes) -> bytes:
    """The longest text that is in both."""
    for length in range(min(len(one), len(other)), 0, -1):
        for start in range(len(one) - length + 1):
            if one[start : start + length] in other:
                return one[start : start + length]
    return b""


def _rarest(needle: bytes) -> tuple[int, bytes]:
    """The letter of a needle that the fewest texts have, and the needle from there on."""
    letter = next((letter for letter in _RARE if letter in needle), needle[0])
    return letter, needle[needle.index(letter) :]


def _begins(text: bytes, letter: int, part: bytes) -> bool:
    """Whether a part that begins with a letter is in a text that has this letter."""
    at = text.find(letter)
    for _ in range(_TRIES):
        if text.startswith(part, at):
            return True
        at = text.find(letter, at + 1)
        if at < 0:
            return False
    return text.find(part, at) >= 0


def _speaks_to_us(text: bytes) -> bool:
    """Whether bytes may have a comment for this tool."""
    return b"check" in text and any(needle in text for needle in COMMENTS)


def _by_language(types: Iterable[str]) -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
    found = sorted(types)
    terraform = tuple(type_.encode() for type_ in found if "::" not in type_)
    return terraform, tuple(type_.encode() for type_ in found if "::" in type_)


def searchable(data: bytes) -> bytes:
    """Bytes in which ASCII can be looked for, in UTF-16 too, which is an error when it is read."""
    return data.replace(b"\0", b"") if 0 in data else data


def unescaped(data: bytes) -> bytes:
    """A template's bytes with letters in place of the escapes that stand for them."""
    found = searchable(data)
    return _ESCAPED.sub(lambda match: bytes.fromhex((match[1] or b"").decode()), found)


def holds(data: bytes, needles: Iterable[bytes]) -> bool:
    """Whether bytes hold one of some needles, with escapes for its letters, too."""
    text = searchable(data)
    if any(needle in text for needle in needles):
        return True
    if _BACKSLASH not in text or not _ESCAPED.search(text):
        return False
    text = unescaped(text)
    return any(needle in text for needle in needles)


def names(text: str, types: Iterable[str]) -> bool:
    """Whether a text names one of some types, with escapes for its letters, too."""
    return holds(text.encode("utf-8", "surrogatepass"), [type_.encode() for type_ in types])


def is_meant_as_template(text: bytes) -> bool:
    """Whether bytes that cannot be read have resources of a template, or include what may be."""
    if b"Resources" not in text or b"::" not in text:
        return False
    return any(found.search(text) for found in (_RESOURCE, _SECTION)) or b"AWS::Include" in text


def is_service(text: bytes) -> bool:
    """Whether bytes may be a service of the Serverless Framework that is made of several files."""
    return b"file(" in text and b"resources" in text and b"provider" in text


def sources(text: bytes) -> Iterator[bytes | None]:
    """The sources of module calls, as far as bytes can tell them: None where they cannot.

    Other blocks have a `source` as well; who asks sorts them out.
    """
    for match in _SOURCE.finditer(text):
        before = text[match.start() - 1 : match.start()]
        if not (before.isalnum() or before in (b"_", b"-")):
            yield match[1]


def called(text: bytes) -> Iterator[str]:
    """The sources of module calls as they are mostly written: to say what is not on disk."""
    for match in _CALL.finditer(text):
        source = match[1].decode("utf-8", "replace")
        # What a part that is not known begins may be a path.
        unsure = "${" in source and (is_local(source) or source.startswith("${"))
        if not unsure and "\\" not in source and "\0" not in source:
            yield source


def private_modules(text: bytes) -> Iterator[str]:
    """The types of CloudFormation's modules, whose resources stand in a registry."""
    for match in _PRIVATE.finditer(text):
        yield match[1].decode()


def remote_stacks(text: bytes) -> Iterator[str]:
    """The addresses of nested templates. The CDK writes the file's own name beside one."""
    if b"TemplateURL" in text and b"aws:asset:path" not in text:
        for match in _STACK.finditer(text):
            found = match[3] or match[4] or match[5] or match[6]
            yield found.decode("utf-8", "replace")


def is_local(source: str) -> bool:
    """Whether a module's source is a path."""
    return source in (".", "..") or source.startswith(("./", "../"))


def is_automatic(path: str) -> bool:
    """Whether Terraform reads a file of values by itself."""
    name = os.path.basename(path)
    plain = name.removesuffix(".json")
    return plain == "terraform.tfvars" or plain.endswith(".auto.tfvars")


def calls_modules(text: bytes) -> bool:
    """Whether bytes may have a module call."""
    return b"module" in text and _MODULE.search(text) is not None


def parts(text: bytes) -> Iterator[str | None]:
    """The paths that a service of the Serverless Framework reads: None where bytes cannot tell."""
    if is_service(text):
        for match in _PART.finditer(text):
            found = match[1] or match[2] or match[3]
            path = found.decode("utf-8", "replace").rstrip() if found else None
            if path is None or "\0" not in path:
                yield path


def may_compose(text: bytes) -> bool:
    """Whether a part of such a service may name a type by variables, or has parts itself."""
    return b"file(" in text or (b"${" in text and _OPEN_TYPE.search(text) is not None)


def nested(text: bytes) -> Iterator[tuple[str | None, bool]]:
    """The paths that a template nests or includes: None where bytes cannot tell.

    With each goes whether it is surely the template of a nested stack; with None, whether bytes
    tell at least the name of the file.
    """
    stacks = _STACK_RESOURCE in text and b"TemplateURL" in text
    located = b"Location" in text and any(needle in text for needle in _LOCATED)
    if not (stacks or located):
        return
    for match in _NESTED.finditer(text):
        flow, url, quoted, single, plain, ended, address, application = match.groups()
        found = quoted or single or plain
        elsewhere = address or application or (found is not None and b"://" in found)
        if found is not None and not elsewhere and b"\0" not in found:
            yield found.decode("utf-8", "replace").strip(), url is not None
        unsure = (ended and not flow) or not (found or elsewhere)
        if unsure and (stacks if url else located):
            # Only in a flow mapping a word without quotes ends at a comma.
            yield None, _NAMED.match(text, match.end()) is not None
        elif elsewhere and located and not url:
            yield None, True  # whether resources are there, only what stands around it tells


def read(path: str, *, regular: bool = False) -> bytes:
    """A regular file's bytes. `regular`: that it is one was seen in its folder.

    Raises InputError.
    """
    try:
        handle = os.open(path, _FLAGS)
        try:
            if regular:
                data = os.read(handle, CHUNK)
                if len(data) < CHUNK:
                    return data  # all of it, in one call
                os.lseek(handle, 0, os.SEEK_SET)
            return _whole(handle)
        finally:
            os.close(handle)
    except OSError as error:
        raise InputError(reason(error), path) from None


def _whole(handle: int) -> bytes:
    status = os.fstat(handle)
    if not stat.S_ISREG(status.st_mode):
        raise OSError(0, "it is not a regular file")
    if status.st_size > FILE_LIMIT:
        raise OSError(0, f"it is larger than {FILE_LIMIT} bytes")
    data = os.read(handle, status.st_size + 1)
    while len(data) < status.st_size and (more := os.read(handle, FILE_LIMIT)):
        data += more
    if len(data) != status.st_size:
        raise OSError(0, "it changed while it was read")
    return data


def reason(error: OSError) -> str:
    """Why the system refused, in words."""
    return (error.strerror or type(error).__name__).lower()
