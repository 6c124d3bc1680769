"""A file's bytes → clean lines of text, or what is wrong with them.

Everything here happens before YAML or Markdown see the text, so that no byte which means different things to
different readers (an encoding, an invisible character, a lone CR) gets any further.
"""

from __future__ import annotations

import os
import re
import stat
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby, islice
from operator import attrgetter
from pathlib import Path

from handbook.diagnostics import Diagnostic, SourceSpan
from handbook.patterns import MAX_SOURCE_BYTES, OS_JUNK_FILES, PLAN_FILE, UNCONFIRMED_MARK

MAX_LINE_CHARS = 100_000
"""Characters."""
MAX_COMBINING_MARKS = 30
"""Marks on one letter, as in Unicode's own stream-safe form: the time to put them in order grows with their square."""
MAX_REPORTED, MAX_REPORTED_PER_LINE = 1_000, 20
"""Odd characters of a file, and of one line in it, that are told at once."""

INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\uffff"
    "\U000e0000-\U000e007f]"
)
_UNPRINTABLE = re.compile(f"{INVISIBLE.pattern}|[\t\n\ud800-\udfff]")
"""What a name of a file must not have, for it would be acted upon where the name is told."""
_COMBINING_RUN = re.compile("[^\n\u0300-\u036f\u3099\u309a][\u0300-\u036f\u3099\u309a]+")
_MARKS = re.compile(rf"[^\w\s!-~]{{{MAX_COMBINING_MARKS},}}")
"""What is no letter: among it are all marks."""
SPREADSHEET_ERRORS = ("#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!")
"""What a spreadsheet leaves where a formula failed."""
_SPREADSHEET = re.compile("|".join(map(re.escape, SPREADSHEET_ERRORS)))


@dataclass(frozen=True, slots=True)
class Source:
    """A text file that may be read on."""

    file: str
    """Path as the editor knows it."""
    lines: tuple[str, ...]
    """Without line ends."""

    def mistake(self, line: int, column: int, width: int, rule: str, message: str, hint: str = "") -> Diagnostic:
        """Return a mistake at a place in this file; line and column from 1."""
        excerpt = self.lines[line - 1] if 0 < line <= len(self.lines) else ""
        return Diagnostic(SourceSpan(self.file, line, column, max(1, width)), rule, message, hint, excerpt)


def read_bytes(path: str | Path, name: str) -> bytes | Diagnostic:
    """Return a file's bytes, or why it cannot be read: missing, not a plain file, too large, not permitted."""
    place = SourceSpan(name, 1, 1)
    try:
        about = os.lstat(path)
        if not stat.S_ISREG(about.st_mode):
            message = "ふつうのファイルではありません（リンクやフォルダーや装置は読みません）"
            return Diagnostic(place, "not-a-file", message, "ファイルそのものを置いてください")
        if about.st_size > MAX_SOURCE_BYTES:
            message = f"ファイルが大きすぎます（{about.st_size:,} バイト。{MAX_SOURCE_BYTES:,} バイトまで）"
            return Diagnostic(place, "too-large", message)
        with open(path, "rb") as file:  # noqa: PTH123  # a Path of each text would take longer than to read it
            return file.read()
    except FileNotFoundError:
        return Diagnostic(place, "missing-file", f"`{name}` がありません")
    except OSError as error:
        message = f"`{name}` を読めません（{error.strerror}）"
        return Diagnostic(place, "unreadable", message, "ファイルの権限を確かめてください")


def list_folder(path: Path, name: str) -> tuple[list[os.DirEntry[str]], list[Diagnostic]]:
    """Return what a folder holds, sorted and without what systems drop there; a missing folder holds nothing."""
    place = SourceSpan(name, 1, 1)
    if path.is_symlink() or (path.exists() and not path.is_dir()):
        message = f"`{name}` はふつうのフォルダーではありません（リンクは読みません）"
        return [], [Diagnostic(place, "not-a-folder", message, "フォルダーそのものを置いてください")]
    try:
        held = sorted(os.scandir(path), key=attrgetter("name")) if path.exists() else []
    except OSError as error:
        message = f"`{name}` を読めません（{error.strerror}）"
        return [], [Diagnostic(place, "unreadable", message, "フォルダーの権限を確かめてください")]
    held = [file for file in held if file.name.lower() not in OS_JUNK_FILES and file.name[0] not in ".~"]
    unshown = [file for file in held if _UNPRINTABLE.search(file.name)]
    return [file for file in held if file not in unshown], [_unprintable_name_error(file, name) for file in unshown]


def _unprintable_name_error(file: os.DirEntry[str], folder: str) -> Diagnostic:
    shown = _UNPRINTABLE.sub("\ufffd", file.name)
    message = f"ファイル名 `{shown}` に、目に見えない文字があります"
    return Diagnostic(
        SourceSpan(f"{folder}/{shown}", 1, 1), "bad-file-name", message, "ファイルの名前を付け直してください"
    )


def read_source(path: str | Path, name: str) -> tuple[Source, list[Diagnostic]]:
    """Return a file's text with all that is wrong in it as text; what cannot be kept is made harmless.

    A file that cannot be read, or is in another encoding, comes back without lines.
    """
    held = read_bytes(path, name)
    return (Source(name, ()), [held]) if isinstance(held, Diagnostic) else decode_source(held, name)


