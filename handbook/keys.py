"""The one table of plan.yaml's keys: what each is called, what form its value has, what it means.

The strict door, the facts on a page, the schema that helps in an editor and the printed reference all read this
table, so a new fact about a node is one row here. Keys are
Japanese because a city's clerks write them; only `id` and `path` are ASCII, since they become addresses.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Form = Literal[
    "line",
    "text",
    "kana",
    "id",
    "words",
    "choice",
    "period",
    "date",
    "url",
    "ids",
    "old-ids",
    "record",
    "records",
    "again",
    "spellings",
]
"""How a value is written: `line` one line; `text` Markdown; `kana` hiragana; `id` an address; `words` a list out
of a vocabulary; `choice` one of a few words; `period` financial years; `date` a day; `url` http(s); `ids` ids of
nodes; `old-ids` earlier addresses; `record` a small table and `records` a list of them, their keys in `TABLES`;
`again` the id of a node shown here once more; `spellings` a list of lists, each the ways to write one word."""

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


NODE = (
    Key("id", "id", "変わらない名前。ページの住所になります", required=True),
    Key("名称", "line", "名前", required=True),
    Key("よみ", "kana", "名前の読みがな（ひらがな）"),
    Key("本文", "text", "短い文章（Markdown）。長い文章は content/nodes/ に置きます"),
    Key("対象", "words", "だれのための取組か", vocabulary="対象", fact=True),
    Key("担当課", "words", "どの課が受け持つか", vocabulary="組織", example="[環境課]", fact=True),
    Key("期間", "period", "いつからいつまでか（年度）", fact=True),
    Key("区分", "choice", "新しい取組か、続いている取組か", choices=("新規", "拡充", "継続", "終了"), fact=True),
    Key("関連", "ids", "かかわりのある節の id"),
    Key("注記", "text", "編集者の注。計画そのものの言葉とは分けて示します"),
    Key("以前のid", "old-ids", "前に使っていた id。古い住所から新しいページへ案内します"),
    Key("指標", "records", "めざす数値"),
    Key("再掲", "again", "ほかの場所にある節を、ここにもう一度示すときの id"),
)
INDICATOR = (
    Key("名称", "line", "指標の名前", required=True, example="川の水のよごれ"),
    Key("単位", "line", "数の単位", example="mg/L"),
    Key("向き", "choice", "増やすのか、減らすのか、保つのか", choices=("↑", "↓", "→")),
    Key("基準値", "line", "出発点の値", example="2.40"),
    Key("目標値", "line", "めざす値", example="1.50"),
    Key("実績値", "line", "これまでの値", example="2.10"),
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
    Key("計画", "record", "計画そのもの", required=True),
    Key("階層", "records", "階層の表。外側から順に", required=True),
    Key("対象", "words", "`対象` に使える言葉"),
    Key("組織", "words", "`担当課` に使える言葉", example="[環境課, 下水道課]"),
    Key("異表記", "spellings", "検索で同じ言葉とみなす書き方。1 行に 1 組"),
)
TABLES = {"計画": PLAN, "階層": LEVEL, "指標": INDICATOR}
"""The keys of the small tables, by the key they stand under."""
VOCABULARIES = tuple(key.name for key in TOP if key.form == "words")
"""The lists of allowed words at the top of the file."""
FIELDS = tuple(key.name for key in NODE if key.name not in ("id", "再掲"))
"""What a level may ask of its nodes: the vocabulary `項目`."""
LISTS = frozenset(key.name for key in (*NODE, *LEVEL, *TOP) if key.form in ("words", "ids", "old-ids", "spellings"))
"""Keys whose value is a list of words."""


def named(keys: tuple[Key, ...]) -> dict[str, Key]:
    """Return the keys by their names."""
    return {key.name: key for key in keys}
