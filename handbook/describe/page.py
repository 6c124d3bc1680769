"""The table of keys → a page for editors: every key, how it is written, an example, where a reader meets it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from handbook.describe.forms import example, written
from handbook.keys import FIELDS, INDICATOR, LEVEL, LINK, NODE, PLAN, REVIEW, SECTION, TOP, Key, named
from handbook.model import File

PATH = "docs/plan-format.md"
_HEAD = """\
# plan.yaml の項目

<!-- 項目の表 handbook/keys.py から `python3 build.py test --golden` で作ります。手では直しません。 -->

計画は `plan.yaml` という 1 つのファイルに書きます。ここには、書ける項目が全部あります。
使い方の見本は [`example/plan.yaml`](../example/plan.yaml) です。

- 「項目: 値」の形で書きます。`:` は半角で、そのあとに半角の空白を 1 つ入れます。
- 値は、書いたとおりの文字になります。`1.10` も `0120` もそのまま出ます。
- 値のはじめに `[` や `%` を置くときは、値全体を `" "` で囲みます。
- 並びは `[子ども, 高齢者]` のように 1 行で書くか、`- ` で始まる行を並べます。
- 覚え書きは `#` で始まる行に書きます。値のあとには書けません。
- まだ決まっていない項目は、空のまま残さず、行ごと書かないでおきます。
"""
_PARTS = (
    ("ファイルのいちばん外側", "ほかに、階層の名前を項目にして、計画の中身を書きます。", "", TOP),
    ("計画", "`計画:` の下に書きます。", "計画", PLAN),
    ("階層", "`階層:` の下に、`- ` で 1 行に 1 つ、外側から順に書きます（12 まで）。", "階層", LEVEL),
    (
        "節（計画の中身の 1 つ 1 つ）",
        "階層の名前の下に、`- ` で始めて並べます。下の階層の節は、その中に同じように並べます（階層はとばせます）。",
        "節",
        NODE,
    ),
    ("指標", "節の `指標:` の下に、`- ` で始めて並べます。", "指標", INDICATOR),
    (
        "指標の基準値",
        "指標の `基準値:` に書きます。例: `{値: 2.40, 年度: 令和6年度}`",
        "指標",
        named(INDICATOR)["基準値"].fields,
    ),
    ("評価", "節の `評価:` の下の、それぞれの年度の下に書きます。", "評価", REVIEW),
    ("リンク", "節の `リンク:` の下に、`- ` で始めて並べます。", "リンク", LINK),
    ("組織", "`組織:` の下に、`- ` で始めて並べます。名前だけのものは、名前をそのまま書けます。", "組織", SECTION),
    ("組織の旧名称", "課の `旧名称:` の下に、`- ` で始めて並べます。", "旧名称", named(SECTION)["旧名称"].fields),
)
"""The tables with their heading, where they stand, and the name under which `SHOWN` has them."""
SHOWN: Mapping[tuple[str, str], str] = {
    ("", "計画"): "すべてのページの上と下、はじめのページ",
    ("", "階層"): "はじめのページ、構造図、一覧",
    ("", "対象"): "対象から探すページ",
    ("", "組織"): "課ごとのページ、進みぐあい",
    ("", "異表記"): "（検索で使います）",
    ("計画", "名称"): "すべてのページの上と下、冊子の表紙",
    ("計画", "自治体"): "すべてのページの上と下、冊子の表紙",
    ("計画", "主題"): "はじめのページ、構造図、冊子の表紙",
    ("計画", "本文"): "はじめのページ、冊子",
    ("計画", "期間"): "はじめのページ、このサイトについて、冊子の表紙",
    ("計画", "連絡先"): "すべてのページの下、このサイトについて",
    ("計画", "ライセンス"): "すべてのページの下、このサイトについて",
    ("計画", "リポジトリ"): "すべてのページの下の、元を直すリンクと意見を送るリンク",
    ("計画", "公開URL"): "検索サイトに知らせる住所、冊子の短い住所",
    ("計画", "更新日"): "すべてのページの下",
    ("計画", "対象の注記"): "対象から探すページ、一覧",
    ("階層", "名称"): "節の名前の上、構造図、一覧",
    ("階層", "path"): "その階層のページの住所",
    ("階層", "記号"): "節の名前の前",
    ("階層", "必須"): "（足りないところを、作るたびに知らせます）",
    ("節", "id"): "ページの住所",
    ("節", "名称"): "ページの題、構造図、一覧、冊子",
    ("節", "よみ"): "名前のふりがな、五十音の索引、検索",
    ("節", "本文"): "ページの名前の下、冊子",
    ("節", "予算"): "ページの「予算」の表とグラフ、年度ごとのページ、冊子",
    ("節", "評価"): "ページの「評価」、年度ごとのページ、冊子",
    ("節", "リンク"): "ページの表、冊子",
    ("節", "関連"): "ページの「関連」",
    ("節", "注記"): "ページの「注記」の囲み、冊子",
    ("節", "以前のid"): "（前の住所を開いた人を、いまのページへ案内します）",
    ("節", "指標"): "ページの「指標」の表、冊子",
    ("節", "再掲"): "並びの中に、`再掲` の印を付けて",
    ("評価", "評価"): "ページの「評価」、年度ごとのページ、冊子",
    ("評価", "課題"): "ページの「評価」、冊子",
    ("評価", "今後の方向性"): "ページの「評価」、冊子",
    ("リンク", "名称"): "ページの表のリンクの言葉、冊子",
    ("リンク", "URL"): "リンク先",
    ("組織", "名称"): "課ごとのページ、節のページの表",
    ("組織", "id"): "課のページの住所",
    ("組織", "旧名称"): "課ごとのページ、その名前で書いた節のページの表",
    ("組織", "電話"): "課ごとのページ",
    ("旧名称", "名称"): "課ごとのページ、節のページの表",
    ("旧名称", "まで"): "課ごとのページ、節のページの表",
}
"""Where a reader meets the value of a key; facts and indicators stand in tables of their own."""


def reference() -> File:
    """Return the page, in Japanese Markdown."""
    return File(PATH, "\n".join([_HEAD, *_parts()]).encode())


def shown(part: str, key: Key) -> str:
    """Where a reader meets the value of a key."""
    return SHOWN.get((part, key.name)) or ("ページの表、冊子" if key.fact else "ページの「指標」の表、冊子")


def _parts() -> Iterator[str]:
    for heading, where, part, keys in _PARTS:
        yield f"## {heading}\n\n{where}\n\n{_table(part, keys)}\n"
    yield f"階層の `必須` に書けるのは {'、'.join(f'`{name}`' for name in FIELDS)} です。"
    yield "`再掲` を書いた節には、ほかの項目を書きません。\n"


def _table(part: str, keys: Sequence[Key]) -> str:
    rows = [("項目", "意味", "書き方", "例", "出るところ"), ("---",) * 5]
    for key in keys:
        typed = f"`{example(key)}`" if example(key) else ""
        name = f"**`{key.name}`**" if key.required else f"`{key.name}`"
        rows.append((name, key.meaning, written(key), typed, shown(part, key)))
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in rows)
