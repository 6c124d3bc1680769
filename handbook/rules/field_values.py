"""Rules about keys and their values."""

from __future__ import annotations

from handbook.rules.rule import EXAMPLE_IS_WHOLE_FILE, Rule, RuleGroup

_HEAD = "計画: {名称: 架空市の計画}\n"

FIELD_RULES = RuleGroup(
    "項目と値",
    "項目名と、選んで書く言葉は、1 つの書き方に決まっています。近い言葉があれば、ヒントで知らせます。",
    (
        Rule(
            "unknown-key",
            "知らない項目",
            "この場所では使えない項目名です。書きまちがいか、字下げのまちがいで別の場所の項目になっています。",
            "        よみかた: かわとぬまのみずをきれいにする",
            "        よみ: かわとぬまのみずをきれいにする",
        ),
        Rule(
            "missing-key",
            "必ず書く項目がない",
            "節には `id` と `名称` が、ほかの場所にもそれぞれ必ず書く項目があります。",
            "      - id: parks-for-all\n",
            "      - id: parks-for-all\n        名称: だれもが使える公園にする\n",
        ),
        Rule(
            "duplicate-key",
            "同じ項目が 2 回",
            "同じ場所に同じ項目が 2 つあると、どちらが正しいか決められません。1 つにまとめます。",
            "  ライセンス: CC BY 4.0\n  ライセンス: CC BY-SA 4.0",
            "  ライセンス: CC BY 4.0",
        ),
        Rule(
            "empty-value",
            "値が空",
            "まだ決まっていない項目は、空のまま残さず、その行ごと消しておきます。",
            "                単位:\n",
            "                単位: mg/L\n",
        ),
        Rule(
            "not-text",
            "文字で書く値が並びになっている",
            '1 つの値を書く場所に、並びがあります。括弧も値の一部なら、全体を `" "` で囲みます。',
            "                単位: [mg/L]",
            "                単位: mg/L",
        ),
        Rule(
            "not-a-list",
            "並びで書く値が並びになっていない",
            "`対象` や `担当課` などは、1 つだけのときも `[ ]` で囲むか、`- ` で始まる行に並べます。",
            "            対象: 子ども、保護者",
            "            対象: [子ども, 保護者, 高齢者]",
        ),
        Rule(
            "not-a-mapping",
            "「項目: 値」の集まりでない",
            "節や階層の行は、いくつかの `項目: 値` を集めて書きます。",
            "  - {名称: 柱,   path: pillars}\n  - 方針\n",
            "  - {名称: 柱,   path: pillars}\n  - {名称: 方針, path: policies}\n",
        ),
        Rule(
            "not-one-line",
            "1 行で書く値が何行もある",
            "名前などの短い値は 1 行で書きます。何行も書けるのは、`本文` と `注記` です。",
            "  ライセンス: |\n    CC BY 4.0",
            "  ライセンス: CC BY 4.0",
        ),
        Rule(
            "not-kana",
            "よみがひらがなでない",
            "`よみ` は、ふりがなと五十音の索引に使うので、ひらがなで書きます。",
            "    よみ: 水べをよみがえらせる",
            "    よみ: みずべをよみがえらせる",
        ),
        Rule(
            "unknown-choice",
            "選べない言葉",
            "`区分` や `向き` は、決まった言葉から選びます。使える言葉はヒントに出ます。",
            "                区分: 継続中",
            "                区分: 継続",
        ),
        Rule(
            "unknown-word",
            "一覧にない言葉",
            "`対象` と `担当課` は、plan.yaml の上の方の一覧（`対象` と `組織`）にある言葉だけを使います。"
            "課の名前が変わったときは、一覧と、使っている行の両方を直します。",
            "            担当課: [生涯学習科]",
            "            担当課: [生涯学習課]",
        ),
        Rule(
            "duplicate-word",
            "同じ言葉が 2 回",
            "1 つの並びに同じ言葉が 2 回あります。1 つにします。",
            "            対象: [子ども, 保護者, 子ども]",
            "            対象: [子ども, 保護者, 高齢者]",
        ),
        Rule(
            "bad-period",
            "期間を読めない",
            "期間は年度で書きます。「令和8年度〜令和12年度」「令和8年度」「2026-2030」などの形が使えます。",
            "  期間: 令和8年度〜令和4年度",
            "  期間: 令和4年度〜令和8年度",
        ),
        Rule(
            "bad-date",
            "日付を読めない",
            "日付は、西暦 4 けた、月 2 けた、日 2 けたを半角の `-` でつないで書きます。",
            "  更新日: 2026年4月1日",
            "  更新日: 2026-04-01",
        ),
        Rule(
            "bad-url",
            "住所（URL）の形でない",
            "公開する場所は、`https://` から書きます。",
            "  公開URL: example.org/kakuu-midori/",
            "  公開URL: https://example.org/kakuu-midori/",
        ),
        Rule(
            "unknown-repository",
            "元の原稿の置き場所を読めない",
            "GitHub か GitLab の住所を書くと、どのページからも、その元になった行を開けます。",
            "  リポジトリ: https://git.example.org/kakuu-midori/plan",
            "  リポジトリ: https://gitlab.example.org/kakuu-midori/plan",
        ),
        Rule(
            "single-spelling",
            "異表記が 1 つだけ",
            "`異表記` の 1 行には、同じ言葉とみなす書き方を 2 つ以上並べます。",
            "  - [みどり]",
            "  - [みどり, 緑]",
        ),
    ),
)

