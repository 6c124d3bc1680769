"""Shared fixtures and options: whole sites built in memory, `--golden`, `--full`, and the count of hazards."""

from __future__ import annotations

import functools
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings
from support import random_examples
from support.pdf_document import PdfDocument

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
FIRST = HERE / "first-published-plan"
"""The plan as it was first published. Tests of its texts stay valid when editors change the current plan."""
sys.path.insert(0, str(ROOT))

from support.building import build_in_memory  # noqa: E402  # it imports handbook from ROOT

from handbook import parallel  # noqa: E402  # as above
from handbook.model import Site  # noqa: E402  # as above

Tally = Callable[[int], None]
Built = tuple[Site, dict[str, str]]
"""A site and its text files by path."""
BookletSite = tuple[Site, dict[str, bytes], PdfDocument]
"""A site with its booklet, its files by path, and the parsed handbook."""
HANDBOOK = "booklet/handbook.pdf"
SLOW_FOLDERS = frozenset({"trust", "browser", "booklet", "importer"})
"""Their modules take longest. They run first, so that all workers are busy until the end."""
MAX_QUICK_CASES = 30
"""Most cases of a parametrized test in a quick run."""
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b550000000a4944415478da63600000000200"
    "01e527defc0000000049454e44ae426082"
)
"""The smallest PNG."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--golden", action="store_true", help="rewrite the expected files from the current output")
    parser.addoption("--full", action="store_true", help="try each hazard as often as tests/trust/counts.py says")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "hazard(number): the row of tests/trust/counts.py that a test is for")
    config.addinivalue_line("markers", "every(step): of the cases of this test, a quick run tries each `step`th")
    settings.load_profile(random_examples.FULL if config.getoption("--full") else random_examples.QUICK)
    if hasattr(config, "workerinput"):  # set by pytest-xdist in its workers
        # Each core has a test worker. Builds in its process start no further ones: forks of a large process cost most
        # of the system time. Builds in processes of their own and tests of handbook.parallel use all cores.
        parallel.cpu_count = lambda: 1
    else:
        config.pluginmanager.register(HazardCounter(), "hazard-counter")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Run slow folders first, and deselect most cases of tests with many.

    None is deselected if `--full` is given or single tests are named.

    Of a test marked with `every(n)` each nth case is left, of another at most MAX_QUICK_CASES; hazards count their own.
    """
    items.sort(key=lambda item: item.path.parent.name not in SLOW_FOLDERS)
    if config.getoption("--full") or any("::" in argument for argument in config.args):
        return
    tests = [item.nodeid.partition("[")[0] for item in items]
    counts, seen = Counter(tests), Counter[str]()
    left: list[pytest.Item] = []
    for item, test in zip(items, tests, strict=True):
        mark = item.get_closest_marker("every")
        step = mark.args[0] if mark else 1 if item.get_closest_marker("hazard") else -(-counts[test] // MAX_QUICK_CASES)
        if seen[test] % step:
            left.append(item)
        seen[test] += 1
    config.hook.pytest_deselected(items=left)
    items[:] = [item for item in items if item not in set(left)]


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Add the hazards of a test to its report, so that they reach the main process from a parallel worker."""
    item.user_properties.extend(("hazard", mark.args[0]) for mark in item.iter_markers("hazard"))


class HazardCounter:
    """Sums up the number of cases of each hazard that a run has tried. Runs in the main process only."""

    def __init__(self) -> None:
        self.cases: Counter[int] = Counter()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "teardown":
            tried = sum(int(str(value)) for name, value in report.user_properties if name == "tried")
            self.cases.update({int(str(value)): tried for name, value in report.user_properties if name == "hazard"})

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Fail if a hazard was tried too rarely; after a full golden run, write the table of docs/trust.md."""
        from trust.test_table import too_few_cases, write_table  # noqa: PLC0415  # test modules are imported after the collection

        option, terminal = session.config.getoption, session.config.pluginmanager.get_plugin("terminalreporter")
        if exitstatus or not terminal or "skipped" in terminal.stats or option("--collect-only"):
            return
        if problems := too_few_cases(self.cases, full=option("--full")):
            terminal.write_sep("=", "hazards", red=True)
            terminal.write_line("\n".join(problems))
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
        elif option("--full") and option("--golden"):
            write_table(self.cases)


@pytest.fixture
def full(request: pytest.FixtureRequest) -> bool:
    """Whether this run tries every hazard as often as docs/trust.md states."""
    return bool(request.config.getoption("--full"))


@pytest.fixture
def times(full: bool) -> Callable[[int], int]:
    """Returns the number of cases to try for a hazard in this run."""
    from trust.counts import HAZARDS  # noqa: PLC0415  # only tests of hazards need it

    return lambda row: HAZARDS[row].full if full else HAZARDS[row].quick


@pytest.fixture
def tally(request: pytest.FixtureRequest) -> Tally:
    """Records the number of cases that a test has tried; docs/trust.md contains the sum per hazard."""
    return lambda cases: request.node.user_properties.append(("tried", cases))


@functools.cache
def built(root: Path) -> Built:
    site, files = build_in_memory(root)
    return site, {
        file.path: file.data.decode(errors="replace" if file.path.endswith(".xlsx") else "strict")
        for file in files
        if not file.path.startswith("images/")
    }


@pytest.fixture(scope="session")
def real() -> Built:
    """The first published edition of the plan in this repository."""
    return built(FIRST)


@pytest.fixture(scope="session")
def example() -> Built:
    """The fictitious plan that uses every field."""
    return built(ROOT / "example")


@functools.cache
def booklet_site_of(root: Path) -> BookletSite:
    site, files = build_in_memory(root, with_booklet=True)
    made = {file.path: file.data for file in files}
    return site, made, PdfDocument(made[HANDBOOK])


@pytest.fixture(scope="session", params=[FIRST, ROOT / "example"], ids=["first", "example"])
def booklet_site(request: pytest.FixtureRequest) -> BookletSite:
    """Both plans with their booklets."""
    return booklet_site_of(request.param)


@pytest.fixture(scope="session")
def large_booklet(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> BookletSite:
    """The booklet of a fictitious plan of 200 nodes with `--full`, of 60 in a quick run."""
    sys.path.insert(0, str(ROOT / "bench"))
    import sample_plans  # noqa: PLC0415  # only tests of the booklet need it

    root = tmp_path_factory.mktemp("large-plan")
    sample_plans.write_plan(sample_plans.sample_tree(200 if request.config.getoption("--full") else 60), root)
    return booklet_site_of(root)


@pytest.fixture
def plan_of(tmp_path: Path) -> Callable[..., Path]:
    """Writes a plan.yaml and files of content/ into a temporary folder. `a__b="text"` writes content/a/b.md."""

    def write(text: str, **texts: str) -> Path:
        tmp_path.mkdir(exist_ok=True)
        (tmp_path / "plan.yaml").write_text(text, encoding="utf-8")
        for name, words in texts.items():
            path = tmp_path / "content" / f"{name.replace('__', '/')}.md"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(words, encoding="utf-8")
        return tmp_path

    return write
