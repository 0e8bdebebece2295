"""What is known of KMS: the types that are keys, aliases and lookups, and how a key is written.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/kms_key and its
siblings; https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/AWS_KMS.html
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import cycle, islice

# Keys, and the attributes that identify them.
KEYS: Mapping[str, frozenset[str]] = {
    "aws_kms_key": frozenset({"arn", "key_id", "id"}),
    "aws_kms_external_key": frozenset({"arn", "id", "key_id"}),
    "aws_kms_replica_key": frozenset({"arn", "key_id", "id"}),
    "aws_kms_replica_external_key": frozenset({"arn", "key_id", "id"}),
    "awscc_kms_key": frozenset({"arn", "key_id", "id"}),
    "awscc_kms_replica_key": frozenset({"arn", "key_id", "id"}),
    "AWS::KMS::Key": frozenset({"Ref", "Arn", "KeyId"}),
    "AWS::KMS::ReplicaKey": frozenset({"Ref", "Arn", "KeyId"}),
}
# An alias: its name, what it leads on to, and the attributes that identify it or its target.
ALIASES: Mapping[str, tuple[str, str, frozenset[str]]] = {
    "aws_kms_alias": (
        "name",
        "target_key_id",
        frozenset({"arn", "id", "name", "target_key_arn", "target_key_id"}),
    ),
    "awscc_kms_alias": (
        "alias_name",
        "target_key_id",
        frozenset({"id", "alias_name", "target_key_id"}),
    ),
    "AWS::KMS::Alias": ("AliasName", "TargetKeyId", frozenset({"Ref", "AliasName", "TargetKeyId"})),
}
# The attributes of an alias that read as its name, `alias/…`.
NAMES: Mapping[str, frozenset[str]] = {
    "aws_kms_alias": frozenset({"id", "name"}),
    "awscc_kms_alias": frozenset({"id", "alias_name"}),
    "AWS::KMS::Alias": frozenset({"Ref", "AliasName"}),
}
# The attribute that is the ARN of a key, or of the key that an alias leads on to.
_ARNS: Mapping[str, str] = {"aws_kms_alias": "target_key_arn"}
# Data sources that look a key up by a name or identifier, and the argument that holds it.
LOOKUPS: Mapping[str, tuple[str, frozenset[str]]] = {
    "aws_kms_key": ("key_id", frozenset({"arn", "id", "key_id"})),
    "aws_kms_alias": ("name", frozenset({"arn", "id", "name", "target_key_arn", "target_key_id"})),
}

# The attributes of an alias that are those of its target: the others are the alias's own.
_OF_TARGET: Mapping[str, frozenset[str]] = {
    "aws_kms_alias": frozenset({"target_key_arn", "target_key_id"}),
    "awscc_kms_alias": frozenset({"target_key_id"}),
    "AWS::KMS::Alias": frozenset({"TargetKeyId"}),
}

# Types of CloudFormation of which Fn::GetAtt gives back what a template writes and may be a key;
# of others it gives what AWS makes, and a property's name is refused.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ssm-parameter.html
_WRITTEN: Mapping[str, frozenset[str]] = {"AWS::SSM::Parameter": frozenset({"Value"})}

# Attributes of AWS's own resources that give back whatever something else made, so a key, too.
# Where a resource is of another provider, or of a private registry, all of them may.
_CARRIED: Mapping[str, str] = {
    "aws_cloudcontrolapi_resource": "properties",
    "aws_cloudformation_stack": "outputs",
    "aws_lambda_invocation": "result",
    "aws_servicecatalog_provisioned_product": "outputs",
    "awscc_cloudformation_stack": "outputs",
    "awscc_servicecatalog_cloudformation_provisioned_product": "outputs",
}
_OWN = ("aws_", "awscc_", "AWS::")

# What an ARN is composed of that is written in small letters, digits and hyphens only.
WORDS = frozenset({"AWS::AccountId", "AWS::Partition", "AWS::Region"})
LOOKED_UP: Mapping[str, frozenset[str]] = {
    "aws_region": frozenset({"id", "name", "region"}),
    "aws_caller_identity": frozenset({"id", "account_id"}),
    "aws_partition": frozenset({"id", "partition"}),
}

_IDENTIFIERS = {"arn": "key_id", "Arn": "KeyId"}
_ID_LETTERS = frozenset("0123456789abcdef-mrk")
HEX = "0123456789abcdef"
# Accounts and regions that share nothing but their form.
_ACCOUNTS = ("0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "0123456789", "97531")
_PLACES = (
    ("aws", "us-east-1"), ("aws", "eu-west-2"), ("aws", "ap-southeast-3"), ("aws", "sa-east-4"),
    ("aws", "me-south-5"), ("aws", "il-central-6"), ("aws", "af-north-7"), ("aws", "ca-west-8"),
    ("aws", "mx-central-9"), ("aws-cn", "cn-northwest-1"), ("aws-us-gov", "us-gov-west-2"),
    ("aws-iso", "us-iso-east-1"), ("aws-iso-b", "us-isob-west-2"), ("aws-iso-e", "eu-isoe-west-1"),
    ("aws-iso-f", "us-isof-south-1"), ("aws-eusc", "eusc-de-east-1"), ("aws", "ap-northeast-1"),
)  # fmt: skip
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-")


def arn_of(type_: str) -> str | None:
    """The attribute of a key, alias or lookup that is a key's ARN; None where there is none."""
    return _ARNS.get(type_) or next(
        (path for path in _IDENTIFIERS if path in KEYS.get(type_, ())), None
    )


