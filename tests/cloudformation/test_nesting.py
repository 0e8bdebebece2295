"""What the templates of nested stacks are, where it is told that they are not read."""

from __future__ import annotations

from pathlib import Path

import pytest

from .conftest import checked

HEAD = """Parameters: {U: {Type: String}, D: {Type: String, Default: 'https://x/d.yaml'}}
Conditions: {C: !Equals [!Ref U, x]}
Mappings: {M: {a: {u: 'https://x/m.yaml'}}}
Resources:
"""
VAULT = "V: {Type: AWS::Backup::BackupVault}"
SET = "AWS::CloudFormation::StackSet"
APPLICATION = "AWS::Serverless::Application"
TOLD = "the template of stack S in t.yaml"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def stack(properties: str, type_: str = "AWS::CloudFormation::Stack") -> str:
    return f"{HEAD}  S: {{Type: '{type_}', Properties: {properties}}}\n"


@pytest.mark.parametrize(
    ("properties", "type_", "told"),
    [
        ("{TemplateURL: !Ref U}", "", TOLD),
        ("{TemplateURL: !ImportValue x}", "", TOLD),
        ("{TemplateURL: !Base64 c.txt}", "", TOLD),
        ("{TemplateURL: !Sub '${U}/c.yaml'}", "", TOLD),
        ("{TemplateURL: !Join ['', ['https://x/', !Ref U]]}", "", TOLD),
        ("{TemplateURL: !Ref D}", "", "https://x/d.yaml"),
        ("{TemplateURL: !Join ['', ['https://x/', c.yaml]]}", "", "https://x/c.yaml"),
        ("{TemplateURL: !FindInMap [M, a, u]}", "", "https://x/m.yaml"),
        ("{TemplateURL: !Sub 'https://${D}/c.yaml'}", "", "https://${D}/c.yaml"),
        ("{TemplateURL: !Ref U}", SET, TOLD),
        ("{TemplateBody: !Ref U}", SET, TOLD),
        ("{Location: !Ref U}", APPLICATION, TOLD),
        ("{Location: {ApplicationId: a, SemanticVersion: 1.0.0}}", APPLICATION, TOLD),
        ("{Location: 'https://x/y.yaml'}", APPLICATION, "https://x/y.yaml"),
        ("{Location: ./app}", APPLICATION, TOLD),
        ("{}", "My::Own::Thing::MODULE", "My::Own::Thing::MODULE of t.yaml"),
    ],
)
def test_a_template_that_is_not_read_is_told(properties: str, type_: str, told: str) -> None:
    text = stack(properties, type_) if type_ else stack(properties)
    report = checked({"t.yaml": text})
    assert (report.unread, report.errors) == ((told,), ())


def test_each_address_of_a_choice_is_told() -> None:
    text = stack("{TemplateURL: !If [C, 'https://x/a.yaml', 'https://x/b.yaml']}")
    assert checked({"t.yaml": text}).unread == ("https://x/a.yaml", "https://x/b.yaml")


def test_what_another_stack_passes_is_not_told() -> None:
    outer = stack("{TemplateURL: t.yaml, Parameters: {U: v.yaml}}")
    files = {"outer.yaml": outer, "t.yaml": stack("{TemplateURL: !Ref U}")}
    assert checked({**files, "v.yaml": f"Resources: {{{VAULT}}}\n"}).unread == ()


def test_what_an_address_names_in_the_scan_is_judged_and_told() -> None:
    """What stands at the address may be another version of the file."""
    files = {"t.yaml": stack("{TemplateURL: !Sub '${U}/v.yaml'}")}
    report = checked({**files, "v.yaml": f"Resources: {{{VAULT}}}\n"})
    assert report.unread == (TOLD,)
    assert [result.address for result in report.results] == ["S/V", "V"]


@pytest.mark.parametrize(
    ("type_", "wrong"),
    [
        ("AWS::Backup::${U}", True), ("AWS::${U}::BackupVault", True),
        ("AWS::Lambda::${U}", False),
    ],
)  # fmt: skip
def test_a_type_of_which_a_part_is_not_known_is_an_error_where_it_may_be_a_vaults(
    type_: str, wrong: bool
) -> None:
    report = checked(
        {"t.yaml": stack(f"{{TemplateBody: !Sub 'Resources: {{V: {{Type: \"{type_}\"}}}}'}}", SET)}
    )
    assert [error.column for error in report.errors] == [73] * wrong


@pytest.mark.parametrize("body", ["Resources: ${U}", 'Resources: {V: {Type: "${U}"}}'])
def test_resources_of_which_nothing_is_known_are_told(body: str) -> None:
    report = checked({"t.yaml": stack(f"{{TemplateBody: !Sub '{body}'}}", SET)})
    assert (report.unread, report.errors) == ((TOLD,), ())


@pytest.mark.parametrize("type_", ["AWS::Backup::BackupVault", "AWS::Backup::Backup\\\\x56ault"])
def test_a_body_of_two_documents_is_an_error_where_it_names_a_vault(type_: str) -> None:
    body = f'Resources: {{T: {{Type: A::B}}}}\\n---\\nResources: {{V: {{Type: \\"{type_}\\"}}}}'
    (error,) = checked({"t.yaml": stack(f'{{TemplateBody: "{body}"}}', SET)}).errors
    assert error.message.startswith("the template in TemplateBody cannot be read")
    other = stack(f'{{TemplateBody: "{body}"}}', SET).replace(type_, "A::B")
    assert not checked({"t.yaml": other}).errors
