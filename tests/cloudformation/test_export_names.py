"""Which exports the name of an import may be, and that few of them are looked at."""

from __future__ import annotations

import re
from itertools import product

import pytest

from iac_check.cloudformation import export_names
from iac_check.cloudformation.export_names import ExportNames, may_be
from iac_check.language.value import Known, Unknown, Value, text


def stack_name(where: str = "a.yaml:") -> Unknown:
    return Unknown("external", "not known", ("ref", where, "AWS::StackName"), not_null=True)


def given(name: str = "P") -> Unknown:
    return Unknown("caller-supplied", "no value", ("ref", "b.yaml:", name), not_null=True)


def named(*parts: str | Unknown) -> Value:
    return text([Known(part) if isinstance(part, str) else part for part in parts])


OWN, OTHER, P, Q = stack_name(), stack_name("c.yaml:"), given("P"), given("Q")
PARTS: tuple[tuple[str | Unknown, ...], ...] = (
    ("k",), ("-k",), ("prod-k",), ("prod-", OWN, "-k"), (OWN,), (OWN, "-k"), (OWN, "k"),
    ("k-", OWN), ("k-", OWN, "-k"), (OWN, "-", OWN), (OWN, "-", OTHER), (OWN, OTHER, "-k"),
    (OWN, "-k-", OWN), (P, "-k"), (OWN, "-", P), (OWN, "-", Q), (P,), (Q, "k"), (P, "-k-", Q),
    (P, "-", Q), ("prod-k-eu",), ("a-k-b",), ("1-k",), ("aa-k",), ("k-k-k",),
)  # fmt: skip
NAMES = [named(*parts) for parts in PARTS]


def index(names: list[Value]) -> tuple[ExportNames, list[int]]:
    looked = [0]

    def step() -> None:
        looked[0] += 1

    found = ExportNames(step)
    for name in names:
        found.add(name)
    return found, looked


def test_what_is_found_is_what_may_be_the_name_where_one_is_so_by_its_stack() -> None:
    for left_out in range(len(NAMES)):
        exported = NAMES[:left_out] + NAMES[left_out + 1 :]
        names, _ = index(exported)
        name = NAMES[left_out]
        by_stack = any(export_names._agrees(name, one) for one in exported)
        expected = [at for at, one in enumerate(exported) if by_stack and may_be(name, one)]
        assert list(names.alike(name)) == expected, name


@pytest.mark.parametrize(
    ("name", "exported", "expected"),
    [
        (("prod-k",), (OWN, "-k"), True),
        (("prod-k",), ("prod-", OWN), True),
        (("prod-",), ("prod-", OWN), False),
        (("1prod-k",), (OWN, "-k"), False),  # a name of a stack begins with a letter
        (("a_b-k",), (OWN, "-k"), False),
        (("a-k-b",), (OWN, "-k-", OTHER), True),
        (("a-k--",), (OWN, "-k-", OTHER), False),
        (("a-k-k-b",), (OWN, "-k-", OTHER), True),
        (("prod-k",), (P, "-k"), False),
        ((P, "-k"), (OWN, "-k"), True),
        ((P, "-k"), ("prod-k",), True),
        ((P, "-", Q), (OWN, "-", P), True),
        ((P, "-k"), (OWN, "k"), False),
        ((P, "a", Q, "a"), ("aa",), True),
        ((P, "aa", Q, "a"), ("aa",), False),
    ],
)
def test_a_name_by_its_parts(
    name: tuple[str | Unknown, ...], exported: tuple[str | Unknown, ...], expected: bool
) -> None:
    assert may_be(named(*name), named(*exported)) is expected


def test_words_and_names_of_stacks_are_matched_as_a_pattern_would() -> None:
    """Against the engine of the standard library, which may take very long."""
    parts: tuple[str | Unknown, ...] = ("a", "-", "1", OWN, OTHER)
    texts = ["".join(letters) for size in range(1, 5) for letters in product("a-1", repeat=size)]
    for size in (1, 2, 3):
        for chosen in product(parts, repeat=size):
            if OWN not in chosen:
                continue
            name = "[A-Za-z][A-Za-z0-9-]*"
            pattern = "".join(name if isinstance(p, Unknown) else re.escape(p) for p in chosen)
            exported = named(*chosen)
            found, _ = index([exported])
            for content in texts:
                expected = re.fullmatch(pattern, content) is not None
                assert may_be(Known(content), exported) is expected, (pattern, content)
                assert bool(found.alike(Known(content))) is expected, (pattern, content)


def test_few_of_many_exports_are_looked_at() -> None:
    """Each import looked at every export: with thousands of both that took minutes."""
    many = 3_000
    names, looked = index(
        [named(OWN, f"-k{at}") for at in range(many)] + [named(f"x-k{at}") for at in range(many)]
    )
    for at in range(many):
        assert list(names.alike(named(f"prod-k{at}"))) == [at]
        assert list(names.alike(named(P, f"-k{at}"))) == [at, many + at]
    assert looked[0] <= 4 * many


def test_a_name_of_many_stacks_takes_linear_time() -> None:
    """The standard library's engine tries every way to divide the text among them: without end."""
    exported = named(*(stack_name(f"{at}.yaml:") for at in range(40)), "!")
    assert not may_be(Known("a" * 200 + "?"), exported)
    assert may_be(Known("a" * 200 + "!"), exported)
    assert not may_be(named(*([P, "a"] * 40), "!"), Known("a" * 200 + "?"))
