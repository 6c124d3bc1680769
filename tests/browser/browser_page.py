"""One Chromium for all checks. It looks at many pages, some at once, each loaded a single time."""

from __future__ import annotations

import asyncio
import os
import re
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Self, TypeVar

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, JSHandle, Page, Request
from playwright.async_api import async_playwright as playwright

from browser.sites import HERE, Site, browser

T = TypeVar("T")
TABS = max(2, os.cpu_count() or 2)
VISIBILITY_SCRIPT = (HERE / "visibility.js").read_text(encoding="utf-8")
PATIENCE = 300
"""Seconds for one page. The slowest takes five, and many times that on a machine under load."""
FLAGS = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-component-update", "--disable-sync"]
"""The checks need no card and no network, and Chromium shall not look for Google by itself."""


@dataclass
class Tab:
    """A page that stands open, and what it did while it opened."""

    page: Page
    asked: list[str] = field(default_factory=list)
    """Address of every request."""
    failed: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    """Warnings and errors in the console."""
    _eyes: JSHandle | None = None

    @classmethod
    async def new(cls, context: BrowserContext) -> Self:
        """Open an empty tab."""
        tab = cls(await context.new_page())
        tab.page.on("request", lambda request: tab.asked.append(request.url))
        tab.page.on("requestfailed", tab._failed)
        tab.page.on("response", lambda got: tab.failed.append(f"{got.url} {got.status}") if got.status > 399 else None)
        tab.page.on("pageerror", lambda error: tab.said.append(str(error)))
        tab.page.on("console", tab._console)
        return tab

    def _failed(self, request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # by the browser itself, on leaving a page or on holding it
            self.failed.append(f"{request.url} {request.failure}")

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.said.append(message.text)

    async def open(self, address: str) -> None:
        """Load a page and forget the one before it."""
        self._eyes = None
        for log in (self.asked, self.failed, self.said):
            log.clear()
        await self.page.goto(address)

    async def ask(self, question: str, given: Any = None) -> Any:
        """Put one of the questions of visibility.js to the page."""
        self._eyes = self._eyes or await self.page.evaluate_handle(VISIBILITY_SCRIPT)
        return await self._eyes.evaluate(f"(eyes, given) => eyes.{question}(given)", given)

    async def resize(self, width: int, height: int = 800) -> None:
        """Give the window another width in CSS pixels."""
        await self.page.set_viewport_size({"width": width, "height": height})


Look = Callable[[Tab], Awaitable[T]]


class Reader:
    """Visits pages. It works from plain tests: each visit runs to its end before it returns."""

    def __init__(self) -> None:
        path = browser()
        self._runner = asyncio.Runner()
        self._playwright = self._runner.run(playwright().start())
        launch = self._playwright.chromium.launch(executable_path=path, args=FLAGS)
        self._browser: Browser = self._runner.run(launch)

    def close(self) -> None:
        """Leave no browser behind."""
        self._runner.run(self._browser.close())
        self._runner.run(self._playwright.stop())
        self._runner.close()

    def visit(
        self,
        site: Site,
        look: Look[T],
        pages: Iterable[str] | None = None,
        *,
        width: int = 1280,
        scripts: bool = True,
        hold: bool = True,
    ) -> dict[str, T]:
        """Open pages of a site, its sample if none are named, and return what each look gave, by page.

        On `hold`, a page that leads on by itself stays open.
        """
        left = deque(site.folder.sample if pages is None else pages)
        seen: dict[str, T] = {}

        async def sit() -> None:
            context = await self._browser.new_context(
                viewport={"width": width, "height": 800}, reduced_motion="reduce", locale="ja-JP"
            )
            context.set_default_timeout(PATIENCE * 1000)
            tab = await Tab.new(context)
            while left:
                page = left.popleft()
                held = hold and page in site.folder.stubs
                looking = _look(tab, site.address(page), look, scripts=scripts, hold=held)
                seen[page] = await asyncio.wait_for(looking, PATIENCE)
            await context.close()

        async def all_tabs() -> None:
            await asyncio.gather(*(sit() for _ in range(min(TABS, len(left)))))

        self._runner.run(all_tabs())
        return dict(sorted(seen.items()))


async def _look(tab: Tab, address: str, look: Look[T], *, scripts: bool, hold: bool) -> T:
    """Open a page and look. Without scripts the page's own never run; those of a checker do, once it has loaded."""
    if hold:  # answered with `no content`, the browser stays; only here, since a tab that may do so caches nothing
        await tab.page.route(re.compile(f"^(?!{re.escape(address)}$)"), lambda route: route.fulfill(status=204))
    if scripts:
        await tab.open(address)
    else:
        switch = await tab.page.context.new_cdp_session(tab.page)
        await switch.send("Emulation.setScriptExecutionDisabled", {"value": True})
        await tab.open(address)
        await switch.send("Emulation.setScriptExecutionDisabled", {"value": False})
        await switch.detach()
    found = await look(tab)
    if hold:
        await tab.page.unroute_all()
    return found
