"""Functions that encode and decode: JSON, YAML, CSV, base64, URLs.

Heavy parsers are imported where they are used: most scans need none of them.
"""

from __future__ import annotations

from collections.abc import Callable

from ...annotations import Any
from ...language.convert import number_text, scalar_text
from ...language.numbers import parsed as number_of
from ...language.value import (
    Attribute,
    EvaluationError,
    Known,
    ListValue,
    MapValue,
    Text,
    Unknown,
    Value,
    noted,
    term_of,
    text,
)
from ...records import replace
from .arguments import (
    TEXT_LIMIT,
    NotKnown,
    arity,
    bounded_length,
    bounded_text,
    data_of,
    holds_sensitive,
    parsed,
    plain,
    too_large,
    typed,
    unknown,
)
from .context import Context, Function

YAML_LIMIT = 200_000
"""Characters of the largest YAML document that is decoded (some seconds)."""


def _decoder(name: str, decode: Callable[[str], Value], letters_a_step: int = 20) -> Function:
    def function(context: Context, arguments: tuple[Value, ...]) -> Value:
        arity(name, arguments, 1, 1)
        value = typed(name, "s", arguments[0])

        def read(written: str) -> Value:
            document = bounded_text(written)
            context.worlds.step(len(document) // letters_a_step)
            return decode(document)

        found: Value | None = None
        try:
            if isinstance(value, Known):
                found = read(str(value.data))
            elif isinstance(value, Text | Attribute) and name != "csvdecode":
                from .decoded_pieces import decoded

                document = value if isinstance(value, Text) else Text((value,))
                found = decoded(document, read, json=name == "jsondecode")
        except OverflowError:
            raise too_large("a number") from None
        except ValueError as error:
            raise EvaluationError(f"{name}: {error}") from None
        except RecursionError:
            raise too_large("a deeply nested document") from None
        if found is None:
            return unknown(name, value, not_null=False)
        return replace(found, trail=noted(value.trail)) if isinstance(value, Known) else found

    return function


def _encoder(name: str, encode: Callable[[object], str]) -> Function:
    def function(context: Context, arguments: tuple[Value, ...]) -> Value:
        arity(name, arguments, 1, 1)
        try:
            data = data_of(arguments[0])
        except NotKnown:
            return unknown(name, arguments[0])
        return Known(bounded_text(encode(data)), sensitive=holds_sensitive(arguments[0]))

    return function


def json_text(data: object) -> str:
    """JSON as Go writes it: no spaces, <, > and & escaped, and numbers without an exponent."""
    from json.encoder import encode_basestring

    pieces: list[str] = []

    def write(data: object) -> None:
        match data:
            case str():
                pieces.append(encode_basestring(data))
            case dict():
                for at, (name, item) in enumerate(data.items()):
                    pieces.append(f"{',' if at else '{'}{encode_basestring(name)}:")
                    write(item)
                pieces.append("}" if data else "{}")
            case list():
                for at, item in enumerate(data):
                    pieces.append("," if at else "[")
                    write(item)
                pieces.append("]" if data else "[]")
            case None:
                pieces.append("null")
            case bool() | int() | float():
                pieces.append(scalar_text(data))

    write(data)
    written = "".join(pieces)
    for letter in "<>&\u2028\u2029":
        written = written.replace(letter, f"\\u{ord(letter):04x}")
    return written


def _jsonencode(context: Context, arguments: tuple[Value, ...]) -> Value:
    arity("jsonencode", arguments, 1, 1)
    try:
        encoded = bounded_text(json_text(data_of(arguments[0])))
    except NotKnown:
        from .json_pieces import Pieces

        return text(list(Pieces().of(arguments[0])))
    return Known(encoded, sensitive=holds_sensitive(arguments[0]))


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


def _jsondecode(document: str) -> Value:
    import json

    return parsed(json.loads(document, parse_constant=_refuse_constant, parse_float=number_of))


def _yamldecode(document: str) -> Value:
    import yaml

    from .yaml_reader import Loader

    if len(document) > YAML_LIMIT:
        raise too_large("a YAML document")
    try:
        data = yaml.load(document, Loader=Loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" (its line {mark.line + 1})" if mark else ""
        raise ValueError(f"the string is not valid YAML{where}") from None
    _measure(data)
    return parsed(data)


def _measure(data: object) -> None:
    """Raises EvaluationError where aliases make a small document a huge or an endless value."""
    waiting: list[object] = [data]
    count = 0
    while waiting:
        item = waiting.pop()
        count += 1
        bounded_length(count)
        if isinstance(item, dict):
            waiting.extend(item.values())
        elif isinstance(item, list):
            waiting.extend(item)


def _yamlencode(data: object) -> str:
    import yaml

    class Dumper(yaml.SafeDumper):
        def ignore_aliases(self, data: object) -> bool:
            return True

    def scalar(dumper: Any, text: str) -> Any:
        style = "|" if "\n" in text else '"'
        return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)

    def number(dumper: Any, data: float) -> Any:
        return dumper.represent_scalar("tag:yaml.org,2002:float", number_text(data))

    Dumper.add_representer(str, scalar)
    Dumper.add_multi_representer(float, number)
    Dumper.add_representer(float, number)
    text: str = yaml.dump(
        data, Dumper=Dumper, default_flow_style=False, allow_unicode=True, width=TEXT_LIMIT
    )
    # Both end a plain scalar that is no string so.
    return text.removesuffix("...\n") if isinstance(data, str | list | dict) else text


def _csvdecode(document: str) -> Value:
    import csv
    import io

    try:
        rows = [row for row in csv.reader(io.StringIO(document, newline=""), strict=True) if row]
    except csv.Error as error:
        raise ValueError(str(error)) from None
    if not rows:
        raise ValueError("the header line is missing")
    header, *records = rows
    if len(set(header)) < len(header):
        raise ValueError("a column name is there twice")
    if any(len(record) != len(header) for record in records):
        raise ValueError("a line has another number of fields than the header")
    bounded_length(len(records))
    items = (
        MapValue({name: Known(cell) for name, cell in zip(header, record, strict=True)})
        for record in records
    )
    return ListValue(tuple(items), "list")


def _b64(data: bytes) -> str:
    import base64

    return base64.b64encode(data).decode("ascii")


def _unb64(data: str) -> bytes:
    import base64

    return base64.b64decode(data.replace("\n", "").replace("\r", ""), validate=True)


def _base64encode(data: str) -> str:
    return _b64(data.encode())


def _base64decode(data: str) -> str:
    return _unb64(data).decode()


def _base64gzip(context: Context, arguments: tuple[Value, ...]) -> Value:
    """Never known: which bytes a compressor writes is its own affair."""
    arity("base64gzip", arguments, 1, 1)
    value = typed("base64gzip", "s", arguments[0])
    term = ("base64gzip", term_of(value))
    return Unknown("unsupported", "the bytes of base64gzip() are not known", term, not_null=True)


def _base64gunzip(data: str) -> str:
    import zlib

    engine = zlib.decompressobj(wbits=31)
    try:
        unpacked = engine.decompress(_unb64(data), TEXT_LIMIT * 4)
    except zlib.error as error:
        raise ValueError(str(error)) from None
    if engine.unconsumed_tail:
        raise too_large("an unpacked string")
    return unpacked.decode()


def _encoding(name: str) -> str:
    """Python's name of an IANA encoding. Raises ValueError where there is none."""
    import codecs

    try:
        " ".encode(name)
        found = codecs.lookup(name).name
    except LookupError:
        raise ValueError(f'"{name}" is not an encoding') from None
    if found in ("utf-16", "utf-32"):  # whose byte order depends on the machine
        raise EvaluationError(f"the encoding {name} is not evaluated", cause="unsupported")
    return found


def _textencodebase64(data: str, encoding: str) -> str:
    return _b64(data.encode(_encoding(encoding)))


def _textdecodebase64(data: str, encoding: str) -> str:
    return _unb64(data).decode(_encoding(encoding))


def _urlencode(data: str) -> str:
    from urllib.parse import quote_plus

    return quote_plus(data, safe="~")


def _urldecode(data: str) -> str:
    from urllib.parse import unquote_plus

    return unquote_plus(data, errors="strict")


FUNCTIONS: dict[str, Function] = {
    "jsonencode": _jsonencode,
    "jsondecode": _decoder("jsondecode", _jsondecode),
    "yamlencode": _encoder("yamlencode", _yamlencode),
    "yamldecode": _decoder("yamldecode", _yamldecode, 5),
    "csvdecode": _decoder("csvdecode", _csvdecode),
    "base64encode": plain("base64encode", "s", _base64encode),
    "base64decode": plain("base64decode", "s", _base64decode),
    "base64gzip": _base64gzip,
    "base64gunzip": plain("base64gunzip", "s", _base64gunzip),
    "textencodebase64": plain("textencodebase64", "ss", _textencodebase64),
    "textdecodebase64": plain("textdecodebase64", "ss", _textdecodebase64),
    "urlencode": plain("urlencode", "s", _urlencode),
    "urldecode": plain("urldecode", "s", _urldecode),
}
