import time
from collections.abc import Iterator

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from iac_check.cloudformation.yaml_document import read_template, read_yaml
from iac_check.language.document import (
    DEPTH_LIMIT,
    Entry,
    MappingNode,
    Node,
    ScalarNode,
    SequenceNode,
)
from iac_check.source import InputError, Source


@pytest.fixture(params=[True, False], ids=["libyaml", "python"], autouse=True)
def parser(request: pytest.FixtureRequest) -> Iterator[None]:
    """Each test with both of PyYAML's parsers: wheels for some platforms have no libyaml."""
    if request.param and not yaml.__with_libyaml__:
        pytest.skip("PyYAML was built without libyaml")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(yaml, "__with_libyaml__", request.param)
        yield


def documents(text: str, path: str = "t.yaml") -> list[Node]:
    return read_yaml(Source(path, text))


def read(text: str) -> Node:
    (document,) = documents(text)
    return document


def scalar(node: Node | None) -> ScalarNode:
    assert isinstance(node, ScalarNode)
    return node


def entries(node: Node) -> tuple[Entry, ...]:
    assert isinstance(node, MappingNode)
    return node.entries


def value(text: str) -> ScalarNode:
    """The value of the last key of a block mapping."""
    return scalar(entries(read(text))[-1].value)


def plain(node: Node) -> object:
    if isinstance(node, MappingNode):
        return {entry.key: plain(entry.value) for entry in node.entries}
    if isinstance(node, SequenceNode):
        return [plain(item) for item in node.items]
    return scalar(node).value


def scalars(node: Node) -> list[ScalarNode]:
    if isinstance(node, MappingNode):
        return [found for entry in node.entries for found in scalars(entry.value)]
    if isinstance(node, SequenceNode):
        return [found for item in node.items for found in scalars(item)]
    return [scalar(node)]


