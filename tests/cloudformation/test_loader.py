"""Which files are templates, and how they call and feed each other."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import pytest

from iac_check.cloudformation.loader import NESTING_LIMIT, CloudFormationLoader
from iac_check.cloudformation.loops import EXPANSION_LIMIT
from iac_check.discovery import Walker
from iac_check.graph import Origin, Resource
from iac_check.language.value import Attribute, EvaluationError, Known, Unknown, Value
from iac_check.language.worlds import Worlds

VAULT = "AWS::Backup::BackupVault"
PLAIN = f"Resources: {{V: {{Type: {VAULT}}}}}\n"
KEYED = f"""
Parameters: {{Key: {{Type: String, Default: default}}}}
Resources: {{V: {{Type: {VAULT}, Properties: {{EncryptionKeyArn: !Ref Key}}}}}}
"""
CALL = "Resources: {{S: {{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: {}}}}}}}\n"


def _loader(*paths: str, parameters: tuple[str, ...] = ()) -> CloudFormationLoader:
    walker = Walker([VAULT])
    tree = walker.walk(paths or ["."])
    return CloudFormationLoader(tree, walker, Worlds(), frozenset({VAULT}), parameters)


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    monkeypatch.chdir(tmp_path)

    def files(texts: Mapping[str, str]) -> None:
        for name, text in texts.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    return files


def _load(write: object, texts: Mapping[str, str]) -> tuple[list[Resource], list[str]]:
    assert callable(write)
    write(texts)
    loader = _loader()
    resources = loader.load()
    return resources, [f"{e.path}:{e.line} {e.message}" for e in loader.errors]


def _key(resource: Resource) -> Value | None:
    return resource.read("EncryptionKeyArn")


# -- what is a template -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text", "count"),
    [
        ("t.yaml", PLAIN, 1),
        ("t.template", json.dumps({"Resources": {"V": {"Type": VAULT}}}), 1),
        ("t.yaml", PLAIN + "---\n" + PLAIN, 2),
        ("t.yaml", f"Resources:\n  V:\n    Kind: {VAULT}\n", 0),
        ("t.yaml", f"Resources:\n  - Type: {VAULT}\n", 0),
        ("t.yaml", f"data: |\n  Resources:\n    V:\n      Type: {VAULT}\n", 0),
        ("serverless.yml", f"resources:\n  Resources: {{V: {{Type: {VAULT}}}}}\n", 1),
        ("serverless.yml", f"resources:\n  - Resources: {{V: {{Type: {VAULT}}}}}\n  - x\n", 1),
    ],
)
def test_a_template_is_what_holds_resources(
    write: object, name: str, text: str, count: int
) -> None:
    resources, errors = _load(write, {name: text})
    assert len(resources) == count
    assert not errors


def test_templates_of_one_file_are_apart(write: object) -> None:
    resources, _ = _load(write, {"t.yaml": PLAIN + "---\n" + PLAIN})
    assert [resource.scope for resource in resources] == ["t.yaml", "t.yaml#2"]


@pytest.mark.parametrize(
    ("text", "is_error"),
    [
        (f"Resources:\n  V:\n    Type: {VAULT}\n  x: [\n", True),
        (f"AWSTemplateFormatVersion: x\nResources: [ # {VAULT}\n", True),
        (f"# Resources {VAULT}\n{{{{ if .Values.x }}}}\nx: {{{{ .y }}}}\n", False),
    ],
)
def test_only_a_broken_template_is_an_error(write: object, text: str, is_error: bool) -> None:
    resources, errors = _load(write, {"t.yaml": text})
    assert not resources
    assert bool(errors) is is_error


BROKEN = "  x: 1\n  x: 1\n"


@pytest.mark.parametrize(
    "content",
    [
        (CALL.format("c.yaml").replace("{S", "\n  S").replace("}}}\n", "}}\n") + BROKEN).encode(),
        ("# \xe9\n" + CALL.format("c.yaml")).encode("latin-1"),
        CALL.format("c.yaml").encode("utf-16"),
        CALL.format("c.yaml").encode("utf-16-le"),
    ],
)
def test_a_caller_that_cannot_be_read_is_an_error(
    write: object, tmp_path: Path, content: bytes
) -> None:
    assert callable(write)
    write({"c.yaml": PLAIN})
    (tmp_path / "p.yaml").write_bytes(content)
    loader = _loader()
    assert [resource.address for resource in loader.load()] == ["V"]
    assert [error.path for error in loader.errors] == ["p.yaml"]


@pytest.mark.parametrize("type_", ["Strange", "String", "CommaDelimitedList"])
@pytest.mark.parametrize("default", ["'One, Two'", "''", "1", "[]"])
def test_a_loop_over_what_is_no_list_or_empty(write: object, type_: str, default: str) -> None:
    text = (
        "Transform: AWS::LanguageExtensions\nParameters:\n"
        f"  Names: {{Type: {type_}, Default: {default}}}\n"
        "Resources:\n  Fn::ForEach::L:\n    - Name\n    - !Ref Names\n"
        "    - V${Name}:\n        Type: AWS::Backup::BackupVault\n        Properties:\n"
        "          EncryptionKeyArn: !Sub 'alias/${Name}'\n"
    )
    resources, errors = _load(write, {"t.yaml": text})
    for resource in resources:
        with suppress(EvaluationError):
            assert not isinstance(_key(resource), Attribute)
    assert resources or not errors


def test_a_broken_template_that_nothing_leads_to_is_none(write: object) -> None:
    broken = CALL.format("other.yaml").replace("{S", "\n  S").replace("}}}\n", "}}\n") + BROKEN
    resources, errors = _load(write, {"c.yaml": PLAIN, "p.yaml": broken})
    assert len(resources) == 1
    assert not errors


@pytest.mark.parametrize("section", ["Outputs: {O: {Value: x, Export: {Name: k}}}", "Type: A::B"])
def test_an_exporter_that_cannot_be_read_is_an_error(write: object, section: str) -> None:
    exporter = f"Resources:\n  K: {{Type: AWS::KMS::Key}}\n  K: {{}}\n{section}\n"
    importer = (
        f"Resources: {{V: {{Type: {VAULT}, Properties: {{EncryptionKeyArn: !ImportValue k}}}}}}"
    )
    assert callable(write)
    write({"e.yaml": exporter, "i.yaml": importer})
    loader = _loader()
    (vault,) = loader.load()
    assert isinstance(_key(vault), Unknown)
    assert [error.path for error in loader.errors] == (["e.yaml"] if "Export" in section else [])


def test_yaml_in_a_json_file_is_read(write: object) -> None:
    resources, errors = _load(write, {"t.json": PLAIN})
    assert len(resources) == 1
    assert not errors


def test_what_turns_out_to_be_no_template_is_not_counted(write: object) -> None:
    assert callable(write)
    write({"c.yaml": "kind: ConfigMap\ndata: |\n  " + PLAIN})
    loader = _loader()
    assert not loader.load()
    assert loader.tree.files == 0


def test_an_include_that_cannot_be_read_is_an_error(write: object) -> None:
    include = "{Fn::Transform: {Name: AWS::Include, Parameters: {Location: part.yaml}}}"
    text = f"Resources: {{V: {{Type: {VAULT}, Properties: {include}}}}}"
    _, errors = _load(write, {"t.yaml": text, "part.yaml": "a: 1\na: 2\n"})
    assert errors == ["part.yaml:2 not valid YAML: duplicate key 'a'"]


def test_loops_that_multiply_past_the_limit_are_an_error_and_lose_nothing_else(
    write: object,
) -> None:
    names = str([f"n{number}" for number in range(EXPANSION_LIMIT)])
    body = "{'${A}${B}': {Type: A::B}}"
    loop = f"Fn::ForEach::%s: [A, {names}, {{Fn::ForEach::B: [B, {names}, {body}]}}]"
    text = f"Resources:\n  {loop % 'A'}\n  V: {{Type: {VAULT}}}\n"
    resources, errors = _load(write, {"t.yaml": text})
    assert [resource.address for resource in resources] == ["V"]
    assert errors == ["t.yaml:2 its loops give more than 10000 copies; not all are checked"]


@pytest.mark.parametrize(
    "resources",
    [
        "V: {Type: A::B}\n  Fn::ForEach::A: [A, [V], {'${A}': {Type: C::D}}]",
        "Fn::ForEach::A: [A, [V], {'${A}': {Type: C::D}}]\n  V: {Type: A::B}",
        "Fn::ForEach::A: [A, [a.b, a-b], {'X&{A}': {Type: C::D}}]",
        "Fn::ForEach::A: [A, [a, b], {X: {Type: C::D}}]",
        "Fn::ForEach::A: [A, [a], {'X${A}': {Type: C::D}}]\n"
        "  Fn::ForEach::B: [A, [a], {'X${A}': {Type: C::D}}]",
    ],
)
def test_two_resources_of_one_name_by_a_loop_are_an_error(write: object, resources: str) -> None:
    vault = f"Last: {{Type: {VAULT}}}"
    _, errors = _load(write, {"t.yaml": f"Resources:\n  {vault}\n  {resources}\n"})
    assert len(errors) == 1
    assert "twice" in errors[0]


# -- nested stacks ------------------------------------------------------------------------------


def test_a_nested_template_is_read_once_per_call(write: object) -> None:
    parent = """
