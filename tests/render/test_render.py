"""Rendering of templates: escaping, errors at their line, and a cache that never changes the output."""

from __future__ import annotations

from pathlib import Path

import pytest
from markupsafe import Markup, escape

from handbook.diagnostics import SourceError
from handbook.model import Theme
from handbook.render import jinja


@pytest.fixture
def cache_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the empty folder of cached compiled templates."""
    monkeypatch.setattr("sys.pycache_prefix", str(tmp_path))
    monkeypatch.setattr("sys.dont_write_bytecode", False)
    folder = Path(jinja._BytecodeCache().directory)
    assert folder.is_relative_to(tmp_path)
    folder.mkdir(parents=True)
    return folder


def rendered(text: str, **variables: object) -> str:
    theme = Theme({"page.html": text}, (), {}, (), "")
    return jinja.render_template(jinja.new_environment(theme), "page.html", **variables).decode()


@pytest.mark.parametrize("words", ["a<b>&\"'", "すべて", "", "a&amp;b"])
def test_text_is_escaped_each_time_it_is_shown(words: str) -> None:
    twice = "{{ a }}{{ a }}{% set b = a %}{{ b }}"
    assert rendered(twice, a=words) == str(escape(words)) * 3
    assert rendered(twice, a=Markup(words)) == words * 3  # noqa: S704  # tests unescaped markup
    assert rendered(twice, a=words) == str(escape(words)) * 3


def test_numbers_and_macros_are_rendered() -> None:
    assert rendered("{% macro bold(a) %}<b>{{ a }}</b>{% endmacro %}{{ bold(a) }}{{ bold(a=7) }}", a="<") == (
        "<b>&lt;</b><b>7</b>"
    )


def test_a_recursive_loop_has_its_own_index() -> None:
    tree: list[tuple[str, list[object]]] = [("a", [("b", []), ("c", [])])]
    text = "{% for name, below in tree recursive %}{{ loop.index }}{{ name }}({{ loop(below) }}){% endfor %}"
    assert rendered(text, tree=tree) == "1a(1b()2c())"


@pytest.mark.parametrize("text", ["{{ gone }}", "{{ theme.gone }}", "{{ [1].gone }}", "{% if theme.gone %}{% endif %}"])
def test_an_undefined_name_is_an_error_and_not_an_empty_text(text: str) -> None:
    with pytest.raises(SourceError) as caught:
        rendered(f"\n{text}", theme=Theme({}, (), {}, (), ""))
    (mistake,) = caught.value.mistakes
    assert (mistake.span.file, mistake.span.line, mistake.rule) == ("templates/page.html", 2, "broken-template")
    assert "gone" in mistake.message


def test_a_compiled_template_is_reused_only_if_its_text_is_the_same(cache_folder: Path) -> None:
    assert rendered("<p>{{ a }}", a=1) == "<p>1"
    (file,) = cache_folder.glob("*.cache")
    cached = file.stat().st_mtime_ns, file.read_bytes()
    assert rendered("<p>{{ a }}", a=2) == "<p>2"
    assert (file.stat().st_mtime_ns, file.read_bytes()) == cached
    assert rendered("<q>{{ a }}", a=3) == "<q>3"
    assert rendered("<p>{{ a }}", a=4) == "<p>4"


@pytest.mark.parametrize("damage", [b"", b"j2", b"nonsense" * 100])
def test_a_damaged_cache_file_is_replaced(cache_folder: Path, damage: bytes) -> None:
    rendered("<p>{{ a }}", a=1)
    (file,) = cache_folder.glob("*.cache")
    for data in (damage, file.read_bytes()[:40] + damage, file.read_bytes()[:-9] + damage):
        file.write_bytes(data)
        assert rendered("<p>{{ a }}", a=1) == "<p>1"


def test_pages_are_rendered_if_the_cache_cannot_be_written(cache_folder: Path) -> None:
    cache_folder.rmdir()
    cache_folder.write_bytes(b"not a folder")
    assert rendered("<p>{{ a }}", a=1) == "<p>1"
