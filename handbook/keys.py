"""The one table of plan.yaml's keys: what each is called, what form its value has, what it means.

The strict door, the facts on a page, the schema that helps in an editor and the printed reference all read this
table, so a new fact about a node is one row here. Keys are
Japanese because a city's clerks write them; only `id` and `path` are ASCII, since they become addresses.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

Form = Literal[
    "line",
    "text",
    "kana",
    "id",
    "words",
    "choice",
    "number",
    "period",
    "year",
    "date",
    "until",
    "url",
    "https",
    "ids",
    "old-ids",
    "again",
    "spellings",
    "record",
    "records",
    "entries",
    "years",
]
"""How a value is written.

Plain: `line` one line; `text` Markdown; `kana` hiragana; `id` an address; `choice` one of a few words; `number` a
quantity as NUMBER has it; `period` financial years; `year` one of them; `date` a day; `until` a financial year or a
day; `url` http(s); `https` a link's target; `again` the id of a node shown here once more.
Lists: `words` out of a vocabulary; `ids` ids of nodes; `old-ids` earlier addresses; `spellings` lists of the ways to
write one word.
Nested, with what they hold in `fields`: `record` a small table; `records` a list of them; `entries` a list of words,
or of small tables where more than the first field is said; `years` from a financial year to what `each` says, a year
once.
"""

NUMBER = re.compile(r"[+-]?(?:0|[1-9][0-9]*|[1-9][0-9]{0,2}(?:,[0-9]{3})+)(?:\.[0-9]+)?")
"""A quantity: an optional sign, ASCII digits with all thousands commas or with none, an optional decimal part.

No unit, no 約, no exponent, no full-width digit, no leading zero. It is kept as an exact decimal: `2.40` stays `2.40`.
"""
MOST_DIGITS = 18
"""Digits of a quantity, before and behind the point together."""
ABSENT = "実績値なし"
"""What is written where a quantity does not exist, so that it is not taken for forgotten."""
HTTPS = re.compile(r"https://[A-Za-z0-9.-]+(?::[0-9]+)?(?:[/?#][!#$&'()*+,./0-9:;=?@A-Z_a-z~%-]*)?")
"""Where a link leads."""
ID = re.compile(r"[a-z][a-z0-9-]{0,63}")
"""A node's permanent address."""
OLD_ID = re.compile(r"(?:[a-z][a-z0-9-]*/)?[a-z][a-z0-9-]{0,63}")
"""An earlier address: an id, with the level's folder before it where the node was on another level."""
KANA = re.compile(r"[ぁ-ゖーｰ・･、､\s\u3000ゝゞA-Za-z0-9Ａ-Ｚａ-ｚ０-９]+")
"""A reading."""
URL = re.compile(r"https?://[A-Za-z0-9.-]+(?::[0-9]+)?(?:/[A-Za-z0-9._~/%-]*)?")
"""Where a plan is published."""
DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in range(10))})
"""Names that Windows keeps for devices: no file may bear one, whatever its ending."""
LITTER = frozenset({".ds_store", "thumbs.db", "desktop.ini", ".gitkeep"})
"""Files that systems drop into every folder: never read, and no loss."""
GLOSSARY = "glossary"
"""The free page whose definition list explains words of the plan."""
AUDIENCES = "対象"
"""The key, and its vocabulary, that say for whom something is."""
SCHEMA = "plan.schema.json"
"""The description of a plan for editors, where the first line of plan.yaml names no other file."""
DEPARTMENTS = "組織"
"""The list of sections, whose names are the vocabulary of those who own something."""
OWNER, PARTNER = "担当課", "関係課"
"""The facts that name sections: who owns something, and who takes a part in it."""
PLAN_FILE = "plan.yaml"
ADDRESSES = "addresses.txt"
"""The list, beside plan.yaml, of every address that was ever published."""
UNCONFIRMED = "［要確認］"
"""An editor's mark: to be confirmed before publishing."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key of plan.yaml."""

    name: str
    form: Form
    meaning: str
    """In Japanese, one sentence, as an editor reads it."""
    required: bool = False
    choices: tuple[str, ...] = ()
    """The words allowed, where the form is `choice`."""
    vocabulary: str = ""
    """The list that holds the words allowed, where the form is `words`: one at the top of the file, or `FIELDS`."""
    fact: bool = False
    """Shown in the list of facts on the node's page."""
    example: str = ""
    """A value as an editor types it, where that of its form would not do."""
    fields: tuple[Key, ...] = ()
    """What each small table holds, where the form is `record`, `records` or `entries`."""
    each: Key | None = None
    """What stands for each year, where the form is `years`."""
    absent: str = ""
    """The word that may stand for a `number` to say openly that there is none."""


