"""`build.py build`: write every file of the site into output/."""

from __future__ import annotations

import argparse
import time
from functools import partial
from pathlib import Path

from handbook.commands import options as shared
from handbook.commands.console import EXIT_ERRORS, EXIT_OK, print_plan, relative_path, warn, with_progress
from handbook.diagnostics import Report
from handbook.gc_pause import gc_paused

NAME = "build"
HELP = "output/ に書き出します（命令を書かないときは、これです）"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    parser.add_argument(
        "--output", type=Path, metavar="フォルダー", help="書き出し先（ふつうは計画のフォルダーの output/）"
    )
    shared.add_no_booklet(parser)
    shared.add_no_diagrams(parser)
    shared.add_root(parser)
    shared.add_dot(parser)


@gc_paused()
def run(options: argparse.Namespace) -> int:
    """Write output/ and print the numbers of files, the notices and the time."""
    from handbook import reporters, write
    from handbook.pipeline import Outputs, load_site

    began = time.perf_counter()
    site, theme, report = load_site(options.root, with_history=True, on_read=partial(print_plan, options.root))
    outputs = Outputs(site, theme, with_booklet=options.booklet, prefer_dot=options.dot, with_diagrams=options.diagrams)
    folder = options.output or options.root / "output"
    try:
        files = with_progress(outputs.checked(), "ページ", len(site.pages))
        paths, changed = write.write_output(files, folder, options.root)
    except write.WriteError as error:
        warn(f"{error}\n\n書き出し先は前のままです。")
        return EXIT_ERRORS
    nodes = sum(level.node_count for level in site.level_counts)
    diagrams = sum(path.startswith("diagrams/") and path.endswith(".svg") for path in paths)
    pages = sum(path.endswith(".html") for path in paths)
    pdfs = sum(path.endswith(".pdf") for path in paths)
    seconds = time.perf_counter() - began
    print(f"できました: {relative_path(folder / 'index.html')}")
    print(f"  ページ {pages:,}（計画の節 {nodes:,}）、図 {diagrams:,}、PDF {pdfs:,}、{seconds:.1f} 秒")
    print(f"  ファイル {len(paths):,} のうち {changed:,} が変わりました")
    print(reporters.notices_text(Report((), (*report.notices, *outputs.notices(options.root)), report.warnings)))
    return EXIT_OK
