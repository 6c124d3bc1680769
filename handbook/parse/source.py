"""Decode files into clean lines of text, and report errors of encoding and characters.

This happens before YAML or Markdown is parsed, so no parser gets bytes that parsers interpret differently, such as
another encoding, an invisible character or a lone CR.
"""

from __future__ import annotations

import os
import re
import stat
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, islice
from operator import attrgetter
from pathlib import Path

from handbook.diagnostics import Diagnostic, SourceSpan
from handbook.os_errors import os_error_reason
from handbook.parse.merge_conflicts import merge_conflicts
from handbook.patterns import (
    INVISIBLE,
    MAX_SOURCE_BYTES,
    OS_JUNK_FILES,
    PLAN_FILE,
    UNCONFIRMED_MARK,
    is_misnamed_plan,
)
from handbook.text_edits import TextEdit

MAX_LINE_CHARS = 100_000
MAX_COMBINING_MARKS = 30
"""Marks per letter, as in Unicode's stream-safe format. The time of normalization grows with the square."""
MAX_REPORTED, MAX_REPORTED_PER_LINE = 1_000, 20
"""Reported characters per file and per line."""

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_UNPRINTABLE = re.compile(f"{INVISIBLE.pattern}|[\t\n\ud800-\udfff]")
"""Matches characters that file names must not contain, since a terminal would act on them."""
COMBINING_RUN = re.compile("[^\n\u0300-\u036f\u3099\u309a][\u0300-\u036f\u3099\u309a]+")
"""Matches a letter with its combining marks. Only such runs are normalized."""
_MARKS = re.compile(rf"[^\w\s!-~]{{{MAX_COMBINING_MARKS},}}")
"""Matches runs of characters that are no letters. All combining marks are among them."""
SPREADSHEET_ERRORS = ("#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!")
"""Cell texts of failed formulas in spreadsheets."""
_SPREADSHEET = re.compile("|".join(map(re.escape, SPREADSHEET_ERRORS)))


@dataclass(frozen=True, slots=True)
class Source:
    """The lines of a text file."""

    file: str
    """Path relative to the plan's folder."""
    lines: tuple[str, ...]
    """Without line ends."""

    def mistake(self, line: int, column: int, width: int, rule: str, message: str, hint: str = "") -> Diagnostic:
        """Return a diagnostic at a place in this file; line and column from 1."""
        excerpt = self.lines[line - 1] if 0 < line <= len(self.lines) else ""
        return Diagnostic(SourceSpan(self.file, line, column, max(1, width)), rule, message, hint, excerpt)


def read_bytes(path: str | Path, name: str) -> bytes | Diagnostic:
    """Return a file's bytes, or an error if it is missing, no regular file, too large or unreadable.

    `name` is the path in messages, relative to the plan's folder.
    """
    span = SourceSpan(name, 1, 1)
    try:
        status = os.lstat(path)
        if not stat.S_ISREG(status.st_mode):
            message = "ふつうのファイルではありません（リンクやフォルダーや装置は読みません）"
            return Diagnostic(span, "not-a-file", message, "ファイルそのものを置いてください")
        if status.st_size > MAX_SOURCE_BYTES:
            message = f"ファイルが大きすぎます（{status.st_size:,} バイト。{MAX_SOURCE_BYTES:,} バイトまで）"
            return Diagnostic(span, "too-large", message)
        with open(path, "rb") as file:  # noqa: PTH123  # creating a Path takes longer than reading the file
            return file.read()
    except FileNotFoundError:
        return Diagnostic(span, "missing-file", f"`{name}` がありません")
    except OSError as error:
        message = f"`{name}` を読めません（{os_error_reason(error)}）"
        return Diagnostic(span, "unreadable", message, "ファイルの権限を確かめてください")


def missing_plan_hint(root: Path) -> str:
    """Return what to do if a folder has no plan.yaml: correct the name of another file, or choose another folder."""
    for entry in list_folder(root, ".")[0]:
        if is_misnamed_plan(entry.name):
            return f"`{entry.name}` の名前を `{PLAN_FILE}` に直してください"
    return (
        f"{PLAN_FILE} のあるフォルダーで実行するか、`--root` のあとにそのフォルダーを書きます。"
        "はじめて作るときは、example/ を写すか、`build.py import` で表から作ります"
    )


