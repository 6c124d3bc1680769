"""A broken link is reported at its line in the sources, however it is written: in Markdown or in raw HTML."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from support.building import build_in_memory

from handbook.diagnostics import SourceError

PLAN = """計画: {名称: 文}
階層:
  - {名称: 柱, path: pillars}
柱:
  - id: one
    名称: 一つめ
"""
LINKS = {
    "broken-link": [
        '<a href="▲gone.html">次</a>',
        "<a href=▲gone.html>次</a>",
        "<A HREF='▲gone.html'>次</A>",
        '<a href="▲gone&#46;html">次</a>',
        '<a id="x" href="▲gone&period;html">次</a>',
        '<a href="▲go%6ee.html">次</a>',
        '<a href="▲gone.html?a=1&amp;b=2">次</a>',
        '<a href="▲go\nne.html">次</a>',
        '<div>\n<a class="x"\n   href="▲gone.html">次</a>\n</div>',
        '<div>`<a href="▲gone.html">次</a>`</div>',
        '`<a href="gone.html">` と <a href="▲gone.html">次</a>',
        '```\n<a href="gone.html">\n```\n\n<a href="▲gone.html">次</a>',
        '<!-- <a href="gone.html"> --> <a href="▲gone.html">次</a>',
        '<table><tr><td><a href="▲a b.html">次</a></td></tr></table>',
        '<img alt="絵" src="▲images/none.png">',
        '<figure><img src=▲images/none.png alt="絵"></figure>',
        '- <b><a href="▲gone.html">次</a></b>',
        '> <a href="▲gone.html">次</a>',
        '[次]( ▲gone.html "題")',
        "[次](<▲a b.html>)",
        "[次][x]\n\n[x]: <▲gone.html>",
        '文[^1]\n\n[^1]: <a href="▲gone.html">次</a>',
    ],
    "broken-anchor": ['<a href="▲#none">次</a>', '<a href="▲index.html#non&#101;">次</a>'],
    "removed-link": [
        '<a href="▲javascript:x">x</a>',
        '<a href="▲java&#115;cript:x">次</a>',
        '<img src="▲data:image/png,x" alt="絵">',
        "<▲file:///etc/passwd>",
    ],
}
"""Links by the rule they break, each with ▲ before the place that is reported."""


@pytest.mark.parametrize("where", ["content/pages/p.md", "content/nodes/one.md", "plan.yaml"])
@pytest.mark.parametrize(("rule", "typed"), [(rule, text) for rule, texts in LINKS.items() for text in texts])
def test_a_broken_link_is_reported_once_at_its_place(
    rule: str, typed: str, where: str, plan_of: Callable[..., Path]
) -> None:
    block = "    本文: |\n" + "".join(f"      {line}\n" for line in typed.split("\n"))
    source = {"plan.yaml": PLAN + block, "content/pages/p.md": f"# 題\n\n{typed}\n"}.get(where, f"{typed}\n")
    root = plan_of(PLAN)
    (root / where).parent.mkdir(parents=True, exist_ok=True)
    (root / where).write_text(source.replace("▲", ""), encoding="utf-8")
    with pytest.raises(SourceError) as caught:
        build_in_memory(root)
    before = source[: source.index("▲")]
    places = [(m.span.file, m.span.line, m.span.column, m.rule) for m in caught.value.mistakes]
    assert places == [(where, before.count("\n") + 1, len(before) - before.rfind("\n"), rule)]
