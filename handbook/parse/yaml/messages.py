"""Message and hint for each YAML syntax error, by the words of PyYAML's message."""

UNCLOSED_QUOTE = "引用符が閉じていません", "値のはじめと終わりの \" や ' を確かめてください"
_BAD_FIRST_CHAR = "この文字では値を始められません", '値を " " で囲んでください（`@` や `*` や `!` で始まる値など）'
MESSAGES = {
    "mapping values are not allowed": (
        "`:` の使い方が正しくありません",
        '字下げが上の行とそろっているか、文の中の `: ` を " " で囲んだかを確かめてください',
    ),
    "did not find expected '-'": ("字下げか `-` がそろっていません", "同じ並びの行と字下げをそろえてください"),
    "did not find expected key": ("字下げがそろっていないか、余分な文字があります", "すぐ上の行も見てください"),
    "could not find expected ':'": ("項目名のあとに `:` がありません", "`項目: 値` の形で書きます"),
    "cannot start any token": _BAD_FIRST_CHAR,
    "alphabetic or numeric character": _BAD_FIRST_CHAR,
    "expected whitespace or line break": _BAD_FIRST_CHAR,
    "mapping keys are not allowed": _BAD_FIRST_CHAR,
    "expected comment or line break": (
        "`|` と同じ行に文字があります",
        "`|` だけを書いて改行し、次の行から字下げして書きます",
    ),
    "unexpected end of stream": UNCLOSED_QUOTE,
    "block sequence entries": ("`-` をここには書けません", "`-` は次の行に、字下げして書きます"),
    "',' or ']'": ("`[` に対する `]` がありません", "`[言葉, 言葉]` の形で書きます"),
    "',' or '}'": ("`{` に対する `}` がありません", "`{項目: 値, 項目: 値}` の形で書きます"),
    "expected node content": (
        "括弧の中に、値のないところがあります",
        '`,` と `,` の間や `-` のあとに値を書くか、値の全体を " " で囲みます',
    ),
    "unknown escape": ('" " の中の `\\` の使い方が正しくありません', "' ' で囲むと、`\\` もそのままの文字になります"),
}
