"""argparse with every message in Japanese and with suggestions for misspelled commands, options and values.

argparse has only English messages and may change them. `MESSAGES` lists each one that a user can cause;
tests/commands/test_command_line.py reads the messages from the installed argparse and fails on an unlisted one.
"""

from __future__ import annotations

import argparse
import ast
import re
from collections.abc import Iterable, Sequence
from typing import Any, NoReturn  # as in the base class of argparse

from handbook.diagnostics import suggestion_hint

EXIT_USAGE = 2
"""Exit status on wrong usage, the same as argparse's own."""
_NAME = r"argument (?P<name>.+?): "
MESSAGES = {
    _NAME + r"expected (one|at most one|at least one|\d+) arguments?": "`{name}` のあとに値が要ります",
    _NAME + r"ignored explicit argument (?P<value>.+)": "`{name}` に値は付けられません（`{value}`）",
    _NAME + r"invalid \S+ value: (?P<value>.+)": "`{value}` は `{name}` の値に使えません",
    _NAME + r"not allowed with argument (?P<value>.+)": "`{name}` と `{value}` は、いっしょに使えません",
    r"the following arguments are required: (?P<value>.+)": "`{value}` がありません",
    r"one of the arguments (?P<value>.+) is required": "`{value}` のどれかが要ります",
    r"unrecognized arguments: (?P<value>.+)": "知らない指定 `{value}` があります",
    r"unexpected option string: (?P<value>.+)": "知らない指定 `{value}` があります",
    r"ambiguous option: (?P<value>\S+) could match (?P<name>.+)": "`{value}` は `{name}` のどれにも読めます",
    _NAME + r"(?P<value>.+)": "`{name}`: {value}",
}
"""Japanese message for each pattern of an argparse message. The last one is for argument types of this program, whose
messages are Japanese already."""
_CHOICE = re.compile(
    r"argument (?P<name>.+?): invalid choice: (?P<value>.+) \(choose from (?P<choices>.*)\)", re.DOTALL
)


class _HelpFormatter(argparse.HelpFormatter):
    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[Any],
        prefix: str | None = None,
    ) -> None:
        """Add the usage after a heading in Japanese."""
        super().add_usage(usage, actions, groups, "使い方: " if prefix is None else prefix)


class JapaneseArgumentParser(argparse.ArgumentParser):
    """A parser whose help and errors are in Japanese. Options are never abbreviated."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings, add_help=False, allow_abbrev=False, formatter_class=_HelpFormatter)
        self._positionals.title = "書くもの"
        self._optionals.title = "付けられる指定"
        self.add_argument("-h", "--help", action="help", help="この説明を出します")

    def error_unknown(self, arguments: Sequence[str]) -> NoReturn:
        """Exit because of unknown arguments, with a hint at the most similar option."""
        first = next((argument for argument in arguments if argument.startswith("-")), arguments[0])
        options = re.findall(r"--[a-z-]+", self.format_usage())
        hint = suggestion_hint(first.partition("=")[0], options, most=0) if first.startswith("--") else ""
        self.error(f"知らない指定 `{first}` があります" + (f"。{hint}" if hint else ""))

    def error(self, message: str) -> NoReturn:
        """Print usage and message to stderr and exit with EXIT_USAGE."""
        self.exit(EXIT_USAGE, f"{self.format_usage()}{translated(message)}\n")


def translated(message: str) -> str:
    """Return one of argparse's error messages in Japanese; any other message is returned unchanged."""
    if match := _CHOICE.fullmatch(message):
        name, value = match["name"], ast.literal_eval(match["value"])
        hint = suggestion_hint(value, re.findall(r"[\w-]+", match["choices"]))
        option = f" `{name}` に" if name.startswith("-") else ""
        return f"`{value}` は{option}使えません。{hint}"
    for pattern, japanese in MESSAGES.items():
        if match := re.fullmatch(pattern, message, re.DOTALL):
            return japanese.format_map({name: (value or "").strip("'\"") for name, value in match.groupdict().items()})
    return message
