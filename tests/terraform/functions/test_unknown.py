"""What stays certain when an argument is not known."""

from __future__ import annotations

import pytest

from iac_check.language.convert import to_string
from iac_check.language.value import (
    EvaluationError,
    Known,
    ListValue,
    MapValue,
    Text,
    Unknown,
    Value,
    Whole,
)
from iac_check.records import replace
from iac_check.terraform.functions import NAMES, find

ALIAS = "alias/aws/backup"


def open_list(variable, element=None, items=()):
    """A list of the items and of an unknown number more."""
    return ListValue(tuple(items), "tuple", variable, element)


def test_coalesce_takes_what_comes_before_an_unknown(run, variable):
    assert run("coalesce", "", ALIAS, variable) == Known(ALIAS)


def test_coalesce_explores_whether_an_unknown_is_null_or_empty(explore, variable, key):
    text = replace(to_string(variable), not_null=True)
    assert explore("coalesce", variable, key) == [key, text]


def test_coalesce_keeps_a_resource_attribute(run, key):
    assert run("coalesce", key, ALIAS) is key


def test_coalesce_keeps_the_trail(run, key):
    traced = key.via(key.resource.span, "here")
    assert run("coalesce", None, traced).trail == traced.trail


def test_an_unknown_result_of_running_is_never_empty(run):
    uuid = run("uuid")
    assert run("coalesce", uuid, ALIAS) == uuid


@pytest.mark.parametrize("name", ["uuid", "timestamp", "plantimestamp", "bcrypt", "rsadecrypt"])
def test_functions_of_the_run_are_external(run, name):
    result = run(name)
    assert result.cause == "external"
    assert result.not_null
    assert result.why == f"{name}() is known only when it runs"


def test_functions_of_providers_are_external(run):
    assert run("provider::aws::arn_parse", "arn:aws:x").cause == "external"


def test_there_is_no_other_function():
    assert find("no_such_function") is None


def test_element_explores_an_unknown_index(explore, variable, key, other_key):
    assert explore("element", [key, other_key], variable) == [key, other_key]


def test_one_of_a_splat_is_null_or_the_key(explore, variable, key):
    outcomes = explore("one", open_list(variable, key))
    assert len(outcomes) == 2
    assert None in outcomes
    assert key in outcomes


def test_element_of_a_concatenated_splat(run, worlds, variable, key):
    def judge() -> Value:
        return run("element", run("concat", open_list(variable, key), [""]), 0)

    outcomes = [value for _, value in worlds.explore(judge)]
    assert len(outcomes) == 2
    assert key in outcomes
    assert Known("") in outcomes


def test_lookup_explores_an_unknown_key(explore, variable, key):
    outcomes = explore("lookup", {"a": key, "b": ALIAS}, variable, "none")
    assert len(outcomes) == 3
    assert all(outcome in outcomes for outcome in (key, ALIAS, "none"))


def test_lookup_of_an_unknown_key_without_default_is_one_of_the_elements(explore, variable, key):
    assert explore("lookup", {"a": key}, variable) == [key]


def test_lookup_reads_nothing_but_the_wanted_key(run, key):
    from iac_check.language.value import LazyItems

    def read(name: str) -> Value:
        assert name == "a"
        return key

    assert run("lookup", MapValue(LazyItems(("a", "b"), read)), "a", "") is key


def test_lookup_in_a_partly_known_map(explore, variable, key):
    partly = MapValue({"a": key}, rest=variable)
    assert explore("lookup", partly, "a", "") == [key]
    outcomes = explore("lookup", partly, "b", "")
    assert "" in outcomes
    assert any(isinstance(outcome, Unknown) for outcome in outcomes)


def test_merge_of_an_unknown_map_first_keeps_later_keys(run, variable, key):
    merged = run("merge", variable, {"kms": key})
    assert merged.items["kms"] is key
    assert merged.rest is not None


def test_merge_of_an_unknown_map_last_may_override(worlds, run, variable, key):
    first = replace(variable, not_null=True)
    outcomes = [
        value for _, value in worlds.explore(lambda: run("merge", {"kms": key}, first).items["kms"])
    ]
    assert key in outcomes
    assert any(isinstance(value, Unknown) for value in outcomes)


def test_compact_drops_only_what_is_null_or_empty(plain, key):
    assert plain("compact", ["", None, key]) == [key]


