"""Files that give the parameters of templates their values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..language.convert import scalar_text
from ..language.document import MappingNode, Node, ScalarNode, SequenceNode, inside
from ..language.value import Hop, Known, Unknown, Value
from ..source import InputError, Source, Span
from .yaml_document import read_template

# What stands beside `Parameters`: the other arguments of the actions that take them, and those of
# a template configuration file (the link of read_parameters).
# https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html and
# UpdateStack, CreateChangeSet, CreateStackSet, UpdateStackSet
_BESIDE = frozenset({
    "Accounts", "AdministrationRoleARN", "AutoDeployment", "CallAs", "Capabilities",
    "ChangeSetName", "ChangeSetType", "ClientRequestToken", "ClientToken", "DeploymentMode",
    "DeploymentTargets", "Description", "DisableRollback", "EnableTerminationProtection",
    "ExecutionRoleName", "ImportExistingResources", "IncludeNestedStacks", "ManagedExecution",
    "NotificationARNs", "OnFailure", "OnStackFailure", "OperationId", "OperationPreferences",
    "Parameters", "PermissionModel", "Regions", "ResourceTypes", "ResourcesToImport",
    "RetainExceptOnCreate", "RoleARN", "RollbackConfiguration", "StackId", "StackName",
    "StackPolicy", "StackPolicyBody", "StackPolicyDuringUpdateBody",
    "StackPolicyDuringUpdateURL", "StackPolicyURL", "StackSetName", "Tags", "TemplateBody",
    "TemplateURL", "TimeoutInMinutes", "UsePreviousTemplate",
})  # fmt: skip
_TRUE = ("true", "yes", "on")


def read_files(
    files: Iterable[tuple[str, bytes | None]], errors: list[InputError]
) -> dict[str, Value]:
    """The parameters of files by their paths, the last that is given winning.

    None stands for what cannot be read. Faults are added to `errors`.
    """
    found: dict[str, Value] = {}
    for path, data in files:
        if data is None:
            continue
        try:
            found.update(read_parameters(Source.decode(path, data)))
        except InputError as error:
            errors.append(error)
    return found


def read_parameters(source: Source) -> dict[str, Value]:
    """A file of parameters: the AWS CLI's list, that list or a map as `Parameters`, or a plain map.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/continuous-delivery-codepipeline-cfn-artifacts.html
    Raises InputError.
    """
    documents = read_template(source)
    if len(documents) != 1:
        raise InputError("a parameter file holds one document", source.path, 1, 1)
    found: dict[str, Value] = {}
    for name, value in _pairs(documents[0]):
        if name in found:
            raise InputError.at(value.trail[0].span, f'the parameter "{name}" is given twice')
        found[name] = value
    return found


def _pairs(node: Node) -> Iterator[tuple[str, Value]]:
    _require_plain(node)
    if isinstance(node, MappingNode):
        node = _inner(node)
    if isinstance(node, MappingNode):
        for key, _, value in node.entries:
            yield key, _value(value)
        return
    if not isinstance(node, SequenceNode):
        raise InputError.at(node.span, "a parameter file is a list or a mapping")
    for item in node.items:
        match item:
            case ScalarNode(value=str(text)) if "=" in text:
                key, _, word = text.partition("=")
                if not key.isalnum():
                    raise InputError.at(item.span, "a parameter's name is of letters and digits")
                yield key, _set(word, item.span)
            case MappingNode():
                name = item.get("ParameterKey")
                if not isinstance(name, ScalarNode) or name.value is None:
                    raise InputError.at(item.span, "a parameter needs a ParameterKey")
                yield str(name.value), _of_item(str(name.value), item)
            case _:
                raise InputError.at(item.span, "a parameter is a ParameterKey and ParameterValue")


def _require_plain(node: Node) -> None:
    """Raises InputError for a function of a template, which a parameter file cannot hold."""
    for one in inside(node):
        if one.tag is not None:
            raise InputError.at(one.span, f"a parameter file holds plain values, no !{one.tag}")


def _inner(node: MappingNode) -> MappingNode | SequenceNode:
    """What `Parameters` holds: of a template configuration, or of what `--cli-input-json` takes."""
    inner = node.get("Parameters")
    listed = isinstance(inner, SequenceNode) and not all(map(_is_word, inner.items))
    if not listed and not isinstance(inner, MappingNode):
        return node
    for key, span, _ in node.entries:
        if key not in _BESIDE:
            what = f'"{key}" beside "Parameters" sets no parameter, and nothing else reads it'
            raise InputError.at(span, what)
    assert isinstance(inner, MappingNode | SequenceNode)
    return inner


def _of_item(name: str, item: MappingNode) -> Value:
    """A value, or that the one of the deployed stack is kept: CloudFormation refuses both at once.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Parameter.html
    """
    value, keeps = item.get("ParameterValue"), item.get("UsePreviousValue")
    if isinstance(keeps, ScalarNode) and str(keeps.value).lower() in _TRUE:
        if value is None or (isinstance(value, ScalarNode) and value.value == ""):
            return _previous(name, item.span)
        what = f'the parameter "{name}" has a ParameterValue beside UsePreviousValue'
        raise InputError.at(value.span, f"{what}: CloudFormation refuses both at once")
    if value is None:
        what = f'the parameter "{name}" needs a ParameterValue, or UsePreviousValue: true'
        raise InputError.at(item.span, what)
    return _value(value)


def _value(node: Node) -> Value:
    match node:
        case ScalarNode(value=value, written=written) if value is not None:
            text = written if isinstance(value, float) else scalar_text(value)
            return _set(text, node.span)
        case SequenceNode(items=items) if all(map(_is_word, items)):
            words = [scalar_text(i.value) for i in items if isinstance(i, ScalarNode)]
            return _set(",".join(words), node.span)
    raise InputError.at(node.span, "a parameter's value is a string or a list of strings")


def _is_word(node: Node) -> bool:
    return isinstance(node, ScalarNode) and node.value is not None


def _previous(name: str, span: Span) -> Value:
    why = f'parameter "{name}" keeps the value that the deployed stack has'
    term = ("ref", span.source.path, name)
    return Unknown("caller-supplied", why, term, not_null=True, trail=(Hop(span, why),))


def _set(text: str, span: Span) -> Value:
    return Known(text, trail=(Hop(span, f"set by {span.source.path}"),))