# PyYAML's own emitter and scanner disagree on a few characters (U+FEFF, U+2028 in plain text).
TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp", "Cf", "Cn")), max_size=12)
TREES = st.recursive(
    TEXTS | st.booleans() | st.none() | st.integers(-(10**20), 10**20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=15,
)


@given(
    TREES.filter(lambda tree: tree is not None),
    st.sampled_from([None, True, False]),
    st.sampled_from([None, "'", '"', "|", ">"]),
    st.booleans(),
)
def test_what_pyyaml_writes_reads_back(
    tree: object, flow: bool | None, style: str | None, unicode: bool
) -> None:
    text = yaml.safe_dump(
        tree,
        default_flow_style=flow,
        default_style=style if not isinstance(tree, bool | int) else None,
        allow_unicode=unicode,
        sort_keys=False,
    )
    found = [plain(document) for document in documents(text)]
    assert repr(found) == repr([tree])


@given(
    st.recursive(TEXTS, lambda inner: st.lists(inner, min_size=1, max_size=4), max_leaves=10),
    st.booleans(),
    st.booleans(),
)
def test_spans_read_back_as_the_value(tree: object, flow: bool, crlf: bool) -> None:
    text = yaml.safe_dump(tree, default_flow_style=flow, allow_unicode=True, width=20)
    if crlf:
        text = text.replace("\n", "\r\n")
    for node in scalars(read(text)):
        assert yaml.load(node.span.text, Loader=yaml.BaseLoader) == node.value


@given(st.text(alphabet="&*!|>-?:,[]{}#'\"%@` \n\tab<1~\r\x00\x85é", max_size=25))
def test_any_text_reads_or_is_an_input_error(text: str) -> None:
    source = Source("t.yaml", text)
    for read_any in (read_yaml, read_template):
        try:
            found = read_any(source)
        except InputError as error:
            assert error.line is not None  # noqa: PT017 - most texts are in order
            continue
        assert all(0 <= n.span.start <= n.span.end <= len(text) for d in found for n in scalars(d))


@given(st.binary(max_size=60))
def test_binary_junk_reads_or_is_an_input_error(data: bytes) -> None:
    source = Source("t.yaml", data.decode("latin-1"))
    try:
        read_yaml(source)
    except InputError as error:
        assert error.line is not None  # noqa: PT017 - some junk is YAML


def test_positions_count_code_points_with_crlf_and_emoji() -> None:
    text = "é: '\U0001f600'\r\nb: [x, é, \"q\\x41\"]\r\n\r\nc: !Sub é  # note\r\nd:\r\n  e: 1\r\n"
    first, second, third, fourth = entries(read(text))
    assert first.value.span.positions() == ((1, 4), (1, 7))
    assert second.value.span.text == '[x, é, "q\\x41"]'
    assert [node.span.text for node in scalars(second.value)] == ["x", "é", '"q\\x41"']
    assert [node.written for node in scalars(second.value)] == ["x", "é", "q\\x41"]
    assert third.value.span.positions() == ((4, 4), (4, 10))
    assert fourth.span.positions() == ((5, 1), (5, 2))
    assert fourth.value.span.text == "e: 1"


def test_byte_order_mark_and_rare_line_breaks_shift_nothing() -> None:
    source = Source.decode("t.yaml", "\ufeffa: x\x85b: y\rc: z\nd: end".encode())
    (document,) = read_yaml(source)
    assert [(e.key, e.value.span.text) for e in entries(document)] == [
        ("a", "x"),
        ("b", "y"),
        ("c", "z"),
        ("d", "end"),
    ]
    assert str(entries(document)[3].value.span) == "t.yaml:2:4"


@pytest.mark.parametrize(
    ("text", "written", "span"),
    [
        ("a:", "", ""),
        ("a:   # nothing\nb", None, None),
        ("a: 'it''s'", "it''s", "'it''s'"),
        ("a: two\n  lines  # note", "two\n  lines", "two\n  lines"),
        ("a: |\n  x\n\n\n# note", "|\n  x", "|\n  x"),
        ("a: >-\n  x\n  y\n  \n", ">-\n  x\n  y", ">-\n  x\n  y"),
        ("a: !Sub |\n  x\n", "|\n  x", "!Sub |\n  x"),
        ("a: !Sub  # why\n  'x'", "x", "!Sub  # why\n  'x'"),
        ("a: &x y", "y", "y"),
        ("a: &x !Ref y", "y", "!Ref y"),
        ("a: !Ref &x y", "y", "!Ref &x y"),
        ("a: !Ref", "", "!Ref"),
        ("a: &x", "", ""),
    ],
)
def test_written_and_span(text: str, written: str | None, span: str | None) -> None:
    if written is None:
        with pytest.raises(InputError):
            read(text)
        return
    node = value(text)
    assert (node.written, node.span.text) == (written, span)


def test_an_empty_value_is_right_after_its_colon() -> None:
    first, second = entries(read("a:   # nothing\nb:\n"))
    assert first.value.span.positions() == ((1, 3), (1, 3))
    assert second.value.span.positions() == ((2, 3), (2, 3))
    assert scalar(first.value).value is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("true", True), ("False", False), ("TRUE", True), ("tRUE", "tRUE"),
        ("null", None), ("~", None), ("Null", None), ("''", ""), ("'null'", "null"),
        ("on", "on"), ("yes", "yes"), ("No", "No"), ("off", "off"), ("y", "y"),
        ("0", 0), ("-17", -17), ("123456789012", 123456789012), ("012345678901", "012345678901"),
        ("0123", "0123"), ("0x1F", "0x1F"), ("0o17", "0o17"), ("1_000", "1_000"), ("+1", "+1"),
        ("1.50", 1.5), ("-.5", -0.5), ("1.5e3", 1500.0), ("1e5", "1e5"), ("1.0e999", "1.0e999"),
        (".inf", ".inf"), (".NaN", ".NaN"), ("1.2.3", "1.2.3"), ("-", "-"), ("'5'", "5"),
        ("2010-09-09", "2010-09-09"), ("2001-12-14t21:59:43.10Z", "2001-12-14t21:59:43.10Z"),
        ("12:30:00", "12:30:00"), ("=", "="), ("<<", "<<"),
        ("!!str 5", "5"), ("!!int '5'", 5), ("!!binary aGk=", "aGk="), ("! 5", "5"),
        ("!!timestamp 2010-09-09", "2010-09-09"), ("!!python/object:os.system x", "x"),
    ],
)  # fmt: skip
def test_types_of_scalars(text: str, expected: object) -> None:
    node = value("a: " + (text if text != "-" else "'-'"))
    assert repr(node.value) == repr(expected)
    assert node.tag is None


def test_long_digits_stay_text() -> None:
    digits = "9" * 100_000
    assert value(f"a: {digits}").value == digits


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("!Ref 5", "Ref"),
        ("!GetAtt [a, b]", "GetAtt"),
        ("!Foo {a: b}", "Foo"),
        ("!R%65f 5", "Ref"),
        ("!<!Ref> 5", "Ref"),
        ("!<tag:example.org,2000:x> 5", "tag:example.org,2000:x"),
        ("!!map {a: b}", None),
        ("!!seq []", None),
    ],
)
def test_tags(text: str, tag: str | None) -> None:
    (entry,) = entries(read(f"a: {text}"))
    assert entry.value.tag == tag
    assert entry.value.span.text == text
    if isinstance(entry.value, ScalarNode):
        assert entry.value.value == "5"


