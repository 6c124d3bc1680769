"""Rules about pictures and typefaces."""

from __future__ import annotations

from handbook.rules.rule import EXAMPLE_IS_PROSE, Rule, RuleGroup

APPEARANCE_RULES = RuleGroup(
    "絵と書体",
    "ページ、図、冊子のどれにも同じように出るための決まりです。",
    (
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
            "unsupported-picture",
            "ここでは直せない絵",
            "絵は、向きをそろえ、色を画面の色（sRGB）にして公開します。動く絵（GIF、WebP、PNG）だけは直せないので、"
            "絵のソフトで直してから置きます。",
            "（横向きのまま保存した、動く WebP）",
            "（正しい向きで、sRGB の色で保存した、動く WebP）",
            EXAMPLE_IS_PROSE,
        ),
        Rule(
            "changed-picture",
            "絵から見えない情報を除いた、向きや色を直した",
            "写真には、撮った場所（GPS）やカメラの名前のような、見えない情報が入っていることがあります。公開するファイルと"
            "冊子からは除きますが、content/images/ の元のファイルには残ります。置き場も公開しているときは、"
            "情報を除いた写真に置きかえてください。横向きの写真、印刷用の色（CMYK）の絵は、直してから公開します。",
            "（スマートフォンで撮ったままの写真）",
            "（見えない情報を除いて保存した写真）",
            EXAMPLE_IS_PROSE,
        ),
        Rule(
            "broken-font",
            "書体として読めない",
            "theme/fonts/ に置けるのは、冊子を組む道具が読める書体（OpenType、TrueType）だけです。"
            "とちゅうで切れたもの、名前だけを変えたものは読めません。",
            "（名前だけを own.ttf に変えた文章）",
            "（書体の own.ttf）",
            EXAMPLE_IS_PROSE,
        ),
    ),
)
