"""Which files an address may mean."""

from __future__ import annotations

import pytest

from iac_check.candidates import File
from iac_check.cloudformation.published import MEANT_LIMIT, Published
from iac_check.language.value import Known, Text, Unknown, Value

UNKNOWN = Unknown("external", "it is not known", ("ref", "", "x"))
PATHS = ("a/t/b.yaml", "c/t/b.yaml", "c/t/m.yaml", "c/main.yaml", "e/b.yaml", "f/none.yaml",
         *(f"g{n}/many.yaml" for n in range(MEANT_LIMIT + 1)))  # fmt: skip


def meant(location: Value, caller: str = "x/main.yaml") -> list[str]:
    files = [File(path, None, False) for path in PATHS]
    return Published(files, lambda path: "none" not in path).of(location, caller)


@pytest.mark.parametrize(
    ("end", "caller", "found"),
    [
        ("/t/b.yaml", "x/main.yaml", ["a/t/b.yaml", "c/t/b.yaml"]),
        ("/t/b.yaml", "c/main.yaml", ["c/t/b.yaml"]),
        ("/t/b.yaml", "c/t/m.yaml", ["c/t/b.yaml"]),
        ("/v1/a/t/b.yaml", "c/main.yaml", ["a/t/b.yaml"]),
        ("/z/b.yaml", "x/main.yaml", ["a/t/b.yaml", "c/t/b.yaml", "e/b.yaml"]),
        ("/t/m.yaml?versionId=1#x", "x/main.yaml", ["c/t/m.yaml"]),
        ("/t/%6D.yaml", "x/main.yaml", ["c/t/m.yaml"]),
        ("/t/m.yaml", "c/t/m.yaml", []),
        ("/none.yaml", "x/main.yaml", []),
        ("/many.yaml", "x/main.yaml", []),
        ("/many.yaml", "g3/main.yaml", ["g3/many.yaml"]),
        ("/", "x/main.yaml", []),
        ("", "x/main.yaml", []),
    ],
)
def test_the_files_whose_paths_end_so(end: str, caller: str, found: list[str]) -> None:
    assert meant(Known(f"https://b.s3.amazonaws.com{end}"), caller) == found
    assert meant(Text((UNKNOWN, Known(end))), caller) == found


def test_the_files_whose_names_a_part_may_be() -> None:
    named = meant(Text((Known("https://b/x/"), UNKNOWN, Known("b.yaml"))))
    assert named == ["a/t/b.yaml", "c/t/b.yaml", "e/b.yaml"]
    assert meant(Text((UNKNOWN, Known("/x/b"), UNKNOWN))) == named
    assert meant(Text((Known("https://b/x/"), UNKNOWN, Known(".yaml")))) == []


@pytest.mark.parametrize(
    "location",
    [
        Known("t/m.yaml"),
        Known(None),
        Known(1),
        UNKNOWN,
        Text((Known("https://b/t/m.yaml?"), UNKNOWN)),
        Text((Known("https://b/t/x-"), UNKNOWN, Known(".yaml"))),
    ],
)
def test_what_is_no_address_means_none(location: Value) -> None:
    assert meant(location) == []
