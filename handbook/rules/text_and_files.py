"""Rules about Markdown texts, links, images and other files."""

from __future__ import annotations

from handbook.patterns import PLAN_FILE
from handbook.rules.rule import (
    EXAMPLE_IS_FILE_NAME,
    EXAMPLE_IS_PROSE,
    FIX_EXACT,
    Rule,
    RuleGroup,
)

_NODE_TEXT = "content/nodes/water-quality.md"
_PAGE_TEXT = "content/pages/about.md"

TEXT_RULES = RuleGroup(
    "文章とリンク",
    "`本文` `注記` と、content/ の .md ファイルに書く文章（Markdown）についての決まりです。",
    (
        Rule(
            "heading-level",
            "見出しの段が合わない",
            "見出しは `##` から始め、1 段ずつ下げます。`#` はページの題です。段を飛ばすと、"
            "読み上げで聞く人が迷います。",
            "#### 今の様子",
            "## 今の様子",
            _NODE_TEXT,
            fix=FIX_EXACT,
        ),
        Rule(
            "heading-space",
            "見出しの「#」のあとに空白がない",
            "空白がないと見出しにならず、`#` がそのまま出ます。",
            "##今の様子",
            "## 今の様子",
            _NODE_TEXT,
            fix=FIX_EXACT,
        ),
        Rule(
            "too-many-open-brackets",
            "閉じていない記号が多すぎる",
            "`[` `<` や `` ` `` が何千も開いたままだと、つながりを探すのに何時間もかかるので、組みません。"
            "ふつうの文章では起こりません。記号だらけのものをそのまま貼りつけたときに起こります。",
            "（1 つの文章に、閉じていない `[` が 3,000 をこえる）",
            "（記号を閉じるか、文章を分けるか、```` ``` ```` で囲んで短く引きます）",
            EXAMPLE_IS_PROSE,
        ),
        Rule(
            "footnote-pair",
            "脚注の印と説明がそろわない",
            "脚注は、文の中の印 `[^1]` と、文章の終わりの `[^1]: 説明` の行とで 1 組です。",
            "令和3年度の調査では、12 の地点のうち 9 の地点[^1]で、",
            "令和3年度の調査では、12 の地点のうち 9 の地点[^1]で、\n\n[^1]: 調査は架空です。\n",
            _NODE_TEXT,
            "令和3年度の調査では、12 の地点のうち 9 の地点で、",
        ),
        Rule(
            "missing-title",
            "ページの題がない",
            "content/pages/ のファイルの 1 行めには、`# ` とページの題を書きます。",
            "この例について",
            "# この例について",
            _PAGE_TEXT,
            fix=FIX_EXACT,
        ),
        Rule(
            "duplicate-text",
            "文章が 2 か所にある",
            "節の長い文章は content/nodes/ か、plan.yaml の `本文` か、どちらか 1 つに書きます。",
            "            よみ: すいしつをみまもり、よごれをへらす\n            本文: 水質を見守ります。",
            "            よみ: すいしつをみまもり、よごれをへらす",
        ),
        Rule(
            "broken-link",
            "リンクの先がない",
            "リンクや絵の先のファイルがありません。ページへは、サイトの一番上からの場所で書きます。",
            "[用語集](glosary.html)",
            "[用語集](glossary.html)",
            _PAGE_TEXT,
            fix=FIX_EXACT,
        ),
        Rule(
            "broken-anchor",
            "リンクの先の目印がない",
            "ページはありますが、`#` のあとの目印がそのページにありません。目印は、見出しの言葉から付きます。",
            "[用語集](glossary.html#aiueo)",
            "[用語集](glossary.html)",
            _PAGE_TEXT,
            fix=FIX_EXACT,
        ),
        Rule(
            "absolute-link",
            "「/」で始まるリンク",
            "どこに置いても、手元で開いても動くように、`/` で始まるリンクは使いません。",
            "[用語集](/glossary.html)",
            "[用語集](glossary.html)",
            _PAGE_TEXT,
            fix=FIX_EXACT,
        ),
        Rule(
            "external-file",
            "よそのファイルを読み込んでいる",
            "ページを開くたびによそへ通信しないように、絵は content/images/ に置いて使います。",
            "![用語集](https://example.org/glossary.png)",
            "[用語集](glossary.html)",
            _PAGE_TEXT,
        ),
        Rule(
            "removed-link",
            "使えないリンク",
            "使えるのは、このサイトの中、`https://`、`http://`、`mailto:`、`tel:` の住所だけです。",
            "[用語集](file:///C:/glossary.html)",
            "[用語集](glossary.html)",
            _PAGE_TEXT,
        ),
    ),
)

