#!/usr/bin/env python3
"""Turn plan.yaml into a handbook: linked HTML pages and structure diagrams in output/.

    python3 build.py            build the handbook
    python3 build.py check      look for mistakes, write nothing
    python3 build.py release    note the addresses about to be published
    python3 build.py import F   make a plan.yaml out of a table or of our own data
    python3 build.py test       run the tests

Nothing but Python 3.11 is needed: what is missing is put into .venv beside this file on the first run. Engines are
imported when their room is first used, so that `--help` and a mistake on line 1 answer at once.
"""

from __future__ import annotations

import sys

if sys.version_info < (3, 11):  # noqa: UP036  # whoever runs this on an older Python deserves a sentence, not a traceback
    sys.exit("Python 3.11 以上が必要です（いまは {}.{} です）".format(*sys.version_info[:2]))

import argparse
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from handbook import ensure
from handbook.keys import ADDRESSES
from handbook.mistakes import Mistake, SourceError, show

if TYPE_CHECKING:
    from handbook.model import Booklet, Drawing, File, Site, Texts, Theme

HERE = Path(__file__).resolve().parent
DONE, MISTAKES, WRONG_USAGE = 0, 1, 2
OPEN = frozenset({"unconfirmed", "no-glyph"})
"""Rules of the notes with which a plan must not be published."""
T = TypeVar("T")


def site_of(root: Path, *, prefer_dot: bool, bound: bool = False) -> tuple[Site, list[File]]:
    """The product in one sentence: the sources become every file of the site, checked, in memory.

    Where it is to be `bound`, the booklet's PDFs are among them.
    """
    from handbook import chart, check, draw, export, index, load, render, route, typeset
    from handbook.model import Booklet

    plan = load.plan(root)
    theme = load.theme(root)
    site = route.site(plan)
    texts = typeset.prose(site)
    drawings = drawings_of(site, texts, theme, prefer_dot=prefer_dot)
    charts = chart.charts(site, theme)
    booklet = booklet_of(site, texts, theme, charts, prefer_dot=prefer_dot) if bound else Booklet((), {}, {})
    site = replace(site, plan=replace(plan, notes=(*plan.notes, *load.without_glyph(root, booklet.lacking))))
    pictures = draw.inline(drawings, theme) | charts
    data = export.data(site)
    files = [
        *moving(render.pages(site, texts, pictures, theme, booklet, data), "ページ", len(site.pages)),
        *(made.file for made in (*booklet.prints, *booklet.sheets.values())),
        *draw.files(drawings, theme),
        *(made.file for made in data),
        *index.files(site, texts),
        *theme.files,
        *plan.images,
    ]
    check.files(files, site)
    return site, files


def drawings_of(site: Site, texts: Texts, theme: Theme, *, prefer_dot: bool) -> dict[str, Drawing]:
    """Draw the diagrams; where no engine can, say so and let the site be built without them."""
    from handbook import draw

    try:
        return draw.diagrams(site, texts, theme, prefer_dot=prefer_dot)
    except draw.NoEngine as why:
        print(f"注意: {why}\n      図のないサイトを作ります。", file=sys.stderr)
        return {}


def booklet_of(site: Site, texts: Texts, theme: Theme, charts: Mapping[str, str], *, prefer_dot: bool) -> Booklet:
    """Set the booklet; where that cannot be, say so and let the site be built without it."""
    from handbook import bind, draw
    from handbook.model import Booklet

    try:
        drawings = draw.sheets(site, texts, theme, prefer_dot=prefer_dot)
    except draw.NoEngine:  # said already, when the diagrams of the pages were drawn
        drawings = {}
    try:
        return bind.booklet(site, texts, drawings, charts, theme)
    except bind.NoBooklet as why:
        print(f"注意: {why}\n      冊子のないサイトを作ります。", file=sys.stderr)
        return Booklet((), {}, {})


def moving(items: Iterable[T], what: str, total: int) -> Iterator[T]:
    """Pass items on and, where it takes longer than a moment, show that it moves."""
    shown = time.monotonic()
    for number, item in enumerate(items, 1):
        yield item
        if time.monotonic() - shown > 1:
            shown = time.monotonic()
            print(f"  {what} {number:,} / {total:,}", file=sys.stderr, flush=True)


