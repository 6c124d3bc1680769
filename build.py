#!/usr/bin/env python3
"""Turn plan.yaml into a handbook: linked HTML pages and structure diagrams in output/.

    python3 build.py            build the handbook
    python3 build.py check      look for mistakes, write nothing
    python3 build.py serve      show the handbook in the browser, and again after each save
    python3 build.py release    note the addresses about to be published
    python3 build.py schema     write what editors know about the plan
    python3 build.py diff BASE  tell what changed since a revision, a file or a folder
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
import gc
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from itertools import chain
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, TypeVar

from handbook import ensure
from handbook.mistakes import Findings, Killed, Mistake, Place, SourceError, show
from handbook.patterns import PUBLISHED_PATHS_FILE, SCHEMA_FILE

if TYPE_CHECKING:
    from handbook.model import Booklet, Comparison, Drawing, Edition, File, Plan, Site, Texts, Theme
    from handbook.serve import Draft

HERE = Path(__file__).resolve().parent
DONE, MISTAKES, WRONG_USAGE = 0, 1, 2
OPEN = frozenset({"unconfirmed", "no-glyph"})
"""Rules of the notes with which a plan must not be published."""
T = TypeVar("T")


@contextmanager
def growing() -> Iterator[None]:
    """Keep the garbage collector from looking time and again through a tree that only grows: a fifth of a large build.

    What a build throws away is freed without it, but for a few knots that wait.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


@growing()
def site_of(root: Path, *, prefer_dot: bool, bound: bool = False, remembered: bool = False) -> tuple[Site, list[File]]:
    """Return the site and all its files, checked, in memory. See `making`."""
    site, files = making(root, prefer_dot=prefer_dot, bound=bound, remembered=remembered)
    return site, list(files)


def making(root: Path, *, prefer_dot: bool, bound: bool, remembered: bool) -> tuple[Site, Iterator[File]]:
    """The product in one sentence: the sources become every file of the site, each checked as it goes by.

    Where it is to be `bound`, the booklet's PDFs are among them. Where the past is to be `remembered`, the pages tell
    what changed when, as git recorded it; else they depend on the sources alone. The last file is followed by a
    SourceError where any of them was wrong.
    """
    site, files = every(root, *standing(root, remembered=remembered), prefer_dot=prefer_dot, bound=bound)
    return site, moving(files, "ページ", len(site.pages))


def standing(root: Path, *, remembered: bool) -> tuple[Site, Theme]:
    """Return every page in its place, and the look, before anything is made. See `making`."""
    from handbook import load

    plan = load.plan(root)
    theme = load.theme(root)
    # Only where there is something to be made: a mistake answers at once and in little memory.
    from handbook import compare, route

    return route.site(plan, compare.history(plan, load.past(root) if remembered else ())), theme


def every(root: Path, site: Site, theme: Theme, *, prefer_dot: bool, bound: bool) -> tuple[Site, Iterator[File]]:
    """Make all files of a site that stands, each checked as it goes by. See `making`."""
    from handbook import chart, check, draw, export, hands, index, load, render, typeset
    from handbook.model import Booklet

    exported = hands.aside(lambda: export.data(site))
    plan, texts = site.plan, typeset.prose(site)
    words = hands.aside(lambda: index.files(site, texts))
    drawings = drawings_of(site, texts, theme, prefer_dot=prefer_dot)
    charts = dict(chart.charts(site, theme))
    booklet, unbound = Booklet((), {}, {}), ""
    if bound:
        booklet, unbound = booklet_of(site, texts, theme, charts, prefer_dot=prefer_dot)
    site = replace(site, plan=replace(plan, notes=(*plan.notes, *load.without_glyph(root, booklet.lacking))))
    pictures = dict(draw.inline(drawings, theme)) | charts
    data = tuple(exported)
    look = check.looking(site)
    press = render.press(site, texts, pictures, theme, booklet, lambda: data)
    beside = chain(
        (made.file for made in (*booklet.prints, *booklet.sheets.values())),
        draw.files(drawings, theme).values(),
        (made.file for made in data),
        words,
        theme.files,
        plan.images,
    )
    files = chain(render.pages(site, press, look), ((file, look(file)) for file in beside))
    return site, then(check.passing(files, site), unbound)


