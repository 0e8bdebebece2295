"""Services of the Serverless Framework, and the files that they are made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from iac_check.cloudformation import alternatives, serverless
from iac_check.cloudformation.serverless import resources_of
from iac_check.cloudformation.yaml_document import read_yaml
from iac_check.language.document import MappingNode, Node, ScalarNode
from iac_check.pipeline import run
from iac_check.policy.result import Report
from iac_check.settings import Settings
from iac_check.source import InputError, Source

SERVICE = "service: s\nprovider: {name: aws}\n"
VAULT = "Type: AWS::Backup::BackupVault\nProperties: {BackupVaultName: v}\n"
WITH_KEY = """Resources:
  K: {Type: AWS::KMS::Key}
  V:
    Type: AWS::Backup::BackupVault
    Properties: {BackupVaultName: v, EncryptionKeyArn: !GetAtt K.Arn}
"""

Check = Callable[..., Report]


@pytest.fixture
def check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Check:
    repository = tmp_path / "repository"
    (repository / ".git").mkdir(parents=True)
    monkeypatch.chdir(repository)

    def checked(files: Mapping[str, str], *paths: str) -> Report:
        for name, text in files.items():
            path = repository / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return run(paths or ["."], Settings(cache=False))

    return checked


def _told(report: Report) -> list[tuple[str, str]]:
    return [(result.span.source.path, result.reason or "pass") for result in report.results]


def _read(text: str, **files: str) -> Node | None:
    (document,) = read_yaml(Source("serverless.yml", text))
    assert isinstance(document, MappingNode)

    def fragment(location: str, *, quietly: bool = False) -> Node | None:
        found = files.get(location.removesuffix(".yml"))
        return None if found is None else read_yaml(Source(location, found))[0]

    return resources_of(document, fragment)[0].get("x")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("${self:custom.a}", "one"),
        ("${self:custom.list.1}", "two"),
        ("${self:custom.a, 'other'}", "one"),
        ("a-${self:custom.a}-${self:custom.list.0}", "a-one-1"),
        ("${self:custom.${self:custom.b}}", "one"),
        ("${file(f.yml):a.b}", "deep"),
        ("${file( './f.yml' ) : a.b }", "${file( './f.yml' ) : a.b }"),  # "./f" is not given here
        ("${file('f.yml'):a.b}", "deep"),
        ("${file(${self:custom.name}.yml):a.b}", "deep"),
        ("${file(f.yml):own}", "one"),
        ("${self:custom.more.a.b}", "deep"),
        ("${self:custom.none}", "${self:custom.none}"),
        ("${self:custom.none, self:custom.a}", "one"),
        ("${self:provider.stage}", "${self:provider.stage}"),
        ("${self:custom.loop}", "${self:custom.loop}"),
        ("${file(f.yml):loop}", "${file(f.yml):loop}"),
        ("${file(f.js):a}", "${file(f.js):a}"),
        ("${opt:a, self:custom.a}", "one"),
        ("${opt:stage, self:custom.a}", "${opt:stage, self:custom.a}"),
        ("${env:A, opt:b, 'c, d'}", "c, d"),
        ("${file(absent.yml), 'c'}", "${file(absent.yml), 'c'}"),
        ("${file(f.yml):none, 'c'}", "c"),
        ("${ssm:/a, 'c'}", "${ssm:/a, 'c'}"),
        ("${opt:a, ${self:custom.a}}", "one"),
        ("${opt:a, ${opt:b, ${self:custom.list.1}}}", "two"),
        ("${param:a}", "${param:a}"),
        ("${param:p}", "one"),
        ("${param:q, 'c'}", "c"),
        ("${self:open.a.b}", "${self:open.a.b of opt:x}"),
        ("${self:elsewhere.a}", "${file(${opt:x}.yml):b.a}"),
        ("${AWS::Region} ${K}", "${AWS::Region} ${K}"),
    ],
)
def test_a_variable_is_followed_where_the_source_that_counts_is_known(
    written: str, expected: str
) -> None:
    text = f"""
provider: {{stage: dev}}
params: {{default: {{p: '${{self:custom.a}}', q: null}}}}
open: {{a: '${{opt:x}}'}}
elsewhere: '${{file(${{opt:x}}.yml):b}}'
custom:
  {{a: one, b: a, name: f, list: [1, two], none: null, loop: '${{self:custom.loop}}',
   more: '${{file(f.yml)}}'}}
