"""Rules about levels, the nesting of nodes, ids and former ids."""

from __future__ import annotations

from handbook.rules.rule import EXAMPLE_IS_WHOLE_FILE, FIX_CLEAN, FIX_EXACT, Rule, RuleGroup

_PLAN_HEAD = "計画: {名称: 架空市の計画}\n"
_FORMER_ADDRESS = (
    "    projects/rain-barrels.html: "
    "雨水をためる樽の貸し出しは、令和3年度で終わりました。いまは [[permeable-pavement]] を進めています。"
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
            fix=FIX_EXACT,
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
            _PLAN_HEAD
            + "階層:\n"
            + "".join(f"  - {{名称: 第{n}層, path: level-{n}}}\n" for n in range(1, 14))
            + "第1層: [{id: first, 名称: はじめ}]\n",
            _PLAN_HEAD
            + "階層:\n"
            + "".join(f"  - {{名称: 第{n}層, path: level-{n}}}\n" for n in range(1, 13))
            + "第1層: [{id: first, 名称: はじめ}]\n",
            place=EXAMPLE_IS_WHOLE_FILE,
        ),
        Rule(
            "no-nodes",
            "節が 1 つもない",
            "いちばん外側の階層の名前の下に、節を 1 つは書きます。",
            _PLAN_HEAD + "階層:\n  - {名称: 柱, path: pillars}\n",
            _PLAN_HEAD + "階層:\n  - {名称: 柱, path: pillars}\n柱:\n  - id: first\n    名称: はじめの柱\n",
            place=EXAMPLE_IS_WHOLE_FILE,
        ),
        Rule(
            "empty-file",
            "plan.yaml が空",
            "plan.yaml に、覚え書きのほかは何も書かれていません。保存に失敗していないかを確かめます。",
            "# これから書く\n",
            _PLAN_HEAD + "階層:\n  - {名称: 柱, path: pillars}\n柱:\n  - id: first\n    名称: はじめの柱\n",
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
            fix=FIX_EXACT,
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
            "          - id: vacant-land\n            名称: 広い空き地をいかす\n\n"
            "          - id: vacant-land\n            名称: 身近な空き地をいかす",
            "          - id: vacant-land\n            名称: 身近な空き地をいかす",
            fix=FIX_CLEAN,
        ),
        Rule(
            "unknown-id",
            "ない id を指している",
            "`関連` や `再掲` や `[[ ]]` の中の id の節が、plan.yaml にありません。",
            "                関連: [adopt-park]",
            "                関連: [adopt-a-park]",
            fix=FIX_EXACT,
        ),
        Rule(
            "self-reference",
            "関連に自分の id",
            "`関連` には、ほかの節の id だけを書きます。",
            "                関連: [pocket-parks]",
            "                関連: [adopt-a-park]",
            fix=FIX_CLEAN,
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
            fix=FIX_EXACT,
        ),
        Rule(
            "former-id-in-use",
            "以前の住所がいまも使われている",
            "`以前のid` と `以前の住所` には、いまはどのページも使っていない住所だけを書きます。",
            "        以前のid: [efforts/green-corners, policies/parks-for-all]",
            "        以前のid: [efforts/green-corners]",
            fix=FIX_EXACT,
        ),
        Rule(
            "duplicate-former-id",
            "同じ以前の住所が 2 つ",
            "1 つの古い住所から案内できるのは、1 つの節だけです。",
            "        名称: だれもが使える公園にする\n        以前のid: [efforts/green-corners]\n",
            "        名称: だれもが使える公園にする\n",
            fix=FIX_CLEAN,
        ),
        Rule(
            "unknown-level",
            "ない階層のフォルダー",
            "`以前のid` で「フォルダー/id」と書くときのフォルダーは、階層の表の `path` のどれかです。",
            "        以前のid: [effort/green-corners]",
            "        以前のid: [efforts/green-corners]",
            fix=FIX_EXACT,
        ),
        Rule(
            "missing-redirect",
            "公開した住所がなくなる",
            "前に公開したページの住所がなくなると、市民のしおりやほかのサイトのリンクが切れます。"
            "`計画` の `以前の住所` に、いまのページの住所か、どうなったかを伝える文を書くと、"
            "古い住所から案内されます。"
            "引き継ぐ節の `以前のid` に書いてもかまいません。"
            "終わった年度や課のページは、書かなくても進みぐあいのページへ案内されます。",
            "        区分: 継続\n",
            "        区分: 継続\n        以前のid: [annual-report]\n",
        ),
        Rule(
            "bad-former-address",
            "以前の住所の書き方",
            "`以前の住所` の左には、公開した住所を、サイトの中の場所として書きます。addresses.txt の行と同じ形です。",
            "    /projects/rain-barrels: projects/permeable-pavement.html",
            "    projects/rain-barrels.html: projects/permeable-pavement.html",
            place=_FORMER_ADDRESS,
        ),
        Rule(
            "unknown-address",
            "案内する先のページがない",
            "`以前の住所` の右には、いまあるページの住所か、どうなったかを伝える文を書きます。",
            "    projects/rain-barrels.html: projects/permable-pavement.html",
            "    projects/rain-barrels.html: projects/permeable-pavement.html",
            place=_FORMER_ADDRESS,
            fix=FIX_EXACT,
        ),
        Rule(
            "redirect-chain",
            "案内する先も、なくなった住所",
            "案内は 1 回で、いまあるページに着くようにします。くり返すと、どこにも着かないことがあります。",
            "    projects/rain-barrels.html: efforts/green-corners.html",
            "    projects/rain-barrels.html: policies/parks-for-all.html",
            place=_FORMER_ADDRESS,
            fix=FIX_CLEAN,
        ),
        Rule(
            "bad-published-path",
            "住所の控えの行を読めない",
            "addresses.txt は、公開した住所の控えです。`build.py release` が書くので、ふつうは手で直しません。",
            "policies\\parks-for-all",
            "policies/parks-for-all.html",
            "addresses.txt",
            fix=FIX_EXACT,
        ),
    ),
)