def asked(site: Site, theme: Theme, *, prefer_dot: bool) -> Callable[[str], bytes | None]:
    """Return what makes any one of these files by its path, and nothing before it is asked for; none where none is.

    The same verbs on the same values as in `every`, so the same bytes, but unbound and unchecked.
    """
    from handbook import chart, draw, export, index, render, typeset
    from handbook.model import Asked, Booklet

    texts = typeset.asked(site)
    try:
        drawings = draw.asked(site, texts, theme, prefer_dot=prefer_dot)
        drawings.get(site.figures[0].name)  # an engine that draws one draws all
    except draw.NoEngine:  # said when every file is made
        drawings = {}
    inline, charts = draw.inline(drawings, theme), chart.charts(site, theme)
    pictures = Asked([*inline, *charts], lambda name: (inline if name in inline else charts)[name])
    data = cache(lambda: export.data(site))
    pages = render.asked(site, render.press(site, texts, pictures, theme, Booklet((), {}, {}), data))
    heaps: dict[str, Callable[[], Iterable[File]]] = {  # what is made together, by how its paths begin
        "data/": lambda: (made.file for made in data()),
        "search-index": lambda: index.files(site, texts),
        "": lambda: (*theme.files, *site.plan.images),
    }
    beside = Asked(heaps, lambda name: {file.path: file for file in heaps[name]()})
    drawn = draw.files(drawings, theme)

    def file(path: str) -> bytes | None:
        found = pages.get(path) or drawn.get(path) or beside[next(filter(path.startswith, heaps))].get(path)
        return found.data if found else None

    return file


def then(files: Iterable[File], words: str) -> Iterator[File]:
    """Pass files on and say something afterwards; where the sources were mistaken, that was the reason."""
    yield from files
    if words:
        print(words, file=sys.stderr)


def drawings_of(site: Site, texts: Texts, theme: Theme, *, prefer_dot: bool) -> dict[str, Drawing]:
    """Draw the diagrams; where no engine can, say so and let the site be built without them."""
    from handbook import draw

    try:
        return draw.diagrams(site, texts, theme, prefer_dot=prefer_dot)
    except draw.NoEngine as why:
        print(f"注意: {why}\n      図のないサイトを作ります。", file=sys.stderr)
        return {}


def booklet_of(
    site: Site, texts: Texts, theme: Theme, charts: Mapping[str, str], *, prefer_dot: bool
) -> tuple[Booklet, str]:
    """Set the booklet; where that cannot be, return why, and let the site be built without it."""
    from handbook import bind, draw
    from handbook.model import Booklet

    try:
        drawings = draw.sheets(site, texts, theme, prefer_dot=prefer_dot)
    except draw.NoEngine:  # said already, when the diagrams of the pages were drawn
        drawings = {}
    try:
        return bind.booklet(site, texts, drawings, charts, theme), ""
    except bind.NoBooklet as why:
        return Booklet((), {}, {}), f"注意: {why}\n      冊子のないサイトを作ります。"


def moving(items: Iterable[T], what: str, total: int) -> Iterator[T]:
    """Pass items on and, where it takes longer than a moment, show that it moves."""
    shown = time.monotonic()
    for number, item in enumerate(items, 1):
        yield item
        if number <= total and time.monotonic() - shown > 1:
            shown = time.monotonic()
            print(f"  {what} {number:,} / {total:,}", file=sys.stderr, flush=True)


# --- commands ---


@growing()
def build(options: argparse.Namespace) -> int:
    """Make output/."""
    from handbook import tell, write

    began = time.perf_counter()
    site, files = making(options.root, prefer_dot=options.dot, bound=options.booklet, remembered=True)
    folder = options.output or options.root / "output"
    try:
        names, changed = write.output(files, folder, options.root)
    except write.Refused as why:
        print(f"{why}\n\n書き出し先は前のままです。", file=sys.stderr)
        return MISTAKES
    nodes = sum(count.number for count in site.counts)
    pictures = sum(name.startswith("diagrams/") and name.endswith(".svg") for name in names)
    pages = sum(name.endswith(".html") for name in names)
    bound = sum(name.endswith(".pdf") for name in names)
    took = time.perf_counter() - began
    print(f"できました: {shown_path(folder / 'index.html')}")
    print(f"  ページ {pages:,}（計画の節 {nodes:,}）、図 {pictures:,}、PDF {bound:,}、{took:.1f} 秒")
    print(f"  ファイル {len(names):,} のうち {changed:,} が変わりました")
    print(tell.notes(Findings((), site.plan.notes, site.plan.gaps)))
    return DONE


