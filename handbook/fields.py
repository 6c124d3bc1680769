"""The table of the fields of plan.yaml: name, type, meaning, and where each is shown.

The parser, the pages, the booklet, the data files, the import, the comparison, the search index, the JSON Schemas and
docs/plan-format.md iterate over this table, so a new field of a known type is one row here, or in record_fields.py,
which contains the fields of the records inside nodes and departments. Names are Japanese because Japanese officials
edit plan.yaml; only `id` and `path` are ASCII, because they become part of a URL.
"""

from __future__ import annotations

from functools import lru_cache

from handbook.field_types import LIST_TYPES, Field, FieldType, fields_by_name, walk_fields
from handbook.record_fields import DEPARTMENT_FIELDS, INDICATOR_FIELDS, LINK_FIELDS, REVIEW_FIELDS

AUDIENCE_KEY = "対象"
"""The field of the audiences of a node, and the list of the words that it allows."""
DEPARTMENTS_KEY = "組織"
"""The list of departments, whose names are the vocabulary of OWNER_KEY and PARTNER_KEY."""
OWNER_KEY, PARTNER_KEY = "担当課", "関係課"
"""The fields that name departments: the owners of a node, and those that take part in it."""

NODE_FIELDS = (
    Field(
        "id", "id", "変わらない名前。ページの住所になります", is_required=True, where="ページの住所", is_technical=True
    ),
    Field("名称", "line", "名前", is_required=True, where="ページの題、構造図、一覧、冊子", kind="改称"),
    Field("よみ", "kana", "名前の読みがな（ひらがな）", where="名前のふりがな、五十音の索引、検索", is_technical=True),
    Field(
        "本文",
        "text",
        "短い文章（Markdown）。長い文章は content/nodes/ に置きます",
        where="ページの名前の下、冊子",
        kind="本文",
        slot="body",
    ),
    Field("対象", "words", "だれのための取組か", vocabulary="対象", shown="fact"),
    Field("担当課", "words", "どの課が受け持つか", vocabulary="組織", example="[環境課]", shown="fact"),
    Field("関係課", "words", "ほかにどの課がかかわるか", vocabulary="組織", example="[下水道課]", shown="fact"),
    Field("期間", "period", "いつからいつまでか（年度）", shown="fact"),
    Field("区分", "choice", "新しい取組か、続いている取組か", choices=("新規", "拡充", "継続", "終了"), shown="fact"),
    Field(
        "予算",
        "years",
        "年度ごとの予算（千円）",
        per_year=Field("予算", "number", "千円を単位とする数"),
        where="ページの「予算」の表とグラフ、年度ごとのページ、冊子",
        table="budget",
    ),
    Field(
        "指標",
        "records",
        "めざす数値",
        subfields=INDICATOR_FIELDS,
        where="ページの「指標」の表、冊子",
        table="indicators",
        years_table="indicator-years",
    ),
    Field(
        "評価",
        "years",
        "年度ごとの評価",
        example="{令和7年度: {評価: 順調}}",
        per_year=Field("評価", "record", "その年度の評価", subfields=REVIEW_FIELDS),
        where="ページの「評価」、年度ごとのページ、冊子",
        table="reviews",
    ),
    Field("関連", "ids", "かかわりのある節の id", where="ページの「関連」"),
    Field(
        "リンク",
        "records",
        "くわしいことが分かる、ほかのサイト",
        subfields=LINK_FIELDS,
        where="ページの表、冊子",
        table="links",
    ),
    Field(
        "注記",
        "text",
        "編集者の注。計画そのものの言葉とは分けて示します",
        where="ページの「注記」の囲み、冊子",
        kind="注記",
        slot="note",
    ),
    Field(
        "以前のid",
        "former-ids",
        "前に使っていた id。古い住所から新しいページへ案内します",
        where="（前の住所を開いた人を、いまのページへ案内します）",
        is_technical=True,
    ),
    Field(
        "再掲", "repeat", "ほかの場所にある節を、ここにもう一度示すときの id", where="並びの中に、`再掲` の印を付けて"
    ),
)
PLAN_FIELDS = (
    Field(
        "名称",
        "line",
        "計画の名前",
        is_required=True,
        example="みどりと水辺の計画",
        where="すべてのページの上と下、冊子の表紙",
        kind="改称",
    ),
    Field("自治体", "line", "計画をつくった自治体", example="架空市", where="すべてのページの上と下、冊子の表紙"),
    Field("主題", "line", "計画の主題", example="みどりが人をつなぐまち", where="はじめのページ、構造図、冊子の表紙"),
    Field("本文", "text", "計画についての短い文章（Markdown）", where="はじめのページ、冊子", kind="本文"),
    Field("期間", "period", "計画の期間（年度）", where="はじめのページ、このサイトについて、冊子の表紙"),
    Field("連絡先", "line", "問い合わせ先", example="環境課", where="すべてのページの下、このサイトについて"),
    Field(
        "ライセンス", "line", "この計画の利用条件", example="CC BY 4.0", where="すべてのページの下、このサイトについて"
    ),
    Field("公開URL", "url", "公開する場所の住所", where="検索サイトに知らせる住所、冊子の短い住所", is_technical=True),
    Field(
        "リポジトリ",
        "url",
        "元のファイルを置く GitHub か GitLab の住所。元を直すリンク、意見を送るリンクが付きます",
        where="すべてのページの下の、元を直すリンクと意見を送るリンク",
        is_technical=True,
    ),
    Field("更新日", "date", "最後に直した日。書かなければ git の記録から分かります", where="すべてのページの下"),
    Field(
        "対象の注記",
        "line",
        "`対象` をどのように付けたか。対象から探すページに示します",
        example="取組ごとに決めました",
        where="対象から探すページ、一覧",
    ),
    Field(
        "以前の住所",
        "addresses",
        "公開したことのある住所と、その案内。いまのページの住所か、どうなったかを伝える文",
        where="（前の住所を開いた人を、いまのページへ案内するか、どうなったかを伝えます）",
        is_technical=True,
    ),
)
LEVEL_FIELDS = (
    Field("名称", "line", "階層の名前", is_required=True, example="施策", where="節の名前の上、構造図、一覧"),
    Field(
        "path",
        "id",
        "その階層のページを入れるフォルダーの名前",
        is_required=True,
        example="measures",
        where="その階層のページの住所",
        is_technical=True,
    ),
    Field("記号", "line", "名前の前に付ける記号", example="○", where="節の名前の前", is_technical=True),
    Field(
        "必須",
        "words",
        "この階層の節が、公開までに必ずもつ項目",
        vocabulary="項目",
        example="[担当課, 期間]",
        where="（足りないところを、作るたびに知らせます）",
        is_technical=True,
    ),
)
TOP_LEVEL_FIELDS = (
    Field(
        "計画",
        "record",
        "計画そのもの",
        is_required=True,
        subfields=PLAN_FIELDS,
        where="すべてのページの上と下、はじめのページ",
    ),
    Field(
        "階層",
        "records",
        "階層の表。外側から順に",
        is_required=True,
        subfields=LEVEL_FIELDS,
        where="はじめのページ、構造図、一覧",
    ),
    Field("対象", "words", "`対象` に使える言葉", where="対象から探すページ"),
    Field(
        "組織",
        "entries",
        "`担当課` と `関係課` に使える課。名前だけか、`名称` `旧名称` などの集まり",
        subfields=DEPARTMENT_FIELDS,
        where="課ごとのページ、進みぐあい",
    ),
    Field(
        "異表記",
        "spellings",
        "検索で同じ言葉とみなす書き方。1 行に 1 組",
        where="（検索で使います）",
        is_technical=True,
    ),
)
VOCABULARY_KEYS = tuple(field.name for field in TOP_LEVEL_FIELDS if field.type in ("words", "entries"))
"""The names of the lists of allowed words at the top of the file."""
TECHNICAL_LISTS = frozenset(field.name for field in TOP_LEVEL_FIELDS if field.is_technical)
"""The names of the lists at the top of the file that only editors need."""


