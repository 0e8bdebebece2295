"""Instance keys, as Terraform writes them in addresses."""

from __future__ import annotations

import pytest

from iac_check.terraform.instances import AnyKey, InstanceKey, suffix


@pytest.mark.parametrize(
    ("key", "written"),
    [
        (None, ""),
        (0, "[0]"),
        (AnyKey(), "[*]"),
        ("a", '["a"]'),
        ('a"b\\c', r'["a\"b\\c"]'),
        ("a\tb\r\nc", r'["a\tb\r\nc"]'),
        ("${x} %{y} $z", '["$${x} %%{y} $z"]'),
        ("größe\x1b\U000e0001", r'["größe\u001b\U000e0001"]'),
    ],
)
def test_suffix(key: InstanceKey, written: str) -> None:
    assert suffix(key) == written
