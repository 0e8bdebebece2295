"""Ignore comments: which are honoured, which are errors, and which are warned of."""

from __future__ import annotations

from pathlib import Path

import pytest

from iac_check.pipeline import run
from iac_check.policy.result import Report
from iac_check.settings import Settings
from iac_check.source import DirectiveError


def checked(
    comment: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, **settings: bool
) -> Report:
    text = f'resource "aws_backup_vault" "v" {{\n  {comment}\n  kms_key_arn = null\n}}\n'
    (tmp_path / "main.tf").write_text(text)
    monkeypatch.chdir(tmp_path)
    return run(["."], Settings(cache=False, **settings))


@pytest.mark.parametrize(
    "comment",
    [
        "# iac-check: ignore[BACKUP001] reason",
        "// iac-check: ignore[BACKUP001] reason",
        "/* iac-check: ignore[BACKUP001] reason */",
        "#iac-check:ignore[ BACKUP001 ] reason",
        "# iac-check: ignore[BACKUP001] reason until=2999-01-31",
        "# iac-check: ignore[BACKUP001] until=2999-01-31 reason",
        "# iac-check: ignore[BACKUP001] reason,until=2999-01-31",
        "/* iac-check: ignore[BACKUP001] reason\nuntil=2999-01-31\n*/",
        "/* iac-check: ignore[BACKUP001] reason */\n  /* another */\n  # and one more",
    ],
)
def test_honoured(comment: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    report = checked(comment, tmp_path, monkeypatch)
    (result,) = report.results
    assert result.status == "suppressed"
    assert result.suppression is not None
    assert result.suppression.reason == "reason"
    assert not report.errors
    assert not report.warnings


@pytest.mark.parametrize("reason", ["kept until we have moved", "until 3 teams agree; untilted"])
def test_until_is_a_word_too(reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    comment = f"# iac-check: ignore[BACKUP001] {reason} until=2999-01-31"
    (result,) = checked(comment, tmp_path, monkeypatch).results
    assert result.suppression is not None
    assert (result.suppression.reason, result.suppression.until) == (reason, "2999-01-31")


@pytest.mark.parametrize(
    ("comment", "error"),
    [
        ("# iac-check: ignore[BACKUP001]", "needs a reason"),
        ("# iac-check: ignore[BACKUP001] until=2999-01-31", "needs a reason"),
        ("# iac-check: ignore[BACKUP001] ${self:a.${opt:b.${c}}.d}", "needs a reason"),
        ("# iac-check: ignore[BACKUP001] ${self:a", "needs a reason"),
        ("# iac-check: ignore[] reason", "names its rule"),
        ("# iac-check: ignore[BACKUP001] reason until=soon", '"soon" is not a date; write until='),
        ("# iac-check: ignore[BACKUP001] reason until=31.01.2027", '"31.01.2027" is not a date'),
        ("# iac-check: ignore[BACKUP001] reason until=2027-02-30", '"2027-02-30" is not a date'),
        ("# iac-check: ignore[BACKUP001] reason until=20270131", '"20270131" is not a date'),
        ("# iac-check: ignore[BACKUP001] reason until 2027-01-31", '"until 2027-01-31" is not'),
        ("# iac-check: ignore[BACKUP001] until 2.1.2027: reason", '"until 2.1.2027" is not'),
        ("# iac-check: ignore[BACKUP001] reason until = 2020-01-01", '"until = 2020-01-01" is'),
        ("# iac-check: ignore[BACKUP001] reason until =2020-01-01", '"until =2020-01-01" is not'),
        ("# iac-check: ignore[BACKUP001] reason until = soon", '"until = soon" is not a date'),
        ("# iac-check: ignore[BACKUP001] reason (until=2020-01-01)", '"2020-01-01)" is not a date'),
        ("# iac-check: ignore[BACKUP001] reason until\u00a02020-01-01", '"until 2020-01-01" is'),
        ("# iac-check: ignore[BACKUP001] reason until2020-01-01", '"until2020-01-01" is not'),
        ("# iac-check: ignore[BACKUP001] reason, until the end of 2020-01-01", "is not a date"),
        ("# iac-check: ignore[BACKUP001] reason until 2020", '"until 2020" is not a date'),
        ("/* iac-check: ignore[BACKUP001] reason until\n2020-01-01 */", '"until 2020-01-01" is'),
        (
            "# iac-check: ignore[BACKUP001] reason until=2999-01-31 until=2020-01-01",
            "an ignore has one date, not 2",
        ),
    ],
)
def test_errors(comment: str, error: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    report = checked(comment, tmp_path, monkeypatch)
    assert [result.status for result in report.results] == ["fail"]
    assert [e.message for e in report.errors if error in e.message]
    assert all(isinstance(e, DirectiveError) for e in report.errors)


@pytest.mark.parametrize(
    ("comment", "warning"),
    [
        ("# iac-check: ignor[BACKUP001] reason", "looks like"),
        ("# iac_check:ignore[BACKUP001] reason", "looks like"),
        ("# iac-check ignore[BACKUP001] reason", "looks like"),
        ("# iac-check: ignore BACKUP001 reason", "looks like"),
        ("# iac-check: ignore[BACKUP999] reason", "no rule BACKUP999"),
        ("# iac-check: ignore[BACKUP001] reason until=2020-01-31", "expired"),
        ("# iac-check: ignore[BACKUP001] reason,until=2020-01-31", "expired"),
        ("# iac-check: ignore[BACKUP001] reason\n\n", "it stands on the line of one"),
    ],
)
def test_warnings(
    comment: str, warning: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = checked(comment, tmp_path, monkeypatch)
    assert [result.status for result in report.results] == ["fail"]
    assert [text for text in report.warnings if warning in text]
    assert not report.errors


@pytest.mark.parametrize(
    "comment",
    [
        'name = "# iac-check: ignore[BACKUP001] reason"',
        'name = "v" # iac-check: ignore[BACKUP001] of another line',
        "name = <<E\n# iac-check: ignore[BACKUP001] reason\nE\n",
        "# iac-chеck: ignore[BACKUP001] a Cyrillic letter",
        "# \u200biac-check: ignore[BACKUP001] an invisible character",
        "# ! iac-check: ignore[BACKUP001] something before it",
        "# iac-check: IGNORE[BACKUP001] another case",
        "# iac\u2011check: ignore[BACKUP001] another hyphen",
        "# iac-check\uff1a ignore[BACKUP001] another colon",
        "# iac-check: ignore\uff3bBACKUP001\uff3d another bracket",
        "# iac-check: ignore[BACKUP\uff10\uff10\uff11] other digits",
        "# iac-check: ignore[backup001] another case of the rule",
        "# iac-check:\u00a0ignore[BACKUP001] another space",
    ],
)
def test_what_is_no_such_comment_is_nothing(
    comment: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = checked(comment, tmp_path, monkeypatch)
    assert [result.status for result in report.results] == ["fail"]
    assert not report.errors


def test_ignores_can_be_overruled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    comment = "# iac-check: ignore[BACKUP001] reason"
    report = checked(comment, tmp_path, monkeypatch, honour_ignores=False)
    assert [result.status for result in report.results] == ["fail"]


@pytest.mark.parametrize(("honour", "status"), [(True, "suppressed"), (False, "fail")])
def test_checkovs_skips(
    honour: bool, status: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    comment = "# checkov:skip=CKV_AWS_166: test data only\n\n"
    report = checked(comment, tmp_path, monkeypatch, honour_checkov_skips=honour)
    assert [result.status for result in report.results] == [status]


@pytest.mark.parametrize(
    ("skip", "honour", "status"),
    [
        ("{skip: [{id: CKV_AWS_18}, {id: CKV_AWS_166, comment: why}]}", True, "suppressed"),
        ("{skip: [{id: CKV_AWS_166, comment: why}]}", False, "fail"),
        ("{skip: [{id: CKV_AWS_18, comment: why}]}", True, "fail"),
        ("[odd]", True, "fail"),
        ("{skip: {id: CKV_AWS_166}}", True, "fail"),
    ],
)
def test_checkovs_skips_in_metadata(
    skip: str, honour: bool, status: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "t.yaml").write_text(
        f"Resources:\n  V:\n    Type: AWS::Backup::BackupVault\n"
        f"    Metadata: {{checkov: {skip}}}\n    Properties: {{BackupVaultName: v}}\n"
    )
    monkeypatch.chdir(tmp_path)
    report = run(["."], Settings(cache=False, honour_checkov_skips=honour))
    (result,) = report.results
    assert result.status == status
    assert (result.suppression.reason if result.suppression else "why") == "why"
    assert not report.errors
    assert not report.warnings


@pytest.mark.parametrize(("honour", "errors"), [(True, 1), (False, 0)])
def test_metadata_that_is_wrong_is_nothing_where_ignores_are_overruled(
    honour: bool, errors: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "t.yaml").write_text(
        "Resources:\n  V:\n    Type: AWS::Backup::BackupVault\n"
        "    Metadata: {iac-check: {ignore: [{rule: BACKUP001}]}}\n"
        "    Properties: {BackupVaultName: v}\n"
    )
    monkeypatch.chdir(tmp_path)
    report = run(["."], Settings(cache=False, honour_ignores=honour))
    assert len(report.errors) == errors
    assert [result.status for result in report.results] == ["fail"]


def test_a_yaml_document_in_braces_has_comments_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault = "V: {Type: AWS::Backup::BackupVault}"
    (tmp_path / "t.yaml").write_text(
        f"{{Resources: {{\n{vault} # iac-check: ignore[BACKUP001] x\n}}}}"
    )
    (tmp_path / "t.json").write_text(
        '{"Resources": {"V": {"Type": "AWS::Backup::BackupVault", "Metadata": '
        '{"a": " # iac-check: ignore[BACKUP001] x"}}}}'
    )
    monkeypatch.chdir(tmp_path)
    report = run(["."], Settings(cache=False))
    assert [(r.span.source.path, r.status) for r in report.results] == [
        ("t.json", "fail"),
        ("t.yaml", "suppressed"),
    ]


# -- where it stands ----------------------------------------------------------------------------

A, B = (f'resource "aws_backup_vault" "{name}" {{ name = "{name}" }}\n' for name in "ab")
AB = A + B
MARK = "/* iac-check: ignore[BACKUP001] only a */"
OPEN = A.replace("{", "{\n").replace("}", "\n%s }") + B


@pytest.mark.parametrize(
    ("text", "suppressed"),
    [
        (f"{MARK}\n{AB}", "a"),
        (f"{MARK} {AB}", "a"),
        (f"/* x */ {MARK} {AB}", "a"),
        (f"{MARK} /* x */\n{AB}", ""),
        (f"/* iac-check: ignore[BACKUP001] only a\n*/ {AB}", "a"),
        (f"/* iac-check: ignore[BACKUP001] only a\n*/\n{AB}", "a"),
        (OPEN % MARK, ""),
        (OPEN % "/* iac-check: ignore[BACKUP001] x\n*/", ""),
        (f"{MARK}\n# x\n/* y\n\nz */\n// u\n{AB}", "a"),
        (f"{MARK}\n# x\n\n{AB}", ""),
        (f"# iac-check: ignore[BACKUP001] x\u2028y\n{AB}", "a"),
        (f"# iac-check: ignore[BACKUP001] x\r\n{AB}", "a"),
    ],
)
def test_it_is_alone_where_nothing_else_stands_on_its_lines(
    text: str, suppressed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "main.tf").write_bytes(text.encode())
    monkeypatch.chdir(tmp_path)
    report = run(["."], Settings(cache=False))
    assert {r.resource_name for r in report.results} == {"a", "b"}
    aside = [r.resource_name for r in report.results if r.status == "suppressed"]
    assert aside == list(suppressed)
    assert not report.errors


def test_before_the_end_of_a_call_it_is_not_above_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = 'module "%s" {\n  source = "./m"\n%s}\n'
    text = call % ("a", "/* iac-check: ignore[BACKUP001] x\n*/ ") + call % ("b", "")
    (tmp_path / "main.tf").write_text(text)
    (tmp_path / "m").mkdir()
    (tmp_path / "m/main.tf").write_text(A)
    monkeypatch.chdir(tmp_path)
    assert [r.status for r in run(["."], Settings(cache=False)).results] == ["fail", "fail"]


@pytest.mark.parametrize("mixed", [False, True])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\x85", "\u2028", "\u2029"])
def test_lines_end_as_yaml_ends_them(
    end: str, mixed: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault = "  {}:\n    Type: AWS::Backup::BackupVault\n    Properties: {{BackupVaultName: v}}\n"
    comment = "  # iac-check: ignore[BACKUP001] only A\n"
    lines = ("Resources:\n" + comment + vault.format("A") + vault.format("C")).splitlines()
    text = "".join(line + (end, "\n")[mixed and at % 2] for at, line in enumerate(lines))
    (tmp_path / "t.yaml").write_bytes(text.encode())
    monkeypatch.chdir(tmp_path)
    report = run(["."], Settings(cache=False))
    assert {r.address: r.status for r in report.results} == {"A": "suppressed", "C": "fail"}
    assert not report.errors
    assert not report.warnings


# -- metadata -----------------------------------------------------------------------------------

IGNORED = "{iac-check: {ignore: [{rule: BACKUP001, reason: sandbox, until: 2999-01-31}]}}"
TEMPLATE = """\
Resources:
  K: {Type: AWS::KMS::Key}
  V:
    Type: AWS::Backup::BackupVault
    Metadata: %s
    Properties: {BackupVaultName: v%s}
"""
FORM = "write iac-check: {ignore: [{rule: BACKUP001, reason: …, until: 2027-01-31}]}"
UNUSED = "this ignore matches no finding; it stands in the Metadata of a vault or nested stack"


def of_templates(files: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Report:
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    return run(["."], Settings(cache=False))


@pytest.mark.parametrize(
    ("metadata", "warnings", "errors"),
    [
        (IGNORED, (), ()),
        ("{iac-check: {x: 1}}", (), (f'there is no "x" here; {FORM}',)),
        ("{iac-check: }", (f"5:27: this is no mapping; {FORM}",), ()),
        ("{iac-check: ignore}", (f"5:27: this is no mapping; {FORM}",), ()),
        (
            "{iac-check: {ignores: []}}",
            (), ('there is no "ignores" here; did you mean ignore?',),
        ),
        (
            "{iac-check: {ignore: {rule: BACKUP001, reason: r}}}",
            (f"5:36: this ignore is no list; {FORM}",), (),
        ),
        ("{iac-check: {ignore: [BACKUP001]}}", (f"5:37: this is no mapping; {FORM}",), ()),
        (
            "{iac-check: {ignore: [{rule: BACKUP001, resaon: r}]}}",
            (), ('there is no "resaon" here; did you mean reason?',),
        ),
        (
            "{iac-check: {ignore: [{rule: BACKUP002, reason: r}]}}",
            ("5:37: there is no rule BACKUP002 to ignore",), (),
        ),
        (
            "{iac-check: {ignore: [{rule: BACKUP001, reason: r, Until: 2999-01-31}]}}",
            (), ('there is no "Until" here; did you mean until?',),
        ),
        (
            "{iac-check: {until: 2999-01-31, ignore: [{rule: BACKUP001, reason: r}]}}",
            (), (f'there is no "until" here; {FORM}',),
        ),
        (
            "{iac-check: {ignore: [{rule: BACKUP001, reason: r, until: [2999-01-31]}]}}",
            (), ('"[2999-01-31]" is not a date; write until=2027-01-31',),
        ),
        (
            "{iac-check: {ignore: [{rule: BACKUP001, reason: r, until: {a: 2999-01-31}}]}}",
            (), ('"{a: 2999-01-31}" is not a date; write until=2027-01-31',),
        ),
        (
            "{iac-check: {ignore: [{rule: BACKUP001, reason: r, until: }]}}",
            (), ('"" is not a date; write until=2027-01-31',),
        ),
        (
            "{iac-check: {ignore: [{rule: BACKUP001, reason: r until=2020-01-31}]}}",
            ("5:37: this ignore has expired on 2020-01-31",), (),
        ),
    ],
)  # fmt: skip
def test_metadata(
    metadata: str,
    warnings: tuple[str, ...],
    errors: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    report = of_templates({"t.yaml": TEMPLATE % (metadata, "")}, tmp_path, monkeypatch)
    status = "suppressed" if metadata == IGNORED else "fail"
    assert [result.status for result in report.results] == [status]
    assert report.warnings == tuple(f"t.yaml:{warning}" for warning in warnings)
    assert tuple(error.message for error in report.errors) == errors


def test_metadata_that_speaks_of_no_finding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    passing = TEMPLATE % (IGNORED, ", EncryptionKeyArn: !Ref K")
    metadata = f"Metadata: {IGNORED}\n"
    other = f"  K: {{Type: AWS::KMS::Key, Metadata: {IGNORED}}}\n"
    text = metadata + passing.replace("  K: {Type: AWS::KMS::Key}\n", other)
    report = of_templates({"t.yaml": text}, tmp_path, monkeypatch)
    assert [result.status for result in report.results] == ["pass"]
    places = ("1:33", "3:60", "6:37")
    assert sorted(report.warnings) == [f"t.yaml:{place}: {UNUSED}" for place in places]


def test_metadata_of_a_nested_stack_speaks_of_what_is_inside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack = "  {}:\n    Type: AWS::CloudFormation::Stack\n    Metadata: {}\n"
    stack += "    Properties: {{TemplateURL: {}}}\n"
    files = {
        "p.yaml": "Resources:\n"
        + stack.format("S", IGNORED, "m.yaml")
        + stack.format("T", "{}", "v.yaml"),
        "m.yaml": "Resources:\n" + stack.format("M", "{}", "v.yaml"),
        "v.yaml": TEMPLATE % ("{}", ""),
    }
    report = of_templates(files, tmp_path, monkeypatch)
    told = {result.address: result.status for result in report.results}
    assert told == {"S/M/V": "suppressed", "T/V": "fail"}
    assert not report.warnings