def check(options: argparse.Namespace) -> int:
    """Look for mistakes; with --strict also for what must not be left open when the plan is published."""
    from handbook import tell

    try:
        site, files = site_of(options.root, prefer_dot=options.dot, bound=options.booklet, remembered=True)
        plan = site.plan
        found = Findings((), (*plan.notes, *stale(plan, options.root)), plan.gaps)
        if options.strict:
            found = strictly(found, [file.path for file in files], booklet=options.booklet)
    except SourceError as error:
        found = Findings(error.mistakes)
    if options.format == "text":
        print(tell.text(found, manual()), file=sys.stderr if found.mistakes else sys.stdout)
    elif options.format == "json":
        print(tell.as_json(found))
    else:
        summarise(found, options.root)
        print(tell.github(found, published(options.root)))
    return MISTAKES if found.mistakes else DONE


def strictly(found: Findings, paths: Sequence[str], *, booklet: bool) -> Findings:
    """Turn what must not be left open when the plan is published into mistakes."""
    lacking = []
    if not any(path.startswith("diagrams/") for path in paths):
        message = "図がないまま公開することはできません。"
        lacking.append(Mistake(Place("plan.yaml", 1, 1), "no-diagrams", message, "図を作る道具を確かめます"))
    if booklet and not any(path.endswith(".pdf") for path in paths):
        message = "冊子がないまま公開することはできません。"
        lacking.append(
            Mistake(Place("plan.yaml", 1, 1), "no-booklet", message, "なくてよければ、`--no-booklet` を付けます")
        )
    open_ends = [note for note in found.notes if note.rule in OPEN]
    others = tuple(note for note in found.notes if note.rule not in OPEN)
    return Findings(tuple(sorted([*lacking, *found.gaps, *open_ends])), others)


def published(root: Path) -> Callable[[str], str]:
    """Return what a source is called in the repository, where plan.yaml may stand in a folder of its own.

    Templates and theme that the plan's folder lacks are those beside build.py.
    """
    spaces = (Path(os.environ.get("GITHUB_WORKSPACE") or Path.cwd()).resolve(), Path.cwd())

    def name(file: str) -> str:
        ours = file.startswith(("templates/", "theme/")) and not (root / file).exists()
        path = (HERE if ours else root).resolve() / file
        space = next((space for space in spaces if path.is_relative_to(space)), None)
        return (path.relative_to(space) if space else path).as_posix()

    return name


def summarise(found: Findings, root: Path) -> None:
    """Add all that was found to the summary of the job: GitHub marks but ten places of a kind in the files."""
    from handbook import tell, write

    if not (path := os.environ.get("GITHUB_STEP_SUMMARY")):
        return
    where = published(root)
    parts = [os.environ.get(f"GITHUB_{name}", "") for name in ("SERVER_URL", "REPOSITORY", "SHA")]
    source = "{}/{}/blob/{}/".format(*parts) if all(parts) else ""
    explained = source + published(HERE)("docs/mistakes.md") if source and manual() else ""
    try:
        write.summary(tell.summary(found, where, source, explained), Path(path))
    except write.Refused as why:
        print(f"注意: {why}", file=sys.stderr)


def manual() -> str:
    """Say where the rules are explained, if the page is there."""
    page = HERE / "docs" / "mistakes.md"
    return shown_path(page) if page.exists() else ""


def schema(options: argparse.Namespace) -> int:
    """Write what editors check and complete by, where the first line of plan.yaml says it is."""
    from handbook import load, write

    plan = load.plan(options.root)
    made = schema_of(plan)
    try:
        write.beside(made, options.root)
    except write.Refused as why:
        print(why, file=sys.stderr)
        return MISTAKES
    print(f"エディターのための説明を書きました: {shown_path(options.root / made.path)}")
    if plan.schema is None:
        print("  plan.yaml の 1 行めに、次の行を足すと使われます")
        print(f"  # yaml-language-server: $schema={made.path}")
    return DONE


def schema_of(plan: Plan) -> File:
    """Describe a plan for editors, under the name that its first line gives."""
    from handbook import describe

    return describe.schema(plan.levels, plan.vocabularies, plan.schema.path if plan.schema else SCHEMA_FILE)


def stale(plan: Plan, root: Path) -> list[Mistake]:
    """Note that editors know an earlier form of the plan."""
    if plan.schema is None or plan.schema == schema_of(plan):
        return []
    where = "" if root == HERE else f" --root {shown_path(root)}"
    message = (
        f"エディターのための {plan.schema.path} が古くなっています。`python3 build.py schema{where}` で新しくなります"
    )
    return [Mistake(Place("plan.yaml", 1, 1), "stale-schema", message)]


