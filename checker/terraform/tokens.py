"""HCL's tokens as patterns, and what may follow an expression, for `syntax`.

https://github.com/hashicorp/hcl/blob/main/hclsyntax/scan_tokens.rl
"""

from __future__ import annotations

from ..patterns import pattern
from .names import IDENTIFIER, WORD_END
from .outline import BLANK, INLINE

# What most lines are: a name and a value that has no more than paths inside.
_WORD = "[A-Za-z_][A-Za-z0-9_-]*+"
_PATH = rf"{_WORD}(?>(?:\.{_WORD})*)"
_CHARACTERS = r'[^"\\$%\n\r]*+'
_TEXT = rf'"{_CHARACTERS}(?>(?:\$\{{[ \t]*+{_PATH}[ \t]*+\}}{_CHARACTERS})*)"'
_PLAIN = rf"(?:{_TEXT}|[0-9]++|{_PATH})[ \t]*+"
_LABELS = rf'(?>(?:(?:{_WORD}|"{_CHARACTERS}")[ \t]*+)*)'
_ABOVE = r"(?>(?:[ \t\n]++|(?:#|//)[^\n]*+\n)*)"
LINE = pattern(
    rf"{_ABOVE}(?:({_WORD})[ \t]*+(?:=[ \t]*+{_PLAIN}|({_LABELS})\{{[ \t]*+)|(\}})[ \t]*+)\r?\n"
)
"""A line of a body that has nothing inside: 1, an argument; 2, a block begins; 3, one ends."""
PAIR = pattern(rf"{_ABOVE}(?:{_WORD}|{_TEXT})[ \t]*+[=:][ \t]*+{_PLAIN},?[ \t]*+\r?\n")

NAME = pattern(IDENTIFIER)
_OPERAND = (
    rf'(?:({IDENTIFIER}(?>(?:\.{IDENTIFIER})*))|({_TEXT})|([0-9])|([-!](?!=))|([(\[{{])|(")|(<<))'
)
OPERAND = {True: pattern(INLINE + _OPERAND), False: pattern(BLANK + _OPERAND)}
"""What an expression begins with, by whether newlines end something."""
NUMBER = pattern(r"[0-9]++(?>(?:\.*+(?:[0-9]++|[eE][+-]?[0-9]))*)")
DECIMAL = pattern(r"[0-9]++(?:\.[0-9]*+)?(?:[eE][+-]?[0-9]++)?")
_TOKEN = rf"(\.\.\.|[=!<>]=|=>|&&|\|\||::|~\}}|\r?\n|{IDENTIFIER}|.|\Z)"
# A comment to the end of the line stands for the newline that follows it.
TOKEN = {
    True: pattern(rf"{INLINE}(?:(?:#|//)[^\n]*+)?{_TOKEN}"),
    False: pattern(BLANK + _TOKEN),
}
"""What may follow an operand, by whether newlines end something."""
LABEL = pattern(r'"((?>(?:[^"\\$%\n\r]++|\\.|\$\$\{|%%\{|[$%](?!\{))*))"')
FOR = pattern(rf"{BLANK}for{WORD_END}")
FOR_NAMES = pattern(rf"{BLANK}({IDENTIFIER}){BLANK}(?:,{BLANK}({IDENTIFIER}){BLANK})?in{WORD_END}")
QUOTED = pattern(r'(?>(?:[^"\\$%\n\r]++|\\[nrt"\\]|\$\$\{|%%\{|[$%](?!\{))*)')
ESCAPE = pattern(r"\\(?:u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)")
HEREDOC = pattern(rf"<<-?({IDENTIFIER})\r?\n")
SPACES = r"[ \t]*+"

GROUPED = pattern(rf"\}}|if{WORD_END}")

NEWLINE = "a newline is expected here"
BINARY = frozenset(("==", "!=", "<", ">", "<=", ">=", "&&", "||", "+", "-", "*", "/", "%"))
OPENED = {"(": "(", "[": "tuple", "{": "key"}
STATES = {"(": "_operand", "[": "_element", "{": "_pair"}
# Where a newline ends something; a condition is as what it stands in.
LINE_SENSITIVE = frozenset(("argument", "only argument", "key", "value"))
# What a template's keyword closes.
CLOSES = {"else": ("%if",), "endif": ("%if", "%else"), "endfor": ("%for",)}
_POP = ""
# What may follow an expression, by what it stands in: what that becomes, and the next state.
AFTER = {
    ("argument", "\n"): (_POP, "_item"),
    ("argument", ""): (_POP, "_item"),
    ("only argument", "}"): (_POP, "_ended"),
    ("(", ")"): (_POP, "_operation"),
    ("call", ")"): (_POP, "_operation"),
    ("call", ","): ("call", "_element"),
    ("call", "..."): ("call", "_spread"),
    ("index", "]"): (_POP, "_operation"),
    ("tuple", "]"): (_POP, "_operation"),
    ("tuple", ","): ("tuple", "_element"),
    ("key", "="): ("value", "_operand"),
    ("key", ":"): ("value", "_operand"),
    ("value", ","): ("key", "_pair"),
    ("value", "\n"): ("key", "_pair"),
    ("value", "}"): (_POP, "_operation"),
    ("?", ":"): (_POP, "_operand"),
    ("for [", ":"): ("each [", "_operand"),
    ("each [", "]"): (_POP, "_operation"),
    ("each [", "if"): ("if [", "_operand"),
    ("if [", "]"): (_POP, "_operation"),
    ("for {", ":"): ("each {", "_operand"),
    ("each {", "=>"): ("pair {", "_operand"),
    ("pair {", "}"): (_POP, "_operation"),
    ("pair {", "..."): ("pair {", "_grouped"),
    ("pair {", "if"): ("if {", "_operand"),
    ("if {", "}"): (_POP, "_operation"),
    ("${", "}"): (_POP, "_text_of"),
    ("${", "~}"): (_POP, "_text_of"),
}
