"""Names, comments and docstrings are literal: none of them uses a word of support/vocabulary.py."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import ROOT
from support.vocabulary import ALLOWED, AVOIDED, TOPS, count_by_folder, uses


def test_no_folder_uses_an_avoided_word() -> None:
    assert [use for folder in TOPS for use in uses(ROOT, folder)] == []


def test_every_checked_folder_exists() -> None:
    assert [folder for folder in TOPS if not (ROOT / folder).exists()] == []


def test_an_allowed_word_is_avoided_elsewhere_and_has_a_reason() -> None:
    assert all(AVOIDED.fullmatch(word) for _, word in ALLOWED)
    assert {top for top, _ in ALLOWED} <= {top.split("/")[0] for top in TOPS}
    assert all(ALLOWED.values())


@pytest.mark.parametrize(
    ("name", "text", "line", "word"),
    [
        ("handbook/a.py", "x = 1\ny = 2  # whoever reads this", 2, "whoever"),
        ("handbook/a.py", 'def f():\n    """Return x.\n\n    It knows y.\n    """', 4, "knows"),
        ("handbook/a.py", 'x = 1\n"""What is held."""', 2, "held"),
        ("handbook/a.py", "def f(told): ...", 1, "told"),
        ("handbook/a.py", "x = many_hands + 1", 1, "hands"),
        ("handbook/a.py", "class KeptAside: ...", 1, "aside"),
        ("handbook/a.py", "f(asked=1)", 1, "asked"),
        ("templates/a.html", "<p>\n{{ page.told }}", 2, "told"),
        ("theme/a.css", ".by-hand { top: 0 }", 1, "hand"),
        ("theme/a.js", "const whatWasSaid = 1", 1, "said"),
    ],
)
def test_a_planted_word_is_found_at_its_line(name: str, text: str, line: int, word: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.parent.mkdir()
    path.write_text(text, encoding="utf-8")
    (use,) = uses(tmp_path, name.split("/", maxsplit=1)[0])
    assert (use.path, use.line, use.word) == (name, line, word)
    assert count_by_folder(tmp_path).total() == 1


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("handbook/a.py", "beforehand = 'what was said'  # a handler of saidness"),
        ("templates/a.html", "<aside>x</aside>"),
        ("templates/note.txt", "told"),
    ],
)
def test_longer_words_messages_and_elements_are_no_uses(name: str, text: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.parent.mkdir()
    path.write_text(text, encoding="utf-8")
    assert list(uses(tmp_path, name.split("/", maxsplit=1)[0])) == []
