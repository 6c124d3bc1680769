"""However a run ends, all that it has started ends with it, and a person reads one line instead of a traceback."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

import pytest
from conftest import ROOT, Tally
from support.build_process import PLAIN
from support.ended_processes import Ended, Running, busy_processes, started, wait_until, write_program
from support.serve_process import interruptible

from handbook.diagram import graphviz_engine
from handbook.interrupts import MESSAGE

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/environ").exists(), reason="LOUD: no /proc, so the processes that are left are NOT counted"
)

ENDS = {"SIGINT": 130, "SIGTERM": 143, "SIGHUP": 129, "SIGINT SIGINT": 130, "SIGKILL": -9}
"""Signals, sent in this order, and the exit status of a build."""
LIMIT_SECONDS = 10.0
"""On a machine under any load. Without load an end takes 0.05 s, the longest of 200 under load is printed."""
LOADED_STEP = 8
"""In a full run, every eighth end is on a machine under load. No multiple of the number of `ENDS`: each is tried."""
PAUSE = "sleep 600 & wait"
"""A program that does not end, and has started another one."""
PAUSE_IN_CHECK = f'[ "$(nice)" = {os.nice(0)} ] && exec "{{engine}}" "$@"\n{PAUSE}'
"""A layout engine that does not end in the check of `serve`, which runs at low priority."""
NEW_MESSAGE = "途中でやめました。output/ は新しくなっています"
SERVE_MESSAGE = "おわりました。output/ は前のままです"


@dataclass(frozen=True)
class Scene:
    """What runs at the end."""

    arguments: tuple[str, ...]
    is_ready: Callable[[Running], object]
    engine: str = PAUSE


def is_paused(running: Running) -> bool:
    return running.count("sleep 600") > 0


def is_checked_in_a_process(running: Running) -> bool:
    """The server, the watcher and the check are processes of build.py, and there is no thread."""
    is_ready = running.count("build.py") == 3 and running.count("sleep 600") == 2
    return is_ready and running.status_field("Threads") == "1"


def is_typesetting(running: Running) -> bool:
    return running.status_field("Threads") != "1"


SCENES = (
    Scene(("build", "--dot", "--no-booklet"), lambda running: running.handles(signal.SIGHUP)),
    Scene(("build", "--dot", "--no-booklet"), is_paused),
    Scene(("serve", "--port", "0", "--open", "--dot"), is_checked_in_a_process, PAUSE_IN_CHECK),
    Scene(("build",), is_typesetting),
    Scene(("serve", "--port", "0", "--open"), lambda running: is_paused(running) and "調べました" in running.output()),
)
"""A build in its first milliseconds, one whose layout engine does not end, a check after a save whose engine and browser
do not end, a build in which Typst runs, a server whose browser does not end."""


def end_scene(tmp_path: Path, scene: Scene, signals: str, delay: float) -> Ended:
    """Start a scene, end it, and assert what a person then reads and finds."""
    root, temporary = tmp_path / "plan", Path(mkdtemp(dir=tmp_path))
    output = root / "output"
    root.mkdir(exist_ok=True)
    (root / "plan.yaml").write_text(PLAIN, encoding="utf-8")
    write_program(tmp_path / "bin/dot", scene.engine.format(engine=graphviz_engine.find_engine(prefer_dot=False)))
    write_program(tmp_path / "browser", PAUSE)
    path = f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}"
    environment = {"PATH": path, "BROWSER": str(tmp_path / "browser"), "TMPDIR": str(temporary)}
    arguments = [str(ROOT / "build.py"), *scene.arguments, "--root", str(root)]
    with started(tmp_path, *arguments, **environment) as running:
        wait_until(lambda: scene.is_ready(running))
        try:
            running.process.wait(delay)
        except subprocess.TimeoutExpired:
            ended = running.end(signals)
    is_serving = "serve" in scene.arguments
    assert ended.status == (0 if is_serving and "SIGINT" in signals else ENDS[signals]), ended.output
    assert "Traceback" not in ended.output
    if signals != "SIGKILL":
        message = SERVE_MESSAGE if is_serving and "ここで" in ended.output else MESSAGE
        if output.exists() and not is_serving:  # the build was quicker than the signal, which the message states
            message = NEW_MESSAGE
            shutil.rmtree(output)
        assert ended.output.splitlines()[-1].startswith(message), ended.output
        assert ended.output.count(message) == 1
        assert list(temporary.iterdir()) == []
        assert not (root / ".output.new").exists()
        assert not output.exists()
    shutil.rmtree(output, ignore_errors=True)
    assert ended.seconds < LIMIT_SECONDS
    return ended


@pytest.mark.hazard(45)
def test_nothing_is_left_after_any_end(tmp_path: Path, times: Callable[[int], int], full: bool, tally: Tally) -> None:
    seconds = []
    for number in range(times(45)):
        scene = SCENES[(number + number // len(ENDS)) % len(SCENES)]
        signals = list(ENDS)[number % len(ENDS)]
        delay = 0.0 if scene.is_ready is is_typesetting else 0.0071 * (number * 37 % 41)  # Typst ends by itself
        is_loaded = full and number % LOADED_STEP == 0
        with busy_processes((os.cpu_count() or 1) if is_loaded else 0):
            seconds.append(end_scene(tmp_path, scene, signals, delay).seconds)
    seconds.sort()
    print(f"{len(seconds)} ends: median {seconds[len(seconds) // 2]:.3f} s, longest {seconds[-1]:.3f} s")
    tally(len(seconds))


def run_script(code: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    script = "import os, signal, sys, time\nfrom pathlib import Path\nfrom handbook import interrupts\n" + code
    command = [sys.executable, "-c", script, *map(str, arguments)]
    with interruptible():
        return subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", timeout=60, check=False)


CHILD = """
import sys
from handbook import children, interrupts, programs
if sys.argv[1] == "off": children.start_watcher = lambda: None
interrupts.install()
programs.start([sys.argv[2]]).wait()
"""


@pytest.mark.parametrize("watcher", ["on", "off"])
def test_only_without_the_watcher_a_child_outlives_a_killed_process(tmp_path: Path, watcher: str) -> None:
    write_program(tmp_path / "program", PAUSE)
    with started(tmp_path, "-c", CHILD, watcher, str(tmp_path / "program")) as running:
        wait_until(lambda: is_paused(running))
        running.process.kill()
        running.process.wait()
        if watcher == "on":
            wait_until(lambda: running.count("") == 0)
        assert running.count("sleep 600") == (watcher == "off")


@pytest.mark.parametrize("name", ["SIGINT", "SIGHUP"])
def test_a_signal_that_is_ignored_at_the_start_stays_ignored(name: str) -> None:
    code = f"signal.signal(signal.{name}, signal.SIG_IGN); interrupts.install()\n"
    code += f"os.kill(os.getpid(), signal.{name}); print('goes on', flush=True); os.kill(os.getpid(), signal.SIGTERM)"
    done = run_script(code)
    assert (done.returncode, done.stdout) == (143, "goes on\n")
    assert done.stderr.split("\n")[1:] == [MESSAGE, ""]


def test_an_end_that_takes_long_prints_the_stacks_of_all_threads() -> None:
    code = """