def serve(options: argparse.Namespace) -> int:
    """Show the site in a browser, and again after each save, until it is told to stop."""
    ensure.packages((*ensure.RUN, *ensure.SERVE), "requirements-serve.txt", sys.argv[1:])
    import webbrowser

    from handbook import serve

    def opened(address: str) -> None:
        print(f"ここで見られます: {address}")
        print("  保存すると、作り直してブラウザーに出します。やめるときは Ctrl+C を押します。", flush=True)
        if options.open:  # aside: some browsers give the thread back only when they are closed
            Thread(target=webbrowser.open, args=[address], daemon=True).start()

    def told(shown: serve.Shown) -> None:
        took = f"{shown.seconds:.2f} 秒"
        if shown.mistakes and shown.current:
            show_all(shown.mistakes, "ページは新しくなりましたが、直すまで書き出せません。")
        elif shown.mistakes:
            show_all(shown.mistakes, "ページは前のままです。" if shown.number else "直して保存すると、ページが出ます。")
        elif shown.proofread:
            print(f"         調べました（{shown.changed:,} ファイルが変わりました。{took}）", flush=True)
        else:
            print(f"{time.strftime('%H:%M:%S')} できました（{took}）", flush=True)

    places = [options.root / name for name in ("plan.yaml", PUBLISHED_PATHS_FILE, "content")]
    places += [folder / name for folder in dict.fromkeys((options.root, HERE)) for name in ("templates", "theme")]
    try:
        serve.site(
            lambda: draft(options.root, prefer_dot=options.dot, bound=options.booklet),
            places,
            port=options.port,
            opened=opened,
            told=told,
        )
    except serve.NoPort as why:
        print(why, file=sys.stderr)
        return MISTAKES
    except KeyboardInterrupt:
        print("\nおわりました。output/ は前のままです（書き出すときは build.py を実行します）。")
    return DONE


def draft(root: Path, *, prefer_dot: bool, bound: bool = False) -> Draft:
    """Read the sources; make no file before it is asked for."""
    from handbook.serve import Draft

    if bound:  # numbers of its pages stand on those of the site, so all is made at once
        files = site_of(root, prefer_dot=prefer_dot, bound=True)[1]
        return Draft({file.path: file.data for file in files}.get, lambda: files)
    site, theme = standing(root, remembered=False)
    return Draft(
        asked(site, theme, prefer_dot=prefer_dot),
        lambda: every(root, site, theme, prefer_dot=prefer_dot, bound=False)[1],
    )


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
    print(f"公開する住所を控えました: {shown_path(options.root / PUBLISHED_PATHS_FILE)}")
    print(f"  住所 {len(before | now):,}（新しい住所 {len(now - before):,}）")
    return DONE


@growing()
def diff(options: argparse.Namespace) -> int:
    """Tell what changed between two plans. An address that would die is a mistake; a change is none."""
    from handbook import bind, compare, load, write

    try:
        before = load.edition(options.base, options.root)
        after = load.edition(options.head, options.root) if options.head else load.working(options.root)
        if after.flaws:
            raise SourceError(after.flaws)
        found = compare.plans(before.plan, after.plan)
        data = told(found, before, after, options)
        if options.output:
            write.document(data, options.output, options.root)
    except (load.NoEdition, bind.NoBooklet, write.Refused) as why:
        print(why, file=sys.stderr)
        return MISTAKES
    if options.output:
        print(f"できました: {shown_path(options.output)}")
    elif sys.stdout.isatty():
        print(data.decode(), end="")
    else:  # the bytes themselves, whatever encoding the console has
        sys.stdout.buffer.write(data)
    if before.flaws:
        print(
            f"注意: {before.label} の原稿に誤りが {len(before.flaws)} 件あり、読めるところだけを比べました。",
            file=sys.stderr,
        )
        print("\n".join(f"  - {m.place.file}:{m.place.line}: {m.message}" for m in before.flaws[:5]), file=sys.stderr)
    if found.mistakes:
        print("\n\n".join(show(mistake) for mistake in found.mistakes), file=sys.stderr)
        print(f"\n{len(found.mistakes)} 件の直すところがあります。", file=sys.stderr)
    return MISTAKES if found.mistakes else DONE


def told(found: Comparison, before: Edition, after: Edition, options: argparse.Namespace) -> bytes:
    """Return a comparison in the form that was asked for."""
    from handbook import bind, compare, load, render

    if options.format == "html":
        return render.comparison(found, before, after, load.theme(options.root))
    if options.format == "pdf":
        return bind.comparison(found, before, after, load.theme(options.root))
    write_down = compare.record if options.format == "json" else compare.summary
    return write_down(found, before, after).encode()


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
    asked = [f"--{name}" for name in ("golden", "full") if getattr(options, name)]
    status = pytest.main([*asked, *options.more])
    return DONE if status == 0 else MISTAKES