def test_compact_explores_an_unknown_element(explore, variable, key):
    outcomes = explore("compact", [variable, key])
    assert [key] in outcomes
    text = replace(to_string(variable), not_null=True)
    assert [text, key] in outcomes


def test_concat_and_flatten_keep_elements(plain, key, other_key):
    assert plain("concat", [key], [other_key]) == [key, other_key]
    assert plain("flatten", ((key, (other_key,)),)) == [key, other_key]


def test_flatten_is_open_from_an_unknown_element_on(run, variable, key):
    result = run("flatten", (key, variable, "x"))
    assert result.items == (key,)
    assert result.rest is not None


def test_distinct_explores_whether_elements_are_equal(explore, variable):
    outcomes = explore("distinct", ["a", variable])
    assert ["a"] in outcomes
    assert ["a", to_string(variable)] in outcomes


def test_distinct_keeps_each_attribute_once(plain, key, other_key):
    assert plain("distinct", [key, other_key, key]) == [key, other_key]


def test_one_of_a_set_of_one_attribute(run, key):
    assert run("one", run("toset", [key, key])) == key


def test_ephemeralasnull_is_null_where_its_argument_is_ephemeral(explore, key):
    assert explore("ephemeralasnull", key) == [key]
    assert explore("ephemeralasnull", "a") == [None, "a"]


def test_what_is_in_an_order_that_is_not_known(run, explore, worlds, key, other_key, variable):
    either = run("tolist", run("toset", [key, other_key]))
    assert (either.least, len(either.items)) == (2, 2)
    assert run("length", either) == Known(2)
    assert explore("join", "", [key]) == [key]
    joined = explore("join", ",", either)
    assert len(joined) == 2
    assert Text((other_key, Known(","), key)) in joined
    assert isinstance(run("jsonencode", run("toset", ({"a": 1}, {"a": 2}))), Unknown)
    size = run("length", run("toset", [key, variable])).term
    assert not worlds.decide(("<", size, ("literal", "int", 1)))
    assert worlds.decide(("<", size, ("literal", "int", 3)))


def test_a_set_of_scalars_is_sorted_by_value_and_null_is_last(run):
    assert run("toset", [10, 9, 0]).items == (Known(0), Known(9), Known(10))
    assert run("toset", [True, False]).items == (Known(False), Known(True))
    assert run("toset", [None, "b", "B"]).items == (Known("B"), Known("b"), Known(None))


def test_a_pattern_that_is_not_evaluated_is_no_failure_of_the_code(run):
    for name, *arguments in (("regex", "\\p{Greek}", "x"), ("regexall", "a*b", "a" * 20_000)):
        with pytest.raises(EvaluationError) as caught:
            run(name, *arguments)
        assert caught.value.cause == "unsupported"


def test_join_of_one_element_is_the_element(run, key):
    assert run("join", "", [key]) == key
    assert run("join", ",", [key, "x"]) == Text((key, Known(",x")))


def test_join_of_a_splat_is_empty_or_the_key(explore, variable, key):
    outcomes = explore("join", "", open_list(variable, key))
    assert len(outcomes) == 2
    assert "" in outcomes
    assert key in outcomes


def test_values_and_keys_of_a_map(plain, key):
    assert plain("values", {"a": key}) == [key]
    assert plain("keys", {"a": key}) == ["a"]


def test_format_keeps_the_text_around_an_unknown(run, variable, key):
    assert run("format", "arn:%s:kms:%s:" + ALIAS, variable, "eu") == Text(
        (Known("arn:"), to_string(variable), Known(":kms:eu:" + ALIAS))
    )
    assert run("format", "%s", key) == key
    assert isinstance(run("format", "%5s|", variable), Text)


def test_formatlist_over_a_splat(run, variable, key):
    result = run("formatlist", "%s", open_list(variable, key))
    assert result.element == key


def test_functions_of_letters_work_on_known_parts(run, alias, variable):
    assert run("upper", alias).parts[-1] == Known(":ALIAS/AWS/BACKUP")
    assert run("lower", alias).parts[0] == Known("arn:aws:kms:")
    assert run("replace", alias, "/", "-").parts[-1] == Known(":alias-aws-backup")
    assert run("trimprefix", alias, "arn:").parts[0] == Known("aws:kms:")
    assert run("trimsuffix", alias, "/backup").parts[-1] == Known(":alias/aws")
    assert run("trimspace", Text((Known(" a"), variable))).parts[0] == Known("a")
    assert run("trimsuffix", Text((Known("a"), variable, Known("b"))), "xb").cause
    assert run("trimprefix", alias, "x") is alias