FILE_RULES = RuleGroup(
    "ファイル",
    "ファイルの名前、置き場所、保存のしかたについての決まりです。",
    (
        Rule(
            "missing-file",
            "ファイルがない",
            "計画のフォルダーには plan.yaml が要ります。名前のまちがいと、`--root` のフォルダーを確かめます。",
            "plan.yml",
            PLAN_FILE,
            EXAMPLE_IS_FILE_NAME,
        ),
        Rule(
            "unknown-node",
            "どの節のものでもない文章",
            "content/nodes/ のファイルの名前は、節の id と同じにします。id を変えたときは、ファイルの名前も変えます。",
            "content/nodes/water-qualty.md",
            _NODE_TEXT,
            EXAMPLE_IS_FILE_NAME,
        ),
        Rule(
            "unknown-file",
            "使われないファイル",
            "content/ に置けるのは、nodes/ と pages/ の .md と、images/ の絵（png jpg webp gif）だけです。"
            "templates/ に置けるのは、pages/、partials/、booklet/ の中のファイルです。"
            "theme/fonts/ には書体だけを置きます。",
            "content/nodes/water-quality.docx",
            _NODE_TEXT,
            EXAMPLE_IS_FILE_NAME,
        ),
        Rule(
            "moved-template",
            "ひな形の置き場所が変わった",
            "templates/ の中は、pages/（HTML のページ）、partials/（ページに共通の部分）、booklet/（冊子）の 3 つに"
            "分かれました。知らせに出る場所に移します。",
            "templates/home.html",
            "templates/pages/home.html",
            EXAMPLE_IS_FILE_NAME,
        ),
        Rule(
            "renamed-token",
            "色や大きさの名前が変わった",
            "theme/ の .css に書く、色や大きさの名前が変わりました。前の名前では色や大きさが付かないので、"
            "知らせに出る名前に直します。",
            "--ink: #26231e;",
            "--text: #26231e;",
            "theme/tokens.css",
            fix=FIX_EXACT,
        ),
        Rule(
            "bad-file-name",
            "ファイル名に使えない文字",
            "ファイルの名前はページの住所になるので、半角の英小文字で始まる、英小文字・数字・`-` だけの名前にします。"
            "`.JPG` のような大文字の終わりも、`.jpg` にします。",
            "content/pages/この例について.md",
            _PAGE_TEXT,
            EXAMPLE_IS_FILE_NAME,
        ),
        Rule(
            "broken-picture",
            "絵として読めない",
            "content/images/ の絵は、名前の終わり（.png など）のとおりの形式で保存したものだけが使えます。"
            "名前だけを変えたもの、とちゅうで切れたものは使えません。",
            "（名前だけを river.png に変えた JPEG）",
            "（PNG として保存した river.png）",
            EXAMPLE_IS_PROSE,
        ),
        Rule(
            "not-utf-8",
            "文字コードが UTF-8 でない",
            "Windows の古いソフトは、Shift_JIS という別の形で保存することがあります。メモ帳なら「名前を付けて保存」で"
            "「UTF-8」を選びます。",
            "（Shift_JIS で保存した plan.yaml）",
            "（UTF-8 で保存した plan.yaml）",
            EXAMPLE_IS_PROSE,
        ),
        Rule(
            "line-ends",
            "改行が CR だけ",
            "とても古い Mac の形の改行です。LF か CRLF で保存し直します。",
            "（改行が CR だけの plan.yaml）",
            "（改行が LF か CRLF の plan.yaml）",
            EXAMPLE_IS_PROSE,
        ),
        Rule(
            "not-a-file",
            "ふつうのファイルでない",
            "リンク（ショートカット）やフォルダーは、別の人の手元では読めないので使いません。",
            "（plan.yaml という名前のフォルダーやリンク）",
            "（plan.yaml というファイル）",
            EXAMPLE_IS_PROSE,
        ),
        Rule(
            "not-a-folder",
            "ふつうのフォルダーでない",
            "content、theme、templates は、フォルダーそのものを置きます。",
            "（content という名前のファイルやリンク）",
            "（content というフォルダー）",
            EXAMPLE_IS_PROSE,
        ),
        Rule(
            "too-large",
            "ファイルが大きすぎる",
            "1 つのファイルは 40 MB までです。写真は、横 1600 ドットほどに縮めてから置きます。",
            "（40 MB をこえるファイル）",
            "（縮めた写真）",
            EXAMPLE_IS_PROSE,
        ),
        Rule(
            "unreadable",
            "ファイルを読めない",
            "ファイルやフォルダーの権限を確かめます。ほかのソフトで開いているときは閉じます。",
            "（読む権限のないファイル）",
            "（だれでも読めるファイル）",
            EXAMPLE_IS_PROSE,
        ),
    ),
)
