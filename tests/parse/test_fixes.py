"""The fixes of diagnostics: each corrects its mistake and causes no other, in files of every kind."""

from __future__ import annotations

import random
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
from conftest import HERE, Tally

from handbook import parse
from handbook.diagnostics import Diagnostic
from handbook.parse.edits.source_edits import quoted, yaml_value
from handbook.parse.source import Source, decode_source, normalize_runs
from handbook.parse.yaml.reader import read_yaml
from handbook.parse.yaml.values import Scalar, YamlSequence
from handbook.text_edits import Fix, TextEdit

PLANS = sorted((HERE / "mistakes").glob("*.yaml"))
MEETS_ANOTHER_RULE = {
    ("old-id-bad", "bad-id"): "former-id-in-use",
    ("plan", "value-over-lines"): "bad-number",
    ("vocabulary-missing", "unknown-word"): "unknown-word",
}
"""Plan and rule of a fix after which another mistake is reported that was there before, and the rule of that."""
BOM = b"\xef\xbb\xbf"


def with_bom(data: bytes) -> bytes:
    return BOM + data


def with_crlf(data: bytes) -> bytes:
    return data.replace(b"\n", b"\r\n")


def decomposed(data: bytes) -> bytes:
    return unicodedata.normalize("NFD", data.decode()).encode()


def without_last_newline(data: bytes) -> bytes:
    return data.rstrip(b"\n")


VARIANTS: dict[str, Callable[[bytes], bytes]] = {
    "as saved": bytes,
    "BOM": with_bom,
    "CRLF": with_crlf,
    "BOM and CRLF": lambda data: with_bom(with_crlf(data)),
    "decomposed letters": decomposed,
    "no last newline": without_last_newline,
}


def normal(data: bytes) -> bytes:
    """Return the bytes without what a variant changes."""
    text = data.removeprefix(BOM).decode().replace("\r\n", "\n").rstrip("\n")
    return unicodedata.normalize("NFC", text).encode()


def diagnostics_of(data: bytes, folder: Path) -> list[Diagnostic]:
    """Return the errors of a plan.yaml with these bytes, in the order of the file."""
    (folder / "plan.yaml").write_bytes(data)
    return sorted(parse.read_plan(folder).report.errors)


def counted(diagnostics: Iterable[Diagnostic]) -> Counter[tuple[str, str]]:
    return Counter((each.rule, re.sub("[0-9]+ 行め", "", each.message)) for each in diagnostics)


def applied(data: bytes, fix: Fix) -> bytes:
    """Return the file after a fix."""
    file = parse.EditedFile(data)
    assert file.add(fix.edits), f"the text of the edit is not there: {fix}"
    return file.data()


def fixes_of(diagnostics: Iterable[Diagnostic]) -> Iterator[tuple[Diagnostic, int]]:
    """Yield each diagnostic with the index of each of its fixes."""
    return ((each, index) for each in diagnostics for index in range(len(each.fixes)))


@pytest.mark.every(4)
@pytest.mark.hazard(48)
@pytest.mark.parametrize("plan", [*PLANS, HERE / "mistakes" / "thirty" / "plan.yaml"], ids=lambda plan: plan.stem)
def test_each_fix_alone_corrects_its_mistake_and_causes_no_other(
    plan: Path, tmp_path: Path, full: bool, tally: Tally
) -> None:
    plain = plan.read_bytes()
    tried = 0
    for name, variant in VARIANTS.items() if full else list(VARIANTS.items())[3:5]:
        data = variant(plain)
        reported, expected = diagnostics_of(data, tmp_path), diagnostics_of(plain, tmp_path)
        assert [len(each.fixes) for each in reported] == [len(each.fixes) for each in expected], name
        for (diagnostic, index), (same, _) in zip(fixes_of(reported), fixes_of(expected), strict=True):
            fixed = applied(data, diagnostic.fixes[index])
            assert normal(fixed) == normal(applied(plain, same.fixes[index])), name
            assert fixed.count(b"\n") - fixed.count(b"\r\n") == (0 if b"\r\n" in data else fixed.count(b"\n"))
            after = counted(diagnostics_of(fixed, tmp_path))
            other = MEETS_ANOTHER_RULE.get((plan.stem, diagnostic.rule))
            new = after - counted(reported)
            assert [rule for rule, _ in new] == ([other] if other else []), (diagnostic.headline, fixed.decode())
            assert counted([diagnostic]) <= counted(reported) - after, (diagnostic.headline, fixed.decode())
            tried += 1
    tally(tried)


