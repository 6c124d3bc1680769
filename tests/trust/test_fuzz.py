"""Hazard 33: random damage to the bytes of a plan or a text gives a site or errors with a place, never a crash."""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import ROOT, Tally
from support.build_process import PLAIN
from support.building import build_in_memory

from handbook.diagnostics import SourceError, format_diagnostic

EXAMPLE = ROOT / "example"
TIMEOUT_SECONDS = 20
"""Longest build of one damaged file."""
SCRAPS = [
    b"",
    b"\x00",
    b"\xff",
    b": ",
    b"\n",
    b"- ",
    b"\t",
    b"[[",
    b"{",
    b"&a",
    b"*a",
    b"'",
    b'"',
    b"|",
    b"#",
    b"!",
    b"%",
]
SCRAPS += [
    b"\r",
    b"<",
    b"](",
    b"```\n",
    b"\n---\n",
    b"<<: ",
    b"? ",
    b"{{",
    b"#REF!",
    b"]]",
    b"<script>",
    b"[^1]",
    b"@",
    b"`",
]
SCRAPS += [word.encode() for word in ("\u3000", "：", "－", "\u200b", "\n　　- ", "か\u3099")]


def random_damage(data: bytes, chance: random.Random) -> Iterator[bytes]:
    """Yield variants of the data in which some bytes are removed, replaced or doubled."""
    while True:
        damaged = data
        for _ in range(chance.choice([1, 1, 1, 2, 5])):
            at = chance.randrange(len(damaged) + 1)
            end = min(len(damaged), at + chance.choice([0, 1, 1, 2, 5, 40, 2_000]))
            damaged = damaged[:at] + chance.choice([*SCRAPS, damaged[at:end] * 2]) + damaged[end:]
        yield damaged


@pytest.mark.hazard(33)
def test_no_damage_of_a_source_crashes_the_build(tmp_path: Path, times: Callable[[int], int], tally: Tally) -> None:
    chance = random.Random(33)  # noqa: S311  # not for secrets
    small = PLAIN + "        関連: [learn]\n        期間: 2024-2026\n        注記: '[[learn]] を参照'\n"
    shutil.copytree(EXAMPLE / "content", tmp_path / "example" / "content")
    shutil.copy(EXAMPLE / "plan.yaml", tmp_path / "example" / "plan.yaml")
    (tmp_path / "small" / "content" / "pages").mkdir(parents=True)
    text = "## 表と絵\n\n| 一 | 二 |\n|--|--:|\n| [[learn]] | `x` |\n\n文[^1]です。\n\n1. 一\n2. 二\n\n[^1]: 注\n\n用語\n: 説明\n"
    originals = {
        tmp_path / "example" / "plan.yaml": (EXAMPLE / "plan.yaml").read_bytes(),
        tmp_path / "small" / "plan.yaml": small.encode(),
        tmp_path / "small" / "content" / "pages" / "p.md": f"# 題\n\n{text}".encode(),
        tmp_path / "small" / "content" / "pages" / "glossary.md": f"# 用語\n\n{text}".encode(),
    }
    for path, original in originals.items():
        path.write_bytes(original)
    damaged = {path: random_damage(original, chance) for path, original in originals.items()}
    refused = built = 0
    longest = 0.0
    for number in range(times(33)):
        path = list(originals)[number % len(originals)]
        path.write_bytes(next(damaged[path]))
        began = time.monotonic()
        try:
            build_in_memory(tmp_path / path.relative_to(tmp_path).parts[0])
            built += 1
        except SourceError as error:
            refused += 1
            assert all(m.span.line >= 1 and m.span.column >= 1 and format_diagnostic(m) for m in error.mistakes)
        except Exception as error:  # noqa: BLE001  # the failure must show the file that caused it
            pytest.fail(f"{type(error).__name__}: {error}\n{path.name}: {path.read_bytes()!r}"[-4_000:])
        longest = max(longest, time.monotonic() - began)
        path.write_bytes(originals[path])
    assert longest < TIMEOUT_SECONDS
    assert refused > times(33) / 4
    assert built > times(33) / 20
    tally(refused + built)


@pytest.mark.hazard(33)
def test_no_damage_of_a_data_file_crashes_the_import(tmp_path: Path, times: Callable[[int], int], tally: Tally) -> None:
    from handbook import importer  # noqa: PLC0415  # used only here

    chance = random.Random(34)  # noqa: S311  # not for secrets
    _, files = build_in_memory(EXAMPLE)
    data_files = ("data/plan.csv", "data/plan.json", "data/plan.xlsx")
    damaged = {file.path: random_damage(file.data, chance) for file in files if file.path in data_files}
    assert len(damaged) == len(data_files)
    refused = 0
    for number in range(times(33) // 10):
        name = data_files[number % len(data_files)]
        path = tmp_path / Path(name).name
        path.write_bytes(next(damaged[name]))
        try:
            importer.import_plan(path)
        except SourceError as error:
            refused += 1
            assert all(format_diagnostic(mistake) for mistake in error.mistakes)
        except Exception as error:  # noqa: BLE001  # the failure must show the file that caused it
            pytest.fail(f"{type(error).__name__}: {error}\n{path.name}: {path.read_bytes()[:300]!r}")
        tally(1)
    assert refused