Resources:
  A: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: c/v.yaml,
      Parameters: {Key: one}}}
  B: {Type: AWS::Serverless::Application, Properties: {Location: ./c/v.yaml}}
"""
    resources, errors = _load(write, {"p.yaml": parent, "c/v.yaml": KEYED})
    assert not errors
    assert {r.address: _key(r) for r in resources} == {"A/V": Known("one"), "B/V": Known("default")}
    assert [[span.text for span in r.calls] for r in resources] == [["A"], ["B"]]
    assert {r.scope for r in resources} == {"p.yaml"}


def test_the_location_may_be_a_parameter(write: object) -> None:
    parent = "Parameters: {Where: {Type: String, Default: v.yaml}}\n" + CALL.format("!Ref Where")
    resources, _ = _load(write, {"p.yaml": parent, "v.yaml": PLAIN})
    assert [resource.address for resource in resources] == ["S/V"]


@pytest.mark.parametrize(
    "location",
    ["https://s3.amazonaws.com/b/v.yaml", "s3://b/v.yaml", "gone.yaml", "../outside.yaml",
     "!Sub 'https://${AWS::Region}/v.yaml'", "other.txt", "!Ref Nothing"],
)  # fmt: skip
def test_a_template_that_is_not_at_hand_is_module_unavailable(
    write: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, location: str
) -> None:
    parent = f"""
