"""The table of hazards: the module that tests each, and the number of cases in an ordinary run and in a full run.

`test_table.py` checks that each row has tests marked with its number in that module and in no other.
docs/trust.md contains this table with the cases that were counted in the last full run.
"""

from __future__ import annotations

from dataclasses import dataclass

from support.text_fields import FREE_FIELDS

TEXT_FIELDS = len(FREE_FIELDS) + 5
"""Number of fields of the plan, and of places in content/, that take any text."""


@dataclass(frozen=True, slots=True)
class Hazard:
    """One row. The numbers are those of the design document and have gaps."""

    number: int
    promise: str
    """In Japanese: what may happen, and what the product does then."""
    module: str
    """Under tests/."""
    quick: int
    full: int
    unit: str


def _rows(module: str, *rows: tuple[int, str, int, int, str]) -> list[Hazard]:
    return [Hazard(number, promise, module, quick, full, unit) for number, promise, quick, full, unit in rows]


TABLE = [
    *_rows(
        "trust/test_yaml.py",
        (1, "同じ項目が 2 回ある：両方の行を示して断る", 10, 10, "か所"),
        (2, "YAML の引用・循環・合成：読み進める前に断る（1 秒、100 MB まで）", 6, 6, "ファイル"),
        (3, "`no` `010` `9:30` などが別の値に化けない", 20, 20, "値"),
        (4, "全角の空白やコロンなどの打ち違い：正しい行を示す", 15, 15, "ファイル"),
        (5, "文字コードと改行：UTF-8（BOM、CRLF も）だけを読み、ほかは名前を示して断る", 14, 14, "ファイル"),
        (6, "目に見えない文字・制御文字：断る", 24, 24, "文字"),
        (7, "濁点の分かれた文字（NFD）と半角カナ：同じ計画として読む", 4, 4, "ファイル"),
        (8, "深すぎる・大きすぎる入力：断る。異常終了しない", 16, 16, "ファイル"),
    ),
    *_rows(
        "trust/test_scripts.py",
        (
            9,
            "どの項目の文字からも、スクリプトを動かす：守り（CSP）を外したブラウザーでも動かない",
            5 * TEXT_FIELDS,
            100 * TEXT_FIELDS,
            "組（断片と項目）",
        ),
    ),
    *_rows(
        "trust/test_text_and_links.py",
        (
            10,
            "危ないリンク（`javascript:` など）：HTML・SVG・PDF・Excel・JSON など、どのファイルにも残らない",
            200,
            200,
            "組（つづりと書き方）",
        ),
        (11, "外の画像・追跡・CSS の url()：断るか、取り除く", 12, 12, "書き方"),
        (12, "ひな形への差し込み（`{{7*7}}` など）：打ったまま出る", TEXT_FIELDS, TEXT_FIELDS, "項目"),
        (13, "フォルダーの外を指す名前：断る。外のファイルは出力に入らない", 100, 100, "書き方"),
        (20, "切れたリンク・目印・絵・参照・行き先のない文章：原稿の行で示す", 40, 40, "か所"),
    ),
    *_rows(
        "trust/test_files.py",
        (14, "content/ と theme/ の中のリンク・パイプ・装置：断る。止まらない", 8, 8, "種類"),
        (24, "書き出し先が自分のフォルダーでない：断る。何も消さない", 9, 9, "フォルダー"),
        (25, "消した項目の古いページ：残らない（前の住所からの案内だけ残る）", 10, 10, "項目"),
    ),
    *_rows(
        "trust/test_engines.py",
        (15, "冊子を組む道具に、外や別のファイルを読ませる：0 回", 12, 12, "書き方"),
        (16, "図を描く道具を壊す名前：どれも打ったまま図に出る", 80, 1_000, "名前"),
        (17, "時間のかかる文章（1 つ 100 kB）：断るか、作り終える。全体で 60 秒まで", 13, 13, "文章"),
    ),
    *_rows("export/test_export.py", (18, "表計算ソフトで式になる値：無害にする。負の数はそのまま", 12, 12, "書き出し")),
    *_rows(
        "trust/test_writing.py",
        (21, "書き出しの途中で止められる：新旧の混ざったサイトはできない", 8, 200, "回"),
        (22, "ディスクの空きがない・権限がない・読み取り専用：前のサイトのまま", 18, 18, "場合"),
        (23, "2 つ同時に作る・見せながら作る：1 つずつ作った結果と同じ", 2, 20, "組"),
    ),
    *_rows(
        "trust/test_reproducible.py",
        (27, "時間帯・言語・場所・利用者などを変えて作る：全ファイルの中身が同じ", 2, 6, "環境"),
    ),
    *_rows("site/test_history.py", (28, "浅い git の記録：まちがった日付を出さず、そう知らせる", 3, 3, "場合")),
    *_rows(
        "site/test_addresses.py",
        (
            40,
            "公開したページがなくなる（節・階層・年度・課・対象・文章）：ひとりでに、または知らせの 1 行で、どの住所も案内になる",
            600,
            600,
            "住所",
        ),
    ),
    *_rows(
        "serve/test_serve.py",
        (30, "`serve`：この機械からだけ見える。こわれた原稿でも止まらない", 172, 172, "要求と保存"),
    ),
    *_rows("browser/test_contact.py", (31, "すべてのページの守り（CSP）：外への要求 0、画面の誤り 0", 2, 2, "サイト")),
    *_rows(
        "trust/test_fuzz.py",
        (33, "でたらめに壊した計画と文章：道具は倒れず、20 秒より長くかからない", 60, 2_000, "ファイル"),
    ),
    *_rows(
        "trust/test_markdown_forms.py",
        (
            41,
            "`[[…]]` と、囲みのコード・引用・箇条書き・HTML の組み合わせ：文として出る知らない参照だけを断る",
            500,
            10_000,
            "文章",
        ),
    ),
    *_rows(
        "trust/test_git_settings.py",
        (
            42,
            "git の設定や変数を 1 つずつ変える、git が答えない：日付も履歴も対照表も同じ。待つのは全部で 20 秒まで",
            500,
            5_000,
            "設定と値",
        ),
    ),
    *_rows(
        "trust/test_strangers.py",
        (
            34,
            "よその Excel の取り込み：ほどくと巨大になるもの、こわれたものを断る（5 秒、500 MB まで）",
            10,
            10,
            "ファイル",
        ),
        (
            35,
            "ほかの人の枝やフォルダー：git の設定でプログラムを動かさない。置かれたリンクの先に書かない",
            45,
            45,
            "仕掛け",
        ),
        (36, "深い入れ子、形のおかしな表と絵：冊子まで作り終えるか、場所を示して断る", 22, 22, "文章と絵"),
    ),
    *_rows(
        "trust/test_endings.py",
        (45, "Ctrl+C・閉じた窓・強制終了など、どう終わっても、動かしたものは 1 つも残らない", 10, 200, "回"),
    ),
    *_rows(
        "importer/test_edited_data.py",
        (
            46,
            "取り込む Excel・CSV・JSON の 1 か所を空にする・別の種類にする・隠す：値になるか、そこを示して知らせる。黙って捨てない",
            100,
            2_000,
            "組（場所と変え方）",
        ),
    ),
    *_rows(
        "importer/test_cells.py",
        (47, "取り込む CSV の文字コード：正しく読むか、断る。文字化けのまま取り込まない", 17, 17, "ファイル"),
    ),
    *_rows(
        "trust/test_missing_outputs.py",
        (
            44,
            "冊子や図を作れない（道具や書体がない、絵や色やひな形が使えない）：原因と場所を示して 1 で終わる",
            21,
            41,
            "場合",
        ),
    ),
    *_rows(
        "pictures/test_pictures.py",
        (
            43,
            "絵の中の見えない情報（場所、カメラ、名前）：公開するどのファイルにも残らない",
            415,
            10_115,
            "印とこわれた絵",
        ),
    ),
    *_rows(
        "parse/test_fixes.py",
        (
            48,
            "知らせに添えた直し方のとおりに直す：その知らせが消え、別の知らせは出ない（BOM、CRLF、NFD のファイルでも）",
            190,
            5_700,
            "直し方",
        ),
    ),
    *_rows(
        "parse/test_theme.py",
        (
            51,
            "読みにくい色を theme/ に書く：明るい画面と暗い画面の組を、その行で断り、直し方で読める色になる",
            60,
            384,
            "色と使い方",
        ),
        (52, "ブラウザーが黙って捨てる CSS の書きまちがい：その行と桁で知らせる", 26, 26, "書き方"),
    ),
    *_rows(
        "parse/test_editing_errors.py",
        (
            49,
            "手で直す人の書きまちがい（本文の改行、・の並び、全角、空の年度、単位つきの数など）：1 回だけ、その行で知らせ、直し方で直る",
            350,
            2_200,
            "直し方",
        ),
    ),
    *_rows(
        "markdown/test_github_markdown.py",
        (50, "文章（Markdown）の組み立て：GitHub の読み方と同じになる", 400, 4_000, "文章"),
    ),
]
HAZARDS = {hazard.number: hazard for hazard in TABLE}
