"""Rules about what a Markdown text loses on the page, or what is not the Markdown that was meant."""

from __future__ import annotations

from handbook.rules.rule import FIX_CLEAN, FIX_EXACT, Rule, RuleGroup

_NODE_TEXT = "content/nodes/water-quality.md"
_PAGE_TEXT = "content/pages/about.md"
_PLACE = "令和3年度の調査では、12 の地点のうち 9 の地点で、"

MARKDOWN_RULES = RuleGroup(
    "Markdown の書き方",
    "文章は、GitHub で見えるとおりに組みます（ちがうところは [文章の書き方](markdown.md)）。"
    "ページに出ないところ、思ったとおりに組めないところを知らせます。",
    (
        Rule(
            "extra-cell",
            "表の列が見出しより多い",
            "表の列の数は、見出しの行で決まります。それより右に書いたものは、GitHub でもここでも出ません。",
            "| 名称 | 計画の名前です。必ず書きます | 例 |",
            "| 名称 | 計画の名前です。必ず書きます |",
            _PAGE_TEXT,
            fix=FIX_CLEAN,
        ),
        Rule(
            "not-a-table",
            "表になっていない「|」の並び",
            "表は、見出しの行、`|---|---|` の行、中身の行の順に、半角の `|` で書きます。"
            "見出しと `---` の行は、列の数をそろえます。",
            "\n\n| 地点 | 結果 |\n| ほたる川 | よい |\n\n",
            "\n\n| 地点 | 結果 |\n|---|---|\n| ほたる川 | よい |\n\n",
            _NODE_TEXT,
            _PLACE,
            fix=FIX_EXACT,
        ),
        Rule(
            "full-width-sign",
            "全角で打った Markdown の印",
            "Markdown の印は半角です。全角の `＃` `＞` `：` `＊＊` は、ただの文字として出ます。",
            "＃＃ 今の様子",
            "## 今の様子",
            _NODE_TEXT,
            fix=FIX_EXACT,
        ),
        Rule(
            "removed-html",
            "使えない HTML",
            "文章の中に書ける HTML は、`<b>` `<br>` `<ruby>` `<table>` などの、形を表すものだけです。"
            "ほかは、安全のためと、どの画面でも紙でも読めるように、取り除きます。中の文字は残ります。",
            '<font color="red">9 の地点</font>で、',
            "9 の地点で、",
            _NODE_TEXT,
            fix=FIX_EXACT,
        ),
        Rule(
            "open-code",
            "閉じていない囲み",
            "`` ``` `` で始めた囲みは、`` ``` `` の行で閉じます。"
            "閉じないと、その先の見出しもリンクも、打ったままの文字になります。",
            f"\n\n```\n札の文字\n\n{_PLACE}",
            f"\n\n```\n札の文字\n```\n\n{_PLACE}",
            _NODE_TEXT,
            _PLACE,
            fix=FIX_CLEAN,
        ),
        Rule(
            "github-box",
            "GitHub だけの囲み",
            "`> [!NOTE]` などの色のついた囲みは GitHub だけのもので、ここでは文字のまま出ます。",
            f"\n\n> [!NOTE]\n> 調査は架空です。\n\n{_PLACE}",
            f"\n\n> **補足**\n> 調査は架空です。\n\n{_PLACE}",
            _NODE_TEXT,
            _PLACE,
            fix=FIX_EXACT,
        ),
        Rule(
            "front-matter",
            "文章の前の設定（フロントマター）",
            "ほかの道具のための、はじめの `---` から `---` までの設定は、ここでは読みません。"
            "ページの題は `# 題` の行に書きます。",
            "---\ntitle: この例について\n---\n\n# この例について",
            "# この例について",
            _PAGE_TEXT,
            fix=FIX_CLEAN,
        ),
    ),
)
