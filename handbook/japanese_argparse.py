"""argparse with every message in Japanese and with suggestions for misspelled commands, options and values.

argparse has only English messages and may change them. `MESSAGES` lists each one that a user can cause;
tests/commands/test_command_line.py reads the messages from the installed argparse and fails on an unlisted one.
"""

from __future__ import annotations

import argparse
import ast
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NoReturn  # as in the base class of argparse

from handbook.diagnostics import closest_match, display_width, suggestion_hint

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
    r"argument (?P<name>.+?): invalid choice: (?P<value>.+?)(?:, maybe you meant .+?\?)?"
    r" \(choose from (?P<choices>.*)\)",
    re.DOTALL,
)
_DASHES = "-\u2010-\u2015\u2212\u30fc\ufe58\ufe63\uff0d\uff70"
"""Characters that word processors and Japanese keyboards put in place of `-`, for a pattern."""
_OPTION_START = re.compile(f"[{_DASHES}]+|/(?=[?a-zA-Z])")
"""The start of what was meant to be an option, also as on Windows: `/help`."""
_HELP_WORDS = ("help", "?", "h", "ヘルプ", "説明", "使い方")


class _HelpFormatter(argparse.HelpFormatter):
    """Aligns the columns of the help, in which a Japanese character takes two."""

    def add_argument(self, action: argparse.Action) -> None:
        """Add an argument and widen the first column for it."""
        super().add_argument(action)
        if action.help is not argparse.SUPPRESS:
            width = display_width(self._format_action_invocation(action)) + self._current_indent
            self._action_max_length = max(self._action_max_length, width)

    def _format_action(self, action: argparse.Action) -> str:
        name = self._format_action_invocation(action)
        return super()._format_action(action).replace(name + " " * (display_width(name) - len(name)), name, 1)

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

    def error_unknown(
        self, arguments: Sequence[str], parsers: Mapping[str, argparse.ArgumentParser], *, has_command: bool
    ) -> NoReturn:
        """Exit because of unknown arguments, with a hint at the most similar option or at the order of the words.

        `parsers` are the parsers by command. `has_command`: the command line begins with one of them.
        """
        first = next(filter(is_option, arguments), arguments[0])
        command = next((argument for argument in arguments if argument in parsers), "")
        name = _option_name(first)
        owners = [owner for owner, parser in parsers.items() if name and name in _option_strings(parser)]
        hint = suggestion_hint(name, ["--help", *_option_strings(self)], most=0) if name else ""
        if command:
            order = "命令は 1 つだけ書けます" if has_command else "命令は、指定より先に書きます"
            hint = f"{order}（`build.py {command} …`）"
        elif owners and not hint:
            hint = f"`{name}` は、{'、'.join(f'`build.py {owner}`' for owner in owners)} の指定です"
        self.error(f"知らない指定 `{first}` があります" + (f"。{hint}" if hint else ""))

    def error(self, message: str) -> NoReturn:
        """Print usage and message to stderr and exit with EXIT_USAGE."""
        self.exit(EXIT_USAGE, f"{self.format_usage()}{translated(message)}\n")


def _option_strings(parser: argparse.ArgumentParser) -> list[str]:
    return re.findall(r"--[a-z-]+", parser.format_usage())


def is_option(argument: str) -> bool:
    """Return whether an argument was meant to be an option: `--strict`, and `ー－strict` or `/?`."""
    return bool(_OPTION_START.match(argument))


def _option_name(argument: str) -> str:
    """Return an option in half-width letters, without its value: `–Ｓｔｒｉｃｔ` → `--strict`; "" if it is none."""
    start = _OPTION_START.match(argument)
    if not start:
        return ""
    name = unicodedata.normalize("NFKC", argument[start.end() :]).partition("=")[0].casefold()
    name = re.sub(f"[{_DASHES}]", "-", name)
    return "--help" if name in _HELP_WORDS else f"--{name}"


def translated(message: str) -> str:
    """Return one of argparse's error messages in Japanese; any other message is returned unchanged."""
    if match := _CHOICE.fullmatch(message):
        name, value = match["name"], ast.literal_eval(match["value"])
        hint = suggestion_hint(value, re.findall(r"[\w-]+", match["choices"]))
        if not name.startswith("-") and closest_match(value, _HELP_WORDS):
            hint = "説明は `build.py --help` で出ます"
        option = f" `{name}` に" if name.startswith("-") else ""
        return f"`{value}` は{option}使えません。{hint}"
    for pattern, japanese in MESSAGES.items():
        if match := re.fullmatch(pattern, message, re.DOTALL):
            return japanese.format_map({name: (value or "").strip("'\"") for name, value in match.groupdict().items()})
    return message