LEVEL_RULES = RuleGroup(
    "階層と節の置き方",
    "階層の表が、計画の段の数と名前を決めます。節は、その順に、外側から内側へ置きます。",
    (
        Rule(
            "level-order",
            "置けない階層",
            "節の下に置けるのは、階層の表でその節より下にある階層だけです。途中の階層は飛ばせます。",
            "        柱:\n\n          - id: park-renewal",
            "        取組:\n\n          - id: park-renewal",
        ),
        Rule(
            "duplicate-level",
            "階層の名前か path が 2 回",
            "階層の表では、`名称` も `path` も、行ごとに違うものにします。",
            "  - {名称: 方針, path: pillars}",
            "  - {名称: 方針, path: policies}",
        ),
        Rule(
            "reserved-name",
            "ほかで使う名前",
            "この道具がほかのことに使う名前なので、階層やファイルの名前にはできません。別の名前にします。",
            "  - {名称: 方針, path: theme}",
            "  - {名称: 方針, path: policies}",
        ),
        Rule(
            "too-many-levels",
            "階層が多すぎる",
            "階層は 12 段までです。",
            _HEAD
            + "階層:\n"
            + "".join(f"  - {{名称: 第{n}層, path: level-{n}}}\n" for n in range(1, 14))
            + "第1層: [{id: first, 名称: はじめ}]\n",
            _HEAD
            + "階層:\n"
            + "".join(f"  - {{名称: 第{n}層, path: level-{n}}}\n" for n in range(1, 13))
            + "第1層: [{id: first, 名称: はじめ}]\n",
            place=EXAMPLE_IS_WHOLE_FILE,
        ),
        Rule(
            "no-nodes",
            "節が 1 つもない",
            "いちばん外側の階層の名前の下に、節を 1 つは書きます。",
            _HEAD + "階層:\n  - {名称: 柱, path: pillars}\n",
            _HEAD + "階層:\n  - {名称: 柱, path: pillars}\n柱:\n  - id: first\n    名称: はじめの柱\n",
            place=EXAMPLE_IS_WHOLE_FILE,
        ),
        Rule(
            "empty-file",
            "plan.yaml が空",
            "plan.yaml に、覚え書きのほかは何も書かれていません。保存に失敗していないかを確かめます。",
            "# これから書く\n",
            _HEAD + "階層:\n  - {名称: 柱, path: pillars}\n柱:\n  - id: first\n    名称: はじめの柱\n",
            place=EXAMPLE_IS_WHOLE_FILE,
        ),
    ),
)