resources:
  x: "{written}"
"""
    found = _read(text, f="a: {b: deep}\nown: ${self:custom.a}\nloop: ${file(f.yml):loop}\n")
    assert isinstance(found, ScalarNode)
    assert found.value == expected


def test_variables_that_multiply_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serverless, "VALUE_LIMIT", 1_000)
    levels = "".join(f"  a{n}: ['${{self:custom.a{n + 1}}}', '${{self:custom.a{n + 1}}}']\n"
                     for n in range(30))  # fmt: skip
    text = f"custom:\n{levels}  a30: x\nresources:\n  x: ${{self:custom.a0}}\n"
    with pytest.raises(InputError, match="more than"):
        _read(text)


def test_variables_that_lead_far_down_end() -> None:
    levels = "".join(f"  a{n}: {{b: '${{self:custom.a{n + 1}}}'}}\n" for n in range(9_000))
    _read(f"custom:\n{levels}  a9000: x\nresources:\n  x: ${{self:custom.a0}}\n")


def test_a_part_is_judged_in_its_service_only(check: Check) -> None:
    over = SERVICE + (
        "resources:\n  - ${file(parts/a.yml)}\n"
        "  - Resources: {V: {Properties: {EncryptionKeyArn: alias/aws/backup}}}\n"
    )
    files = {"app/serverless.yml": over, "app/parts/a.yml": WITH_KEY}
    assert _told(check(files)) == [("app/serverless.yml", "aws-managed")]


def test_a_file_of_which_one_resource_is_taken_is_a_template_too(check: Check) -> None:
    whole = SERVICE + "resources: {Resources: {K: '${file(t.yml):Resources.K}'}}\n"
    files = {"serverless.yml": whole, "t.yml": WITH_KEY}
    assert _told(check(files)) == [("t.yml", "pass")]


@pytest.mark.parametrize(
    "named",
    [
        "Resources: {T: {Type: A::B, Properties: {TemplateBody: '${file(t.yml)}'}}}",
        "Resources: {T: {Type: A::B, Metadata: '${file(t.yml)}'}}",
        "Resources: {T: {Type: A::B, Properties: '${file(t.yml)}'}}",
        "Resources: {T: {Type: A::B, a: '${file(t.yml):Resources}'}}",
        "Resources: {T: {Type: A::B}}\n  Metadata: '${file(t.yml):Resources}'",
        "Resources: {T: {Type: A::B}}\n  Outputs: {V: '${file(t.yml):Resources.V}'}",
        "Resources: {T: {Type: A::B}}\n  extensions: '${file(t.yml):Resources}'",
        "Resources: {T: {Type: A::B, Properties: {N: '${file(t.yml):Resources.V.Type}'}}}",
        "Resources: {T: '${self:custom.of.${opt:s}}'}",
        "Resources: {T: {Type: A::B}, U: !If [a, '${file(t.yml):Resources.V}']}",
        "Resources: {T: {Type: A::B}, U: '${param:u}'}",
    ],
)
def test_a_file_whose_values_are_read_is_a_template_too(check: Check, named: str) -> None:
    custom = "custom: {v: '${file(t.yml)}', of: {a: '${file(t.yml)}', b: {Type: A::B}}}\n"
    params = "params: {a: {u: '${file(t.yml):Resources.V}'}, b: {u: {Type: A::B}}}\n"
    whole = f"{SERVICE}{custom}{params}resources:\n  {named}\n"
    files = {
        "serverless.yml": whole,
        "t.yml": f"Resources: {{V: {{{', '.join(VAULT.splitlines())}}}}}\n",
    }
    assert _told(check(files)) == [("t.yml", "missing")]


@pytest.mark.parametrize(
    "named",
    ["'${self:custom.whole}'", "['${file(t.yml)}']",
     "{Resources: '${self:custom.whole.Resources}'}",
     "['${self:custom.of.${opt:s}}', {Resources: {T: {Type: A::B}}}]"],
)  # fmt: skip
def test_a_file_of_which_all_resources_are_taken_is_none_of_its_own(
    check: Check, named: str
) -> None:
    custom = "custom: {whole: '${file(t.yml)}', of: {a: '${file(t.yml)}', b: '${file(u.yml)}'}}\n"
    files = {"serverless.yml": f"{SERVICE}{custom}resources: {named}\n", "t.yml": WITH_KEY}
    report = check({**files, "u.yml": WITH_KEY.replace("!GetAtt K.Arn", "!Ref K")})
    assert sorted(_told(report)) == (
        [("t.yml", "pass")] if "opt:s" in named else [("t.yml", "pass"), ("u.yml", "pass")]
    )


@pytest.mark.parametrize("named", ["vault.yml", "."])
def test_a_fragment_is_judged_where_it_is_named(check: Check, named: str) -> None:
    whole = SERVICE + "resources: {Resources: {V: '${file(vault.yml)}'}}\n"
    report = check({"serverless.yml": whole, "vault.yml": VAULT}, named)
    assert _told(report) == [("vault.yml", "missing")]
    assert not report.errors


def test_a_named_part_is_judged_with_the_rest_of_its_service(check: Check) -> None:
    whole = SERVICE + "resources: ['${file(keys/k.yml)}', '${file(v.yml)}']\n"
    vault = WITH_KEY.replace("  K: {Type: AWS::KMS::Key}\n", "")
    key = "Resources: {K: {Type: AWS::KMS::Key}}\n"
    files = {"app/serverless.yml": whole, "app/keys/k.yml": key, "app/v.yml": vault}
    assert _told(check(files, "app/v.yml")) == [("app/v.yml", "pass")]


def test_an_alias_in_a_fragment_is_found(check: Check) -> None:
    whole = SERVICE + (
        "resources:\n  Resources:\n    K: {Type: AWS::KMS::Key}\n    A: ${file(alias.yml)}\n"
        "    V:\n      Type: AWS::Backup::BackupVault\n"
        "      Properties: {EncryptionKeyArn: alias/mine}\n"
    )
    alias = "Type: AWS::KMS::Alias\nProperties: {AliasName: alias/mine, TargetKeyId: !Ref K}\n"
    report = check({"serverless.yml": whole, "alias.yml": alias})
    assert _told(report) == [("serverless.yml", "pass")]


def test_nothing_outside_of_the_repository_is_read(check: Check, tmp_path: Path) -> None:
    (tmp_path / "outside.yml").write_text("k: alias/mine\n")
    whole = SERVICE + (
        "resources:\n  Resources:\n    V:\n      Type: AWS::Backup::BackupVault\n"
        "      Properties: {EncryptionKeyArn: '${file(../outside.yml):k}'}\n"
    )
    report = check({"serverless.yml": whole})
    assert _told(report) == [("serverless.yml", "unresolved")]
    assert "${file(../outside.yml):k}" in report.results[0].message
    assert [error.path for error in report.errors] == ["../outside.yml"]


def test_resources_outside_of_the_repository_are_an_error(check: Check, tmp_path: Path) -> None:
    (tmp_path / "v-dev.yml").write_text(VAULT)
    topic = SERVICE + "resources:\n  Resources:\n    T: {Type: AWS::SNS::Topic}\n    V: "
    for path in ("../v-dev.yml", "../v-${sls:stage}.yml"):
        (error,) = check({"serverless.yml": f"{topic}${{file({path})}}\n"}).errors
        assert "outside" in error.message


def test_all_that_the_stage_chooses_of_a_whole_file_is_judged(check: Check) -> None:
    topic = SERVICE + "resources:\n  Resources:\n    T: {Type: AWS::SNS::Topic}\n"
    choice = "dev: {Type: AWS::Backup::BackupVault}\n"
    service = topic + "    V: ${file(v.yml):${sls:stage}}\n"
    assert _told(check({"serverless.yml": service, "v.yml": choice})) == [("v.yml", "missing")]
    parts = SERVICE + "resources: ['${file(v.yml):${sls:stage}}', {Resources: {T: {Type: A::B}}}]\n"
    choice = f"dev: {{Resources: {{V: {choice[5:].strip()}}}}}\n"
    assert _told(check({"serverless.yml": parts, "v.yml": choice})) == [("v.yml", "missing")]


def test_what_chooses_a_file_may_have_a_dot(check: Check) -> None:
    whole = SERVICE + "resources: {Resources: {V: '${file(v.${opt:x}.yml)}'}}\n"
    part = "Type: AWS::Backup::BackupVault\n"
    assert _told(check({"serverless.yml": whole, "v.1.2.yml": part})) == [("v.1.2.yml", "missing")]


def test_resources_beside_those_that_the_framework_reads_are_judged_too(check: Check) -> None:
    other = "Resources: {T: {Type: AWS::SNS::Topic}}\n"
    resources = WITH_KEY.replace("\n", "\n  ").rstrip()
    report = check({"serverless.yml": f"{SERVICE}{other}resources:\n  {resources}\n"})
    assert _told(report) == [("serverless.yml", "pass")]
    whole = (
        f"{SERVICE}{WITH_KEY}resources: {{Resources: {{V: {{Type: AWS::Backup::BackupVault}}}}}}"
    )
    report = check({"serverless.yml": whole})
    assert sorted(status for _, status in _told(report)) == ["missing", "pass"]


def test_a_service_that_cannot_be_read_is_an_error(check: Check) -> None:
    files = {"serverless.yml": SERVICE + "resources: ['${file(v.yml)}'\n", "v.yml": WITH_KEY}
    assert [error.path for error in check(files).errors] == ["serverless.yml"]


def test_a_part_that_is_not_on_disk_is_told_as_unread(check: Check) -> None:
    whole = SERVICE + "resources: ['${file(gone.yml)}', '${file(v.yml)}']\n"
    report = check({"serverless.yml": whole, "v.yml": WITH_KEY})
    assert report.unread == ("gone.yml",)
    report = check({"serverless.yml": SERVICE + "resources: ['${file(gone.yml)}']\n", "v.yml": ""})
    assert report.unread == ("gone.yml",)


def test_a_file_of_some_stage_that_cannot_be_read_is_none_of_the_service(check: Check) -> None:
    vault = "{Type: AWS::Backup::BackupVault, Properties: {EncryptionKeyArn: '${self:custom.key}'}}"
    whole = f"custom: ${{file(c/${{sls:stage}}.yml)}}\nresources: {{Resources: {{V: {vault}}}}}\n"
    good = "key: alias/aws/backup\n"
    report = check({"serverless.yml": SERVICE + whole, "c/a.yml": "key: [", "c/x-b.json": good})
    assert [result.cause for result in report.results] == ["external"]
    assert not report.errors


def test_resources_that_only_running_code_tells_are_told_as_unread(check: Check) -> None:
    whole = SERVICE + "resources:\n  Resources:\n    K: {Type: AWS::KMS::Key}\n    V: "
    report = check({"serverless.yml": whole + "${file(v.js):vault}\n"})
    assert report.unread == ("${file(v.js):vault} of serverless.yml",)
    report = check({"serverless.yml": SERVICE + "resources: ['${file(v.js)}']\n"})
    assert report.unread == ("${file(v.js)} of serverless.yml",)


@pytest.mark.parametrize(
    "type_",
    [
        "AWS::Backup::${env:T}",
        "${env:T}",
        "AWS::${env:T}Vault",
        "${self:custom.t}",
        "AWS::${self:custom.${opt:x}}::BackupVault",
    ],
)
def test_a_type_that_may_be_a_vault_s_is_an_error(check: Check, type_: str) -> None:
    for more in ("", ", K: {Type: A::B}"):
        whole = SERVICE + f"resources: {{Resources: {{V: {{Type: '{type_}'}}{more}}}}}\n"
        (error,) = check({"serverless.yml": whole}).errors
        assert error.message == "its type is not known; it is not checked"


def test_a_type_that_is_certainly_another_s_is_none(check: Check) -> None:
    whole = SERVICE + "resources: {Resources: {V: {Type: 'Custom::${env:T}'}, K: {Type: A::B}}}\n"
    assert not check({"serverless.yml": whole}).errors


def test_a_type_that_the_stage_chooses_is_an_error(check: Check) -> None:
    choice = "custom: {t: {dev: AWS::Backup::BackupVault, prod: AWS::S3::Bucket}}\n"
    resource = "resources: {Resources: {V: {Type: '${self:custom.t.${sls:stage}}'}}}\n"
    (error,) = check({"serverless.yml": SERVICE + choice + resource}).errors
    assert "cannot be told" in error.message


def test_a_resource_of_some_stage_that_cannot_be_read_is_an_error(check: Check) -> None:
    whole = "resources: {Resources: {K: {Type: A::B}, V: '${file(v-${sls:stage}.yml)}'}}\n"
    good = "Type: AWS::S3::Bucket\n"
    report = check({"serverless.yml": SERVICE + whole, "v-a.yml": "Type: [", "v-b.yml": good})
    (error,) = report.errors
    assert error.path == "v-a.yml"


def test_extensions_of_one_of_several_parts_by_stage_are_an_error(check: Check) -> None:
    vault = "{V: {Type: AWS::Backup::BackupVault}}"
    whole = f"resources:\n  - Resources: {vault}\n  - ${{file(o-${{sls:stage}}.yml)}}\n"
    more = {"o-a.yml": "extensions: {V: {}}\n", "o-b.yml": "Resources: {W: {Type: A::B}}\n"}
    (error,) = check({"serverless.yml": SERVICE + whole, **more}).errors
    assert "extensions" in error.message


@pytest.mark.parametrize("choices", ["{}", "{dev: null}", "{dev: {}}"])
def test_a_choice_between_nothing_overrides_as_what_is_not_known(
    check: Check, choices: str
) -> None:
    whole = (
        f"custom: {{o: {choices}}}\nresources:\n  - Resources:\n      K: {{Type: AWS::KMS::Key}}\n"
    )
    vault = "Type: AWS::Backup::BackupVault, Properties: {EncryptionKeyArn: !GetAtt K.Arn}"
    more = f"      V: {{{vault}}}\n  - ${{self:custom.o.${{sls:stage}}}}\n"
    report = check({"serverless.yml": SERVICE + whole + more})
    assert not report.errors
    (result,) = report.results
    assert result.cause == (None if choices == "{dev: {}}" else "unsupported")


@pytest.mark.parametrize(
    "text",
    ["$(file(k-${opt:s}.yml))", "@{file(k-${opt:s}.yml)}", "!!file(k-${opt:s}.yml)!",
     "a${file(k-${opt:s}.yml)}", "${file(k-${opt:s}.yml)}a"],
)  # fmt: skip
def test_text_in_which_a_variable_stands_is_none(check: Check, text: str) -> None:
    vault = f"{{Type: AWS::Backup::BackupVault, Properties: {{EncryptionKeyArn: '{text}'}}}}"
    whole = f"resources: {{Resources: {{K: {{Type: AWS::KMS::Key}}, V: {vault}}}}}\n"
    report = check({"serverless.yml": SERVICE + whole, "k-dev.yml": "!GetAtt K.Arn\n"})
    assert _told(report) == [("serverless.yml", "unresolved")]


def test_a_variable_of_nothing_is_not_known(check: Check) -> None:
    check({"serverless.yml": SERVICE + "resources: ${}\n"})
    vault = "{Type: AWS::Backup::BackupVault}"
    whole = SERVICE + f"resources: {{Resources: {{W: '${{}}', V: {vault}}}}}\n"
    assert _told(check({"serverless.yml": whole})) == [("serverless.yml", "missing")]


def test_what_one_of_several_parts_by_stage_includes_is_an_error(check: Check) -> None:
    vault = "{Resources: {K: {Type: AWS::Backup::BackupVault}}}"
    whole = f"{SERVICE}resources: ['${{file(p-${{opt:s}}.yml)}}', {vault}]\n"
    transform = "Fn::Transform: {Name: AWS::Include, Parameters: {Location: i.yml}}"
    for include in (f"Resources: {{{transform}}}", transform, f"Transform: {transform[15:]}"):
        for other in ("Resources: {T: {Type: A::B}}\n", "Conditions: {C: !Equals [a, a]}\n"):
            files = {"p-a.yml": include, "p-b.yml": other, "i.yml": "{}\n"}
            (error,) = check({"serverless.yml": whole, **files}).errors
            assert "includes more" in error.message


def test_one_of_more_files_than_are_looked_at_is_not_known(
    check: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alternatives, "FILE_LIMIT", 2)
    topic = "resources: {Resources: {K: {Type: AWS::KMS::Key}, V: "
    vault = "{Type: AWS::Backup::BackupVault, Properties: {EncryptionKeyArn: '%s'}}}}\n"
    whole = SERVICE + topic + vault % "${file(${opt:s}/k.yml)}"
    key = "!GetAtt K.Arn\n"
    files = {"serverless.yml": whole, "a/k.yml": key, "b/k.yml": key, "c/o.yml": key}
    assert _told(check(files)) == [("serverless.yml", "pass")]
    (result,) = check({"c/k.yml": "alias/aws/backup\n"}).results
    assert result.cause == "external"
    whole = f"{SERVICE}{topic}'${{file(${{opt:s}}/k.yml)}}'}}}}  # AWS::Backup::BackupVault\n"
    (error,) = check({"serverless.yml": whole}).errors
    assert "more than" in error.message


def test_a_file_is_of_one_name_however_often_a_variable_is_in_its_path(check: Check) -> None:
    vault = "{Type: AWS::Backup::BackupVault, Properties: {EncryptionKeyArn: '%s'}}}}\n"
    whole = "resources: {Resources: {K: {Type: AWS::KMS::Key}, V: " + vault
    files = {"a/k-a.yml": "!GetAtt K.Arn\n", "a/k-b.yml": "alias/aws/backup\n", "k-a-b.yml": "x\n"}
    path = "${file(${opt:s}/k-${opt:s}.yml)}"
    assert _told(check({"serverless.yml": SERVICE + whole % path, **files})) == [
        ("serverless.yml", "pass")
    ]
    path = "${file(${opt:s}/k-${opt:t}.yml)}"
    assert _told(check({"serverless.yml": SERVICE + whole % path})) == [
        ("serverless.yml", "aws-managed")
    ]


KEYED = (
    SERVICE
    + """custom: {own: !GetAtt K.Arn}