INDICATOR = (
    Key("名称", "line", "指標の名前", required=True, example="川の水のよごれ"),
    Key("単位", "line", "数の単位", example="mg/L"),
    Key("向き", "choice", "増やすのか、減らすのか、保つのか", choices=("↑", "↓", "→")),
    Key(
        "基準値",
        "record",
        "出発点の値と、その年度",
        fields=(Key("値", "number", "数だけ", required=True), Key("年度", "year", "いつの値か", required=True)),
    ),
    Key("目標値", "years", "年度ごとの、めざす値", each=Key("目標値", "number", "数だけ")),
    Key(
        "実績値",
        "years",
        f"年度ごとの、これまでの値。ないときは `{ABSENT}`",
        each=Key("実績値", "number", f"数だけ。ないときは `{ABSENT}`", absent=ABSENT),
    ),
)
REVIEW = (
    Key("評価", "line", "その年度の評価", example="おおむね順調"),
    Key("課題", "text", "分かった課題（Markdown）"),
    Key("今後の方向性", "text", "これからどうするか（Markdown）"),
)
LINK = (
    Key("名称", "line", "リンクの言葉", required=True, example="川の水質の調べ方"),
    Key("URL", "https", "リンク先", required=True),
)
NODE = (
    Key("id", "id", "変わらない名前。ページの住所になります", required=True),
    Key("名称", "line", "名前", required=True),
    Key("よみ", "kana", "名前の読みがな（ひらがな）"),
    Key("本文", "text", "短い文章（Markdown）。長い文章は content/nodes/ に置きます"),
    Key("対象", "words", "だれのための取組か", vocabulary="対象", fact=True),
    Key("担当課", "words", "どの課が受け持つか", vocabulary="組織", example="[環境課]", fact=True),
    Key("関係課", "words", "ほかにどの課がかかわるか", vocabulary="組織", example="[下水道課]", fact=True),
    Key("期間", "period", "いつからいつまでか（年度）", fact=True),
    Key("区分", "choice", "新しい取組か、続いている取組か", choices=("新規", "拡充", "継続", "終了"), fact=True),
    Key("予算", "years", "年度ごとの予算（千円）", each=Key("予算", "number", "千円を単位とする数")),
    Key("指標", "records", "めざす数値", fields=INDICATOR),
    Key(
        "評価",
        "years",
        "年度ごとの評価",
        example="{令和7年度: {評価: 順調}}",
        each=Key("評価", "record", "その年度の評価", fields=REVIEW),
    ),
    Key("関連", "ids", "かかわりのある節の id"),
    Key("リンク", "records", "くわしいことが分かる、ほかのサイト", fields=LINK),
    Key("注記", "text", "編集者の注。計画そのものの言葉とは分けて示します"),
    Key("以前のid", "old-ids", "前に使っていた id。古い住所から新しいページへ案内します"),
    Key("再掲", "again", "ほかの場所にある節を、ここにもう一度示すときの id"),
)
SECTION = (
    Key("名称", "line", "課の、いまの名前", required=True, example="みどり公園課"),
    Key("id", "id", "課のページの住所になる名前。書かなければ、名前から作ります", example="parks"),
    Key(
        "旧名称",
        "records",
        "前の名前。古い名前のままの `担当課` も、この課になります",
        fields=(
            Key("名称", "line", "前の名前", required=True, example="公園課"),
            Key("まで", "until", "いつまでの名前か（年度か日付）", required=True),
        ),
    ),
    Key("電話", "line", "課の電話番号", example="0000-00-0000"),
)
PLAN = (
    Key("名称", "line", "計画の名前", required=True, example="みどりと水辺の計画"),
    Key("自治体", "line", "計画をつくった自治体", example="架空市"),
    Key("主題", "line", "計画の主題", example="みどりが人をつなぐまち"),
    Key("本文", "text", "計画についての短い文章（Markdown）"),
    Key("期間", "period", "計画の期間（年度）"),
    Key("連絡先", "line", "問い合わせ先", example="環境課"),
    Key("ライセンス", "line", "この計画の利用条件", example="CC BY 4.0"),
    Key("公開URL", "url", "公開する場所の住所"),
    Key(
        "リポジトリ",
        "url",
        "元のファイルを置く GitHub か GitLab の住所。元を直すリンク、意見を送るリンクが付きます",
    ),
    Key("更新日", "date", "最後に直した日。書かなければ git の記録から分かります"),
    Key(
        "対象の注記",
        "line",
        "`対象` をどのように付けたか。対象から探すページに示します",
        example="取組ごとに決めました",
    ),
)
LEVEL = (
    Key("名称", "line", "階層の名前", required=True, example="施策"),
    Key("path", "id", "その階層のページを入れるフォルダーの名前", required=True, example="measures"),
    Key("記号", "line", "名前の前に付ける記号", example="○"),
    Key("必須", "words", "この階層の節が、公開までに必ずもつ項目", vocabulary="項目", example="[担当課, 期間]"),
)
TOP = (
    Key("計画", "record", "計画そのもの", required=True, fields=PLAN),
    Key("階層", "records", "階層の表。外側から順に", required=True, fields=LEVEL),
    Key("対象", "words", "`対象` に使える言葉"),
    Key("組織", "entries", "`担当課` と `関係課` に使える課。名前だけか、`名称` `旧名称` などの集まり", fields=SECTION),
    Key("異表記", "spellings", "検索で同じ言葉とみなす書き方。1 行に 1 組"),
)
VOCABULARIES = tuple(key.name for key in TOP if key.form in ("words", "entries"))
"""The lists of allowed words at the top of the file."""
FIELDS = tuple(key.name for key in NODE if key.name not in ("id", "再掲"))
"""What a level may ask of its nodes: the vocabulary `項目`."""


def walk(keys: Iterable[Key]) -> Iterator[Key]:
    """Yield keys and all that are nested in them, outermost first."""
    for key in keys:
        yield key
        yield from walk((*key.fields, *((key.each,) if key.each and key.each.fields else ())))


EVERY = tuple(walk((*TOP, *NODE)))
"""Every key that can stand in plan.yaml, but for the names of levels and the years."""
LISTS = frozenset(key.name for key in EVERY if key.form in ("words", "ids", "old-ids", "spellings"))
"""Keys whose value is a list of words."""


def named(keys: tuple[Key, ...]) -> dict[str, Key]:
    """Return the keys by their names."""
    return {key.name: key for key in keys}
