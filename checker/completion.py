"""Completion scripts for shells, made from the command's own options."""

from __future__ import annotations

import argparse

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


def _bash(options: list[tuple[str, argparse.Action]]) -> str:
    cases = "".join(
        f'    {flag}) COMPREPLY=($(compgen -W "{" ".join(map(str, action.choices))}" -- "$word"))'
        "; return ;;\n"
        for flag, action in options
        if action.choices
    )
    flags = " ".join(flag for flag, _ in options)
    return (
        "_iac_check() {\n"
        '  local word="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD-1]}"\n'
        f'  case "$before" in\n{cases}  esac\n'
        '  if [[ "$word" == -* ]]; then\n'
        f'    COMPREPLY=($(compgen -W "{flags}" -- "$word"))\n'
        "  else\n"
        '    COMPREPLY=($(compgen -f -- "$word"))\n'
        "  fi\n"
        "}\n"
        "complete -o filenames -F _iac_check iac-check\n"
    )


def _zsh(options: list[tuple[str, argparse.Action]]) -> str:
    lines = []
    for flag, action in options:
        text = _plain(action.help)
        value = ""
        if action.choices:
            value = f":value:({' '.join(map(str, action.choices))})"
        elif action.nargs != 0:
            value = ":value:_files"
        lines.append(f"  '*{flag}[{text}]{value}' \\\n")
    return f"#compdef iac-check\n_arguments \\\n{''.join(lines)}  '*:path:_files'\n"


def _fish(options: list[tuple[str, argparse.Action]]) -> str:
    lines = []
    for flag, action in options:
        line = f"complete -c iac-check -l {flag.removeprefix('--')} -d '{_plain(action.help)}'"
        if action.choices:
            line += f" -x -a '{' '.join(map(str, action.choices))}'"
        elif action.nargs != 0:
            line += " -r"
        lines.append(f"{line}\n")
    return "".join(lines)


def _plain(text: str | None) -> str:
    """A help text without what a shell's quoting or zsh's brackets would trip over."""
    plain = (text or "").replace("%(prog)s", "iac-check")
    return "".join(c if c.isalnum() or c in " ,.-()/" else " " for c in plain).strip()