def node_fields() -> tuple[Field, ...]:
    """Return the fields of a node. A function, so that a test can replace the table after the import."""
    return NODE_FIELDS


def review_fields() -> tuple[Field, ...]:
    """Return the fields of a review except the first, the verdict, which pages and booklet show separately."""
    per_year = fields_by_name(node_fields())["評価"].per_year
    return per_year.subfields[1:] if per_year else ()


def node_field_names() -> tuple[str, ...]:
    """Return the names that a level may list as required: the vocabulary `項目`."""
    return tuple(field.name for field in node_fields() if field.name not in ("id", "再掲"))


def all_fields() -> tuple[Field, ...]:
    """Return every field of plan.yaml, nested ones too. Keys that are level names or years are not included."""
    return _with_subfields((*TOP_LEVEL_FIELDS, *node_fields()))


@lru_cache(maxsize=8)
def _with_subfields(fields: tuple[Field, ...]) -> tuple[Field, ...]:
    return tuple(walk_fields(fields))


def list_field_names() -> frozenset[str]:
    """Return the names of the fields whose value is a list of words."""
    return field_names(LIST_TYPES)


def required_field_names() -> frozenset[str]:
    """Return the names of the fields that are required, in a node or in a record."""
    return frozenset(field.name for field in all_fields() if field.is_required)


def field_names(types: frozenset[FieldType]) -> frozenset[str]:
    """Return the names of the fields of these types."""
    return _names_of_types(all_fields(), types)


@lru_cache(maxsize=32)
def _names_of_types(fields: tuple[Field, ...], types: frozenset[FieldType]) -> frozenset[str]:
    return frozenset(field.name for field in fields if field.type in types)
