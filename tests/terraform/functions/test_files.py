"""Functions of files and templates: what they read, and what they must not."""

from __future__ import annotations

import base64
import gzip
import os

import pytest

from iac_check.language.value import EvaluationError, Known, Text
from iac_check.terraform.functions import arguments


@pytest.fixture
def tree(tmp_path):
    (tmp_path / "a.txt").write_text("hello\n")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "b.txt").write_text("b")
    (tmp_path / "sub" / "c.json").write_text("{}")
    (tmp_path / "latin.txt").write_bytes(b"\xe9")
    return tmp_path


def test_file_is_read_relative_to_the_root(plain, tree):
    assert plain("file", "a.txt") == "hello\n"
    assert plain("file", "./sub/b.txt") == "b"
    assert plain("filebase64", "a.txt") == "aGVsbG8K"


def test_file_is_read_relative_to_where_terraform_runs(plain, tree):
    assert plain("file", "./b.txt", root=str(tree / "sub")) == "b"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("filemd5", "b1946ac92492d2347c6235b4d2611184"),
        ("filesha1", "f572d396fae9206628714fb2ce00f72e94f2258f"),
        ("filesha256", "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03"),
        ("filebase64sha256", "WJG1tSLV3whtD/CxEPvZ0hu0/HFjrzTQgoai6Eb2vgM="),
    ],
)
def test_hashes_of_files(plain, tree, name, expected):
    assert plain(name, "a.txt") == expected


def test_sha512_of_files(plain, tree):
    assert plain("filesha512", "a.txt") == plain("sha512", "hello\n")
    assert plain("filebase64sha512", "a.txt") == plain("base64sha512", "hello\n")


def test_the_bytes_of_base64gzip_are_not_known(run, plain):
    result = run("base64gzip", "hello")
    assert (result.cause, result.not_null) == ("unsupported", True)
    packed = base64.b64encode(gzip.compress(b"hello")).decode()
    assert plain("base64gunzip", packed) == "hello"


@pytest.mark.parametrize("path", ["no.txt", "sub", "latin.txt", "a\0b"])
def test_what_is_no_text_file_is_refused(plain, tree, path):
    with pytest.raises(EvaluationError):
        plain("file", path)


@pytest.mark.parametrize("name", ["file", "fileexists", "filemd5", "templatefile", "fileset"])
@pytest.mark.parametrize("path", ["../x", "/etc/passwd", "~/x", "out/passwd"])
def test_nothing_outside_the_tree_is_read(run, tree, name, path):
    (tree / "out").symlink_to("/etc")
    more = {"templatefile": ({},), "fileset": ("*",)}.get(name, ())
    result = run(name, path, *more)
    assert result.cause == "external"
    assert "outside the scanned tree" in result.why


def test_a_huge_file_is_not_read(plain, tree):
    (tree / "huge").write_bytes(b"x" * 1_000_001)
    with pytest.raises(EvaluationError) as caught:
        plain("file", "huge")
    assert caught.value.cause == "unsupported"


def test_fileexists(plain, tree):
    assert plain("fileexists", "a.txt") is True
    assert plain("fileexists", "no.txt") is False
    with pytest.raises(EvaluationError):
        plain("fileexists", "sub")


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("*.txt", {"a.txt", "latin.txt"}),
        ("**/*.txt", {"a.txt", "latin.txt", "sub/b.txt"}),
        ("sub/*", {"sub/b.txt", "sub/c.json"}),
        ("sub/{b,c}.{txt,json}", {"sub/b.txt", "sub/c.json"}),
        ("?.txt", {"a.txt"}),
        ("[a-c].txt", {"a.txt"}),
        ("[!a].txt", set()),
        ("\\a.txt", {"a.txt"}),
        ("**", {"a.txt", "latin.txt", "sub/b.txt", "sub/c.json"}),
        ("./sub//../*.txt", {"a.txt", "latin.txt"}),
        ("/sub/b.txt", {"sub/b.txt"}),
        ("*/**/*.json", {"sub/c.json"}),
        ("**/sub/**/b.txt", {"sub/b.txt"}),
        ("sub", set()),
    ],
)
def test_fileset(plain, tree, pattern, expected):
    assert plain("fileset", ".", pattern) == expected