def list_folder(path: Path, name: str) -> tuple[list[os.DirEntry[str]], list[Diagnostic]]:
    """Return the sorted entries of a folder without system files, and the errors. Both are empty if it is missing."""
    span = SourceSpan(name, 1, 1)
    if path.is_symlink() or (path.exists() and not path.is_dir()):
        message = f"`{name}` はふつうのフォルダーではありません（リンクは読みません）"
        return [], [Diagnostic(span, "not-a-folder", message, "フォルダーそのものを置いてください")]
    try:
        entries = sorted(os.scandir(path), key=attrgetter("name")) if path.exists() else []
    except OSError as error:
        message = f"`{name}` を読めません（{os_error_reason(error)}）"
        return [], [Diagnostic(span, "unreadable", message, "フォルダーの権限を確かめてください")]
    entries = [entry for entry in entries if entry.name.lower() not in OS_JUNK_FILES and entry.name[0] not in ".~"]
    unprintable = [entry for entry in entries if _UNPRINTABLE.search(entry.name)]
    errors = [_unprintable_name_error(entry, name) for entry in unprintable]
    return [entry for entry in entries if entry not in unprintable], errors


def _unprintable_name_error(entry: os.DirEntry[str], folder: str) -> Diagnostic:
    printable = _UNPRINTABLE.sub("\ufffd", entry.name)
    message = f"ファイル名 `{printable}` に、目に見えない文字があります"
    return Diagnostic(
        SourceSpan(f"{folder}/{printable}", 1, 1), "bad-file-name", message, "ファイルの名前を付け直してください"
    )


def read_source(path: str | Path, name: str) -> tuple[Source, list[Diagnostic]]:
    """Return the lines of a file and its errors, with U+FFFD for each invisible character.

    The lines are empty if the file is unreadable or not UTF-8.
    """
    data = read_bytes(path, name)
    return (Source(name, ()), [data]) if isinstance(data, Diagnostic) else decode_source(data, name)


def decode_source(data: bytes, name: str) -> tuple[Source, list[Diagnostic]]:
    """Decode bytes into lines in Unicode normalization form C, with all errors of encoding and characters.

    The lines are empty if the file cannot be decoded, or contains two versions of a text.
    """
    try:
        text = data.removeprefix(BYTE_ORDER_MARK).decode("utf-8")
    except UnicodeDecodeError as error:
        valid_lines = data[: error.start].decode("utf-8", "replace").splitlines() or [""]
        span = SourceSpan(name, len(valid_lines), len(valid_lines[-1]) + 1)
        hint = "文字コードを UTF-8 にして保存し直してください"
        message = f"文字コードが UTF-8 ではありません（{_probable_encoding(data)} のようです）"
        return Source(name, ()), [Diagnostic(span, "not-utf-8", message, hint)]
    text = text.replace("\r\n", "\n")
    if "\r" in text:
        source = Source(name, tuple(text.split("\r")[:1]))
        hint = "改行を LF か CRLF にして保存し直してください"
        return Source(name, ()), [source.mistake(1, 1, 1, "line-ends", "改行が CR だけです", hint)]
    if conflicts := merge_conflicts(text, name):
        return Source(name, ()), conflicts
    if _may_have_mark_run(text) and (mark_error := _mark_run_error(Source(name, tuple(text.split("\n"))))):
        return Source(name, ()), [mark_error]
    if not unicodedata.is_normalized("NFC", text):
        text = normalize_runs(text)
    source = Source(name, tuple(text.split("\n")))
    if not (INVISIBLE.search(text) or _SPREADSHEET.search(text) or max(map(len, source.lines)) > MAX_LINE_CHARS):
        return source, []
    mistakes = list(islice(_character_errors(source), MAX_REPORTED))
    return Source(name, tuple(INVISIBLE.sub("\ufffd", text).split("\n")) if mistakes else source.lines), mistakes