def delete_slowly(): time.sleep(2)
interrupts.STACKS_AFTER_SECONDS = 0.2
interrupts.install()
with interrupts.cleanup(delete_slowly): os.kill(os.getpid(), signal.SIGTERM)
"""
    done = run_script(code)
    assert done.returncode == 143
    assert "in delete_slowly" in done.stderr
    assert done.stderr.endswith(f"\n{MESSAGE}\n")


WRITE = """
from handbook import write
from handbook.model import OutputFile
folder, sources, when = map(Path, sys.argv[1:])
files = [OutputFile("a.html", b"new"), OutputFile("b.html", b"new")]
def stop(result):
    os.kill(os.getpid(), signal.SIGINT)
    return result
def stopping():
    for file in files: yield stop(file) if file is files[1] else file
swap = write.swap_folders
if when.name == "swap": write.swap_folders = lambda *paths: swap(*stop(paths))
interrupts.install()
write.write_output(stopping() if when.name == "write" else files, folder, sources)
"""


@pytest.mark.parametrize(
    ("when", "word", "message"), [("write", "old", MESSAGE), ("swap", "new", "新しくなっています")]
)
def test_the_message_states_whether_the_site_is_the_old_or_the_new_one(
    tmp_path: Path, when: str, word: str, message: str
) -> None:
    folder = tmp_path / "output"
    folder.mkdir()
    (folder / "a.html").write_text("old")
    (folder / "manifest.txt").write_text("0  a.html\n")
    (tmp_path / "sources").mkdir()
    done = run_script(WRITE, folder, tmp_path / "sources", when)
    assert (done.returncode, done.stdout) == (130, "")
    assert message in done.stderr
    assert (folder / "a.html").read_text() == word
    assert not (tmp_path / ".output.new").exists()


def test_a_long_step_of_a_library_does_not_delay_the_end() -> None:
    code = """
import threading
interrupts.install()
threading.Timer(0.2, lambda: os.kill(os.getpid(), signal.SIGTERM)).start()
interrupts.run_in_thread(lambda: time.sleep(600))
"""
    assert run_script(code).returncode == 143


def test_ctrl_c_before_the_handlers_are_installed_prints_no_traceback() -> None:
    code = """
import importlib.abc, runpy
class Interrupted(importlib.abc.MetaPathFinder):
    def find_spec(self, name, *_):
        if name == "handbook.interrupts": raise KeyboardInterrupt
sys.meta_path.insert(0, Interrupted())
del sys.modules["handbook.interrupts"]
import handbook; del handbook.interrupts
runpy.run_path("build.py", run_name="__main__")
"""
    done = run_script(code)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", f"\n{MESSAGE}\n")


def test_output_that_is_not_read_does_not_delay_the_end() -> None:
    code = """
interrupts.install()
os.set_blocking(2, False)
try:
    while True: os.write(2, bytes(1000))
except BlockingIOError:
    os.set_blocking(2, True)
os.kill(os.getpid(), signal.SIGTERM)
"""
    command = [sys.executable, "-c", f"import os, signal\nfrom handbook import interrupts\n{code}"]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE) as running:
        assert running.wait(60) == 143