@pytest.mark.parametrize("pattern", ["{a", "[a", "{a,b}" * 20])
def test_fileset_refuses_what_is_no_pattern(plain, tree, pattern):
    with pytest.raises(EvaluationError):
        plain("fileset", ".", pattern)


def test_fileset_follows_links(run, plain, tree, tmp_path_factory):
    """As Terraform does; what it cannot know of them is unknown, never absent."""
    (tree / "link").symlink_to("sub")
    assert plain("fileset", ".", "link/*.txt") == {"link/b.txt"}
    assert plain("fileset", ".", "*/b.txt") == {"sub/b.txt", "link/b.txt"}
    assert plain("fileset", ".", "**/b.txt") == {"sub/b.txt", "link/b.txt"}
    outside = tmp_path_factory.mktemp("outside")
    (outside / "b.txt").write_text("")
    (tree / "out.txt").symlink_to(outside / "b.txt")
    (tree / "out").symlink_to(outside)
    assert plain("fileset", ".", "a*") == {"a.txt"}
    for pattern in ("out.*", "out/*", "o*/b.txt", "**"):
        result = run("fileset", ".", pattern)
        assert (result.cause, result.not_null) == ("external", True), pattern


@pytest.mark.parametrize(
    ("target", "pattern", "cause"),
    [("gone", "l*", None), (".", "**/*.txt", "unsupported"), (".", "../*", "unsupported")],
)
def test_links_that_fileset_cannot_follow(plain, tree, target, pattern, cause):
    (tree / "link").symlink_to(target)
    assert plain("fileset", ".", "*.txt") == {"a.txt", "latin.txt"}
    with pytest.raises(EvaluationError) as caught:
        plain("fileset", ".", pattern)
    assert cause in (None, caught.value.cause)


def test_fileset_of_many_files_ends(plain, tree, monkeypatch):
    """Links that part and meet again give more paths than there are files."""
    monkeypatch.setattr(arguments, "ELEMENT_LIMIT", 50)
    for level in range(10):
        (tree / f"d{level}").mkdir()
        for name in "ab":
            (tree / f"d{level}" / name).symlink_to(f"../d{level + 1}")
    (tree / "d10").mkdir()
    with pytest.raises(EvaluationError) as caught:
        plain("fileset", "d0", "**/*.txt")
    assert caught.value.cause == "unsupported"


@pytest.mark.parametrize("name", ["file", "filemd5", "templatefile"])
def test_a_pipe_is_not_waited_for(plain, tree, name):
    os.mkfifo(tree / "pipe")
    with pytest.raises(EvaluationError, match="is not a file"):
        plain(name, "pipe", *[{}] * (name == "templatefile"))
    assert plain("fileset", ".", "p*") == set()


def test_templatefile(plain, run, tree, key):
    (tree / "t.tftpl").write_text("arn ${upper(name)}%{ for x in xs } ${x}%{ endfor }")
    assert plain("templatefile", "t.tftpl", {"name": "a", "xs": ["b", "c"]}) == "arn A b c"
    assert run("templatestring", "x${k}", {"k": key}) == Text((Known("x"), key))


@pytest.mark.parametrize(
    "template", ["${nobody}", "${", "${no_such_function()}", '${templatestring("", {})}']
)
def test_template_that_is_not_valid(plain, template):
    with pytest.raises(EvaluationError):
        plain("templatestring", template, {})


def test_template_of_unknown_parts(run, variable, tree):
    assert run("templatefile", variable, {}).cause == "caller-supplied"
    assert run("templatestring", "x", variable).cause == "caller-supplied"
    with pytest.raises(EvaluationError):
        run("templatefile", "no.tftpl", {})