def is_set(type_: str, path: str, data: bool) -> bool:
    """Whether an attribute certainly has a value, neither null nor "", once its resource exists.

    What identifies a resource has: `arn` and `id` of all resources of Terraform, and whatever
    CloudFormation's `Ref` and `Fn::GetAtt` return for an ARN.
    """
    if data:
        return path in LOOKUPS.get(type_, ("", ()))[1] or path in ("arn", "id")
    known = path in KEYS.get(type_, ()) or path in ALIASES.get(type_, ("", "", ()))[2]
    return known or path in ("arn", "id", "Ref") or path.endswith("Arn")


def is_written(type_: str, path: str) -> bool:
    """Whether an attribute gives back the argument of that name, if there is one."""
    return "::" not in type_ or path in _WRITTEN.get(type_, ())


def may_carry(type_: str, path: str) -> bool:
    """Whether an attribute of a resource that is no key, alias or lookup may be that of a key."""
    return not type_.startswith(_OWN) or path.partition(".")[0] == _CARRIED.get(type_)


def output_in(type_: str, path: str) -> str | None:
    """The output of a stack that an attribute of Terraform's resource is; None for others."""
    root, _, name = path.partition(".")
    return name if type_ == "aws_cloudformation_stack" and root == "outputs" and name else None


def is_of_key(type_: str, path: str, data: bool) -> bool:
    """Whether an attribute of an alias or a lookup is a key's, and not that of an alias.

    `key_id` of the data source `aws_kms_key` is what it is asked for, which may be an alias.
    """
    if data and type_ == "aws_kms_key":
        return path != "key_id"
    return path in _OF_TARGET.get(type_, ())


def identity(type_: str, path: str) -> str | None:
    """What an attribute tells its resource from: each of these has another.

    Replicas have the id of their primary key, and other resources of AWS may have equal names.
    """
    if path in _IDENTIFIERS and (type_ in KEYS or type_ in ALIASES):
        return "key ARN" if type_ in KEYS else "alias ARN"
    if path in KEYS.get(type_, ()) and "replica" not in type_.lower():
        return f"{type_} id"
    return None


def may_read(type_: str, path: str, text: str) -> bool:
    """Whether an attribute that is set may read as a text, by how AWS writes it."""
    if path in KEYS.get(type_, ()) and path not in _IDENTIFIERS:
        return len(text) > 30 and not set(text) - _ID_LETTERS  # a UUID, or mrk- and as many digits
    if path in ("arn", "Arn"):
        return text.startswith("arn:") and (type_ not in KEYS or ":key/" in text)
    return text != ""


def forms(type_: str, path: str) -> tuple[str, ...]:
    """How a key's attribute may read, one text for each form; nothing for other attributes.

    https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#key-id and its multi-Region
    keys, in the partitions that have both.
    """
    if path not in KEYS.get(type_, ()):
        return ()
    few, many = _identifiers(("0", "f", HEX)), _identifiers((*HEX, HEX, HEX[::-1], "08f3a5"))
    if path not in _IDENTIFIERS:
        return (*few, *many)
    places = tuple(
        f"{partition}:kms:{region}:{''.join(islice(cycle(account), 12))}"
        for (partition, region), account in zip(_PLACES, cycle(_ACCOUNTS), strict=False)
    )
    return tuple(
        f"arn:{place}:key/{id_}"
        for found, ids in ((places, few), (places[:: len(places) - 1], many))
        for place in found
        for id_ in ids
    )


def _identifiers(patterns: tuple[str, ...]) -> tuple[str, ...]:
    """Key ids whose digits repeat a pattern, as UUIDs and as those of multi-Region keys."""
    runs = ["".join(islice(cycle(pattern), 32)) for pattern in patterns]
    uuids = [f"{r[:8]}-{r[8:12]}-{r[12:16]}-{r[16:20]}-{r[20:]}" for r in runs]
    return (*uuids, *(f"mrk-{run}" for run in runs))


def never_reads(type_: str, path: str, text: str) -> bool:
    """Whether a text certainly stands nowhere in a key's attribute, whatever its values are."""
    if path not in KEYS.get(type_, ()):
        return False
    arn = path in _IDENTIFIERS
    return bool(set(text) - (_LETTERS | (frozenset(":/") if arn else frozenset()))) or (
        "alias/" in text or "/alias" in text or ":alias" in text
    )


def written_without(type_: str, path: str, letters: str) -> bool:
    """Whether an attribute of a key or alias certainly holds none of some letters.

    arn:partition:kms:region:account:key/id, https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#key-id-key-ARN
    and alias/name, https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html
    """
    if path in LOOKED_UP.get(type_, ()):
        return no_word(letters)
    if path in KEYS.get(type_, ()):
        more = ":/" if path in _IDENTIFIERS else ""
    elif path in ALIASES.get(type_, ("", "", ()))[2]:
        more = "/_" if path in NAMES[type_] else ":/_"
    else:
        return False
    return not (_LETTERS | frozenset(more)) & set(letters)


def no_word(letters: str) -> bool:
    """Whether none of some letters can be part of a region, partition or account."""
    return not _LETTERS & set(letters)


def identifier_in(type_: str, path: str) -> str | None:
    """The attribute that stands behind the one `/` of a key's ARN; None for other attributes."""
    return _IDENTIFIERS.get(path) if path in KEYS.get(type_, ()) else None