def show_all(mistakes: Sequence[Mistake], so: str) -> None:
    """Show every mistake, how many there are, and what that means."""
    print("\n\n".join(show(mistake) for mistake in mistakes), file=sys.stderr)
    print(f"\n{len(mistakes)} 件の直すところがあります。{so}", file=sys.stderr, flush=True)


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
    checking.add_argument(
        "--format",
        choices=("text", "github", "json"),
        default="text",
        help="結果の書き方。text は人が読む形、github は GitHub の画面に印を付ける形、json はプログラムが読む形です",
    )
    serving = command("serve", serve, "ブラウザーで見せます。plan.yaml などを保存すると、すぐに作り直して出します")
    serving.add_argument("--port", type=port, metavar="N", help="番号（ポート）。ふつうは、空いている番号を使います")
    serving.add_argument("--open", action="store_true", help="ブラウザーを開きます")
    serving.add_argument("--booklet", action="store_true", help="冊子（PDF）も作ります（そのぶん遅くなります）")
    releasing = command("release", release, "公開するときに、住所を addresses.txt に控えます")
    describing = command("schema", schema, "エディターが項目を示すための説明を、計画の階層と一覧から作ります")
    for each in (building, checking):
        each.add_argument("--no-booklet", dest="booklet", action="store_false", help="冊子（PDF）を作りません")
    comparing = command("diff", diff, "2 つの計画の、新旧対照表を作ります")
    comparing.add_argument(
        "base", metavar="BASE", help="改正前。git の版（main や v1 など）、plan.yaml、またはフォルダー"
    )
    comparing.add_argument("head", metavar="HEAD", nargs="?", help="改正後。書かなければ、いまの原稿")
    forms = ("markdown", "html", "json", "pdf")
    comparing.add_argument("--format", choices=forms, default="markdown", help="表の形（ふつうは markdown）")
    comparing.add_argument("--output", type=Path, metavar="FILE", help="書き出すファイル（pdf では要ります）")
    for each in (building, checking, serving, releasing, describing, comparing):
        each.add_argument("--root", type=Path, default=HERE, metavar="DIR", help="plan.yaml のあるフォルダー")
    for each in (building, checking, serving, releasing):
        each.add_argument("--dot", action="store_true", help="図の配置に、Graphviz の dot を先に使います")
    bringing = command("import", bring, "表（.xlsx .csv .tsv .txt）か data/ のファイルから、plan.yaml を作ります")
    bringing.add_argument(
        "file", type=Path, metavar="FILE", help="構造図の表、または data/ の plan.xlsx plan.csv plan.json"
    )
    bringing.add_argument("--output", type=Path, default=Path("plan.yaml"), metavar="FILE", help="書き出すファイル")
    bringing.add_argument("--force", action="store_true", help="すでにあるファイルを置きかえます")
    testing = command("test", test, "テストを実行します")
    testing.add_argument("--golden", action="store_true", help="tests/golden/ の見本を、いまの結果で書き直します")
    testing.add_argument("--full", action="store_true", help="起こりうる危険を、数を増やして試します（docs/trust.md）")
    testing.add_argument("more", nargs="*", metavar="ARG", help="pytest への引数（`--` のあとに書きます）")
    return top


def port(words: str) -> int:
    """Read a port from the command line."""
    if not words.isdecimal() or int(words) > 65535:
        message = f"`{words}` は番号（ポート）ではありません（0 から 65535 まで）"
        raise argparse.ArgumentTypeError(message)
    return int(words)


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
    if getattr(options, "format", "text") != "text":
        for stream in filter(None, [sys.stdout]):
            stream.reconfigure(encoding="utf-8")  # a program reads it, whatever system it runs on
    if options.command == "diff" and options.format == "pdf" and not options.output:
        parser().error("pdf のときは、`--output 対照表.pdf` のように書き出すファイルを書きます")
    try:
        if options.command != "test":
            ensure.packages(ensure.RUN, "requirements.txt", words)
        return int(options.run(options))
    except (ensure.CannotInstall, Killed) as why:
        print(why, file=sys.stderr)
    except SourceError as error:
        from handbook import tell

        print(tell.text(Findings(error.mistakes), manual()), file=sys.stderr)
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
