"""JUnit XML, as test pages of CI systems read it: one case a vault (Jenkins' junit-10.xsd)."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

from ..annotations import TextIO
from ..policy.result import Report, Result
from ..source import InputError
from .escape import escape
from .places import in_repository
from .text import block
from .words import caller, fault, outcome, place, told

TYPE_CHECKING = False  # `typing` is not worth its import time to every run
if TYPE_CHECKING:
    from xml.etree.ElementTree import Element


def render(report: Report, out: TextIO, show_passed: bool) -> None:
    """One suite a rule, and one of what could not be read. It holds what passed in any case."""
    from xml.etree.ElementTree import Element, indent, tostring

    cases: dict[str, list[Element]] = {}
    for result in report.results:
        cases.setdefault(result.rule, []).append(_case(result))
    for error in report.errors:
        cases.setdefault(fault(error), []).append(_error(error))
    _tell_apart(chain.from_iterable(cases.values()))
    failures = sum(1 for result in report.results if _fails(result))
    root = Element("testsuites", {
        "name": "iac-check", "tests": str(sum(map(len, cases.values()))),
        "failures": str(failures), "errors": str(len(report.errors)),
    })  # fmt: skip
    for name, suite in cases.items():
        counts = {
            tag: str(sum(1 for case in suite if case.find(child) is not None))
            for tag, child in
            (("failures", "failure"), ("errors", "error"), ("skipped", "skipped"))
        }  # fmt: skip
        found = Element("testsuite", {"name": name, "tests": str(len(suite)), **counts})
        found.extend(suite)
        root.append(found)
    indent(root)
    out.write('<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, "unicode") + "\n")


def _tell_apart(cases: Iterable[Element]) -> None:
    """Number the cases of one class and name: test pages show one of them alone."""
    seen: dict[tuple[str | None, str], int] = {}
    for case in cases:
        name = case.get("name", "")
        identity = case.get("classname"), name
        number = seen[identity] = seen.get(identity, 0) + 1
        if number > 1:
            case.set("name", f"{name} #{number}")


def _fails(result: Result) -> bool:
    return result.status == "fail" and result.level == "error"


def _case(result: Result) -> Element:
    """A vault. A finding at level `warning` passes, for it is no fault, and says so."""
    from xml.etree.ElementTree import SubElement

    case = _named(result.address + caller(result), in_repository(result).source.path)
    message = _text(told(result))
    detail = "\n".join(map(_text_line, block(result)))
    if _fails(result):
        SubElement(case, "failure", type=outcome(result), message=message).text = detail
    elif result.suppression is not None:
        SubElement(case, "skipped", message=_text(f"suppressed: {result.suppression.reason}"))
    elif result.status == "fail" and result.level == "off":
        SubElement(case, "skipped", message=f"{outcome(result)} is at level off")
    else:
        SubElement(case, "system-out").text = detail
    return case


def _error(error: InputError) -> Element:
    from xml.etree.ElementTree import SubElement

    case = _named(error.path, error.path)
    SubElement(
        case, "error", type=fault(error), message=_text(error.message)
    ).text = f"{_text_line(place(error))}: {_text(error.message)}"
    return case


def _named(name: str, path: str) -> Element:
    from xml.etree.ElementTree import Element

    return Element("testcase", {"name": _text(name), "classname": _text(path), "time": "0"})


def _text(text: str) -> str:
    return _text_line(escape(text))


def _text_line(printed: str) -> str:
    """XML 1.0 has no U+FFFE and U+FFFF, in no notation."""
    return printed.replace("\ufffe", "\\ufffe").replace("\uffff", "\\uffff")
