import json
import math
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iac_check.language.document import DEPTH_LIMIT, MappingNode, Node, ScalarNode, SequenceNode
from iac_check.language.json_document import read_json
from iac_check.source import InputError, Source


def read(text: str) -> Node:
    return read_json(Source("t.json", text))


def plain(node: Node) -> object:
    if isinstance(node, MappingNode):
        return {entry.key: plain(entry.value) for entry in node.entries}
    if isinstance(node, SequenceNode):
        return [plain(item) for item in node.items]
    assert isinstance(node, ScalarNode)
    return node.value


def nodes(root: Node) -> list[Node]:
    found = [root]
    for node in found:
        if isinstance(node, MappingNode):
            found.extend(entry.value for entry in node.entries)
        elif isinstance(node, SequenceNode):
            found.extend(node.items)
    return found


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=("Cs",))),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=("Cs",))), inner, max_size=4)
    ),
    max_leaves=20,
)


def same(left: object, right: object) -> bool:
    return repr(left) == repr(right)


@given(VALUES, st.booleans(), st.sampled_from([None, 2, "\t"]))
def test_values_are_those_of_the_standard_reader(
    value: object, escape: bool, indent: str | int | None
) -> None:
    text = json.dumps(value, ensure_ascii=escape, indent=indent)
    assert same(plain(read(text)), json.loads(text))


@given(VALUES, st.booleans(), st.sampled_from([None, 2]))
def test_every_span_reads_back_as_its_value(
    value: object, escape: bool, indent: int | None
) -> None:
    root = read("\n " + json.dumps(value, ensure_ascii=escape, indent=indent) + "\r\n")
    for node in nodes(root):
        assert same(json.loads(node.span.text), plain(node))
        if isinstance(node, MappingNode):
            assert [json.loads(entry.span.text) for entry in node.entries] == [
                entry.key for entry in node.entries
            ]
        if isinstance(node, ScalarNode):
            assert node.span.text.strip('"') == node.written.strip('"')


@given(st.text(alphabet='{}[]",:\\/ \n\t0123456789.eE+-ntrufalsx\x00é', max_size=30))
def test_any_text_reads_as_the_standard_reader_does_or_is_an_input_error(text: str) -> None:
    try:
        value = plain(read(text))
    except InputError as error:
        assert error.line is not None  # noqa: PT017 - some texts are in order
        return
    assert same(json.loads(text), value)


def test_positions() -> None:
    root = read('{\n  "é\\u0041": "\U0001f600",\n  "b": [1.50, {"c": null}]\n}')
    assert isinstance(root, MappingNode)
    first, second = root.entries
    assert first.key == "éA"
    assert first.span.positions() == ((2, 3), (2, 12))
    assert first.value.span.positions() == ((2, 14), (2, 17))
    assert str(second.value.span) == "t.json:3:8"
    assert second.value.span.text == '[1.50, {"c": null}]'
    assert isinstance(second.value, SequenceNode)
    number = second.value.items[0]
    assert isinstance(number, ScalarNode)
    assert (number.value, number.written) == (1.5, "1.50")


def test_written_is_the_text_before_escapes_are_resolved() -> None:
    node = read(r'"a\n\ud83d\ude00\/"')
    assert isinstance(node, ScalarNode)
    assert node.value == "a\n\U0001f600/"
    assert node.written == r"a\n\ud83d\ude00\/"


@pytest.mark.parametrize(
    ("text", "line", "column", "message"),
    [
        ("", 1, 1, "end of the file"),
        (" \n", 2, 1, "end of the file"),
        ("{", 1, 2, "a key in double quotes"),
        ('{"a": 1,\n "a": 2}', 2, 2, "duplicate key 'a'"),
        ('{"a": 1,\n "\\u0061": 2}', 2, 2, "duplicate key 'a'"),
        ('{"a": 1,\n}', 1, 8, "comma before `}`"),
        ("[1, ]", 1, 3, "comma before `]`"),
        ("[,]", 1, 2, "a value"),
        ("[1 2]", 1, 4, "`,` or `]`"),
        ("[1}", 1, 3, "`,` or `]`"),
        ('{"a" 1}', 1, 6, "`:`"),
        ("{a: 1}", 1, 2, "a key in double quotes"),
        ("{'a': 1}", 1, 2, "a key in double quotes"),
        ("[1, // x\n2]", 1, 5, "no comments"),
        ("[1 /* x */]", 1, 4, "no comments"),
        ("# x\n{}", 1, 1, "no comments"),
        ("{} x", 1, 4, "the end of the file"),
        ("[01]", 1, 2, "a value"),
        ("[1.]", 1, 2, "a value"),
        ("[+1]", 1, 2, "a value"),
        ("[NaN]", 1, 2, "a value"),
        ("[-Infinity]", 1, 2, "a value"),
        ("[truex]", 1, 2, "a value"),
        ("[1e999]", 1, 2, "out of range"),
        ('["a', 1, 2, "no end"),
        ('["a\\', 1, 2, "no end"),
        ('["ab\ncd"]', 1, 5, "control character"),
        ('["a\\x"]', 1, 4, "escape"),
        ('["a\\\n"]', 1, 4, "escape"),
        ('["a\\u12g4"]', 1, 4, "escape"),
        ('["a\\ud83d"]', 1, 4, "surrogate"),
        ('["a\\ud83d\\u0041"]', 1, 4, "surrogate"),
        ('["\\ude00\\ud83d"]', 1, 3, "surrogate"),
        ("[\xa01]", 1, 2, "a value"),
        ("\ufeff[]", 1, 1, "a value"),
    ],
)
def test_what_is_not_json(text: str, line: int, column: int, message: str) -> None:
    with pytest.raises(InputError) as caught:
        read(text)
    assert message in caught.value.message
    assert (caught.value.line, caught.value.column) == (line, column)


def test_depth_is_bounded() -> None:
    inside = DEPTH_LIMIT
    read("[" * inside + "]" * inside)
    for opening in ("[", '{"a":', '[{\n"a":'):
        with pytest.raises(InputError, match="nested deeper") as caught:
            read(opening * 100_000)
        assert caught.value.line is not None


def test_empty_containers_and_long_keys() -> None:
    key = "k" * 100_000
    assert plain(read(f'{{"{key}": [ ], "b": {{\n}}}}')) == {key: [], "b": {}}


def test_long_numbers_are_refused_before_they_are_converted() -> None:
    with pytest.raises(InputError, match="digits"):
        read("[" + "1" * 1_000_000 + "]")
    assert math.isclose(float(str(plain(read("1" * 300 + ".5")))), 1.1111111111111111e299)


@pytest.mark.parametrize(
    "text",
    [
        '"' + "\\\\" * 1_000_000,
        '"' + "a" * 2_000_000,
        "[" + " " * 2_000_000,
        "[" + "1," * 200_000,
        '{"a"' + "\n" * 1_000_000,
        "[" + '"a" ' * 200_000,
        "[" + "1e" * 500_000,
        '{"a":"' + "\\u00e9" * 200_000 + '",}',
    ],
)
def test_faulty_text_of_megabytes_is_refused_soon(text: str) -> None:
    begin = time.process_time()
    with pytest.raises(InputError):
        read(text)
    assert time.process_time() - begin < 5