# --- commands ---


def build(options: argparse.Namespace) -> int:
    """Make output/."""
    from handbook import write

    began = time.perf_counter()
    site, files = site_of(options.root, prefer_dot=options.dot, bound=options.booklet)
    folder = options.output or options.root / "output"
    try:
        total, changed = write.output(files, folder, options.root)
    except write.Refused as why:
        print(f"{why}\n\n書き出し先は前のままです。", file=sys.stderr)
        return MISTAKES
    nodes = sum(count.number for count in site.counts)
    pictures = sum(file.path.startswith("diagrams/") and file.path.endswith(".svg") for file in files)
    pages = sum(file.path.endswith(".html") for file in files)
    bound = sum(file.path.endswith(".pdf") for file in files)
    took = time.perf_counter() - began
    print(f"できました: {shown_path(folder / 'index.html')}")
    print(f"  ページ {pages:,}（計画の節 {nodes:,}）、図 {pictures:,}、PDF {bound:,}、{took:.1f} 秒")
    print(f"  ファイル {total:,} のうち {changed:,} が変わりました")
    report(site.plan.notes, site.plan.gaps)
    return DONE


def check(options: argparse.Namespace) -> int:
    """Look for mistakes; with --strict also for what must not be left open when the plan is published."""
    site, files = site_of(options.root, prefer_dot=options.dot, bound=options.booklet)
    if options.strict and not any(file.path.startswith("diagrams/") for file in files):
        print("図がないまま公開することはできません。", file=sys.stderr)
        return MISTAKES
    if options.strict and options.booklet and not any(file.path.endswith(".pdf") for file in files):
        print("冊子がないまま公開することはできません。なくてよければ、`--no-booklet` を付けます。", file=sys.stderr)
        return MISTAKES
    if options.strict:
        open_ends = [*site.plan.gaps, *(note for note in site.plan.notes if note.rule in OPEN)]
        if open_ends:
            raise SourceError(open_ends)
    print("直すところはありません。")
    report(site.plan.notes, site.plan.gaps)
    return DONE


def release(options: argparse.Namespace) -> int:
    """Note the addresses that are about to be published, so that none of them ever dies unseen."""
    from handbook import write

    site, files = site_of(options.root, prefer_dot=options.dot)
    before = {address.path for address in site.plan.addresses}
    now = {file.path for file in files if file.path.endswith(".html") and file.path != "404.html"}
    try:
        write.addresses(before | now, options.root)
    except write.Refused as why:
        print(why, file=sys.stderr)
        return MISTAKES
    print(f"公開する住所を控えました: {shown_path(options.root / ADDRESSES)}")
    print(f"  住所 {len(before | now):,}（新しい住所 {len(now - before):,}）")
    return DONE


def bring(options: argparse.Namespace) -> int:
    """Make a plan.yaml out of a table or of our own data, and list every cell that could mean something else."""
    from handbook import restore, write

    made = restore.plan(options.file)
    try:
        write.single(made.text, options.output, force=options.force)
    except write.Refused as why:
        print(why, file=sys.stderr)
        return MISTAKES
    print(f"できました: {shown_path(options.output)}")
    print("  " + "、".join(f"{name} {number:,}" for name, number in made.counts))
    for sentence in made.told:
        print(f"  {sentence}。")
    print(f"  確かめてほしいところ {len(made.doubts):,} 件")
    for doubt in made.doubts:
        print(f"  - {doubt.place.file}:{doubt.place.line}:{doubt.place.column}: {doubt.message}")
    print(f"  次は、`python3 build.py check --root {shown_path(options.output.parent)}` で確かめてください。")
    return DONE


def test(options: argparse.Namespace) -> int:
    """Run the tests with what they need."""
    ensure.packages((*ensure.RUN, *ensure.TEST), "requirements-dev.txt", sys.argv[1:])
    import pytest

    os.chdir(HERE)
    status = pytest.main([*(["--golden"] if options.golden else []), *options.more])
    return DONE if status == 0 else MISTAKES


