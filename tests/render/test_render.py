"""Templates: escaped, told where they are broken, and quick only where nobody can tell."""

from __future__ import annotations

from pathlib import Path

import pytest
from markupsafe import Markup, escape

from handbook.diagnostics import SourceError
from handbook.model import Theme
from handbook.render import jinja


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder where compiled templates are kept."""
    monkeypatch.setattr("sys.pycache_prefix", str(tmp_path))
    monkeypatch.setattr("sys.dont_write_bytecode", False)
    folder = Path(jinja._BytecodeCache().directory)
    assert folder.is_relative_to(tmp_path)
    folder.mkdir(parents=True)
    return folder


def filled(text: str, **variables: object) -> str:
    theme = Theme({"page.html": text}, (), {}, (), "")
    return jinja.render_template(jinja.new_environment(theme), "page.html", **variables).decode()


@pytest.mark.parametrize("words", ["a<b>&\"'", "すべて", "", "a&amp;b"])
def test_words_are_escaped_however_often_they_are_said(words: str) -> None:
    twice = "{{ a }}{{ a }}{% set b = a %}{{ b }}"
    assert filled(twice, a=words) == str(escape(words)) * 3
    assert filled(twice, a=Markup(words)) == words * 3  # noqa: S704  # that is what is tried
    assert filled(twice, a=words) == str(escape(words)) * 3


def test_numbers_and_macros_say_what_they_are() -> None:
    assert filled("{% macro bold(a) %}<b>{{ a }}</b>{% endmacro %}{{ bold(a) }}{{ bold(a=7) }}", a="<") == (
        "<b>&lt;</b><b>7</b>"
    )


def test_a_loop_in_a_loop_knows_both() -> None:
    tree: list[tuple[str, list[object]]] = [("a", [("b", []), ("c", [])])]
    text = "{% for name, below in tree recursive %}{{ loop.index }}{{ name }}({{ loop(below) }}){% endfor %}"
    assert filled(text, tree=tree) == "1a(1b()2c())"


@pytest.mark.parametrize("text", ["{{ gone }}", "{{ theme.gone }}", "{{ [1].gone }}", "{% if theme.gone %}{% endif %}"])
def test_a_name_that_is_not_there_is_a_mistake_and_no_empty_place(text: str) -> None:
    with pytest.raises(SourceError) as caught:
        filled(f"\n{text}", theme=Theme({}, (), {}, (), ""))
    (mistake,) = caught.value.mistakes
    assert (mistake.span.file, mistake.span.line, mistake.rule) == ("templates/page.html", 2, "broken-template")
    assert "gone" in mistake.message


def test_a_template_once_compiled_is_taken_again_and_never_an_old_one(kept: Path) -> None:
    assert filled("<p>{{ a }}", a=1) == "<p>1"
    (file,) = kept.glob("*.cache")
    written = file.stat().st_mtime_ns, file.read_bytes()
    assert filled("<p>{{ a }}", a=2) == "<p>2"
    assert (file.stat().st_mtime_ns, file.read_bytes()) == written
    assert filled("<q>{{ a }}", a=3) == "<q>3"
    assert filled("<p>{{ a }}", a=4) == "<p>4"


@pytest.mark.parametrize("damage", [b"", b"j2", b"nonsense" * 100])
def test_a_damaged_compiled_template_is_made_anew(kept: Path, damage: bytes) -> None:
    filled("<p>{{ a }}", a=1)
    (file,) = kept.glob("*.cache")
    for data in (damage, file.read_bytes()[:40] + damage, file.read_bytes()[:-9] + damage):
        file.write_bytes(data)
        assert filled("<p>{{ a }}", a=1) == "<p>1"


def test_where_nothing_can_be_kept_pages_are_made_all_the_same(kept: Path) -> None:
    kept.rmdir()
    kept.write_bytes(b"not a folder")
    assert filled("<p>{{ a }}", a=1) == "<p>1"
