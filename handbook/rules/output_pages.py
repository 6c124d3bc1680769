"""Rules about built pages, and notices to resolve before publishing."""

from __future__ import annotations

from handbook.rules.rule import EXAMPLE_IS_PROSE, Rule, RuleGroup

_TEMPLATE_404 = "templates/pages/404.html"
_INTERNAL_CHECK = (
    "この道具が自分の仕事を確かめる決まりです。文章を直しても消えないときは、"
    "templates/ を元にもどすか、開発者に知らせます。"
)

PUBLISHING_RULES = RuleGroup(
    "公開までに決めること",
    "ふだんは覚え書きとして知らせるだけです。"
    "`check --strict` では、［要確認］ と、要る項目の空きは直すところになります。",
    (
        Rule(
            "unconfirmed",
            "［要確認］ が残っている",
            "確かめが要るところに付けた印です。確かめたら、印を消します。",
            "  ライセンス: CC BY 4.0［要確認］",
            "  ライセンス: CC BY 4.0",
        ),
        Rule(
            "empty-required",
            "公開までに要る項目がない",
            "階層の表の `必須` に並べた項目は、公開までに、その階層のすべての節に書きます。",
            "            区分: 終了",
            "            期間: 令和4年度\n            区分: 終了",
        ),
        Rule(
            "kana-mismatch",
            "よみが名称に合わない",
            "名称にあるかなが、よみに同じ順で出てきません。よみの写しまちがいかもしれません。",
            "    よみ: みずべをよみかえらせる",
            "    よみ: みずべをよみがえらせる",
        ),
        Rule(
            "same-name",
            "親とただ 1 つの子が同じ名前",
            "まちがいとは限りませんが、続けて同じ名前が出ると読む人が迷います。わざとなら、そのままでかまいません。",
            "                名称: 身近な空き地をいかす\n                よみ: みぢかなあきちをいかす",
            "                名称: 小さな広場づくり\n                よみ: ちいさなひろばづくり",
        ),
        Rule(
            "shallow-clone",
            "git の記録が途中まで",
            "記録の一部だけを写したフォルダーでは、最後に直した日が分からないので、更新日を示しません。",
            "（`git clone --depth 1` で写したフォルダー）",
            "（`git clone` で全部を写したフォルダー、または `計画` に `更新日` を書いた plan.yaml）",
            EXAMPLE_IS_PROSE,
        ),
        Rule(
            "missing-glyph",
            "冊子の書体にない文字",
            "冊子（PDF）ではその文字が 〓 になります。ウェブのページにはそのまま出ます。"
            "`check --strict` はそれを許しません。",
            "（名称に絵文字のある計画）",
            "（どの文字も冊子の書体にある計画、またはその字のある書体を置いた theme/fonts/）",
            EXAMPLE_IS_PROSE,
        ),
        Rule(
            "outdated-schema",
            "エディターのための説明が古い",
            "エディターが項目を示すための説明が、いまの階層や一覧と合っていません。"
            "`python3 build.py schema` で作り直します。",
            "（一覧に言葉を足して、説明を作り直していない計画）",
            "（`python3 build.py schema` を実行したあとの計画）",
            EXAMPLE_IS_PROSE,
        ),
        Rule(
            "no-diagrams",
            "図がない",
            "図を作る道具が動かないと、図のないサイトになります。`check --strict` はそれを許しません。",
            "（図を作る道具のない環境での `check --strict`）",
            "（requirements.txt のとおりに用意した環境）",
            EXAMPLE_IS_PROSE,
        ),
        Rule(
            "no-booklet",
            "冊子がない",
            "冊子（PDF）を作れない環境では、冊子のないサイトになります。`check --strict` はそれを許しません。",
            "（冊子を作る道具や書体のない環境での `check --strict`）",
            "（`check --strict --no-booklet`、または requirements.txt のとおりに用意した環境）",
            EXAMPLE_IS_PROSE,
        ),
    ),
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
            "<title>ページが移りました：{{ link.text }}</title>",
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
            "theme/Site.css",
            "theme/site.css",
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
            '<span data-node-list="読み上げ {{ entry.name }}">',
            '<span data-node-list="読み上げ {{ entry.id }}">',
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
