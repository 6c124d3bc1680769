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

from handbook.mistakes import Mistake, Place
from handbook.patterns import OS_JUNK_FILES, PLAN_FILE, UNCONFIRMED_MARK

LARGEST_FILE = 40_000_000
"""Bytes; a plan of 100,000 nodes stays below."""
LONGEST_LINE = 100_000
"""Characters."""
MOST_MARKS = 30
"""Marks on one letter, as in Unicode's own stream-safe form: the time to put them in order grows with their square."""
MOST_TOLD, MOST_IN_LINE = 1_000, 20
"""Odd characters of a file, and of one line in it, that are told at once."""

INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\uffff"
    "\U000e0000-\U000e007f]"
)
_UNSHOWN = re.compile(f"{INVISIBLE.pattern}|[\t\n\ud800-\udfff]")
"""What a name of a file must not have, for it would be acted upon where the name is told."""
_COMBINED = re.compile("[^\n\u0300-\u036f\u3099\u309a][\u0300-\u036f\u3099\u309a]+")
_MARKS = re.compile(rf"[^\w\s!-~]{{{MOST_MARKS},}}")
"""What is no letter: among it are all marks."""
SPREADSHEET = ("#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!")
"""What a spreadsheet leaves where a formula failed."""
_SPREADSHEET = re.compile("|".join(map(re.escape, SPREADSHEET)))


@dataclass(frozen=True, slots=True)
class Source:
    """A text file that may be read on."""

    file: str
    """Path as the editor knows it."""
    lines: tuple[str, ...]
    """Without line ends."""

    def mistake(self, line: int, column: int, width: int, rule: str, message: str, hint: str = "") -> Mistake:
        """Return a mistake at a place in this file; line and column from 1."""
        excerpt = self.lines[line - 1] if 0 < line <= len(self.lines) else ""
        return Mistake(Place(self.file, line, column, max(1, width)), rule, message, hint, excerpt)


def data(path: str | Path, name: str) -> bytes | Mistake:
    """Return a file's bytes, or why it cannot be read: missing, not a plain file, too large, not permitted."""
    place = Place(name, 1, 1)
    try:
        about = os.lstat(path)
        if not stat.S_ISREG(about.st_mode):
            message = "ふつうのファイルではありません（リンクやフォルダーや装置は読みません）"
            return Mistake(place, "not-a-file", message, "ファイルそのものを置いてください")
        if about.st_size > LARGEST_FILE:
            message = f"ファイルが大きすぎます（{about.st_size:,} バイト。{LARGEST_FILE:,} バイトまで）"
            return Mistake(place, "too-large", message)
        with open(path, "rb") as file:  # noqa: PTH123  # a Path of each text would take longer than to read it
            return file.read()
    except FileNotFoundError:
        return Mistake(place, "missing-file", f"`{name}` がありません")
    except OSError as error:
        message = f"`{name}` を読めません（{error.strerror}）"
        return Mistake(place, "unreadable", message, "ファイルの権限を確かめてください")


def folder(path: Path, name: str) -> tuple[list[os.DirEntry[str]], list[Mistake]]:
    """Return what a folder holds, sorted and without what systems drop there; a missing folder holds nothing."""
    place = Place(name, 1, 1)
    if path.is_symlink() or (path.exists() and not path.is_dir()):
        message = f"`{name}` はふつうのフォルダーではありません（リンクは読みません）"
        return [], [Mistake(place, "not-a-folder", message, "フォルダーそのものを置いてください")]
    try:
        held = sorted(os.scandir(path), key=attrgetter("name")) if path.exists() else []
    except OSError as error:
        message = f"`{name}` を読めません（{error.strerror}）"
        return [], [Mistake(place, "unreadable", message, "フォルダーの権限を確かめてください")]
    held = [file for file in held if file.name.lower() not in OS_JUNK_FILES and file.name[0] not in ".~"]
    unshown = [file for file in held if _UNSHOWN.search(file.name)]
    return [file for file in held if file not in unshown], [_unshown(file, name) for file in unshown]


def _unshown(file: os.DirEntry[str], folder: str) -> Mistake:
    shown = _UNSHOWN.sub("\ufffd", file.name)
    message = f"ファイル名 `{shown}` に、目に見えない文字があります"
    return Mistake(Place(f"{folder}/{shown}", 1, 1), "bad-file-name", message, "ファイルの名前を付け直してください")


def read(path: str | Path, name: str) -> tuple[Source, list[Mistake]]:
    """Return a file's text with all that is wrong in it as text; what cannot be kept is made harmless.

    A file that cannot be read, or is in another encoding, comes back without lines.
    """
    held = data(path, name)
    return (Source(name, ()), [held]) if isinstance(held, Mistake) else decoded(held, name)


