"""Write a fictitious plan that is hard to print: words without a break in every field, many levels, long code lines."""

from __future__ import annotations

from pathlib import Path

WORD = "NaturalResourcesAndEnvironmentalProtectionAndWaterManagementOfTheCity"
"""69 letters without a place for a break."""
LONG_URL = "https://example.org/" + "kakuu-" * 12 + "a" * 60 + "/index.html?year=2026&section=" + "b" * 40
DOTS, DASHES, LONG_VOWEL = "・" * 70, "―" * 70, "ア" + "ー" * 70
CODE = "sum(" + "x" * 150 + ")"

_TEXT = f"""文章の中の{WORD}という語と、{LONG_URL} という住所。

{DOTS}

{DASHES}

{LONG_VOWEL}

- 外側 {WORD}
    - 内側 {WORD}
        - もっと内側 {WORD}

> 引用 {WORD}

`{CODE}` と **{WORD}**

    {CODE}

左 | {WORD} | 三 | 四 | 五 | 六
--- | ---: | --- | --- | --- | ---
{WORD} | 2 | a@example.org | {LONG_URL} | 五 | 1.10
短い | 3 | 三 | 四 | {WORD} | 六

{WORD}
: 説明 {WORD}

注[^a]のある文。

[^a]: {WORD} と {LONG_URL} の注
"""
_GLOSSARY = f"# 用語集\n\n{WORD}\n: 用語 {WORD} の説明\n"


def write_unbreakable_plan(folder: Path) -> Path:
    """Write plan.yaml and content/ into `folder` and return it."""
    levels = ["柱", f"方針{WORD[:40]}", "取組", "事業"]
    paths = ["pillars", "policies", "efforts", "projects"]
    lines = [
        "計画:",
        f"  名称: 架空市 {WORD} 計画",
        f"  自治体: 架空市 {WORD}",
        f"  主題: 主題 {WORD}",
        f"  本文: 本文 {WORD}",
        f"  連絡先: {WORD}@example.org",
        f"  ライセンス: {WORD}",
        f"  対象の注記: 注記 {WORD}",
        "  公開URL: https://example.org/" + "kakuu/" * 14,
        "  更新日: 2026-04-01",
        "階層:",
        *(f"  - {{名称: {name}, path: {path}}}" for name, path in zip(levels, paths, strict=True)),
        f"対象: [子ども, {WORD}]",
        f"組織: [架空課, {WORD}]",
        "柱:",
    ]
    for top in range(2):
        lines += _node(f"p{top}", f"柱 {WORD} の {top}", 2)
        lines.append(f"    {levels[1]}:")
        for policy in range(3):
            lines += _node(f"p{top}-{policy}", f"{WORD}", 6)
            lines.append("        取組:")
            lines += _node(f"p{top}-{policy}-e", f"子どもと{WORD}と大人", 10)
            lines += ["            事業:", *_node(f"p{top}-{policy}-e-p", f"事業 {WORD} {policy}", 14), *_records(16)]
    (folder / "content/nodes").mkdir(parents=True, exist_ok=True)
    (folder / "content/pages").mkdir(parents=True, exist_ok=True)
    (folder / "plan.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "content/nodes/p0-0-e.md").write_text(_TEXT, encoding="utf-8")
    (folder / "content/pages/glossary.md").write_text(_GLOSSARY, encoding="utf-8")
    (folder / "content/pages/about.md").write_text(f"# この計画 {WORD}\n\n{_TEXT}", encoding="utf-8")
    return folder


def _node(node_id: str, name: str, indent: int) -> list[str]:
    pad = " " * indent
    return [f"{pad}- id: {node_id}", f"{pad}  名称: {name}", f"{pad}  対象: [{WORD}]"]


def _records(indent: int) -> list[str]:
    pad = " " * indent
    return [
        f"{pad}担当課: [{WORD}]",
        f"{pad}関係課: [架空課]",
        f"{pad}期間: 令和4年度〜令和8年度",
        f"{pad}予算: {{令和4年度: 123456789012, 令和5年度: 1200}}",
        f"{pad}指標:",
        f"{pad}  - 名称: 指標 {WORD}",
        f"{pad}    単位: {WORD[:34]}",
        f"{pad}    基準値: {{値: 1234567890.5, 年度: 令和3年度}}",
        f"{pad}    目標値: {{令和8年度: 99999999999}}",
        f"{pad}    実績値: {{令和4年度: 1234567890.5}}",
        f"{pad}評価: {{令和4年度: {{評価: {WORD}, 課題: 課題 {WORD}}}}}",
        f"{pad}リンク: [{{名称: {WORD}, URL: {LONG_URL}}}]",
        f"{pad}注記: 注記 {WORD}",
    ]
