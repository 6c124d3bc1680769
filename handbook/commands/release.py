"""`build.py release`: add the paths of all pages to addresses.txt, so that later builds report each missing one."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from handbook.commands import options as shared
from handbook.commands.console import EXIT_ERRORS, EXIT_OK, relative_path, warn, with_progress
from handbook.diagnostics import Diagnostic, format_diagnostic
from handbook.gc_pause import gc_paused
from handbook.patterns import PUBLISHED_PATHS_FILE

NAME = "release"
HELP = "公開するときに、住所を addresses.txt に控えます"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    shared.add_root(parser)
    shared.add_dot(parser)


@gc_paused()
def run(options: argparse.Namespace) -> int:
    """Render and check every file, then write addresses.txt."""
    from handbook import parse, write
    from handbook.pipeline import Outputs, load_site

    site, theme, report = load_site(options.root, with_history=False)
    suspicious = [notice for notice in report.notices if notice.rule in parse.PLAUSIBILITY_RULES]
    outputs = Outputs(site, theme, with_booklet=False, prefer_dot=options.dot)
    files = with_progress(outputs.checked(), "ページ", len(site.pages))
    published = {file.path for file in files if file.path.endswith(".html") and file.path != "404.html"}
    for remark in outputs.remarks:
        warn(remark)
    before = {published_path.path for published_path in site.plan.published_paths}
    if suspicious:
        _print_notices(suspicious, sorted(path for path in published - before if path.startswith("years/")))
    try:
        write.write_published_paths(before | published, options.root)
    except write.WriteError as error:
        warn(error)
        return EXIT_ERRORS
    print(f"公開する住所を控えました: {relative_path(options.root / PUBLISHED_PATHS_FILE)}")
    print(f"  住所 {len(before | published):,}（新しい住所 {len(published - before):,}）")
    return EXIT_OK


def _print_notices(suspicious: Sequence[Diagnostic], new_years: Sequence[str]) -> None:
    """Print the implausible years and values, and the paths of years that are recorded for the first time."""
    warn("\n\n".join(map(format_diagnostic, suspicious)))
    warn(f"\n注意: 確かめてほしいところが {len(suspicious)} 件あります。まちがいなら、直してからもう一度控えます。")
    if new_years:
        warn(f"      はじめて控える年度の住所: {'、'.join(new_years)}")
        warn("      控えた住所は残ります。年度が計画からなくなれば、進みぐあいのページへ案内されます。")
