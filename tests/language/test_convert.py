from __future__ import annotations

import pytest

from iac_check.graph import Resource
from iac_check.language.convert import equal, is_empty, is_null, may_be
from iac_check.language.value import Attribute, Known, ListValue, Text, Unknown, Value
from iac_check.source import Source

ARN = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
SOMETHING = Unknown("caller-supplied", "", ("ref", "", "var.x"))


def attribute(path: str, type_: str = "aws_kms_key", *, data: bool = False) -> Attribute:
    span = Source("main.tf", "").span(0, 0)
    resource = Resource(
        framework="terraform", type=type_, address=f"{type_}.k", span=span, scope=".",
        read=lambda _: None, place=lambda _: None, exists=lambda: Known(True), data=data,
    )  # fmt: skip
    return Attribute(resource, path)


@pytest.mark.parametrize(
    ("value", "text", "answer"),
    [
        (attribute("arn"), "", False),
        (attribute("arn"), "alias/aws/backup", False),
        (attribute("arn"), "arn:aws:s3:::bucket", False),
        (attribute("arn"), ARN, True),
        (attribute("key_id"), ARN, False),
        (attribute("key_id"), "", False),
        (attribute("key_id"), "1234abcd-12ab-34cd-56ef-1234567890ab", True),
        (attribute("KeyId", "AWS::KMS::Key"), "none", False),
        (attribute("description"), "", True),
        (attribute("id", "aws_s3_bucket"), "", False),
        (attribute("website", "aws_s3_bucket"), "", True),
        (attribute("name", data=True), "", True),
        (Text((Known("arn:"), SOMETHING)), "alias/x", False),
        (Text((Known("arn:"), SOMETHING)), "arn:x", True),
        (Text((SOMETHING, attribute("arn"))), "", False),
        (SOMETHING, "", True),
    ],
)
def test_may_be(value: Value, text: str, answer: bool) -> None:
    assert may_be(value, text) is answer
    if not answer:
        assert equal(value, Known(text)) == equal(Known(text), value) == Known(False)


def test_null() -> None:
    assert is_null(attribute("arn")) is False
    assert is_null(attribute("tags")) is None
    assert is_null(attribute("outputs", "terraform_remote_state", data=True)) is None
    assert is_null(SOMETHING) is None
    assert is_null(Text((SOMETHING,))) is False


def test_empty() -> None:
    assert is_empty(Known("")) is True
    assert is_empty(attribute("arn")) is False
    assert is_empty(attribute("description")) is None
    assert is_empty(Text((SOMETHING, Known("x")))) is False
    assert is_empty(SOMETHING) is None


def test_collections_of_different_types_are_not_equal() -> None:
    assert equal(ListValue((), "list"), ListValue(())) == Known(False)
    assert equal(ListValue((), "list"), ListValue((), "list")) == Known(True)
    more = ListValue((), "list", rest=SOMETHING)
    assert isinstance(equal(more, ListValue(())), Unknown)