resources:
  Resources:
    K: {Type: AWS::KMS::Key}
    V:
      Type: AWS::Backup::BackupVault
      Properties: {EncryptionKeyArn: "SOURCE"}
"""
)


@pytest.mark.parametrize(
    ("file", "text", "passes"),
    [
        (".env", "KEY=alias/aws/backup\n", False),
        (".env.prod", "A=b\nexport KEY = x\n", False),
        (".env", "\ufeffKEY=x\r\n", False),
        (".env", "KEYS=x\n# KEY\n", True),
        (".env.example", "KEY=x\n", True),
        ("env", "KEY=x\n", True),
    ],
)
def test_a_file_of_the_environment_may_give_a_variable(
    check: Check, file: str, text: str, passes: bool
) -> None:
    service = KEYED.replace("SOURCE", "${env:KEY, self:custom.own}")
    (result,) = check({"serverless.yml": service, file: text}).results
    assert result.cause == (None if passes else "caller-supplied")


@pytest.mark.parametrize(
    ("compose", "passes"),
    [
        ("services: {s: {path: s}}\n", True),
        ("stages: {prod: {params: {key: alias/aws/backup}}}\nservices: {s: {path: s}}\n", False),
        ("stages: {prod: {params: {key: alias/aws/backup}}}\nservices: {s: {path: t}}\n", True),
        ("stages: '${file(x.yml)}'\nservices: {s: {path: s}}\n", False),
        ("stages: {prod: '${file(x.yml)}'}\nservices: {s: {path: s}}\n", False),
        ("stages: {prod: {params: '${file(x.yml)}'}}\nservices: {s: {path: s}}\n", False),
        ("services: {s: {path: '${opt:x}'}}\n", False),
        ("services: ${file(s.yml)}\n", False),
        ("services: [\n", False),
    ],
)
def test_compose_may_give_a_parameter(check: Check, compose: str, passes: bool) -> None:
    service = KEYED.replace("SOURCE", "${param:key, self:custom.own}")
    (result,) = check({"s/serverless.yml": service, "serverless-compose.yml": compose}).results
    assert result.cause == (None if passes else "caller-supplied")


@pytest.mark.parametrize("tail", ["$}", "'}", "${a}$}", "a b}"])
def test_blanks_in_a_variable_take_no_time(tail: str) -> None:
    text = "${self:custom.keys.${sls:stage}," + " " * 5_000 + tail
    _read(f'resources: {{x: "{text}"}}\n')