Resources:
  S: {{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: {location}}}}}
  V: {{Type: {VAULT}, Properties: {{EncryptionKeyArn: !GetAtt S.Outputs.K}}}}
"""
    assert callable(write)
    write({"in/p.yaml": parent, "outside.yaml": PLAIN, "in/other.txt": "text"})
    monkeypatch.chdir(tmp_path / "in")
    loader = _loader()
    (vault,) = loader.load()
    value = _key(vault)
    assert isinstance(value, Unknown)
    assert value.cause == "module-unavailable"
    assert not loader.errors


def test_outputs_lead_up_through_two_levels(write: object) -> None:
    keys = "Resources: {K: {Type: AWS::KMS::Key}}\nOutputs: {Arn: {Value: !GetAtt K.Arn}}\n"
    middle = CALL.format("k.yaml") + "Outputs: {Arn: {Value: !GetAtt S.Outputs.Arn}}\n"
    top = f"""
Resources:
  S: {{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: m.yaml}}}}
  V: {{Type: {VAULT}, Properties: {{EncryptionKeyArn: !GetAtt S.Outputs.Arn}}}}
"""
    resources, errors = _load(write, {"k.yaml": keys, "m.yaml": middle, "t.yaml": top})
    (vault,) = resources
    value = _key(vault)
    assert isinstance(value, Attribute)
    assert (value.resource.address, value.path) == ("S/S/K", "Arn")
    assert not errors


def test_a_stack_under_a_false_condition_has_no_vaults(write: object) -> None:
    parent = (
        "Conditions: {C: !Equals [a, b]}\nResources: {S: {Type: AWS::CloudFormation::Stack,"
        " Condition: C, Properties: {TemplateURL: v.yaml}}}\n"
    )
    resources, _ = _load(write, {"p.yaml": parent, "v.yaml": PLAIN})
    assert [resource.exists() for resource in resources] == [Known(False)]


def test_templates_that_nest_each_other_are_an_error_and_lose_no_vault(write: object) -> None:
    call = ", S: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: %s}}}\n"
    texts = {
        "a.yaml": PLAIN.replace("}}\n", "}" + call % "b.yaml"),
        "b.yaml": PLAIN.replace("}}\n", "}" + call % "a.yaml"),
    }
    resources, errors = _load(write, texts)
    assert {resource.span.source.path for resource in resources} == {"a.yaml", "b.yaml"}
    assert errors == ["b.yaml:1 S/S nests a template that it is part of"]


def test_deep_nesting_ends_in_an_error_and_loses_no_vault(write: object) -> None:
    texts = {f"t{n}.yaml": CALL.format(f"t{n + 1}.yaml") for n in range(NESTING_LIMIT + 20)}
    resources, errors = _load(write, {**texts, f"t{NESTING_LIMIT + 20}.yaml": PLAIN})
    assert len(resources) == 1
    assert len(errors) == 1


def test_a_template_body_is_a_template(write: object) -> None:
    body = json.dumps({"Resources": {"V": {"Type": VAULT}}})
    outer = {"StackSetName": "s", "PermissionModel": "SELF_MANAGED", "TemplateBody": body}
    template = {"Resources": {"S": {"Type": "AWS::CloudFormation::StackSet", "Properties": outer}}}
    resources, errors = _load(write, {"t.json": json.dumps(template)})
    (vault,) = resources
    assert (vault.address, vault.span.text) == ("S/V", json.dumps(body))
    assert not errors


# -- exports ------------------------------------------------------------------------------------

EXPORT = """
Resources: {{K: {{Type: AWS::KMS::Key}}}}
Outputs: {{O: {{Value: !GetAtt K.Arn, Export: {{Name: {}}}}}}}
"""
IMPORT = f"""
Parameters: {{Stack: {{Type: String}}, Named: {{Type: String, Default: keys}}}}
Resources: {{V: {{Type: {VAULT}, Properties: {{EncryptionKeyArn: {{Fn::ImportValue: %s}}}}}}}}
"""


@pytest.mark.parametrize(
    ("exported", "imported", "found"),
    [
        ("key", "key", True),
        ("key", "!Sub key", True),
        ("key", "other", False),
        ("!Sub '${AWS::Region}-key'", "!Join ['-', [!Ref AWS::Region, key]]", True),
        ("!Sub '${AWS::Region}-key'", "!Sub '${AWS::AccountId}-key'", False),
        ("!Sub '${AWS::Region}-key'", "!Sub '${Stack}-key'", False),
        ("!Sub '${AWS::StackName}-key'", "!Sub '${Stack}-key'", True),
        ("!Sub '${AWS::StackName}-key'", "!Sub '${Named}-key'", True),
        ("!Sub '${AWS::StackName}-key'", "!Sub '${Stack}-other'", False),
        ("!Sub '${AWS::StackName}:key'", "stack:key", True),
        ("!Sub '${AWS::StackName}:key'", "!Sub '${AWS::StackName}:key'", False),
    ],
)
def test_an_import_finds_the_export_whose_parts_agree(
    write: object, exported: str, imported: str, found: bool
) -> None:
    texts = {"e.yaml": EXPORT.format(exported), "i.yaml": IMPORT % imported}
    resources, _ = _load(write, texts)
    (vault,) = resources
    key = _key(vault)
    assert isinstance(key, Attribute) is found
    taken = any("the name of its stack is not known" in hop.note for hop in key.trail)
    assert taken is (found and "StackName" in exported)


def test_templates_that_import_from_each_other_are_a_cycle(write: object) -> None:
    text = IMPORT + "Outputs: {O: {Value: !ImportValue %s, Export: {Name: %s}}}\n"
    texts = {"a.yaml": text % ("x", "y", "x"), "b.yaml": text % ("y", "x", "y")}
    resources, _ = _load(write, texts)
    with pytest.raises(EvaluationError) as caught:
        _key(resources[0])
    assert caught.value.cause == "cycle"


# -- parameters, and what stands around a named file --------------------------------------------


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("p.json", '[{"ParameterKey": "Key", "ParameterValue": "given"}]'),
        ("p.json", '["Key=given"]'),
        ("p.json", '{"Parameters": {"Key": "given"}, "Tags": {}}'),
        (
            "p.json",
            '{"StackName": {}, "Parameters": [{"ParameterKey": "Key", "ParameterValue": "given"}]}',
        ),
        ("p.json", '{"Key": "given", "Other": 1}'),
        ("p.yaml", "Key: given\n"),
        (
            "p.json",
            '[{"ParameterKey": "Key", "ParameterValue": "given", "UsePreviousValue": false}]',
        ),
        ("p.yaml", "StackName: s\nCapabilities: [CAPABILITY_IAM]\nParameters: {Key: given}\n"),
    ],
)
def test_a_parameter_file_wins_over_the_default(write: object, name: str, text: str) -> None:
    assert callable(write)
    write({"t.yaml": KEYED, name: text})
    loader = _loader("t.yaml", parameters=(name,))
    (vault,) = loader.load()
    value = _key(vault)
    assert value == Known("given")
    assert f"set by {name}" in [hop.note for hop in value.trail]
    assert not loader.errors


@pytest.mark.parametrize("text",
    ["[1]", '"text"', '{"Key": {}}', "[{}]", "{", "", '{"Key": [{}]}', '{"Key": [null]}',
     '{"Key": null}', '["Key = x"]', '["Key=a", "Key=b"]',
     '{"Parameters": [{}]}', '{"Parameters": [1, {}]}',
     '[{"ParameterKey": "Key", "ParameterValue": {"a": 1}}]'],
)  # fmt: skip
def test_a_bad_parameter_file_is_an_error_of_it(write: object, text: str) -> None:
    assert callable(write)
    write({"t.yaml": KEYED, "p.json": text})
    loader = _loader("t.yaml", parameters=("p.json",))
    assert len(loader.load()) == 1
    assert [error.path for error in loader.errors] == ["p.json"]


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        (
            "p.json",
            '[{"ParameterKey": "Key", "ParameterValue": "x", "UsePreviousValue": true}]',
            'the parameter "Key" has a ParameterValue beside UsePreviousValue',
        ),
        (
            "p.yaml",
            "- {ParameterKey: Key, ParameterValue: x, UsePreviousValue: yes}\n",
            'the parameter "Key" has a ParameterValue beside UsePreviousValue',
        ),
        ("p.json", '[{"ParameterKey": "Key"}]', 'the parameter "Key" needs a ParameterValue'),
        (
            "p.json",
            '[{"ParameterKey": "Key", "UsePreviousValue": false}]',
            'the parameter "Key" needs a ParameterValue',
        ),
        ("p.json", '{"Parameters": {"Key": "x"}, "Key": "y"}', '"Key" beside "Parameters" sets'),
        (
            "p.yaml",
            "Parameters: [{ParameterKey: Key, ParameterValue: x}]\nKey: y\n",
            '"Key" beside "Parameters" sets',
        ),
        ("p.yaml", "Key: !Sub alias/m\n", "a parameter file holds plain values, no !Sub"),
        ("p.yaml", "Key: [a, !Ref b]\n", "a parameter file holds plain values, no !Ref"),
        ("p.yaml", "Parameters: !Foo {Key: a}\n", "a parameter file holds plain values, no !Foo"),
        ("p.yaml", "- !Sub Key=x\n", "a parameter file holds plain values, no !Sub"),
        (
            "p.yaml",
            "- {ParameterKey: Key, ParameterValue: !ImportValue x}\n",
            "a parameter file holds plain values, no !ImportValue",
        ),
    ],
)
def test_what_a_parameter_file_cannot_say_is_an_error_of_it(
    write: object, name: str, text: str, message: str
) -> None:
    assert callable(write)
    write({"t.yaml": KEYED, name: text})
    loader = _loader("t.yaml", parameters=(name,))
    loader.load()
    (error,) = loader.errors
    assert (error.path, error.message.startswith(message)) == (name, True), error.message


def test_a_named_template_is_read_with_its_family(write: object) -> None:
    assert callable(write)
    call = CALL.format("c/v.yaml").replace("v.yaml", "v.yaml, Parameters: {Key: passed}")
    write({"p.yaml": call, "c/v.yaml": KEYED, "c/other.yaml": PLAIN, ".git/HEAD": ""})
    (vault,) = _loader("c/v.yaml").load()
    assert (vault.address, _key(vault)) == ("S/V", Known("passed"))


def test_a_named_template_is_nested_from_anywhere_in_its_repository(write: object) -> None:
    assert callable(write)
    call = CALL.format("../../b/v.yaml").replace("v.yaml", "v.yaml, Parameters: {Key: passed}")
    write({"a/deep/p.yaml": call + "  # " + VAULT, "b/v.yaml": KEYED, ".git/HEAD": ""})
    loader = _loader("b/v.yaml")
    (vault,) = loader.load()
    assert (vault.address, _key(vault)) == ("S/V", Known("passed"))


@pytest.mark.parametrize("name", ["AWS::Region", "a-b"])
@pytest.mark.parametrize("macro", ["", "Transform: Mine\n"])
def test_a_parameter_has_a_name_of_letters_and_digits(write: object, name: str, macro: str) -> None:
    """One that is named like a pseudo parameter does not take its place."""
    assert callable(write)
    text = KEYED.replace("Key:", f"'{name}':", 1).replace("!Ref Key", f"!Ref '{name}'")
    write({"t.yaml": macro + text})
    loader = _loader("t.yaml")
    (vault,) = loader.load()

    def read() -> Value | str | None:
        try:
            return _key(vault)
        except EvaluationError as error:
            return error.message

    what = f'"{name}" is no name of a parameter: those are of letters and digits'
    outcomes = [outcome for _ in range(2) for _, outcome in loader.worlds.explore(read)]
    assert what in outcomes
    assert not any(isinstance(outcome, Known) for outcome in outcomes)
    # A macro may give it another name.
    assert [error.message for error in loader.errors] == ([] if macro else [what])


@pytest.mark.parametrize("more", ["", ', "ParameterValue": ""'])
def test_the_previous_value_of_a_parameter_is_not_known(write: object, more: str) -> None:
    assert callable(write)
    previous = f'[{{"ParameterKey": "Key", "UsePreviousValue": true{more}}}]'
    write({"t.yaml": KEYED, "p.json": previous})
    (vault,) = _loader("t.yaml", parameters=("p.json",)).load()
    value = _key(vault)
    assert isinstance(value, Unknown)
    assert value.cause == "caller-supplied"


def test_aliases_are_found_anywhere_in_the_scan(write: object) -> None:
    assert callable(write)
    alias = "Resources: {A: {Type: AWS::KMS::Alias, Properties: {AliasName: alias/a}}}\n"
    write({"a.yaml": alias, "p.yaml": CALL.format("a.yaml")})
    loader = _loader()
    assert not loader.load()
    found = list(loader.instances_of(["AWS::KMS::Alias"]))
    assert [resource.address for resource in found] == ["S/A"]


def test_the_construct_path_of_the_cdk(write: object) -> None:
    vault = {"Type": VAULT, "Metadata": {"aws:cdk:path": "App/Vault/Resource"}}
    resources, _ = _load(write, {"t.json": json.dumps({"Resources": {"V": vault}})})
    assert resources[0].origin() == Origin("App/Vault/Resource", None)


def test_the_asset_path_of_the_cdk_is_the_nested_template(write: object) -> None:
    address = ["https://s3.", {"Ref": "AWS::Region"}, ".", {"Ref": "AWS::URLSuffix"}, "/b/1a.json"]
    stack = {
        "Type": "AWS::CloudFormation::Stack",
        "Properties": {"TemplateURL": {"Fn::Join": ["", address]}},
        "Metadata": {"aws:asset:path": "n.template.json"},
    }
    texts = {"t.json": json.dumps({"Resources": {"S": stack}}), "n.template.json": PLAIN}
    texts["n.template.json"] = json.dumps({"Resources": {"V": {"Type": VAULT}}})
    resources, _ = _load(write, texts)
    assert [resource.address for resource in resources] == ["S/V"]


def test_a_body_that_cannot_be_read_is_an_error_where_it_names_a_vault(write: object) -> None:
    body = "    Resources: {V: {Type: AWS::Backup::BackupVault}\n"
    text = (
        "Resources:\n  S:\n    Type: AWS::CloudFormation::StackSet\n"
        f"    Properties:\n      TemplateBody: !Sub |\n    {body}"
    )
    resources, errors = _load(write, {"t.yaml": text})
    assert not resources
    assert errors == [
        "t.yaml:5 the template in TemplateBody cannot be read; its resources are not checked"
    ]


ONE = f'"Resources: {{V: {{Type: {VAULT}, Properties: {{BackupVaultName: one}}}}}}"'
TWO = ONE.replace("one", "two")
HEAD = """
Parameters: {X: {Type: String, AllowedValues: [a, b]}}
Conditions: {C: !Equals [!Ref X, a]}
Mappings: {M: {a: {body: %s}, b: {body: %s}}}
Resources: {S: {Type: AWS::CloudFormation::StackSet, Properties: %s}}
"""


@pytest.mark.parametrize(
    "properties",
    [
        f"!If [C, {{TemplateBody: {ONE}}}, !Ref AWS::NoValue]",
        "{Fn::ForEach::L: [N, [Body], {'Template${N}': " + ONE + "}]}",
        f"{{TemplateBody: !If [C, {ONE}, !Ref AWS::NoValue]}}",
        "{TemplateBody: !FindInMap [M, a, body]}",
        f"{{TemplateBody: {ONE}, Fn::Transform: {{Name: Mine}}}}",
    ],
)
def test_a_body_that_a_function_gives_is_judged(write: object, properties: str) -> None:
    resources, errors = _load(write, {"t.yaml": HEAD % (ONE, TWO, properties)})
    assert [resource.address for resource in resources] == ["S/V"]
    assert not errors


@pytest.mark.parametrize(
    "body",
    [f"!If [C, {ONE}, {TWO}]", "!FindInMap [M, !Ref X, body]", f"!Sub [{ONE}, {{Y: !Ref Gone}}]"],
)
def test_a_body_that_is_not_read_is_an_error_where_it_names_a_vault(
    write: object, body: str
) -> None:
    text = HEAD % (ONE, TWO, f"{{TemplateBody: {body}}}")
    resources, errors = _load(write, {"t.yaml": text.replace("one}}", "${Y}}}")})
    assert not resources
    what = "t.yaml:5 the template in TemplateBody cannot be read; its resources are not checked"
    assert errors == [what]


def test_a_nested_template_that_depends_on_a_condition_is_an_error(write: object) -> None:
    conditions = "Parameters: {X: {Type: String}}\nConditions: {C: !Equals [!Ref X, a]}\n"
    call = CALL.format("!If [C, c.yaml, d.yaml]")
    _, errors = _load(write, {"p.yaml": conditions + call, "c.yaml": KEYED, "d.yaml": PLAIN})
    assert errors == ["p.yaml:3 which template S nests depends on a condition; it is not followed"]


def test_a_template_that_only_one_world_nests_is_followed(write: object) -> None:
    conditions = "Parameters: {X: {Type: String}}\nConditions: {C: !Equals [!Ref X, a]}\n"
    call = CALL.format("!If [C, c.yaml, !Ref AWS::NoValue]")
    resources, errors = _load(write, {"p.yaml": conditions + call, "c.yaml": KEYED})
    assert [resource.address for resource in resources] == ["S/V"]
    assert not errors


def test_a_template_on_disk_counts_before_what_metadata_says_of_it(write: object) -> None:
    lying = CALL.replace("{{S: {{", '{{S: {{Metadata: {{"aws:asset:path": d.yaml}}, ')
    resources, errors = _load(
        write, {"p.yaml": lying.format("c.yaml"), "c.yaml": KEYED, "d.yaml": "Resources: {}\n"}
    )
    assert [resource.address for resource in resources] == ["S/V"]
    assert not errors


# -- conditions of resources --------------------------------------------------------------------


@pytest.mark.parametrize("written", ["Is-Prod", "''", "'C '", "a.b", "Né", "1", "null"])
def test_a_condition_of_any_name_must_be_declared(write: object, written: str) -> None:
    vault = f"V: {{Type: {VAULT}, Condition: {written}, Properties: {{EncryptionKeyArn: x}}}}"
    text = f"Conditions: {{C: !Equals [a, a]}}\nResources:\n  {vault}\n"
    (resource,), _ = _load(write, {"t.yaml": text})
    with pytest.raises(EvaluationError):
        resource.read("EncryptionKeyArn")


@pytest.mark.parametrize(
    "written",
    ["[C]", "{Condition: C}", "!Condition C", "!Not [!Condition C]", "!Ref C", "!Equals [a, b]"],
)
def test_a_condition_that_is_no_name_is_an_error(write: object, written: str) -> None:
    text = f"Conditions: {{C: !Equals [a, a]}}\nResources:\n  V: {{Type: {VAULT}, Condition: X}}\n"
    _, errors = _load(write, {"t.yaml": text.replace("X", written)})
    (error,) = errors
    assert "takes a condition's name" in error