@pytest.mark.parametrize(
    "text", ["!item%20of a", "!item%20of [a]", "!<!item%20of> a", "!item%20of |\n  a",
             "%TAG !e! !item%20\n---\n!e!of a"],
)  # fmt: skip
def test_no_tag_has_a_space(text: str) -> None:
    (node,) = read_yaml(Source("t.yaml", text))
    assert node.tag == "item%20of"


def test_a_tag_directive_hides_no_function() -> None:
    (document,) = documents("%TAG !c! !\n---\na: !c!Ref x\n")
    assert entries(document)[0].value.tag == "Ref"


def test_anchors_and_aliases() -> None:
    document = read("a: &x [1, &y two]\nb: *x\nc: {*y : *y}\nd: &x 3\ne: *x\n")
    assert plain(document) == {
        "a": [1, "two"],
        "b": [1, "two"],
        "c": {"two": "two"},
        "d": 3,
        "e": 3,
    }


def test_merge_keys() -> None:
    document = read("""
base: &base {x: 1, y: 2}
other: &other {y: 3, z: 4}
one:
  <<: *base
  y: own
many:
  <<: [*other, *base]
  w: 0
deep:
  <<: &deep {<<: *base, y: 9}
quoted: {'<<': {a: 1}}
""")
    assert isinstance(document, MappingNode)
    found = {entry.key: plain(entry.value) for entry in document.entries}
    assert found["one"] == {"y": "own", "x": 1}
    assert found["many"] == {"w": 0, "y": 3, "z": 4, "x": 1}
    assert found["deep"] == {"y": 9, "x": 1}
    assert found["quoted"] == {"<<": {"a": 1}}
    assert [entry.key for entry in entries(document.entries[3].value)] == ["w", "y", "z", "x"]


def test_a_stream_of_documents() -> None:
    text = "---\n---\n# only a note\n---\na: 1\n...\n---\n- &x b\n---\n''\n"
    assert [plain(document) for document in documents(text)] == [{"a": 1}, ["b"], ""]
    assert documents("") == documents("# note\n") == []
    with pytest.raises(InputError, match="no anchor"):
        documents("- &x b\n---\n- *x\n")


@pytest.mark.parametrize(
    ("text", "line", "column", "message"),
    [
        ("a: 1\nb: 2\na: 3", 3, 1, "duplicate key 'a'"),
        ('x: {a: 1, "\\x61": 2}', 1, 11, "duplicate key 'a'"),
        ("<<: {a: 1}\n<<: {b: 1}", 2, 1, "duplicate key '<<'"),
        ("<<: 1", 1, 1, "`<<` takes"),
        ("a: 1\n<<: [{b: 1}, c]", 2, 1, "`<<` takes"),
        ("<<: !Foo {b: 1}", 1, 1, "`<<` takes"),
        ("? [a]\n: b", 1, 3, "a key must be a scalar"),
        ("{{a: b}: c}", 1, 2, "a key must be a scalar"),
        ("? !Ref a\n: b", 1, 3, "a key must be a scalar"),
        ("- &x [a]\n- {*x : b}", 2, 4, "a key must be a scalar"),
        ("a: *b", 1, 4, "no anchor is named 'b'"),
        ("a: &a\n  - *a", 2, 5, "contains itself"),
        ("&a {<<: *a}", 1, 9, "contains itself"),
        ("a:\n\tb: 1", 2, 1, "a tab is used"),
        ("a:\n  - b\n\t- c", 3, 1, "a tab is used"),
        ("é: x\x07", 1, 5, "U+0007"),
        ("a: b\nc: d\x00e: f", 2, 5, "U+0000"),
        ("a: \ud800", 1, 4, "U+D800"),
        ("\ufeffa: b", 1, 1, "byte order mark"),
        ("é: [1, 2\n", 2, 1, "expected"),
        ("a: b: c", 1, 5, "not allowed"),
        ("a: 'x", 1, 6, "end of stream"),
        ("%YAML 3.0\n--- a", 1, 1, "incompatible"),
    ],
)
def test_what_is_an_error(text: str, line: int, column: int, message: str) -> None:
    with pytest.raises(InputError) as caught:
        documents(text)
    assert message in caught.value.message
    assert (caught.value.line, caught.value.column) == (line, column)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        "[" * 100_000 + "]" * 100_000,
        "{a: " * 100_000,
        "- " * 100_000,
        "? " * 100_000,
        "".join(" " * depth + "a:\n" for depth in range(1_000)),
        "a0: &a0 [x]\n" + "".join(f"a{i}: &a{i} [*a{i - 1}]\n" for i in range(1, 400)),
        "&a " * 100_000,
        "! " * 100_000,
        "".join(f"%TAG !a{i}! !\n" for i in range(100_000)),
    ],
)
def test_hostile_nesting_is_refused_soon(text: str) -> None:
    begin = time.process_time()
    with pytest.raises(InputError):
        documents(text)
    assert time.process_time() - begin < 5