def normalize_runs(text: str) -> str:
    """Return a text with each letter and its combining marks in Unicode normalization form C."""
    return COMBINING_RUN.sub(lambda match: unicodedata.normalize("NFC", match[0]), text)


def _probable_encoding(data: bytes) -> str:
    """Return the probable encoding of the bytes, for the message only."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\n\0" in data or b"\0\n" in data:
        return "UTF-16"
    if b"\x1b$" in data:
        return "ISO-2022-JP"
    guesses = {}
    for label, codec in (("Shift_JIS", "cp932"), ("EUC-JP", "euc_jp")):
        text = data.decode(codec, "replace")
        guesses[label] = sum("ぁ" <= c <= "ん" or "一" <= c <= "龠" for c in text) - 10 * text.count("\ufffd")
    best = max(guesses, key=lambda label: guesses[label])
    return best if guesses[best] > 0 else "別の文字コード"


def _may_have_mark_run(text: str) -> bool:
    """Return whether a run of too many marks is possible. Each such run contains a character of the sample."""
    return any(map(unicodedata.combining, set(text[:: MAX_COMBINING_MARKS + 1])))


def _mark_run_error(source: Source) -> Diagnostic | None:
    """Return an error for the first letter with more than MAX_COMBINING_MARKS marks, or None."""
    for number, line in enumerate(source.lines, 1):
        for run in _MARKS.finditer(line):
            for are_marks, characters in groupby(run[0], lambda character: bool(unicodedata.combining(character))):
                if are_marks and sum(1 for _ in characters) > MAX_COMBINING_MARKS:
                    message = f"1 つの文字に、濁点のような印が多すぎます（{MAX_COMBINING_MARKS} まで）"
                    span = SourceSpan(source.file, number, run.start() + 1)
                    return Diagnostic(span, "too-many-combining-marks", message, "印を消してください", line[:60])
    return None


def _character_errors(source: Source) -> Iterator[Diagnostic]:
    """Yield an error for each invisible character, spreadsheet error value and overlong line."""
    has_invisible = INVISIBLE.search("\n".join(source.lines))
    for number, line in enumerate(source.lines, 1):
        if len(line) > MAX_LINE_CHARS:
            message = f"1 行が長すぎます（{len(line):,} 文字。{MAX_LINE_CHARS:,} 文字まで）"
            yield Diagnostic(SourceSpan(source.file, number, 1), "too-long", message, "", line[:60])
        invisible = list(islice(INVISIBLE.finditer(line), MAX_REPORTED_PER_LINE)) if has_invisible else []
        visible_line = INVISIBLE.sub("\ufffd", line) if invisible else line
        for match in invisible:
            character_name = unicodedata.name(match[0], "制御文字")
            message = f"目に見えない文字 U+{ord(match[0]):04X} があります（{character_name}）"
            span = SourceSpan(source.file, number, match.start() + 1)
            mistake = Diagnostic(span, "invisible-character", message, "この文字を消してください", visible_line)
            yield mistake.with_fix(
                TextEdit(file=source.file, line=number, column=match.start() + 1, old=match[0], new="")
            )
        for match in islice(_SPREADSHEET.finditer(line), MAX_REPORTED_PER_LINE) if "#" in line else ():
            message = f"表計算ソフトのエラー値 `{match[0]}` が残っています"
            hint = "元の表を直してから写し直してください"
            yield source.mistake(number, match.start() + 1, len(match[0]), "spreadsheet-error", message, hint)


def unconfirmed_marks(source: Source) -> list[Diagnostic]:
    """Return a notice for each ［要確認］ in a file."""
    return [
        source.mistake(
            number, match.start() + 1, len(UNCONFIRMED_MARK), "unconfirmed", f"{UNCONFIRMED_MARK} が残っています"
        )
        for number, line in enumerate(source.lines, 1)
        if UNCONFIRMED_MARK in line
        for match in re.finditer(re.escape(UNCONFIRMED_MARK), line)
    ]
