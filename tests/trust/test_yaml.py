"""Hazards 1 to 8: plan.yaml is read as typed, or refused with a place, quickly and in little memory."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from typing import Literal

import pytest
import yaml
from conftest import ROOT, Tally
from support.build_process import PLAIN, assert_refused
from support.building import build_in_memory

from handbook import parse
from handbook.diagnostics import Diagnostic, SourceError
from handbook.model import PlanNode
from handbook.parse import source

EXAMPLE = (ROOT / "example" / "plan.yaml").read_text(encoding="utf-8")


def write_file(folder: Path, data: bytes | str, name: str = "plan.yaml") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return folder


def mistakes(folder: Path) -> tuple[Diagnostic, ...]:
    with pytest.raises(SourceError) as caught:
        parse.load_plan(folder)
    return caught.value.mistakes


def places(folder: Path) -> list[tuple[int, str]]:
    return [(mistake.span.line, mistake.rule) for mistake in mistakes(folder)]


# --- 1: the same key twice ---


@pytest.mark.hazard(1)
def test_a_repeated_key_is_refused_and_both_lines_are_named(tmp_path: Path, tally: Tally) -> None:
    lines = EXAMPLE.split("\n")
    single = [n for n, line in enumerate(lines) if re.match(r" *(- )?(id|名称|よみ|区分|期間|単位): \S+$", line)]
    chosen = single[:: max(1, len(single) // 9)][:10]
    for number in chosen:
        repeated = lines[number].replace("- ", "  ", 1)
        write_file(tmp_path, "\n".join([*lines[: number + 1], repeated, *lines[number + 1 :]]))
        (twice,) = [m for m in mistakes(tmp_path) if m.rule == "duplicate-key"]
        assert twice.span.line == number + 2
        assert f"（1 回めは {number + 1} 行め）" in twice.message
    assert_refused(tmp_path)
    tally(len(chosen))


# --- 2: aliases, merges and tags ---

BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join(['*' + above] * 9)}]\n" for above, name in zip("abcdefgh", "bcdefghi", strict=True)
)
YAML_TRICKS = {
    "a bomb of lists": BOMB,
    "a bomb of tables": "a: &a {b: c}\n" + "".join(f"a{n}: &a{n} {{x: *a, y: *a}}\n" for n in range(2_000)),
    "a list within itself": "目標: &a [*a]\n",
    "a table within itself": "目標: &a {事業: *a}\n",
    "a table poured into another": "計画: &a {名称: 計画}\n階層:\n  - {<<: *a, path: x}\n",
    "a tag that makes a value": "計画: !!python/object/apply:os.system [id]\n",
}


@pytest.mark.hazard(2)
@pytest.mark.parametrize("name", YAML_TRICKS)
def test_aliases_merges_and_tags_are_refused_before_they_are_expanded(name: str, tmp_path: Path, tally: Tally) -> None:
    assert_refused(write_file(tmp_path, YAML_TRICKS[name]), seconds=1, megabytes=100)
    tally(1)


# --- 3: every scalar is a text ---

SCALARS = [
    "no",
    "010",
    "9:30",
    "1.10",
    "0120",
    "2026-04-01",
    "~",
    "null",
    "true",
    "1e3",
    "0x10",
    "1_000",
    ".5",
    "+1",
    "-1",
    "=",
    "Yes",
    "12:30:45",
    "1,000",
    '"1.10"',
]


@pytest.mark.hazard(3)
@pytest.mark.parametrize("typed", SCALARS)
def test_a_name_is_read_as_it_was_typed(typed: str, tmp_path: Path, tally: Tally) -> None:
    plan = parse.load_plan(write_file(tmp_path, PLAIN.replace("名称: 学びを広げる", f"名称: {typed}")))
    (node,) = plan.root_items
    assert isinstance(node, PlanNode)
    assert node.name == typed.strip('"')
    tally(1)


# --- 4: typing mistakes of Japanese keyboards ---

TYPING_MISTAKES: list[tuple[str, str, int]] = [
    ("  名称: 架空市", "\u3000名称: 架空市", 2),
    ("  名称: 架空市", "  名称：架空市", 2),
    ("  名称: 架空市", "  名称:\u3000架空市", 2),
    ("  名称: 架空市", "\t名称: 架空市", 2),
    ("  名称: 架空市", "  名称:架空市", 2),
    ("  名称: 架空市 学びの計画", "  名称: 架空市 #学び", 2),
    ("  - id: learn", "  － id: learn", 7),
    ("  - id: learn", "  ー id: learn", 7),
    ("  - id: learn", "  -id: learn", 7),
    ("  - id: learn", "\u3000\u3000- id: learn", 7),
    ("  - id: learn", "  - ｉｄ: learn", 7),
    ("計画:\n", "計画：\n", 1),
    ("計画:\n", "＃ 覚え書き\n計画:\n", 1),
    ("        名称: 図書館", "      \u3000名称: 図書館", 15),
    ("    本文: |", "    本文：｜", 9),
]


@pytest.mark.hazard(4)
@pytest.mark.parametrize(("right", "typed", "line"), TYPING_MISTAKES)
def test_a_typing_mistake_of_a_japanese_keyboard_is_reported_at_its_line(
    right: str, typed: str, line: int, tmp_path: Path, tally: Tally
) -> None:
    assert PLAIN.count(right) == 1
    assert places(write_file(tmp_path, PLAIN.replace(right, typed)))[0][0] == line
    tally(1)


# --- 5: encodings and line ends ---

CODECS = {"cp932": "Shift_JIS", "euc_jp": "EUC-JP", "utf-16": "UTF-16", "utf-16-le": "UTF-16", "iso2022_jp": ""}
PAGE = "# 題\n\nだれもが学べるまちにします。\n\n図書館にあります。\n"


@pytest.mark.hazard(5)
@pytest.mark.parametrize("name", ["plan.yaml", "content/pages/note.md"])
@pytest.mark.parametrize("codec", CODECS)
def test_a_file_in_another_encoding_is_refused_and_the_encoding_named(
    codec: str, name: str, tmp_path: Path, tally: Tally
) -> None:
    write_file(tmp_path, PLAIN)
    write_file(tmp_path, (PLAIN if name == "plan.yaml" else PAGE).encode(codec), name)
    found = mistakes(tmp_path)
    assert {mistake.span.file for mistake in found} == {name}
    if CODECS[codec]:
        assert [mistake.rule for mistake in found] == ["not-utf-8"]
        assert f"（{CODECS[codec]} のようです）" in found[0].message
    tally(1)


@pytest.mark.hazard(5)
@pytest.mark.parametrize("name", ["plan.yaml", "content/pages/note.md"])
def test_a_file_with_the_line_ends_of_an_old_mac_is_refused(name: str, tmp_path: Path, tally: Tally) -> None:
    write_file(tmp_path, PLAIN)
    write_file(tmp_path, (PLAIN if name == "plan.yaml" else PAGE).replace("\n", "\r"), name)
    assert places(tmp_path) == [(1, "line-ends")]
    tally(1)


@pytest.mark.hazard(5)
def test_files_saved_by_windows_give_the_same_bytes(tmp_path: Path, tally: Tally) -> None:
    sites = []
    for folder, save in (("one", str.encode), ("two", lambda text: text.replace("\n", "\r\n").encode("utf-8-sig"))):
        write_file(tmp_path / folder, save(PLAIN))
        write_file(tmp_path / folder, save(PAGE), "content/pages/note.md")
        sites.append(build_in_memory(tmp_path / folder)[1])
    assert sites[0] == sites[1]
    tally(len(sites))


# --- 6: invisible characters ---

INVISIBLE_CHARACTERS = [
    0,
    1,
    7,
    8,
    0xB,
    0x1B,
    0x1F,
    0x7F,
    0x85,
    0x9F,
    0xAD,
    0x61C,
    0x200B,
    0x200D,
    0x200E,
    0x202A,
    0x202E,
    0x2060,
]
INVISIBLE_CHARACTERS += [0x2066, 0x2069, 0xFEFF, 0xFFFE, 0xE0041, 0xD83D]


@pytest.mark.hazard(6)
@pytest.mark.parametrize("character", INVISIBLE_CHARACTERS, ids=hex)
def test_an_invisible_character_is_refused_in_plan_and_text(character: int, tmp_path: Path, tally: Tally) -> None:
    for name, text in (("plan.yaml", PLAIN), ("content/pages/note.md", PAGE)):
        write_file(tmp_path, PLAIN)
        write_file(tmp_path, PAGE, "content/pages/note.md")
        changed = text.replace("図書館に", f"図書{chr(character)}館に")
        write_file(tmp_path, changed.encode("utf-8", "surrogatepass"), name)
        found = mistakes(tmp_path)
        line = text[: text.index("図書館に")].count("\n") + 1
        assert {(m.span.file, m.span.line) for m in found} == {(name, line)}
    tally(1)


# --- 7: decomposed and half-width kana ---


@pytest.mark.hazard(7)
def test_decomposed_and_half_width_kana_give_the_same_site(tmp_path: Path, tally: Tally) -> None:
    plain, page = PLAIN.replace("図書館の", "ｶﾞｲﾄﾞ と "), f"{PAGE}\nガイドブック\n"
    sites = []
    forms: list[tuple[str, Literal["NFC", "NFD"]]] = [("one", "NFC"), ("two", "NFD")]
    for folder, form in forms:
        root = write_file(tmp_path / folder, unicodedata.normalize(form, plain))
        write_file(root, unicodedata.normalize(form, page), "content/pages/note.md")
        sites.append(build_in_memory(root)[1])
    assert unicodedata.normalize("NFD", plain) != plain
    assert sites[0] == sites[1]
    texts = [file.data.decode() for file in sites[1] if file.path.endswith((".html", ".svg", ".json", ".csv"))]
    assert all(unicodedata.is_normalized("NFC", text) for text in texts)
    assert any("ｶﾞｲﾄﾞ" in text for text in texts)
    tally(2 * len(forms))


# --- 8: too deep, too large ---

TOO_LARGE: dict[str, bytes] = {
    "a hundred thousand brackets": b"[" * 100_000,
    "a hundred thousand brackets in a name": PLAIN.replace("図書館の充実", "[" * 99_000).encode(),
    "a hundred thousand braces": b"{a: " * 25_000,
    "a thousand blocks within blocks": "".join(f"{'  ' * depth}階層:\n" for depth in range(1_000)).encode(),
    "a thousand dashes in a row": ("階層:\n  " + "- " * 1_000 + "x\n").encode(),
    "a line of a megabyte": PLAIN.replace("図書館の充実", "図" * 350_000).encode(),
    "fifty megabytes": b"# x\n" * 12_500_000,
    "forty megabytes of spaces": b" " * 39_000_000,
    "twenty thousand lines of typing mistakes": ("目標:\n" + "  －　id：図\n" * 20_000).encode(),
    "two thousand broken references": (
        PLAIN + "".join(f"      - id: p{n}\n        名称: 事業{n}\n        関連: [p{n}x]\n" for n in range(2_000))
    ).encode(),
    "five thousand open quotes": ('計画:\n  名称: "\n' * 5_000).encode(),
    "ninety thousand marks on one letter": PLAIN.replace("図書館の充実", "図" + "\u0316\u0301" * 45_000).encode(),
    "a line of invisible characters": PLAIN.replace("図書館の充実", "図" + "\u200b" * 90_000).encode(),
    "a million invisible characters": (PLAIN + ("# " + "\u200b" * 50 + "\n") * 20_000).encode(),
    "half a million errors of a spreadsheet": (PLAIN + ("# " + "#N/A" * 20_000 + "\n") * 25).encode(),
    "a hundred thousand question marks": b"? " * 50_000,
}


@pytest.mark.hazard(8)
@pytest.mark.parametrize("name", TOO_LARGE)
def test_a_plan_too_deep_or_too_large_is_refused_without_a_crash(name: str, tmp_path: Path, tally: Tally) -> None:
    done = assert_refused(write_file(tmp_path, TOO_LARGE[name]))
    assert re.search(r"^plan\.yaml:\d+:\d+: ", done.output, re.MULTILINE)
    assert max(map(len, done.output.split("\n"))) < 10_000
    tally(1)


@pytest.mark.hazard(8)
def test_a_file_over_the_limit_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "MAX_SOURCE_BYTES", len(PLAIN.encode()) - 1)
    (mistake,) = mistakes(write_file(tmp_path, PLAIN))
    assert mistake.rule == "too-large"


@pytest.mark.hazard(2)
def test_without_the_checks_the_yaml_parser_expands_a_bomb() -> None:
    """PyYAML alone expands aliases without a limit and keeps the last of two equal keys without an error."""
    grown = yaml.safe_load(BOMB)["i"]
    depth = 0
    while isinstance(grown, list):
        depth, grown = depth + 1, grown[8]
    assert 9**depth > 10**8, "so many values in 500 bytes"
    assert yaml.safe_load("a: 1\na: 2") == {"a": 2}