def test_edges_of_a_partly_known_string_decide(plain, alias, variable):
    assert plain("startswith", alias, "arn:aws") is True
    assert plain("startswith", alias, "alias") is False
    assert plain("endswith", alias, ALIAS) is True
    assert plain("strcontains", alias, "alias/aws/") is True
    assert isinstance(plain("startswith", alias, "arn:aws:kms:eu"), Unknown)
    assert isinstance(plain("strcontains", alias, "eu-"), Unknown)
    assert isinstance(plain("startswith", variable, "a"), Unknown)


def test_substr_of_a_known_beginning(run, alias):
    assert run("substr", alias, 0, 3) == Known("arn")
    assert run("substr", alias, 4, -1).parts[0] == Known("aws:kms:")
    assert isinstance(run("substr", alias, -5, -1), Unknown)


def test_split_is_certain_before_the_first_unknown_part(run, alias):
    result = run("split", ":", alias)
    assert result.items == (Known("arn"), Known("aws"), Known("kms"))
    assert result.rest is not None


def test_quantifiers_are_settled_by_one_element(plain, variable):
    assert plain("anytrue", [variable, True]) is True
    assert plain("alltrue", [variable, False]) is False
    assert isinstance(plain("alltrue", [variable, True]), Unknown)


def test_contains_is_certain_where_an_element_is_equal(plain, variable):
    assert plain("contains", [variable, "a"], "a") is True
    assert isinstance(plain("contains", [variable, "a"], "b"), Unknown)


def test_contains_decides_by_the_equalities(run, worlds, variable):
    def judge() -> bool:
        return worlds.decide(run("contains", [variable, "a"], "b").term)

    facts = [facts for facts, _ in worlds.explore(judge)]
    assert {("==", variable.term, ("literal", "str", "b")): True} in facts


def test_length_of_a_splat_is_not_negative(run, worlds, variable):
    length = run("length", open_list(variable))
    assert not worlds.decide(("<", length.term, ("literal", "int", 0)))


def test_length_of_a_set_that_may_shrink(plain, run, variable):
    assert isinstance(plain("length", run("toset", ["a", variable])), Unknown)
    assert plain("length", ["a", variable]) == 2


def test_a_sensitive_argument_marks_the_result(run, key):
    assert run("upper", Known("a", sensitive=True)).sensitive
    assert run("coalesce", key.hidden()).sensitive
    assert run("jsonencode", {"a": [Known("b", sensitive=True)]}).sensitive
    assert run("format", "%v", [Known("b", sensitive=True)]).sensitive
    assert not run("nonsensitive", run("sensitive", "a")).sensitive
    assert run("issensitive", run("sensitive", "a")) == Known(True)


def test_setsubtract_and_setintersection(plain, variable, key, other_key):
    assert plain("setsubtract", [key, other_key], [key]) == {other_key}
    assert plain("setintersection", [key, other_key], [key]) == {key}
    assert isinstance(plain("setsubtract", ["a"], [variable]), Unknown)


def test_index_explores(explore, variable):
    assert sorted(explore("index", [variable, "a"], "a")) == [0, 1]


def test_slice_and_reverse_of_an_open_list(run, variable, key):
    values = open_list(variable, None, [key, Known("b")])
    assert run("slice", values, 0, 1).items == (key,)
    assert run("slice", values, 1, 5).items == (Known("b"),)
    assert run("reverse", values).least == 2
    assert run("reverse", open_list(variable, key)).element == key


# What a call may look like, by its number of arguments.
SHAPES = [
    lambda x, y: (),
    lambda x, y: (x,),
    lambda x, y: (x, y),
    lambda x, y: (x, y, x),
    lambda x, y: ([x, y],),
    lambda x, y: ([x], y),
    lambda x, y: ([x], [y]),
    lambda x, y: ("a", [x, y]),
    lambda x, y: ({"a": x}, y),
    lambda x, y: ({"a": [x]},),
    lambda x, y: ("%s", x, y),
]


