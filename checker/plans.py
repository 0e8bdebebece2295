"""Plans and states of Terraform, which are not read: what they say is told by the code as well."""

from __future__ import annotations

REFUSED = (
    "it is a plan or a state of Terraform, which is not read: name the folder of the code that it "
    "is made from, and give the values by --var-file or --var"
)
_ZIP = b"PK\x03\x04"
_VERSION = b'"terraform_version"'
_PARTS = frozenset({"lineage", "planned_values", "resource_changes", "values"})


def is_plan(data: bytes) -> bool:
    """Whether a file is what `terraform plan -out` or `terraform show -json` writes, or a state.

    https://developer.hashicorp.com/terraform/internals/json-format
    """
    if data.startswith(_ZIP):
        return b"tfplan" in data[:1_000]
    if _VERSION not in data:
        return False
    import json

    try:
        top = json.loads(data)
    except (ValueError, RecursionError):
        return False
    return isinstance(top, dict) and "terraform_version" in top and not _PARTS.isdisjoint(top)
