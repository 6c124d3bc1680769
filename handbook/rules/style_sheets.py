"""Rules about the style sheets in a plan's own theme/."""

from __future__ import annotations

from handbook.rules.rule import Rule, RuleGroup

_TOKENS = "theme/tokens.css"
_ACCENT = "--accent: #0b4f86;"

STYLE_RULES = RuleGroup(
    "色とスタイル",
    "自分の theme/ に置く .css についての決まりです。ブラウザーは、読めない行をだまってとばします。",
    (
        Rule(
            "low-contrast",
            "見分けにくい色",
            "文字と背景の色が近いと、読めない人がいます（JIS X 8341-3、WCAG）。"
            "文字は 4.5、枠などは 3 以上のコントラストが要ります。"
            "明るい画面と暗い画面（`prefers-color-scheme: dark`）の両方で調べます。",
            "--text-muted: #b0a99a;",
            "--text-muted: #5b554a;",
            _TOKENS,
        ),
        Rule(
            "unknown-colour",
            "色として読めない",
            "色は `#0b4f86` のように、`#` と 6 けた（0〜9 と a〜f）で書きます。"
            "`red` のような名前や `rgb(11 79 134)` でも書けます。",
            "--accent: bleu;",
            _ACCENT,
            _TOKENS,
        ),
        Rule(
            "unknown-variable",
            "知らない名前の値",
            "`--` で始まる名前が違うと、色や大きさが付きません。",
            "--acent: #0b4f86;",
            _ACCENT,
            _TOKENS,
        ),
        Rule(
            "misplaced-token",
            "色を書くところが違う",
            "ページ全体の色を theme/tokens.css のほかに書くと、ページの色だけが変わり、図と冊子の色は変わりません。",
            ":root { --accent: #0b4f86; }\nbody {",
            "body {",
            "theme/site.css",
        ),
        Rule(
            "css-semicolon",
            "行の終わりに「;」がない",
            "`;` がないと、次の行までが 1 つの値になり、2 行とも効きません。かたまりの最後の行なら効きますが、"
            "下に行を足したときに困るので知らせます。",
            "--accent: #0b4f86",
            _ACCENT,
            _TOKENS,
        ),
        Rule(
            "css-syntax",
            "スタイルとして読めない",
            "`名前: 値;` の形になっていないか、`{ }` `( )` や引用符、コメントが閉じていません。"
            "閉じていないと、そのあとの行がみな効きません。",
            "color-scheme light dark;",
            "color-scheme: light dark;",
            _TOKENS,
        ),
    ),
)
