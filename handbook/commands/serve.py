"""`build.py serve`: show the site in a browser and rebuild it after each save."""

from __future__ import annotations

import argparse
import functools
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from handbook import bootstrap, interrupts
from handbook.commands import options as shared
from handbook.commands.console import EXIT_ERRORS, EXIT_OK, plan_line, print_diagnostics, warn
from handbook.patterns import PLAN_FILE, PUBLISHED_PATHS_FILE

if TYPE_CHECKING:
    from handbook.model import OutputFile, Plan
    from handbook.serve import Preview, ServeSession

NAME = "serve"
HELP = "ブラウザーで見せます。plan.yaml などを保存すると、すぐに作り直して出します"
MAX_PORT = 65535


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    parser.add_argument(
        "--port", type=parse_port, metavar="番号", help="番号（ポート）。ふつうは、空いている番号を使います"
    )
    parser.add_argument("--open", action="store_true", help="ブラウザーを開きます")
    parser.add_argument("--booklet", action="store_true", help="冊子（PDF）も作ります（そのぶん遅くなります）")
    shared.add_no_diagrams(parser)
    shared.add_root(parser)
    shared.add_dot(parser)


def parse_port(text: str) -> int:
    """Return a port number. Raises ArgumentTypeError if the text is not one."""
    if not text.isdecimal() or int(text) > MAX_PORT:
        raise argparse.ArgumentTypeError(f"`{text}` は番号（ポート）ではありません（0 から {MAX_PORT} まで）")
    return int(text)


def run(options: argparse.Namespace) -> int:
    """Serve until a signal ends the process."""
    bootstrap.ensure_packages(
        (*bootstrap.RUNTIME_PACKAGES, *bootstrap.SERVE_PACKAGES), "requirements-serve.txt", sys.argv[1:]
    )
    import subprocess

    from handbook import programs, serve

    interrupts.end_normally_on_ctrl_c("おわりました。output/ は前のままです（書き出すときは build.py を実行します）。")

    def on_start(url: str) -> None:
        print(f"ここで見られます: {url}")
        print("  保存すると、作り直してブラウザーに出します。やめるときは Ctrl+C を押します。", flush=True)
        if options.open:  # in a process: some browsers return only when they are closed
            programs.start([sys.executable, "-I", "-m", "webbrowser", url], stdout=subprocess.DEVNULL)

    print_once = functools.cache(warn)  # not again after each save
    sources = [options.root / name for name in (PLAN_FILE, PUBLISHED_PATHS_FILE, "content")]
    folders = dict.fromkeys((options.root, shared.PROJECT_ROOT))
    sources += [folder / name for folder in folders for name in ("templates", "theme")]
    try:
        serve.serve_site(
            lambda: load_preview(
                options.root,
                with_booklet=options.booklet,
                prefer_dot=options.dot,
                with_diagrams=options.diagrams,
                on_read=lambda plan: print_once(plan_line(options.root, plan)),
            ),
            sources,
            port=options.port,
            on_start=on_start,
            on_change=_print_result,
        )
    except serve.PortError as error:
        warn(error)
        return EXIT_ERRORS
    return EXIT_OK


def _print_result(session: ServeSession) -> None:
    """Print the result of a rebuild, or of the background check after it."""
    seconds = f"{session.build_seconds:.2f} 秒"
    if session.mistakes and session.is_current:
        print_diagnostics(session.mistakes, "ページは新しくなりましたが、直すまで書き出せません。")
    elif session.mistakes:
        consequence = "ページは前のままです。" if session.build_number else "直して保存すると、ページが出ます。"
        print_diagnostics(session.mistakes, consequence)
    elif session.is_checked:
        print(f"         調べました（{session.changed_count:,} ファイルが変わりました。{seconds}）", flush=True)
    else:
        print(f"{time.strftime('%H:%M:%S')} できました（{seconds}）", flush=True)


def load_preview(
    root: Path,
    *,
    with_booklet: bool = False,
    prefer_dot: bool = False,
    with_diagrams: bool = True,
    on_read: Callable[[Plan | None], object] = bool,
) -> Preview:
    """Read the sources and return the site's files, each rendered when it is requested. Raises SourceError."""
    from handbook.pipeline import Outputs, load_site
    from handbook.serve import Preview

    site, theme, _ = load_site(root, with_history=False, on_read=on_read)
    outputs = Outputs(site, theme, with_booklet=with_booklet, prefer_dot=prefer_dot, with_diagrams=with_diagrams)

    def file_bytes(path: str) -> bytes | None:
        file = outputs.get(path)
        return file.data if file else None

    def all_files() -> Iterator[OutputFile]:
        yield from outputs.unshared().checked()

    return Preview(file_bytes, all_files)