def decoded(held: bytes, name: str) -> tuple[Source, list[Mistake]]:
    """Return bytes as lines of text in one Unicode form, with every mistake of encoding and characters."""
    try:
        text = held.removeprefix(b"\xef\xbb\xbf").decode("utf-8")
    except UnicodeDecodeError as error:
        good = held[: error.start].decode("utf-8", "replace").splitlines() or [""]
        place = Place(name, len(good), len(good[-1]) + 1)
        hint = "文字コードを UTF-8 にして保存し直してください"
        message = f"文字コードが UTF-8 ではありません（{_encoding(held)} のようです）"
        return Source(name, ()), [Mistake(place, "not-utf-8", message, hint)]
    text = text.replace("\r\n", "\n")
    if "\r" in text:
        source = Source(name, tuple(text.split("\r")[:1]))
        hint = "改行を LF か CRLF にして保存し直してください"
        return Source(name, ()), [source.mistake(1, 1, 1, "line-ends", "改行が CR だけです", hint)]
    if _may_be_stacked(text) and (stacked := _stacked(Source(name, tuple(text.split("\n"))))):
        return Source(name, ()), [stacked]
    if not unicodedata.is_normalized("NFC", text):
        text = _COMBINED.sub(lambda found: unicodedata.normalize("NFC", found[0]), text)
    shown = Source(name, tuple(text.split("\n")))
    if not (INVISIBLE.search(text) or _SPREADSHEET.search(text) or max(map(len, shown.lines)) > LONGEST_LINE):
        return shown, []
    mistakes = list(islice(_characters(shown), MOST_TOLD))
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


def _may_be_stacked(text: str) -> bool:
    """Return whether there may be a run of too many marks: of one that long, some mark stands at each such step."""
    return any(map(unicodedata.combining, set(text[:: MOST_MARKS + 1])))


def _stacked(source: Source) -> Mistake | None:
    """Return the first place where so many marks stand on one letter that they mean harm."""
    for number, line in enumerate(source.lines, 1):
        for run in _MARKS.finditer(line):
            for marks, signs in groupby(run[0], lambda sign: bool(unicodedata.combining(sign))):
                if marks and sum(1 for _ in signs) > MOST_MARKS:
                    message = f"1 つの文字に、濁点のような印が多すぎます（{MOST_MARKS} まで）"
                    place = Place(source.file, number, run.start() + 1)
                    return Mistake(place, "stacked-marks", message, "印を消してください", line[:60])
    return None


def _characters(source: Source) -> Iterator[Mistake]:
    """Yield what no reader can see, what a spreadsheet left behind, and lines without end."""
    unseen = INVISIBLE.search("\n".join(source.lines))
    for number, line in enumerate(source.lines, 1):
        if len(line) > LONGEST_LINE:
            message = f"1 行が長すぎます（{len(line):,} 文字。{LONGEST_LINE:,} 文字まで）"
            yield Mistake(Place(source.file, number, 1), "too-long", message, "", line[:60])
        hidden = list(islice(INVISIBLE.finditer(line), MOST_IN_LINE)) if unseen else []
        shown = INVISIBLE.sub("\ufffd", line) if hidden else line
        for hit in hidden:
            sign = unicodedata.name(hit[0], "制御文字")
            message = f"目に見えない文字 U+{ord(hit[0]):04X} があります（{sign}）"
            place = Place(source.file, number, hit.start() + 1)
            yield Mistake(place, "invisible-character", message, "この文字を消してください", shown)
        for hit in islice(_SPREADSHEET.finditer(line), MOST_IN_LINE) if "#" in line else ():
            message = f"表計算ソフトのエラー値 `{hit[0]}` が残っています"
            hint = "元の表を直してから写し直してください"
            yield source.mistake(number, hit.start() + 1, len(hit[0]), "spreadsheet-error", message, hint)


def unconfirmed(source: Source) -> list[Mistake]:
    """List every ［要確認］ of a file."""
    return [
        source.mistake(
            number, hit.start() + 1, len(UNCONFIRMED_MARK), "unconfirmed", f"{UNCONFIRMED_MARK} が残っています"
        )
        for number, line in enumerate(source.lines, 1)
        if UNCONFIRMED_MARK in line
        for hit in re.finditer(re.escape(UNCONFIRMED_MARK), line)
    ]


def places_of(sources: Iterable[Source], sign: str) -> list[Mistake]:
    """List where files have a sign that the booklet cannot print; one written as a number is told without its place."""
    message = f"この文字は冊子の書体にありません（{sign}）。冊子では 〓 になります"
    hint = "その字のある書体を theme/fonts/ に置くか、ほかの字で書いてください"
    return [
        source.mistake(number, hit.start() + 1, len(sign), "no-glyph", message, hint)
        for source in sources
        for number, line in enumerate(source.lines, 1)
        for hit in re.finditer(re.escape(sign), line)
    ] or [Mistake(Place(PLAN_FILE, 1, 1), "no-glyph", message, hint)]
