"""An own template that is a copy of an earlier version is named, with the edit that corrects it."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import chain
from pathlib import Path

import pytest
from conftest import ROOT
from support.building import build_in_memory

from handbook.diagnostics import SourceError
from handbook.former_names.booklet import NEW_BOOKLET_KEYS, NEW_BOOKLET_NAMES

PLAN = "計画: {名称: 小さな計画}\n階層:\n  - {名称: 柱, path: pillars}\n柱:\n  - {id: one, 名称: 一つめ, 本文: 文章}\n"
FORMER_COPIES = {
    "a former setting": (
        "cover.typ",
        '#import "settings.typ": *\n#let cover() = text(fill: soft, plan.municipality)\n',
        ["templates/booklet/cover.typ:2:27 `soft` を `muted-colour` に直してください"],
    ),
    "two former names in one import": (
        "free_page.typ",
        '#import "headings.typ": part\n#import "settings.typ": ink, tiny\n#let free-page(it) = it.body\n',
        ["templates/booklet/free_page.typ:1:25 `part` を `part-heading` に直してください"],
    ),
    "a former key of the data": (
        "cover.typ",
        '#import "settings.typ": *\n#let cover() = plan.updated\n',
        ["templates/booklet/cover.typ:2:21 `updated` を `last_change` に直してください"],
    ),
    "a key that has several new names": (
        "cover.typ",
        '#import "settings.typ": *\n#let cover() = plan.words\n',
        ["templates/booklet/cover.typ:2:21 `words` を `name` か `title` か `text` に直してください"],
    ),
    "the former file of the data": (
        "cover.typ",
        '#let doc = json("/manuscript.json")\n#let cover() = doc.title\n',
        ["templates/booklet/cover.typ:1:17 `/manuscript.json` を `/document.json` に直してください"],
    ),
    "a copy that defines a former name": (
        "names.typ",
        None,
        ["templates/booklet/names.typ:{line}:6 `numbered` を `node-label` に直してください"],
    ),
    "a copy without a later name": (
        "qr_code.typ",
        "#let nothing = 1\n",
        ["templates/booklet/qr_code.typ:1:1 この道具の templates/booklet/qr_code.typ から、`#let qr-code` で始まる"],
    ),
    "another mistake in a copy": (
        "cover.typ",
        "#let cover() = [#nowhere]\n",
        ["templates/booklet/cover.typ:1:18 templates/booklet/cover.typ が前の版の写しなら、"],
    ),
}


@pytest.mark.parametrize("case", FORMER_COPIES)
def test_a_copy_of_an_earlier_template_is_named_with_the_edit_that_corrects_it(
    plan_of: Callable[..., Path], case: str
) -> None:
    name, text, expected = FORMER_COPIES[case]
    root = plan_of(PLAN)
    (root / "templates/booklet").mkdir(parents=True)
    current = (ROOT / "templates/booklet" / name).read_text(encoding="utf-8")
    text = f"{text}#let colour-band(width) = none\n" if text else current.replace("node-label", "numbered")
    (root / "templates/booklet" / name).write_text(text, encoding="utf-8")
    with pytest.raises(SourceError) as raised:
        build_in_memory(root, with_booklet=True)
    line = 1 + current[: max(0, current.find("#let node-label"))].count("\n")
    expected = [hint.replace("{line}", str(line)) for hint in expected]
    found = [f"{mistake.span.position} {mistake.hint}" for mistake in raised.value.mistakes]
    assert len(found) == len(expected)
    assert [line for line, start in zip(found, expected, strict=True) if not line.startswith(start)] == []
    assert not any("/tmp" in mistake.message for mistake in raised.value.mistakes)  # noqa: S108  # of the compiler


def test_every_new_name_of_a_hint_is_in_the_templates() -> None:
    names = *NEW_BOOKLET_NAMES.values(), *chain.from_iterable(NEW_BOOKLET_KEYS.values())
    text = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "templates/booklet").glob("*.typ"))
    assert [name for name in names if not re.search(rf"(?<![\w-]){name}(?![\w-])", text)] == []
