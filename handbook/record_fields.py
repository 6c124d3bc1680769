"""The fields of indicators, reviews, links and departments, which are nested in the fields of fields.py."""

from __future__ import annotations

from handbook.field_types import Field
from handbook.patterns import NO_VALUE_WORD

_ON_INDICATORS = "ページの「指標」の表、冊子"
INDICATOR_FIELDS = (
    Field("名称", "line", "指標の名前", is_required=True, example="川の水のよごれ", where=_ON_INDICATORS),
    Field("単位", "line", "数の単位", example="mg/L", where=_ON_INDICATORS),
    Field("向き", "choice", "増やすのか、減らすのか、保つのか", choices=("↑", "↓", "→"), where=_ON_INDICATORS),
    Field(
        "基準値",
        "record",
        "出発点の値と、その年度",
        subfields=(
            Field("値", "number", "数だけ", is_required=True, where=_ON_INDICATORS),
            Field("年度", "year", "いつの値か", is_required=True, example="令和8年度", where=_ON_INDICATORS),
        ),
        where=_ON_INDICATORS,
    ),
    Field(
        "目標値", "years", "年度ごとの、めざす値", per_year=Field("目標値", "number", "数だけ"), where=_ON_INDICATORS
    ),
    Field(
        "実績値",
        "years",
        f"年度ごとの、これまでの値。ないときは `{NO_VALUE_WORD}`",
        per_year=Field("実績値", "number", f"数だけ。ないときは `{NO_VALUE_WORD}`", no_value_word=NO_VALUE_WORD),
        where=_ON_INDICATORS,
    ),
)
REVIEW_FIELDS = (
    Field("評価", "line", "その年度の評価", example="おおむね順調", where="ページの「評価」、年度ごとのページ、冊子"),
    Field("課題", "text", "分かった課題（Markdown）", where="ページの「評価」、冊子", slot="issue"),
    Field("今後の方向性", "text", "これからどうするか（Markdown）", where="ページの「評価」、冊子", slot="direction"),
)
LINK_FIELDS = (
    Field(
        "名称",
        "line",
        "リンクの言葉",
        is_required=True,
        example="川の水質の調べ方",
        where="ページの表のリンクの言葉、冊子",
    ),
    Field("URL", "https", "リンク先", is_required=True, where="リンク先"),
)
FORMER_NAME_FIELDS = (
    Field("名称", "line", "前の名前", is_required=True, example="公園課", where="課ごとのページ、節のページの表"),
    Field("まで", "until", "いつまでの名前か（年度か日付）", is_required=True, where="課ごとのページ、節のページの表"),
)
DEPARTMENT_FIELDS = (
    Field(
        "名称",
        "line",
        "課の、いまの名前",
        is_required=True,
        example="みどり公園課",
        where="課ごとのページ、節のページの表",
    ),
    Field(
        "よみ",
        "kana",
        "課の名前の読みがな（ひらがな）。id がなければ、課のページの住所になります",
        example="みどりこうえんか",
        where="課のページの住所",
    ),
    Field(
        "id",
        "id",
        "課のページの住所になる名前。書かなければ、よみか名前から作ります",
        example="parks",
        where="課のページの住所",
        is_technical=True,
    ),
    Field(
        "旧名称",
        "records",
        "前の名前。古い名前のままの `担当課` も、この課になります",
        subfields=FORMER_NAME_FIELDS,
        where="課ごとのページ、その名前で書いた節のページの表",
        table="former-names",
    ),
    Field("電話", "line", "課の電話番号", example="0000-00-0000", where="課ごとのページ"),
)
