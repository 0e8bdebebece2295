"""Ways to hide a vault with a wrong key in CloudFormation. None may pass: exit code 1, or 2."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

KEY = "  K:\n    Type: AWS::KMS::Key\n"
MISSING = "  V:\n    Type: AWS::Backup::BackupVault\n    Properties:\n      BackupVaultName: v\n"


def vault(key: str) -> str:
    return f"{MISSING}      EncryptionKeyArn: {key}\n"


GOOD = "Resources:\n" + KEY + vault("!GetAtt K.Arn")
BAD = "Resources:\n" + KEY + MISSING
IN_JSON = '{"Resources": {"V": {"Type": "AWS::Backup::BackupVault", "Properties": {%s}}}}'
NESTED = (
    "Resources:\n  S:\n    Type: AWS::CloudFormation::Stack\n"
    "    Properties:\n      TemplateURL: %s\n      Parameters:\n        Key: %s\n"
)
CHILD = "Parameters:\n  Key:\n    Type: String\n    Default: ''\nResources:\n" + vault("!Ref Key")

# A template whose vault has a key of its own, and a stack that takes it away.
HAPPY = (
    "Parameters:\n  Key:\n    Type: String\n    Default: alias/mine\nResources:\n"
    + KEY
    + "  A:\n    Type: AWS::KMS::Alias\n    Properties:\n      AliasName: alias/mine\n"
    + "      TargetKeyId: !Ref K\n"
    + vault("!Ref Key")
)


def hidden_call(location: str) -> Mapping[str, str | bytes]:
    return {"t.yaml": NESTED % (location, "''"), "child.yaml": HAPPY}


# A vault with a key of its own by default, and with that of AWS where it is called so.
ASKED = (
    "Parameters: {Aws: {Type: String, Default: n}}\nConditions: {A: !Equals [!Ref Aws, y]}\n"
    "Resources:\n" + KEY + vault("!If [A, alias/aws/backup, !GetAtt K.Arn]")
)
CALLS = "Resources:\n  S:\n%s    Properties:\n      TemplateURL: child.yaml\n" + (
    "      Parameters: {Aws: y}\n"
)


def typed(type_: str, before: str = "") -> Mapping[str, str | bytes]:
    """A call whose type is written in an odd way."""
    return {"main.yaml": before + CALLS % type_, "child.yaml": ASKED}


def unreadable(location: str, name: str = "main.yaml") -> Mapping[str, str | bytes]:
    """A call that cannot be read, and computes what it nests."""
    call = NESTED.rpartition("      Parameters")[0] % location + "      Parameters: {Aws: y}\n"
    return {name: call + "      Parameters: {Aws: y}\n", "child.yaml": ASKED}


EXPORTED = {
    "i.yaml": "Resources:\n" + vault("!ImportValue kk"),
    "g.yaml": "Resources:\n" + KEY + "Outputs: {O: {Value: !GetAtt K.Arn, Export: {Name: kk}}}\n",
}
ALIASED = {
    "i.yaml": "Resources:\n" + vault("alias/zz"),
    "g.yaml": "Resources:\n"
    + KEY
    + "  A:\n    Type: AWS::KMS::Alias\n"
    + "    Properties: {AliasName: alias/zz, TargetKeyId: !Ref K}\n",
}
SECOND_ALIAS = "    Properties: {AliasName: alias/zz, TargetKeyId: alias/aws/backup}\n"
SECOND_EXPORT = '"Outputs": {"O": {"Value": "alias/aws/backup", "%s": {"Name": "kk"}}}}'
STACK = "AWS::CloudFormation::Stack"
JSON_CALL = (
    '{"Resources": {"S": {"Type": "AWS::CloudFormation::Stack", "Properties": '
    '{"TemplateURL": %s, "Parameters": {"Aws": "y"}}}}}'
)
SET = (
    "  S:\n    Type: AWS::CloudFormation::StackSet\n    Properties:\n      StackSetName: s\n"
    "      PermissionModel: SELF_MANAGED\n      TemplateBody: "
)
BODY = '{"Resources":{"V":{"Type":"%s"}}}'


UNREADABLE = '{"Resour\\u0063es": {"V": {"Typ\\u0065": "AWS::Backup::Backup\\u0056ault"}}%s}'

SERVICE = "service: s\nprovider: {name: aws}\ncustom: {t: AWS::Backup::BackupVault}\nresources:\n"
NO_KEY = "{Properties: {EncryptionKeyArn: alias/aws/backup}}"

TOPIC = "Resources:\n  T: {Type: AWS::SNS::Topic}\n"
INCLUDED = {"a.yaml": "V: {Type: AWS::Backup::BackupVault}\n"}
VAULT_BODY = {"a.yaml": "Type: AWS::Backup::BackupVault\n"}
INCLUDE = "{Name: %s, Parameters: {Location: %s}}"


def include(name: str = "AWS::Include", location: str = "a.yaml") -> Mapping[str, str | bytes]:
    """A template in which a vault of another file is included."""
    start = "Parameters: {X: {Type: String, Default: a.yaml}}\n" + TOPIC
    return {"t.yaml": f"{start}  Fn::Transform: {INCLUDE % (name, location)}\n", **INCLUDED}


ATTACKS: dict[str, Mapping[str, str | bytes]] = {
    # -- what is included
    "an escape in an include": include('"AWS::Includ\\x65"'),
    "an escaped colon in an include": include('"AWS:\\u003aInclude"'),
    "a folded line in an include": include('"AWS::In\\\n    clude"'),
    "an escape in an include in JSON": {
        "t.json": '{"Resources": {"T": {"Type": "A::B"}, "Fn::Transform": {"Name": '
        '"AWS\\u003a\\u003aInclude", "Parameters": {"Location": "a.yaml"}}}}',
        **INCLUDED,
    },
    "an include that a parameter locates": include(location="!Ref X"),
    "an include that a text locates": include(location="!Sub './${X}'"),
    "an include that nobody can locate": include(location="!Sub './${Nope}.yaml'"),
    "an include in a list": {
        "t.yaml": f"{TOPIC}  Fn::Transform:\n    - {INCLUDE % ('AWS::Include', 'a.yaml')}\n",
        **INCLUDED,
    },
    "a resource that is an include in short form": {
        "t.yaml": f"{TOPIC}  V: !Transform {INCLUDE % ('AWS::Include', 'a.yaml')}\n",
        **VAULT_BODY,
    },
    "resources that are an include in short form": {
        "t.yaml": f"Resources: !Transform {INCLUDE % ('AWS::Include', 'a.yaml')}\n",
        **INCLUDED,
    },
    "an include in short form by an escaped tag": {
        "t.yaml": f"Resources: !Trans%66orm {INCLUDE % ('AWS::Include', 'a.yaml')}\n",
        **INCLUDED,
    },
    "a second document of what is included": {
        **include(),
        "a.yaml": "U: {Type: AWS::SNS::Topic}\n---\n" + INCLUDED["a.yaml"],
    },
    "an include in what is included": {
        **include(location="b.yaml"),
        "b.yaml": f"Fn::Transform: {INCLUDE % ('AWS::Include', 'a.yaml')}\n",
    },
    # -- documents and sections beside those that are read
    "a second document of a template in a string": {
        "t.yaml": f"Resources:\n{SET}|\n        Resources: {{T: {{Type: A::B}}}}\n        ---\n"
        "        Resources: {V: {Type: AWS::Backup::BackupVault}}\n",
    },
    "a service with resources of its own beside a template's": {
        "serverless.yml": "service: s\nprovider: {name: aws}\nResources: {T: {Type: A::B}}\n"
        "resources: {Resources: {V: {Type: AWS::Backup::BackupVault}}}\n",
    },
    # -- the parts of a Serverless service
    "a part that overrides one of a file": {
        "serverless.yml": SERVICE + f"  - ${{file(a.yml)}}\n  - Resources: {{V: {NO_KEY}}}\n",
        "a.yml": GOOD,
    },
    "a file that overrides one of another": {
        "serverless.yml": SERVICE + "  - ${file(a.yml)}\n  - ${file( 'b.yml' )}\n",
        "a.yml": GOOD,
        "b.yml": f"Resources: {{V: {NO_KEY}}}\n",
    },
    "an extension of a resource of a file": {
        "serverless.yml": SERVICE + f"  - ${{file(a.yml)}}\n  - extensions: {{V: {NO_KEY}}}\n",
        "a.yml": GOOD,
    },
    "a program that may override": {
        "serverless.yml": SERVICE + "  - ${file(a.yml)}\n  - ${file(b.js)}\n",
        "a.yml": GOOD,
    },
    "an option in place of the resource": {
        "serverless.yml": SERVICE + "  - ${file(a.yml)}\n  - Resources: {V: '${opt:v}'}\n",
        "a.yml": GOOD,
    },
    "a resource of which a file holds the body": {
        "serverless.yml": SERVICE + "  Resources: {V: '${file(v.yml)}'}\n",
        "v.yml": "Type: AWS::Backup::BackupVault\nProperties: {BackupVaultName: v}\n",
    },
    "a type that a variable holds": {
        "serverless.yml": SERVICE + "  Resources: {V: {Type: '${self:custom.t}'}}\n",
    },
    "a key that a function made here chooses": {
        "t.yaml": "Resources:\n"
        + KEY
        + vault("{'Fn::chosen by a variable': [[{a: !GetAtt K.Arn}, a], !GetAtt K.Arn]}"),
    },
    "a condition made here, by an escaped tag": {
        "t.yaml": BAD.replace(
            "    Type: AWS::B", "    Condition: !variable%20takes []\n    Type: AWS::B"
        ),
    },
    "a key that only one stage declares": {
        "serverless.yml": SERVICE + "  - ${file(r-${opt:stage}.yml)}\n  - Resources:\n      V:\n"
        "        Type: AWS::Backup::BackupVault\n"
        "        Properties: {BackupVaultName: v, EncryptionKeyArn: alias/mine}\n",
        "r-a.yml": "Resources: {K: {Type: AWS::KMS::Key}, A: {Type: AWS::KMS::Alias, Properties: "
        "{AliasName: alias/mine, TargetKeyId: !Ref K}}}\n",
        "r-b.yml": TOPIC,
    },
    "a text that is like a variable": {
        "serverless.yml": SERVICE + "  Resources:\n    K: {Type: AWS::KMS::Key}\n    V:\n"
        "      Type: AWS::Backup::BackupVault\n"
        "      Properties: {EncryptionKeyArn: '$(file(k-${opt:stage}.yml))'}\n",
        "k-dev.yml": "!GetAtt K.Arn\n",
    },
    "a template of which a service reads a value": {
        "serverless.yml": SERVICE + "  Resources: {T: {Type: A::B, Metadata: '${file(v.yml)}'}}\n",
        "v.yml": BAD,
    },
    # -- the type in another spelling
    "a hexadecimal escape": {
        "t.yaml": BAD.replace("AWS::Backup::BackupVault", '"AWS::Backup::Backup\\x56ault"')
    },
    "a short escape": {
        "t.yaml": BAD.replace("AWS::Backup::BackupVault", '"AWS::Backup::Backup\\u0056ault"')
    },
    "a long escape": {
        "t.yaml": BAD.replace("AWS::Backup::BackupVault", '"AWS::Backup::Backup\\U00000056ault"')
    },
    "an escaped colon": {
        "t.yaml": BAD.replace("AWS::Backup::BackupVault", '"AWS\\x3a:Backup::BackupVault"')
    },
    "a folded line": {
        "t.yaml": BAD.replace("AWS::Backup::BackupVault", '"AWS::Backup::Back\\\n      upVault"')
    },
    "a folded line with CRLF": {
        "t.yaml": BAD.replace(
            "AWS::Backup::BackupVault", '"AWS::Backup::Back\\\n      upVault"'
        ).replace("\n", "\r\n")
    },
    "a folded line with a lone carriage return": {
        "t.yaml": BAD.replace("AWS::Backup::BackupVault", '"AWS::Backup::Back\\\r      upVault"')
    },
    "a folded line at a next-line sign": {
        "t.yaml": BAD.replace(
            "AWS::Backup::BackupVault", '"AWS::Backup::Back\\\u0085      upVault"'
        )
    },
    "a folded line at a line separator": {
        "t.yaml": BAD.replace(
            "AWS::Backup::BackupVault", '"AWS::Backup::Back\\\u2028      upVault"'
        )
    },
    "an escape in JSON": {"t.json": (IN_JSON % "").replace("BackupVault", "Backup\\u0056ault")},
    "an escaped Resources": {"t.json": (IN_JSON % "").replace("Resources", "Resour\\u0063es")},
    "an escaped Type": {"t.json": (IN_JSON % "").replace("Type", "Typ\\u0065")},
    "an escaped Resources in YAML": {"t.yaml": BAD.replace("Resources", '"Resour\\x63es"')},
    "a block scalar": {
        "t.yaml": BAD.replace("AWS::Backup::BackupVault", "|-\n      AWS::Backup::BackupVault")
    },
    "a folded scalar": {
        "t.yaml": BAD.replace("AWS::Backup::BackupVault", ">-\n      AWS::Backup::BackupVault")
    },
    "a tag": {"t.yaml": BAD.replace("AWS::Backup::", "!!str AWS::Backup::")},
    "a quoted key": {"t.yaml": BAD.replace("Type:", "'Type' :")},
    "an explicit key": {"t.yaml": BAD.replace("    Type: AWS::B", "    ? Type\n    : AWS::B")},
    "an anchor in between": {"t.yaml": BAD.replace("Type: AWS::B", "&t Type: &u AWS::B")},
    "an alias for the type": {
        "t.yaml": "x: &t AWS::Backup::BackupVault\n" + BAD.replace("AWS::Backup::BackupVault", "*t")
    },
    "an alias for the resource": {
        "t.yaml": "x: &r\n" + MISSING.replace("  V:\n", "") + "Resources:\n" + KEY + "  V: *r\n"
    },
    "an alias for the section": {"t.yaml": "x: &r\n" + KEY + MISSING + "Resources: *r\n"},
    "a flow mapping": {
        "t.yaml": "Resources: {V: {Type: 'AWS::Backup::BackupVault', Properties: {}}}\n"
    },
    "a flow mapping over lines": {
        "t.yaml": "Resources: {\n V: {\n  Type\n :\n 'AWS::Backup::BackupVault' }}\n"
    },
    "a loop over a list that nobody gives": {
        "t.yaml": "Transform: AWS::LanguageExtensions\nParameters:\n"
        "  L: {Type: CommaDelimitedList}\nMappings: {M: {a: {k: ''}}}\nResources:\n"
        + KEY
        + "  Fn::ForEach::L:\n    - N\n    - !Ref L\n    - V${N}:\n"
        "        Type: AWS::Backup::BackupVault\n        Properties:\n          EncryptionKeyArn: "
        '!FindInMap [M, "${N}", k, DefaultValue: !GetAtt K.Arn]\n'
    },
    "a loop over a list that nobody gives, which writes the type": {
        "t.yaml": "Transform: AWS::LanguageExtensions\nParameters:\n"
        "  L: {Type: CommaDelimitedList}\nResources:\n  Fn::ForEach::L:\n"
        "    - X\n    - !Ref L\n    - V${X}:\n        Type: AWS::Backup::Backup${X}\n"
    },
    "a loop over a list that nobody gives, which is of types": {
        "t.yaml": "Transform: AWS::LanguageExtensions\nParameters:\n"
        "  L: {Type: CommaDelimitedList}\nResources:\n  Fn::ForEach::L:\n"
        "    - X\n    - !Ref L\n    - V:\n        Type: !Ref X\n"
    },
    "a loop that writes the type": {
        "t.yaml": "Transform: AWS::LanguageExtensions\nResources:\n  Fn::ForEach::L:\n"
        "    - X\n    - [Vault]\n    - V${X}:\n        Type: AWS::Backup::Backup${X}\n"
    },
    # -- keys that come twice
    "a duplicate resource in JSON": {
        "t.json": '{"Resources": {"V": {"Type": "AWS::Backup::BackupVault"}, '
        '"V": {"Type": "AWS::SNS::Topic"}}}'
    },
    "a duplicate section in JSON": {
        "t.json": '{"Resources": {"V": {"Type": "AWS::Backup::BackupVault"}}, '
        '"Resources": {"T": {"Type": "AWS::SNS::Topic"}}}'
    },
    "a duplicate key spelt in two ways": {
        "t.json": IN_JSON % '"EncryptionKeyArn": "alias/aws/backup", "EncryptionKey\\u0041rn": "x"'
    },
    "a duplicate property in YAML": {
        "t.yaml": BAD + "      EncryptionKeyArn: alias/aws/backup\n"
        "      'EncryptionKeyArn': !GetAtt K.Arn\n"
    },
    "a merge key that loses": {
        "t.yaml": "x: &x\n  EncryptionKeyArn: !GetAtt K.Arn\n"
        + BAD
        + "      EncryptionKeyArn: !Ref AWS::NoValue\n      <<: *x\n"
    },
    "a merge key that CloudFormation does not know": {
        "t.yaml": "x: &x\n  EncryptionKeyArn: alias/aws/backup\n" + BAD + "      <<: *x\n"
    },
    "a merge of the type": {
        "t.yaml": "x: &x\n  Type: AWS::Backup::BackupVault\nResources:\n  V:\n    <<: *x\n"
    },
    # -- documents and bytes
    "a second document": {"t.yaml": GOOD + "---\n" + BAD},
    "a first document": {"t.yaml": BAD + "---\n" + GOOD},
    "a document after a scalar": {"t.yaml": "just text\n---\n" + BAD},
    "a document after the end": {"t.yaml": "a: b\n...\n" + BAD},
    "an empty document first": {"t.yaml": "---\n---\n" + BAD},
    "a second document that is broken": {"t.yaml": "a: b\n---\n" + BAD + "\t- :"},
    "a byte order mark": {"t.yaml": b"\xef\xbb\xbf" + BAD.encode()},
    "a byte order mark in JSON": {"t.json": b"\xef\xbb\xbf" + (IN_JSON % "").encode()},
    "UTF-16": {"t.yaml": BAD.encode("utf-16")},
    "UTF-16 without a mark": {"t.json": (IN_JSON % "").encode("utf-16-le")},
    "CRLF": {"t.yaml": BAD.replace("\n", "\r\n")},
    "lone carriage returns": {"t.yaml": BAD.replace("\n", "\r")},
    "next-line signs": {"t.yaml": BAD.replace("\n", "\u0085")},
    "a NUL in the type": {"t.yaml": BAD.replace("BackupVault\n", "Backup\0Vault\n", 1)},
    "a comment that is none": {"t.yaml": BAD.replace("Name: v", "Name: v#x")},
    "the key in a comment": {"t.yaml": BAD + "      # EncryptionKeyArn: !GetAtt K.Arn\n"},
    "the key in a block scalar": {
        "t.yaml": BAD + "      Notes: |\n        EncryptionKeyArn: !GetAtt K.Arn\n"
    },
    "the key one level too high": {"t.yaml": BAD + "    EncryptionKeyArn: !GetAtt K.Arn\n"},
    "the key in another case": {"t.yaml": BAD + "      encryptionKeyArn: !GetAtt K.Arn\n"},
    "the key under a look-alike": {"t.yaml": BAD + "      Encrypti\u043enKeyArn: !GetAtt K.Arn\n"},
    "broken YAML after it": {"t.yaml": BAD + "x: [\n"},
    "broken YAML before it": {"t.yaml": "x: [\n" + BAD},
    "broken JSON": {"t.json": (IN_JSON % "") + "}"},
    "JSON with a comma too many": {"t.json": (IN_JSON % "")[:-1] + ",}"},
    "YAML in a .json": {"t.json": BAD},
    "JSON in a .yaml": {"t.yaml": IN_JSON % ""},
    "JSON in a .template": {"t.template": IN_JSON % ""},
    "an ending in capitals": {"t.YAML": BAD, "main.tf": "locals {}\n"},
    "a template engine's braces": {"t.yaml": "{% if x %}\n" + BAD + "{% endif %}\n"},
    "filler first": {"t.yaml": "# filler\n" * 200_000 + BAD},
    "a .gitignore": {".gitignore": "*\n", "t.yaml": BAD},
    "a hidden folder": {".x/t.yaml": BAD},
    # -- values
    "an alias in pieces": {
        "t.yaml": BAD + "      EncryptionKeyArn: !Join ['/', [alias, aws, backup]]\n"
    },
    "an alias in Sub": {
        "t.yaml": "Parameters:\n  X:\n    Type: String\n    Default: aws\nResources:\n"
        + vault('!Sub "alias/${X}/backup"')
    },
    "an alias of the managed key": {
        "t.yaml": BAD + "      EncryptionKeyArn: !Ref A\n"
        "  A:\n    Type: AWS::KMS::Alias\n    Properties:\n      AliasName: alias/mine\n"
        "      TargetKeyId: alias/aws/backup\n"
    },
    "NoValue under a condition": {
        "t.yaml": "Parameters:\n  P:\n    Type: String\nConditions:\n"
        "  C: !Equals [!Ref P, x]\n"
        + BAD
        + "      EncryptionKeyArn: !If [C, !GetAtt K.Arn, !Ref AWS::NoValue]\n"
    },
    "the whole properties under a condition": {
        "t.yaml": "Parameters:\n  P:\n    Type: String\nConditions:\n"
        "  C: !Equals [!Ref P, x]\nResources:\n"
        + KEY
        + "  V:\n    Type: AWS::Backup::BackupVault\n    Properties: !If\n      - C\n"
        "      - EncryptionKeyArn: !GetAtt K.Arn\n      - !Ref AWS::NoValue\n"
    },
    "a key that is not created": {
        "t.yaml": "Conditions:\n  Never: !Equals [a, b]\nResources:\n"
        "  K:\n    Type: AWS::KMS::Key\n    Condition: Never\n" + vault("!GetAtt K.Arn")
    },
    "a resource that is called like a key": {
        "t.yaml": "Resources:\n  K:\n    Type: AWS::SNS::Topic\n" + vault("!GetAtt K.Arn")
    },
    "a custom resource": {
        "t.yaml": "Resources:\n  K:\n    Type: Custom::KMSKey\n" + vault("!GetAtt K.Arn")
    },
    "a parameter": {
        "t.yaml": "Parameters:\n  K:\n    Type: String\nResources:\n" + vault("!Ref K")
    },
    "a default of a parameter": {
        "t.yaml": "Parameters:\n  P:\n    Type: String\n    Default: alias/aws/backup\n"
        "Resources:\n" + vault("!Ref P")
    },
    "a dynamic reference": {"t.yaml": "Resources:\n" + vault("'{{resolve:ssm:/key}}'")},
    "an import": {"t.yaml": "Resources:\n" + vault("!ImportValue Key")},
    "the name Default in another case": {"t.yaml": BAD.replace("Name: v", "Name: default")},
    "a name that may be Default": {
        "t.yaml": "Parameters:\n  N:\n    Type: String\n" + BAD.replace("Name: v", "Name: !Ref N")
    },
    "a condition that is not defined": {
        "t.yaml": BAD.replace("    Properties", "    Condition: Gone\n    Properties")
    },
    "a condition that depends on itself": {
        "t.yaml": "Conditions:\n  C: !Not [!Condition C]\n"
        + BAD.replace("    Properties", "    Condition: C\n    Properties")
    },
    # -- what is done to a template before it is deployed
    "Fn::Transform in the properties": {
        "t.yaml": BAD + "      Fn::Transform:\n        Name: AWS::Include\n"
        "        Parameters:\n          Location: s3://b/key.yaml\n"
    },
    "Fn::Transform in place of the properties": {
        "t.yaml": "Resources:\n  V:\n    Type: AWS::Backup::BackupVault\n    Properties:\n"
        "      Fn::Transform: {Name: Hide}\n"
    },
    "Fn::Transform over the key": {
        "t.yaml": "Resources:\n" + KEY + vault("!Transform {Name: X, Parameters: {K: !Ref K}}")
    },
    "a macro over a good template": {"t.yaml": "Transform: [Rewrite]\n" + BAD},
    "a macro over a good key": {"t.yaml": "Transform: [Rewrite]\n" + GOOD},
    "a macro beside a good key": {"t.yaml": GOOD + "      Fn::Transform: {Name: Rewrite}\n"},
    "a macro beside the properties": {"t.yaml": GOOD + "    Fn::Transform: {Name: Rewrite}\n"},
    "a macro in the resources": {"t.yaml": GOOD + "  Fn::Transform: {Name: Rewrite}\n"},
    "a macro beside the parameter that is the key": {
        "t.yaml": "Parameters:\n  Fn::Transform: {Name: X}\n" + HAPPY.partition("\n")[2]
    },
    "an include beside a good key": {
        "t.yaml": GOOD + "      Fn::Transform: {Name: AWS::Include,"
        " Parameters: {Location: part.yaml}}\n",
        "part.yaml": "EncryptionKeyArn: alias/aws/backup\n",
    },
    # -- nested stacks
    "a nested stack that passes nothing": {
        "t.yaml": NESTED % ("child.yaml", "!Ref AWS::NoValue"),
        "child.yaml": CHILD,
    },
    "a nested stack that passes an alias": {
        "t.yaml": NESTED % ("./child.yaml", "alias/aws/backup"),
        "child.yaml": CHILD,
    },
    "a nested stack through a link": {
        "t.yaml": NESTED % ("link.yaml", "''"),
        "child.txt": CHILD,
        "link.yaml": "-> child.txt",
    },
    "a nested stack in a file of another ending": {
        "t.yaml": NESTED % ("child.txt", "''"),
        "child.txt": CHILD,
        "u.yaml": BAD,
    },
    "stacks that nest each other": {
        "a.yaml": NESTED % ("b.yaml", "x") + MISSING,
        "b.yaml": NESTED % ("a.yaml", "x"),
    },
    "a template in a string": {
        "t.yaml": "Resources:\n  S:\n    Type: AWS::CloudFormation::StackSet\n    Properties:\n"
        "      StackSetName: s\n      PermissionModel: SELF_MANAGED\n      TemplateBody: |\n"
        + "".join(f"        {line}\n" for line in BAD.splitlines())
    },
    "a call by Sub": {
        "child.yaml": HAPPY,
        "t.yaml": "Mappings: {M: {N: {X: child}}}\n"
        + NESTED % ("!Sub ['${X}.yaml', {X: !FindInMap [M, N, X]}]", "''"),
    },
    "a call by Join": hidden_call("!Join ['', [chi, ld.yaml]]"),
    "a call by a long Join": hidden_call("{'Fn::Join': ['', [chi, ld.yaml]]}"),
    "a call by an escaped name": hidden_call('"chil\\x64.yaml"'),
    "a call over two lines": hidden_call("\n        child.yaml"),
    "a call in a block scalar": hidden_call("|-\n        child.yaml"),
    "a call by an alias": {
        "t.yaml": "x: &x child.yaml\n" + NESTED % ("*x", "''"),
        "child.yaml": HAPPY,
    },
    "a call under an escaped name": {
        "t.yaml": (NESTED % ("child.yaml", "''")).replace("TemplateURL", '"Template\\x55RL"'),
        "child.yaml": HAPPY,
    },
    # -- a call that is not written as calls mostly are
    "an explicit key with a comment": typed(f"    ? Type # the type\n    : {STACK}\n"),
    "comments before the type": typed("    Type:\n" + "      # c\n" * 4 + f"      {STACK}\n"),
    "a long comment before the type": typed(f"    Type: # {'c' * 1000}\n      {STACK}\n"),
    "blank lines before the type": typed("    Type:" + "\n" * 100 + f"      {STACK}\n"),
    "blanks before the type in JSON": {
        "main.json": (JSON_CALL % '"child.yaml"').replace('"Type":', '"Type":' + " " * 100),
        "child.yaml": ASKED,
    },
    "an alias for the type of a call": typed("    Type: *t\n", f"x: &t {STACK}\n"),
    "an anchor, a tag and comments": typed(f"    Type: &a !!str # c\n      # d\n      {STACK}\n"),
    "an alias for the key of the type": typed(f"    *k : {STACK}\n", "x: &k Type\n"),
    "an exporter with an explicit key": {
        **EXPORTED,
        "b.yaml": "Resources:\n  T:\n    ? Type # c\n    : AWS::SNS::Topic\n"
        "Outputs: {O: {Value: alias/aws/backup, Export: {Name: kk}}}\n",
    },
    "an escaped Export": {
        **EXPORTED,
        "b.json": '{"Resources": {"T": {"Type": "AWS::SNS::Topic"}}, '
        + SECOND_EXPORT % "Exp\\u006frt",
    },
    "an escaped alias": {
        **ALIASED,
        "b.yaml": 'Resources:\n  A:\n    Type: "AWS::KMS::\\u0041lias"\n' + SECOND_ALIAS,
    },
    "an alias with an explicit key": {
        **ALIASED,
        "b.yaml": "Resources:\n  A:\n    ? Type # c\n    : AWS::KMS::Alias\n" + SECOND_ALIAS,
    },
    "an alias in a loop": {
        **ALIASED,
        "b.yaml": "Transform: AWS::LanguageExtensions\nResources:\n  Fn::ForEach::L:\n"
        "    - X\n    - [Alias]\n    - A${X}:\n        Type: AWS::KMS::${X}\n"
        + SECOND_ALIAS.replace("    P", "        P"),
    },
    # -- a call that cannot be read
    "an unreadable call by Join": unreadable("!Join ['', [child, .yaml]]"),
    "an unreadable call by a parameter": unreadable("!Ref U"),
    **{
        f"a loop that is none: {name}": {
            "t.yaml": "Transform: AWS::LanguageExtensions\nResources:\n  Fn::ForEach::L:\n"
            f"{items}    - V${{X}}:\n        Type: AWS::Backup::BackupVault\n"
        }
        for name, items in (
            ("a list names it", "    - [X]\n    - [A]\n"),
            ("a number names it", "    - 1\n    - [A]\n"),
            ("two elements", "    - X\n"),
            ("four elements", "    - X\n    - [A]\n    - [B]\n"),
        )
    },
    "a reason that is an escaped invisible character": {
        "t.yaml": "Resources:\n  V:\n    Type: AWS::Backup::BackupVault\n    Metadata:\n"
        '      iac-check: {ignore: [{rule: BACKUP001, reason: "\\u200b"}]}\n'
    },
    "a reason that is letters that are not seen": {
        "t.yaml": "Resources:\n  V:\n    Type: AWS::Backup::BackupVault\n    Metadata:\n"
        '      iac-check: {ignore: [{rule: BACKUP001, reason: "\\u3164"}]}\n'
    },
    "a reason that is a function": {
        "t.yaml": "Resources:\n  V:\n    Type: AWS::Backup::BackupVault\n    Metadata:\n"
        "      iac-check: {ignore: [{rule: BACKUP001, reason: !Ref X}]}\n"
    },
    **{
        f"a call by an address: {location}": hidden_call(location)
        for location in (
            "https://b.s3.amazonaws.com/child.yaml",
            "https://b.s3.amazonaws.com/v1/child%2Eyaml?versionId=1",
            "s3://b/child.yaml",
            "!Sub 'https://${AWS::AccountId}.s3.amazonaws.com/child.yaml'",
            "!Join [/, [!Ref AWS::AccountId, child.yaml]]",
        )
    },
    "an asset of the CDK beside a literal address": {
        "t.yaml": "Resources:\n  S:\n    Type: AWS::CloudFormation::Stack\n    Metadata:\n"
        "      aws:asset:path: good.yaml\n    Properties: {TemplateURL: 'https://x/y.yaml'}\n"
        + vault("!GetAtt S.Outputs.O"),
        "good.yaml": "Resources:\n" + KEY + "Outputs: {O: {Value: !GetAtt K.Arn}}\n",
    },
    "an unreadable call of that name": unreadable("!Sub '${U}/child.yaml'"),
    "an unreadable call by a block scalar": unreadable(">-\n        child\\\n        .yaml"),
    "an unreadable call in JSON": {
        "main.json": (JSON_CALL % '{"Fn::Join": ["", ["child", ".yaml"]]}').replace(
            "}}}}}", "},}}}}"
        ),
        "child.yaml": ASKED,
    },
    "a call in Latin-1": {
        "main.yaml": b"# \xe9\n" + (NESTED % ("!Join ['', [child, .yaml]]", "x")).encode(),
        "child.yaml": ASKED,
    },
    "an unreadable include": {
        "main.yaml": "Resources:\n  Fn::Transform: {Name: AWS::Include, Parameters: {Location: "
        "!Join ['', [part, .yaml]]}}\nx: 1\nx: 2\n",
        "part.yaml": GOOD,
    },
    # -- escapes in what cannot be read
    "escapes and a duplicate": {"t.json": UNREADABLE % ', "x": 1, "x": 2'},
    "escapes and too deep a nesting": {"t.json": UNREADABLE % (', "x": ' + "[" * 500 + "]" * 500)},
    "escapes and too many nodes": {"t.json": UNREADABLE % (', "x": [' + "1," * 2_000_000 + "1]")},
    "escapes and a broken end": {"t.yaml": UNREADABLE % "" + "}"},
    # -- ignoring
    "metadata without a reason": {
        "t.yaml": BAD.replace(
            "    Properties",
            "    Metadata: {iac-check: {ignore: [{rule: BACKUP001}]}}\n    Properties",
        )
    },
    "metadata of cfn_nag": {
        "t.yaml": BAD.replace(
            "    Properties",
            "    Metadata: {cfn_nag: {rules_to_suppress: [{id: W1}]}}\n    Properties",
        )
    },
    "an ignore in a block scalar": {
        "t.yaml": BAD + "      Notes: |\n        # iac-check: ignore[BACKUP001] x\n"
    },
    "an ignore with a look-alike": {
        "t.yaml": BAD.replace("  V:", "  # iac\u2010check: ignore[BACKUP001] x\n  V:")
    },
    **{
        f"an ignore in a line that ends in {end!r}": {
            "t.yaml": ("# iac-check: ignore[BACKUP001] x\n" + BAD).replace("\n", end).encode()
        }
        for end in ("\r", "\x85", "\u2028")
    },
    "metadata with an odd date": {
        "t.yaml": BAD.replace(
            "    Properties",
            "    Metadata:\n"
            "      iac-check: {ignore: [{rule: BACKUP001, reason: x, until: [2020-01-01]}]}\n"
            "    Properties",
        )
    },
    **{
        f"a parameter named {name}": {
            "t.yaml": HAPPY.replace("  Key:", f'  "{name}":').replace("!Ref Key", f"!Ref {name}")
        }
        for name in ("AWS::Region", "AWS::StackName", "AWS::NoValue", "a-b", "a.b", "\u00c4")
    },
    "a condition on a parameter named AWS::Region": {
        "t.yaml": "Conditions: {C: !Equals [!Ref AWS::Region, alias/mine]}\n"
        + HAPPY.replace("  Key:", '  "AWS::Region":').replace(
            "!Ref Key", "!If [C, !GetAtt K.Arn, alias/aws/backup]"
        )
    },
    "an alias of an alias": {
        "t.yaml": HAPPY.replace("alias/mine\nR", "alias/other\nR")
        + "  B:\n    Type: AWS::KMS::Alias\n"
        "    Properties: {AliasName: alias/other, TargetKeyId: !Ref A}\n"
    },
    "an ignore in a plain scalar": {
        "t.yaml": BAD.replace("Name: v", "Name: v# iac-check: ignore[BACKUP001] x")
    },
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_it_is_not_passed(attack: str, check: Callable[..., Any]) -> None:
    outcome = check(ATTACKS[attack])
    assert outcome.code in (1, 2), (outcome.verdicts, outcome.told)


def test_what_the_attacks_are_made_of_passes(check: Callable[..., Any]) -> None:
    """Else the attacks would be found for another reason."""
    assert check({"t.yaml": GOOD, "child.yaml": HAPPY}).code == 0
