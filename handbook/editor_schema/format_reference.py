"""Write the reference of plan.yaml: each field with its meaning, syntax, an example and where its value is shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from handbook.editor_schema.value_types import example_value, syntax_text
from handbook.field_types import Field, fields_by_name
from handbook.fields import LEVEL_FIELDS, PLAN_FIELDS, TOP_LEVEL_FIELDS, node_field_names, node_fields
from handbook.model import OutputFile
from handbook.record_fields import DEPARTMENT_FIELDS, FORMER_NAME_FIELDS

REFERENCE_PATH = "docs/plan-format.md"
_INTRO = """\
# plan.yaml の項目

<!-- 項目の表 handbook/fields.py から `python3 build.py test --golden` で作ります。手では直しません。 -->

計画は `plan.yaml` という 1 つのファイルに書きます。ここには、書ける項目が全部あります。
使い方の見本は [`example/plan.yaml`](../example/plan.yaml) です。

- 「項目: 値」の形で書きます。`:` は半角で、そのあとに半角の空白を 1 つ入れます。
- 値は、書いたとおりの文字になります。`1.10` も `0120` もそのまま出ます。
- 値のはじめに `[` や `%` を置くときは、値全体を `" "` で囲みます。
- 並びは `[子ども, 高齢者]` のように 1 行で書くか、`- ` で始まる行を並べます。
- 覚え書きは `#` で始まる行に書きます。値のあとには書けません。
- まだ決まっていない項目は、空のまま残さず、行ごと書かないでおきます。
"""
WHERE_SHOWN: Mapping[str, str] = {"fact": "ページの表、冊子", "section": "ページ、冊子", "": ""}
"""Where a reader finds a value, by `Field.shown`, for fields without a `where` of their own."""


def reference_file() -> OutputFile:
    """Return the page as Japanese Markdown."""
    return OutputFile(REFERENCE_PATH, "\n".join([_INTRO, *_reference_sections()]).encode())


def where_shown(field: Field) -> str:
    """Return where a reader finds the value of a field."""
    return field.where or WHERE_SHOWN[field.shown]


def _sections() -> Iterator[tuple[str, str, tuple[Field, ...]]]:
    """Yield the heading of each table, the sentence below it, and its fields."""
    node = fields_by_name(node_fields())
    indicator, review = node["指標"].subfields, node["評価"].per_year
    baseline = "指標の `基準値:` に書きます。例: `{値: 2.40, 年度: 令和6年度}`"
    level = "`階層:` の下に、`- ` で 1 行に 1 つ、外側から順に書きます（12 まで）。"
    nodes = "階層の名前の下に、`- ` で始めて並べます。下の階層の節は、その中に同じように並べます（階層はとばせます）。"
    departments = "`組織:` の下に、`- ` で始めて並べます。名前だけのものは、名前をそのまま書けます。"
    yield "ファイルのいちばん外側", "ほかに、階層の名前を項目にして、計画の中身を書きます。", TOP_LEVEL_FIELDS
    yield "計画", "`計画:` の下に書きます。", PLAN_FIELDS
    yield "階層", level, LEVEL_FIELDS
    yield "節（計画の中身の 1 つ 1 つ）", nodes, node_fields()
    yield "指標", "節の `指標:` の下に、`- ` で始めて並べます。", indicator
    yield "指標の基準値", baseline, fields_by_name(indicator)["基準値"].subfields
    yield "評価", "節の `評価:` の下の、それぞれの年度の下に書きます。", review.subfields if review else ()
    yield "リンク", "節の `リンク:` の下に、`- ` で始めて並べます。", node["リンク"].subfields
    yield "組織", departments, DEPARTMENT_FIELDS
    yield "組織の旧名称", "課の `旧名称:` の下に、`- ` で始めて並べます。", FORMER_NAME_FIELDS


def _reference_sections() -> Iterator[str]:
    for heading, where, fields in _sections():
        yield f"## {heading}\n\n{where}\n\n{_fields_table(fields)}\n"
    yield f"階層の `必須` に書けるのは {'、'.join(f'`{name}`' for name in node_field_names())} です。"
    yield "`再掲` を書いた節には、ほかの項目を書きません。\n"


def _fields_table(fields: Sequence[Field]) -> str:
    rows = [("項目", "意味", "書き方", "例", "出るところ"), ("---",) * 5]
    for field in fields:
        example = f"`{example_value(field)}`" if example_value(field) else ""
        name = f"**`{field.name}`**" if field.is_required else f"`{field.name}`"
        rows.append((name, field.meaning, syntax_text(field), example, where_shown(field)))
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in rows)
