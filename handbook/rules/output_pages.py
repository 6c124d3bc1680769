"""Rules about built pages."""

from __future__ import annotations

from handbook.rules.rule import EXAMPLE_IS_PROSE, Rule, RuleGroup

_TEMPLATE_404 = "templates/pages/404.html"
_INTERNAL_CHECK = (
    "この道具が自分の仕事を確かめる決まりです。文章を直しても消えないときは、"
    "templates/ を元にもどすか、開発者に知らせます。"
)

PAGE_RULES = RuleGroup(
    "ページの形",
    "templates/ や theme/ を直す人のための決まりです。文章だけを直しているときには、ふつう出ません。",
    (
        Rule(
            "broken-template",
            "テンプレートを読めない",
            "ページの形を決めるファイルに、書きまちがいがあります。",
            "{{ page.titel }}ページが見つかりません",
            "ページが見つかりません",
            _TEMPLATE_404,
        ),
        Rule(
            "no-title",
            "ページの題がない",
            "どのページにも、ブラウザーのタブに出る題（title）が要ります。",
            "<title></title>",
            "<title>いまのページへ案内します：{{ link.text }}</title>",
            "templates/pages/redirect.html",
        ),
        Rule(
            "no-heading",
            "ページの見出しがない",
            "どのページにも、見出し（h1）が 1 つ要ります。",
            '<header class="title"></header>',
            '<header class="title"><h1>ページが見つかりません</h1></header>',
            _TEMPLATE_404,
        ),
        Rule(
            "duplicate-anchor",
            "同じ目印が 2 つ",
            "1 つのページの中で、目印（id）は 1 回だけ使います。",
            '<ul id="ways"><li id="ways"></li>',
            "<ul>",
            _TEMPLATE_404,
        ),
        Rule(
            "broken-aria-reference",
            "名前の元がない",
            "`aria-labelledby` などが指す目印が、ページにありません。",
            '<ul aria-labelledby="nobody">',
            "<ul>",
            _TEMPLATE_404,
        ),
        Rule(
            "same-path",
            "同じ住所のファイルが 2 つ",
            "Windows では大文字と小文字が区別されないので、大文字と小文字だけが違う名前は使えません。",
            "theme/own.css と theme/Own.css",
            "theme/own.css",
            EXAMPLE_IS_PROSE,
        ),
        Rule(
            "unknown-diagram-box",
            "どの節でもない図の箱",
            _INTERNAL_CHECK,
            '<ul><li><a id="box" data-parent="" href="search.html">箱</a></li>',
            "<ul>",
            _TEMPLATE_404,
        ),
        Rule(
            "diagram-incomplete",
            "図の箱の並びが違う",
            _INTERNAL_CHECK,
            "（節が 1 つ抜けた図）",
            "（すべての節が並んだ図）",
            EXAMPLE_IS_PROSE,
        ),
        Rule(
            "node-list-incomplete",
            "一覧や表の並びが違う",
            _INTERNAL_CHECK,
            '<span data-node-list="読み上げ {{ node.name }}">',
            '<span data-node-list="読み上げ {{ node.id }}">',
            "templates/pages/full_text.html",
        ),
        Rule(
            "data-not-offered",
            "データのページに載っていないデータ",
            "どのデータのファイルも、データのページに、形式と大きさを添えて載せます。",
            "（{{ data_file.format }}）</a>",
            "（{{ data_file.format }}、{{ data_file.size_label }}）</a>",
            "templates/pages/data.html",
        ),
    ),
)