ID_RULES = RuleGroup(
    "id とつながり",
    "id は節の変わらない名前で、ページの住所になります。ほかの節を指すときにも id を使います。",
    (
        Rule(
            "bad-id",
            "id に使えない文字",
            "id は、半角の英小文字で始まる、英小文字・数字・`-` だけの 64 文字までの名前です。",
            "      - id: Parks for all",
            "      - id: parks-for-all",
        ),
        Rule(
            "reserved-id",
            "Windows が使う名前",
            "`con` や `aux` などは Windows が機器の名前に使うので、その名前のファイルを作れません。",
            "      - id: con",
            "      - id: parks-for-all",
        ),
        Rule(
            "duplicate-id",
            "同じ id が 2 つ",
            "id は plan.yaml の中で 1 つだけにします。節を写して作ったときは、id を変え忘れていないかを確かめます。",
            "          - id: park-renewal\n            名称: 身近な空き地をいかす",
            "          - id: vacant-land\n            名称: 身近な空き地をいかす",
        ),
        Rule(
            "unknown-id",
            "ない id を指している",
            "`関連` や `再掲` や `[[ ]]` の中の id の節が、plan.yaml にありません。",
            "                関連: [adopt-park]",
            "                関連: [adopt-a-park]",
        ),
        Rule(
            "self-reference",
            "関連に自分の id",
            "`関連` には、ほかの節の id だけを書きます。",
            "                関連: [pocket-parks]",
            "                関連: [adopt-a-park]",
        ),
        Rule(
            "repeat-misplaced",
            "再掲できない場所",
            "`再掲` は、同じ階層の、別の場所の節をもう一度示すときに使います。"
            "同じ並びに 2 回や、自分の下には置けません。",
            "              - 再掲: parks-for-all",
            "              - 再掲: school-biotope",
        ),
        Rule(
            "repeat-with-other-keys",
            "再掲とほかの項目",
            "`再掲` の行には、ほかの項目を書きません。名前も本文も、元の場所のものが使われます。",
            "              - 再掲: school-biotope\n                区分: 継続",
            "              - 再掲: school-biotope",
        ),
        Rule(
            "former-id-in-use",
            "以前の住所がいまも使われている",
            "`以前のid` には、いまはどの節も使っていない id だけを書きます。",
            "        以前のid: [policies/parks-for-all]",
            "        以前のid: [efforts/green-corners]",
        ),
        Rule(
            "duplicate-former-id",
            "同じ以前の住所が 2 つ",
            "1 つの古い住所から案内できるのは、1 つの節だけです。",
            "        名称: だれもが使える公園にする\n        以前のid: [efforts/green-corners]\n",
            "        名称: だれもが使える公園にする\n",
        ),
        Rule(
            "unknown-level",
            "ない階層のフォルダー",
            "`以前のid` で「フォルダー/id」と書くときのフォルダーは、階層の表の `path` のどれかです。",
            "        以前のid: [effort/green-corners]",
            "        以前のid: [efforts/green-corners]",
        ),
        Rule(
            "missing-redirect",
            "公開した住所がなくなる",
            "前に公開したページの住所がなくなると、市民のしおりやほかのサイトのリンクが切れます。引き継ぐ節の "
            "`以前のid` に書くと、古い住所から案内されます。",
            "        区分: 継続\n",
            "        区分: 継続\n        以前のid: [annual-report]\n",
        ),
        Rule(
            "bad-published-path",
            "住所の控えの行を読めない",
            "addresses.txt は、公開した住所の控えです。`build.py release` が書くので、ふつうは手で直しません。",
            "policies\\parks-for-all",
            "policies/parks-for-all.html",
            "addresses.txt",
        ),
    ),
)
