"""Rules about what to decide or complete before a plan is published."""

from __future__ import annotations

from handbook.rules.rule import EXAMPLE_IS_PROSE, Rule, RuleGroup

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
            "no-contact",
            "連絡先がない",
            "読みにくいところや、まちがいに気づいた人に、知らせる先を示せません。"
            "アクセシビリティ方針のページにも、知らせる先が出ません。",
            "（`計画` に `連絡先` のない plan.yaml）",
            "（`計画` に `連絡先: 環境課 電話 0000-00-0000` のような行のある plan.yaml）",
            EXAMPLE_IS_PROSE,
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
            "slow-git",
            "git が答えない",
            "git がいつまでも答えないときは、待たずに、改訂履歴も更新日もないサイトを作ります。",
            "（git の記録が、つながらないネットワークの上にある計画）",
            "（`git log` がすぐに答える計画、または `計画` に `更新日` を書いた plan.yaml）",
            EXAMPLE_IS_PROSE,
        ),
        Rule(
            "git-refused",
            "git が置き場を読まない",
            "git の設定にまちがいがあるときや、置き場の持ち主が別の人のときは、改訂履歴も更新日もないサイトを作り、"
            "git の言葉を添えて知らせます。",
            "（git の設定ファイルに、git の読めない行がある計画）",
            "（`git status` が答える計画、または `計画` に `更新日` を書いた plan.yaml）",
            EXAMPLE_IS_PROSE,
        ),
        Rule(
            "missing-glyph",
            "冊子の書体にない文字",
            "冊子（PDF）ではその文字が 〓 になります。ウェブのページにはそのまま出ます。"
            "`check --strict` はそれを許しません。",
            "（名称にくさび形文字 𒀀 のある計画）",
            "（どの文字も冊子の書体にある計画、またはその字のある書体を置いた theme/fonts/）",
            EXAMPLE_IS_PROSE,
        ),
        Rule(
            "long-word",
            "冊子の 1 行に収まらない長い語",
            "切れ目のない英字や記号が 30 字より長く続くと、冊子（PDF）では紙からはみ出さないように途中で改行します。"
            "URL は区切りのよいところで改行するので、知らせません。",
            "（名称に 40 字の切れ目のない英字のある計画）",
            "（切れてよいところに空白のある計画）",
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
            "図を作れない",
            "図を作る道具がないか、動かないと、何も書き出さずに止まります。図のないサイトでよければ、"
            "`--no-diagrams` を付けます。",
            "（図を作る道具のない環境での `build.py`）",
            "（`build.py --no-diagrams`、または requirements.txt のとおりに用意した環境）",
            EXAMPLE_IS_PROSE,
        ),
        Rule(
            "no-booklet",
            "冊子を作れない",
            "冊子（PDF）を作る道具か書体がないと、何も書き出さずに止まります。冊子のないサイトでよければ、"
            "`--no-booklet` を付けます。",
            "（冊子を作る道具や書体のない環境での `build.py`）",
            "（`build.py --no-booklet`、または requirements.txt のとおりに用意した環境）",
            EXAMPLE_IS_PROSE,
        ),
    ),
)