def test_the_deepest_allowed_nesting() -> None:
    document = read("[" * DEPTH_LIMIT + "]" * DEPTH_LIMIT)
    assert isinstance(document, SequenceNode)
    with pytest.raises(InputError, match="nested deeper"):
        read("[" * (DEPTH_LIMIT + 1) + "]" * (DEPTH_LIMIT + 1))


@pytest.mark.parametrize(
    "step", ["a{0}: &a{0} [{1}]\n", "a{0}: &a{0} {{{2}}}\n"], ids=["list", "mapping"]
)
def test_an_alias_bomb_is_refused_soon(step: str) -> None:
    text = "a0: &a0 [x, x, x]\n"
    for level in range(1, 60):
        alias = f"*a{level - 1}"
        members = ", ".join(f"k{number}: {alias}" for number in range(9))
        text += step.format(level, ", ".join([alias] * 9), members)
    begin = time.process_time()
    with pytest.raises(InputError, match="aliases expanded"):
        documents(text)
    assert time.process_time() - begin < 5


def test_merges_count_what_they_copy() -> None:
    keys = ", ".join(f"k{number}: 1" for number in range(3_000))
    text = f"a: &a {{{keys}}}\n" + "".join(f"b{number}: {{<<: *a}}\n" for number in range(3_000))
    with pytest.raises(InputError, match="aliases expanded"):
        documents(text)


def test_templates_in_json_and_yaml() -> None:
    assert [plain(n) for n in read_template(Source("t.json", '{"a": 1}'))] == [{"a": 1}]
    assert [plain(n) for n in read_template(Source("t.yaml", 'a: 1\n---\nb: "x"'))] == [
        {"a": 1},
        {"b": "x"},
    ]
    assert [plain(n) for n in read_template(Source("t.template", '\n{\n\t"a": 1}'))] == [{"a": 1}]
    assert [plain(n) for n in read_template(Source("t.template", "{a: [1, 2,]}"))] == [
        {"a": [1, 2]}
    ]
    with pytest.raises(InputError, match="not valid JSON"):
        read_template(Source("t.JSON", "{a: 1}"))
    with pytest.raises(InputError, match="duplicate key"):
        read_template(Source("t.template", '{"a": 1, "a": 2}'))


@pytest.mark.parametrize(
    ("written", "older"),
    [
        ("yes", True), ("On", True), ("NO", False), ("off", False), ("0123", 83), ("-010", -8),
        ("y", None), ("'yes'", None), ("!!str yes", None), ("true", None), ("0", None),
        ("012345678901", None), ("yeS", None), ("1_000", 1000), ("0x1F", 31), ("-0xf_f", -255),
        ("0b101", 5), ("1:30", 90), ("-1:00:01", -3601), ("+5", 5), ("5", None), ("-5", None),
        ("0_7", 7), ("0_8", None), ("089", None), ("_1", None), ("1__", 1), ("0x", None),
        ("0x_", None), ("0b2", None), ("1:60", None), ("12:30:99", None), ("1-2", None),
        ("1e3", 1000.0), ("1_0.5", 10.5), ("1E-2", 0.01), ("1.0", None), ("1e999", None),
        ("1.2.3", None), ("e3", None), (".", None), ("+", None), ("'1_000'", None),
    ],
)  # fmt: skip
def test_what_yaml_1_1_reads_otherwise(written: str, older: bool | int | float | None) -> None:
    (node,) = read_yaml(Source("t.yaml", written))
    assert isinstance(node, ScalarNode)
    assert (node.older, type(node.older)) == (older, type(older))


def test_an_alias_stands_where_it_is_written() -> None:
    text = "a: &k {x: 1}\nb: *k\nc: {<<: *k, y: 2}\n"
    (node,) = read_yaml(Source("t.yaml", text))
    assert isinstance(node, MappingNode)
    alias, merged = node.get("b"), node.get("c")
    assert isinstance(alias, MappingNode)
    assert isinstance(merged, MappingNode)
    assert (alias.span.text, alias.anchor and alias.anchor.text) == ("*k", "{x: 1}")
    brought = merged.get("x")
    assert brought is not None
    assert (brought.span.text, brought.anchor and brought.anchor.text) == ("*k", "1")