@pytest.mark.parametrize("name", sorted(NAMES))
def test_no_mixture_of_arguments_escapes(name, run, worlds, variable, key, alias):
    """Whatever the arguments, the result is a value or an EvaluationError."""
    kinds: list[object] = [
        *(variable, key, alias, Whole(key.resource), None, "x", "", -1, 1.5, True),
        *([], ["a"], {}, {"a": 1}, open_list(variable), open_list(variable, key)),
        *(open_list(variable, None, [key]), MapValue({"a": key}, rest=variable)),
    ]

    def judge(arguments: tuple[object, ...]) -> Value | None:
        try:
            return run(name, *arguments)
        except EvaluationError:
            return None

    for first in kinds:
        for second in kinds:
            for shape in SHAPES:
                for _, value in worlds.explore(lambda: judge(shape(first, second))):  # noqa: B023
                    assert value is None or isinstance(value, Value)


def test_jsonencode_keeps_what_is_known_around_the_rest(run, key, variable):
    value = MapValue({"b": key, "a": ListValue((Known('x"'), Known(1), Known(None)))})
    assert run("jsonencode", value) == Text((Known('{"a":["x\\"",1,null],"b":"'), key, Known('"}')))
    loose = run(
        "jsonencode", MapValue({"a": variable})
    )  # it may be null, a number, or need escapes
    assert isinstance(loose, Text)
    before, part, after = loose.parts
    assert (before, after) == (Known('{"a":'), Known("}"))
    assert isinstance(part, Unknown)
    assert part != variable
    assert isinstance(run("jsonencode", open_list(variable)), Unknown)


def test_what_was_encoded_is_decoded_around_what_is_not_known(run, plain, key, variable):
    value = MapValue({"a": key, "b": ListValue((variable,)), "c": Text((Known("x"), variable))})
    found = plain("jsondecode", run("jsonencode", value))
    assert found["a"] == key
    assert isinstance(found["b"][0], Unknown)
    assert isinstance(found["c"], Text)
    assert found["b"][0].type is None
    assert not found["b"][0].not_null
    assert found["c"].parts[1].term == variable.term
    assert plain("jsondecode", run("jsonencode", key)) == key
    assert plain("yamldecode", Text((Known("a: ["), key, Known(", b]")))) == {"a": [key, "b"]}


@pytest.mark.parametrize("name", ["jsondecode", "yamldecode"])
@pytest.mark.parametrize(
    ("before", "after"), [('{"a": "', '"}'), ('{"', '": 1}'), ('{"\ue000": "', '"}'), ("[", "]")]
)
def test_what_may_be_syntax_is_not_decoded(run, variable, name, before, after):
    assert isinstance(run(name, Text((Known(before), variable, Known(after)))), Unknown)


@pytest.mark.parametrize("name", ["jsondecode", "yamldecode"])
@pytest.mark.parametrize(("before", "after"), [('{"', '": 1}'), ('["\ue000", "', '"]')])
def test_a_document_whose_form_hangs_on_a_key_is_not_known(run, key, name, before, after):
    assert isinstance(run(name, Text((Known(before), key, Known(after)))), Unknown)


@pytest.mark.parametrize("begun", ["\\", "\\u00e", "\\x6", "\\U0000006", "\\u", "\\x"])
def test_a_key_within_an_escape_is_not_known(run, key, begun):
    for name in ("jsondecode", "yamldecode"):
        assert isinstance(run(name, Text((Known(f'"{begun}'), key, Known('"')))), Unknown)


@pytest.mark.parametrize("begun", ["&", "*", "!", "!!", "%", "|", ">"])
def test_a_key_that_is_a_sign_of_yaml_is_not_known(run, key, begun):
    assert isinstance(run("yamldecode", Text((Known(f"a: {begun}"), key, Known(" x")))), Unknown)


def test_a_key_outside_quotes_is_no_json(run, key):
    with pytest.raises(EvaluationError):
        run("jsondecode", Text((Known('{"a": '), key, Known("}"))))


def test_what_was_encoded_may_stand_within_quotes(run, variable):
    encoded = run("jsonencode", MapValue({"a": variable}))
    assert isinstance(encoded, Text)
    within = Text((Known('{"a": "'), encoded.parts[1], Known('"}')))
    assert isinstance(run("jsondecode", within), Unknown)
    assert isinstance(run("yamldecode", encoded), Unknown)