@pytest.mark.hazard(48)
def test_an_edit_changes_a_file_of_any_form_as_it_changes_its_lines(tally: Tally, full: bool) -> None:
    letters = ["か\u3099", "は\u309a", "e\u0301", "x\u0301\u0300", "が", "a", "：", " ", "😀", "神", "\n", "\n"]
    chance = random.Random(41)  # noqa: S311  # reproducible cases
    cases = 5_000 if full else 500
    for _ in range(cases):
        text = "".join(chance.choices(letters, k=chance.randint(1, 30)))
        crlf, bom = chance.random() < 0.5, chance.random() < 0.5
        raw = (text.replace("\n", "\r\n") if crlf else text).encode()
        data = BOM + raw if bom else raw
        lines = decode_source(data, "x")[0].lines
        whole = "\n".join(lines)
        start = chance.randint(0, len(whole))
        end = chance.randint(start, min(len(whole), start + 5))
        new = chance.choice(["", "new", "one\ntwo", "\n"])
        edit = TextEdit(
            file="x",
            line=whole.count("\n", 0, start) + 1,
            column=start - (whole.rfind("\n", 0, start) + 1) + 1,
            old=whole[start:end],
            new=new,
        )
        file = parse.EditedFile(data)
        is_possible = file.add([edit])
        is_inside_letter = any(normalize_runs(whole[:at]) + whole[at:] != whole for at in (start, end))
        assert is_possible or is_inside_letter or "x\u0301\u0300" in text, (text, edit)
        if is_possible:
            result = file.data()
            assert result.startswith(BOM) == bom
            assert "\n".join(decode_source(result, "x")[0].lines) == normalize_runs(whole[:start] + new + whole[end:])
            assert not (crlf and "\n" in text) or result.count(b"\n") == result.count(b"\r\n")
    tally(cases)


def test_an_edit_of_another_text_than_the_expected_one_is_refused() -> None:
    file = parse.EditedFile("名称：柱\n".encode())
    for old, column in (("：", 2), (":", 3), ("：柱\n名", 3), ("：", 9)):
        assert not file.add([TextEdit(file="x", line=1, column=column, old=old, new=": ")])
    assert not file.add([TextEdit(file="x", line=9, column=1, old="", new="x")])
    assert file.data() == "名称：柱\n".encode()


def test_an_edit_that_overlaps_with_another_is_refused() -> None:
    def edit(column: int, old: str, new: str) -> TextEdit:
        return TextEdit(file="x", line=1, column=column, old=old, new=new)

    for first, second in (
        ((1, "ab", "x"), (2, "b", "y")),
        ((2, "", "x"), (2, "", "y")),
        ((2, "b", "x"), (1, "abc", "")),
    ):
        file = parse.EditedFile(b"abc\n")
        assert file.add([edit(*first)])
        assert not file.add([edit(*second)])
    file = parse.EditedFile(b"abc\n")
    assert file.add([edit(3, "c", "z"), edit(1, "ab", "y")])
    assert file.data() == b"yz\n"


NASTY_VALUES = [
    "",
    "a",
    "柱",
    "- x",
    "-1",
    "a: b",
    "a:",
    "a #b",
    "#a",
    "[a",
    "a, b",
    "{a}",
    "*a",
    "%",
    "@x",
    "|",
    "? a",
]


@pytest.mark.parametrize("more", ["", '"', "'", "\\"])
def test_a_value_is_written_so_that_it_is_read_as_the_same_text(more: str) -> None:
    for value in [word + more for word in NASTY_VALUES] + [more + word for word in NASTY_VALUES]:
        in_brackets = [f"[{written}, b]" for written in (quoted(value), yaml_value(value, in_braces=True))]
        for line in (*in_brackets, f"- {quoted(value)}", f"- {yaml_value(value)}"):
            read, mistakes, _ = read_yaml(Source("x", (line,)))
            assert isinstance(read, YamlSequence)
            first = read.items[0]
            assert isinstance(first, Scalar)
            assert (first.text, mistakes) == (value, []), line