def report(notes: Sequence[Mistake], gaps: Sequence[Mistake]) -> None:
    """List what stops nothing but should be known."""
    unconfirmed = sum(note.rule == "unconfirmed" for note in notes)
    print(
        f"  覚え書き {len(notes) + len(gaps)} 件（うち ［要確認］ {unconfirmed} 件、公開までに要る項目 {len(gaps)} 件）"
    )
    for note in sorted([*notes, *gaps]):
        print(f"  - {note.place.file}:{note.place.line}: {note.message}")


def shown_path(path: Path) -> str:
    """A path as short as it can be said from here."""
    return os.path.relpath(path) if path.is_relative_to(Path.cwd()) else str(path)


# --- command line ---


def parser() -> argparse.ArgumentParser:
    """The commands and their options."""
    top = argparse.ArgumentParser(prog="build.py", description="plan.yaml から、ページと構造図を作ります。")
    commands = top.add_subparsers(metavar="命令", dest="command")

    def command(name: str, run: Callable[[argparse.Namespace], int], words: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=words, description=words)
        made.set_defaults(run=run)
        return made

    building = command("build", build, "output/ に書き出します（命令を書かないときは、これです）")
    building.add_argument("--output", type=Path, metavar="DIR", help="書き出し先（ふつうは計画のフォルダーの output/）")
    checking = command("check", check, "直すところがないかを調べます。何も書き出しません")
    checking.add_argument("--strict", action="store_true", help="［要確認］や、公開までに要る項目の空きも許しません")
    releasing = command("release", release, "公開するときに、住所を addresses.txt に控えます")
    for each in (building, checking):
        each.add_argument("--no-booklet", dest="booklet", action="store_false", help="冊子（PDF）を作りません")
    for each in (building, checking, releasing):
        each.add_argument("--root", type=Path, default=HERE, metavar="DIR", help="plan.yaml のあるフォルダー")
        each.add_argument("--dot", action="store_true", help="図の配置に、Graphviz の dot を先に使います")
    bringing = command("import", bring, "表（.xlsx .csv .tsv .txt）か data/ のファイルから、plan.yaml を作ります")
    bringing.add_argument(
        "file", type=Path, metavar="FILE", help="構造図の表、または data/ の plan.xlsx plan.csv plan.json"
    )
    bringing.add_argument("--output", type=Path, default=Path("plan.yaml"), metavar="FILE", help="書き出すファイル")
    bringing.add_argument("--force", action="store_true", help="すでにあるファイルを置きかえます")
    testing = command("test", test, "テストを実行します")
    testing.add_argument("--golden", action="store_true", help="tests/golden/ の見本を、いまの結果で書き直します")
    testing.add_argument("more", nargs="*", metavar="ARG", help="pytest への引数（`--` のあとに書きます）")
    return top


def main(arguments: Sequence[str]) -> int:
    """Run one command and return its exit status: 0 done, 1 mistakes, 2 wrong usage."""
    for stream in filter(None, (sys.stdout, sys.stderr)):
        stream.reconfigure(errors="replace")  # a console that lacks a sign still says the rest
    words = list(arguments)
    if not words or (words[0].startswith("-") and words[0] not in ("-h", "--help")):
        words = ["build", *words]
    options = parser().parse_args(words)
    if "root" in options and not options.root.is_dir():
        parser().error(f"フォルダー {options.root} がありません")
    try:
        if options.command != "test":
            ensure.packages(ensure.RUN, "requirements.txt", words)
        return int(options.run(options))
    except ensure.CannotInstall as why:
        print(why, file=sys.stderr)
    except SourceError as error:
        print("\n\n".join(show(mistake) for mistake in error.mistakes), file=sys.stderr)
        print(f"\n{len(error.mistakes)} 件の直すところがあります。output/ は前のままです。", file=sys.stderr)
    except BrokenPipeError:  # whoever read our report has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return DONE
    except KeyboardInterrupt:
        print("\n途中でやめました。output/ は前のままです。", file=sys.stderr)
    except Exception as error:  # the last net: an editor never sees a traceback
        if os.environ.get("HANDBOOK_DEBUG"):
            raise
        print(f"この道具の誤りです。開発者に知らせてください: {type(error).__name__}: {error}", file=sys.stderr)
        print("（HANDBOOK_DEBUG=1 を付けて実行すると、くわしい記録が出ます）output/ は前のままです。", file=sys.stderr)
    return MISTAKES


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
