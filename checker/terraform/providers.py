"""The region and account that a resource is created in, by the configuration of its provider.

https://developer.hashicorp.com/terraform/language/providers/configuration and
https://developer.hashicorp.com/terraform/language/modules/develop/providers
"""

from __future__ import annotations

from collections.abc import Iterator

from ..language.evaluate import evaluate
from ..language.scope import Scope
from ..language.value import EvaluationError, Known, ListValue, Unknown, Value
from ..patterns import pattern
from .expressions import expression
from .outline import AttributeSpan, Block

TYPE_CHECKING = False  # `typing` is not worth its import time to every run
if TYPE_CHECKING:
    from .module import ModuleInstance

_PASSED = pattern(r'"?([\w.-]+)"?\s*[=:]\s*"?([\w.-]+)"?')


def place_of(
    instance: ModuleInstance, type_: str, block: Block, scope: Scope
) -> tuple[Value, Value]:
    """The region and the account of a resource.

    One that is not known is an unknown of its provider's configuration: equal for all resources
    that have the same.
    """
    written = instance.module.body(block).attributes
    own = written.get("provider")
    name = _text(own) if own is not None else type_.partition("_")[0]
    found, name = _configured(instance, name)
    region = _value(written.get("region"), scope)
    if region is None or (isinstance(region, Known) and region.data is None):
        region = _argument(found, name, "region")
    accounts = _argument(found, name, "allowed_account_ids")
    match accounts:
        case ListValue(items=(Known() as account,), rest=None):
            return region or _unknown(found, name, "region"), account
    return region or _unknown(found, name, "region"), _unknown(found, name, "account")


def _configured(instance: ModuleInstance, name: str) -> tuple[ModuleInstance, str]:
    """The module instance that configures a provider, and the name that it has there.

    A child has its caller's, by the names that the call passes or else by its own.
    """
    while not any(_blocks(instance, name)) and (caller := instance.called_by()) is not None:
        instance, call = caller
        passed = instance.module.body(call).attributes.get("providers")
        if passed is not None:
            names = dict(_PASSED.findall(passed.value.text))
            name = names.get(name, name)
    return instance, name


def _blocks(instance: ModuleInstance, name: str) -> Iterator[Block]:
    """The blocks of one configuration; what an override file says comes first."""
    for block in reversed(instance.module.providers):
        alias = instance.module.body(block).attributes.get("alias")
        (label,) = block.labels
        if name == (label if alias is None else f"{label}.{_text(alias)}"):
            yield block


def _argument(instance: ModuleInstance, name: str, argument: str) -> Value | None:
    for block in _blocks(instance, name):
        attribute = instance.module.body(block).attributes.get(argument)
        if attribute is not None:
            return _value(attribute, instance)
    return None


def _value(attribute: AttributeSpan | None, scope: Scope) -> Value | None:
    try:
        return evaluate(expression(attribute.value), scope) if attribute is not None else None
    except EvaluationError:
        return None


def _text(attribute: AttributeSpan) -> str:
    """A reference or a text in quotes, as it was written before Terraform 0.12."""
    return attribute.value.text.strip().strip('"')


def _unknown(instance: ModuleInstance, name: str, what: str) -> Unknown:
    why = f"the {what} of the provider {name} is not in the code"
    term = ("ref", f"{instance.root}:{instance.address}", f"{what} of {name}")
    return Unknown("external", why, term, not_null=True, type="string")
