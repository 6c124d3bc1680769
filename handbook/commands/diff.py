"""`build.py diff`: compare two plans. A removed page without a redirect is an error."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from handbook.commands import options as shared
from handbook.commands.console import EXIT_ERRORS, EXIT_OK, plan_name, print_diagnostics, relative_path, warn
from handbook.diagnostics import SourceError
from handbook.gc_pause import gc_paused

if TYPE_CHECKING:
    from handbook.model import Comparison, Edition

NAME = "diff"
HELP = "2 つの計画の、新旧対照表を作ります"
MAX_SHOWN_MISTAKES = 5
"""Mistakes of the former plan that are printed; all are counted."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    parser.add_argument(
        "base", metavar="改正前", help="改正前。git の版（main や v1 など）、plan.yaml、またはフォルダー"
    )
    parser.add_argument("head", metavar="改正後", nargs="?", help="改正後。書かなければ、いまの原稿")
    formats = ("markdown", "html", "json", "pdf")
    parser.add_argument("--format", choices=formats, default="markdown", help="表の形（ふつうは markdown）")
    parser.add_argument(
        "--labels",
        nargs=2,
        default=("", ""),
        metavar=("旧", "新"),
        help="表に書く、改正前と改正後の名前（書かなければ、計画の名称、期間、日付）",
    )
    parser.add_argument("--output", type=Path, metavar="ファイル", help="書き出すファイル（pdf では要ります）")
    shared.add_root(parser)


def usage_error(options: argparse.Namespace) -> str:
    """Return the error in the combination of arguments, or "" if there is none."""
    if options.format == "pdf" and not options.output:
        return "pdf のときは、`--output 対照表.pdf` のように書き出すファイルを書きます"
    return ""


@gc_paused()
def run(options: argparse.Namespace) -> int:
    """Print or write the comparison."""
    from handbook import compare, parse, write

    warn(f"フォルダー: {options.root.resolve()}")
    try:
        before, after = _editions(options)
        if after.diagnostics:
            raise SourceError(after.diagnostics)
        for time, edition in (("改正前", before), ("改正後", after)):
            warn(f"{time}: {plan_name(edition.plan)}（{edition.label}）")
        before, after = (
            replace(edition, name=name) for edition, name in zip((before, after), options.labels, strict=True)
        )
        comparison = compare.compare_plans(before.plan, after.plan)
        data = format_comparison(comparison, before, after, options)
        if options.output:
            write.write_document(data, options.output, options.root)
    except (parse.EditionError, write.WriteError) as error:
        warn(error)
        return EXIT_ERRORS
    if options.output:
        print(f"できました: {relative_path(options.output)}")
    elif sys.stdout.isatty():
        print(data.decode(), end="")
    else:  # UTF-8, independent of the encoding of the console
        sys.stdout.buffer.write(data)
    if before.diagnostics:
        warn(f"注意: {before.label} の原稿に誤りが {len(before.diagnostics)} 件あり、読めるところだけを比べました。")
        for mistake in before.diagnostics[:MAX_SHOWN_MISTAKES]:
            warn(f"  - {mistake.span.file}:{mistake.span.line}: {mistake.message}")
    if comparison.missing_redirects:
        print_diagnostics(comparison.missing_redirects, "")
    return EXIT_ERRORS if comparison.missing_redirects else EXIT_OK


def _editions(options: argparse.Namespace) -> tuple[Edition, Edition]:
    """Return both plans, which share one time budget for git."""
    from handbook import parse
    from handbook.git import client

    with client.time_budget():
        before = parse.load_edition(options.base, options.root)
        if options.head:
            return before, parse.load_edition(options.head, options.root)
        return before, parse.load_working_tree(options.root)


def format_comparison(comparison: Comparison, before: Edition, after: Edition, options: argparse.Namespace) -> bytes:
    """Return a comparison in the format of the options. Raises SourceError if a PDF cannot be made."""
    from handbook import booklet, compare, parse, render

    if options.format == "html":
        return render.comparison_html(comparison, before, after, parse.load_theme(options.root))
    if options.format == "pdf":
        return booklet.comparison_pdf(comparison, before, after, parse.load_theme(options.root))
    to_text = compare.comparison_json if options.format == "json" else compare.comparison_markdown
    return to_text(comparison, before, after).encode()
