"""Completion scripts for shells, made from the command's own options."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence

from .policy.card import load_cards
from .report.explain import words

SHELLS = ("bash", "zsh", "fish")


def script(shell: str, command: argparse.ArgumentParser) -> str:
    """The script of a shell, to be evaluated by it. Raises KeyError for an unknown shell."""
    return {"bash": _bash, "zsh": _zsh, "fish": _fish}[shell](_options(command))


def _options(command: argparse.ArgumentParser) -> list[tuple[str, argparse.Action]]:
    return [
        (flag, action)
        for action in command._actions
        for flag in action.option_strings
        if flag.startswith("--")
    ]


def _values(action: argparse.Action) -> Sequence[str]:
    """What an option's value can be, where that is known."""
    if action.dest == "explain":
        return words(load_cards())
    return [str(choice) for choice in action.choices or ()]


def _bash(options: list[tuple[str, argparse.Action]]) -> str:
    reply = 'COMPREPLY=($(compgen -P "$given" -W "{}" -- "$word"))'
    cases = "".join(
        f"    {flag}) {reply.format(' '.join(words))}; return ;;\n"
        for flag, action in options
        if (words := _values(action))
    )
    flags = " ".join(flag for flag, _ in options)
    return (
        "_iac_check() {\n"
        '  local word="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD-1]}" given=""\n'
        # `--option=value` is three words, unless COMP_WORDBREAKS is without the sign.
        '  if [[ "$word" == "=" ]]; then\n    word=""\n'
        '  elif [[ "$before" == "=" ]] && (( COMP_CWORD > 1 )); then\n'
        '    before="${COMP_WORDS[COMP_CWORD-2]}"\n'
        '  elif [[ "$word" == --*=* ]]; then\n'
        '    before="${word%%=*}" given="${word%%=*}=" word="${word#*=}"\n'
        "  fi\n"
        f'  case "$before" in\n{cases}  esac\n'
        '  if [[ "$word" == -* && "$given" == "" ]]; then\n'
        f'    COMPREPLY=($(compgen -W "{flags}" -- "$word"))\n'
        "  else\n"
        "    local IFS=$'\\n'\n"  # a name is a line, blanks and all
        '    COMPREPLY=($(compgen -P "$given" -f -- "$word"))\n'
        "  fi\n"
        "}\n"
        "complete -o filenames -F _iac_check iac-check\n"
    )


def _zsh(options: list[tuple[str, argparse.Action]]) -> str:
    lines = []
    for flag, action in options:
        text = re.sub(r"[\\\[\]:]", r"\\\g<0>", _help(action))
        sign, value = "=", ":value:_files"  # the value is the next word, or follows the sign
        if words := _values(action):
            value = f":value:({' '.join(words)})"
        elif action.nargs == 0:
            sign = value = ""
        spec = f"*{flag}{sign}[{text}]{value}".replace("'", r"'\''")
        lines.append(f"    '{spec}' \\\n")
    # A file of the function path is the function's body; what is sourced declares it.
    return (
        f"#compdef iac-check\n_iac-check() {{\n  _arguments \\\n{''.join(lines)}"
        "    '*:path:_files'\n}\n"
        'if [ "$funcstack[1]" = "_iac-check" ]; then\n  _iac-check "$@"\n'
        "else\n  compdef _iac-check iac-check\nfi\n"
    )


def _fish(options: list[tuple[str, argparse.Action]]) -> str:
    lines = []
    for flag, action in options:
        text = _help(action).replace("\\", "\\\\").replace("'", "\\'")
        line = f"complete -c iac-check -l {flag.removeprefix('--')} -d '{text}'"
        if words := _values(action):
            line += f" -x -a '{' '.join(words)}'"
        elif action.nargs != 0:
            line += " -r"
        lines.append(f"{line}\n")
    return "".join(lines)


def _help(action: argparse.Action) -> str:
    return (action.help or "").replace("%(prog)s", "iac-check")