def decode_source(held: bytes, name: str) -> tuple[Source, list[Diagnostic]]:
    """Return bytes as lines of text in one Unicode form, with every mistake of encoding and characters."""
    try:
        text = held.removeprefix(b"\xef\xbb\xbf").decode("utf-8")
    except UnicodeDecodeError as error:
        good = held[: error.start].decode("utf-8", "replace").splitlines() or [""]
        place = SourceSpan(name, len(good), len(good[-1]) + 1)
        hint = "文字コードを UTF-8 にして保存し直してください"
        message = f"文字コードが UTF-8 ではありません（{_encoding(held)} のようです）"
        return Source(name, ()), [Diagnostic(place, "not-utf-8", message, hint)]
    text = text.replace("\r\n", "\n")
    if "\r" in text:
        source = Source(name, tuple(text.split("\r")[:1]))
        hint = "改行を LF か CRLF にして保存し直してください"
        return Source(name, ()), [source.mistake(1, 1, 1, "line-ends", "改行が CR だけです", hint)]
    if _may_have_mark_run(text) and (stacked := _mark_run_error(Source(name, tuple(text.split("\n"))))):
        return Source(name, ()), [stacked]
    if not unicodedata.is_normalized("NFC", text):
        text = _COMBINING_RUN.sub(lambda found: unicodedata.normalize("NFC", found[0]), text)
    shown = Source(name, tuple(text.split("\n")))
    if not (INVISIBLE.search(text) or _SPREADSHEET.search(text) or max(map(len, shown.lines)) > MAX_LINE_CHARS):
        return shown, []
    mistakes = list(islice(_characters(shown), MAX_REPORTED))
    return Source(name, tuple(INVISIBLE.sub("\ufffd", text).split("\n")) if mistakes else shown.lines), mistakes


def _encoding(data: bytes) -> str:
    """Guess which encoding the bytes are in, for the message only."""
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
    """Return whether there may be a run of too many marks: of one that long, some mark stands at each such step."""
    return any(map(unicodedata.combining, set(text[:: MAX_COMBINING_MARKS + 1])))


def _mark_run_error(source: Source) -> Diagnostic | None:
    """Return the first place where so many marks stand on one letter that they mean harm."""
    for number, line in enumerate(source.lines, 1):
        for run in _MARKS.finditer(line):
            for marks, signs in groupby(run[0], lambda sign: bool(unicodedata.combining(sign))):
                if marks and sum(1 for _ in signs) > MAX_COMBINING_MARKS:
                    message = f"1 つの文字に、濁点のような印が多すぎます（{MAX_COMBINING_MARKS} まで）"
                    place = SourceSpan(source.file, number, run.start() + 1)
                    return Diagnostic(place, "too-many-combining-marks", message, "印を消してください", line[:60])
    return None


def _characters(source: Source) -> Iterator[Diagnostic]:
    """Yield what no reader can see, what a spreadsheet left behind, and lines without end."""
    unseen = INVISIBLE.search("\n".join(source.lines))
    for number, line in enumerate(source.lines, 1):
        if len(line) > MAX_LINE_CHARS:
            message = f"1 行が長すぎます（{len(line):,} 文字。{MAX_LINE_CHARS:,} 文字まで）"
            yield Diagnostic(SourceSpan(source.file, number, 1), "too-long", message, "", line[:60])
        hidden = list(islice(INVISIBLE.finditer(line), MAX_REPORTED_PER_LINE)) if unseen else []
        shown = INVISIBLE.sub("\ufffd", line) if hidden else line
        for hit in hidden:
            sign = unicodedata.name(hit[0], "制御文字")
            message = f"目に見えない文字 U+{ord(hit[0]):04X} があります（{sign}）"
            place = SourceSpan(source.file, number, hit.start() + 1)
            yield Diagnostic(place, "invisible-character", message, "この文字を消してください", shown)
        for hit in islice(_SPREADSHEET.finditer(line), MAX_REPORTED_PER_LINE) if "#" in line else ():
            message = f"表計算ソフトのエラー値 `{hit[0]}` が残っています"
            hint = "元の表を直してから写し直してください"
            yield source.mistake(number, hit.start() + 1, len(hit[0]), "spreadsheet-error", message, hint)


def unconfirmed_marks(source: Source) -> list[Diagnostic]:
    """List every ［要確認］ of a file."""
    return [
        source.mistake(
            number, hit.start() + 1, len(UNCONFIRMED_MARK), "unconfirmed", f"{UNCONFIRMED_MARK} が残っています"
        )
        for number, line in enumerate(source.lines, 1)
        if UNCONFIRMED_MARK in line
        for hit in re.finditer(re.escape(UNCONFIRMED_MARK), line)
    ]


def character_positions(sources: Iterable[Source], sign: str) -> list[Diagnostic]:
    """List where files have a sign that the booklet cannot print; one written as a number is told without its place."""
    message = f"この文字は冊子の書体にありません（{sign}）。冊子では 〓 になります"
    hint = "その字のある書体を theme/fonts/ に置くか、ほかの字で書いてください"
    return [
        source.mistake(number, hit.start() + 1, len(sign), "missing-glyph", message, hint)
        for source in sources
        for number, line in enumerate(source.lines, 1)
        for hit in re.finditer(re.escape(sign), line)
    ] or [Diagnostic(SourceSpan(PLAN_FILE, 1, 1), "missing-glyph", message, hint)]
