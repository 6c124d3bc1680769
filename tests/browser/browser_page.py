"""One Chromium for all checks. It opens several pages at once and loads each only once per check."""

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
TIMEOUT_SECONDS = 300
"""For one page. The slowest takes five seconds, and many times that on a machine under load."""
FLAGS = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-component-update", "--disable-sync"]
"""Disable the graphics card and the requests that Chromium sends to Google by itself."""


@dataclass
class Tab:
    """An open page, with its requests and console messages since it was opened."""

    page: Page
    requests: list[str] = field(default_factory=list)
    """Address of every request."""
    failed: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    """Warnings and errors in the console."""
    _script: JSHandle | None = None

    @classmethod
    async def new(cls, context: BrowserContext) -> Self:
        """Open an empty tab."""
        tab = cls(await context.new_page())
        tab.page.on("request", lambda request: tab.requests.append(request.url))
        tab.page.on("requestfailed", tab._failed)
        tab.page.on("response", lambda got: tab.failed.append(f"{got.url} {got.status}") if got.status > 399 else None)
        tab.page.on("pageerror", lambda error: tab.messages.append(str(error)))
        tab.page.on("console", tab._console)
        return tab

    def _failed(self, request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # the browser aborts requests when a page is left or kept open
            self.failed.append(f"{request.url} {request.failure}")

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.messages.append(message.text)

    async def open(self, address: str) -> None:
        """Load a page and clear the logs of the previous one."""
        self._script = None
        for log in (self.requests, self.failed, self.messages):
            log.clear()
        await self.page.goto(address)

    async def query(self, name: str, given: Any = None) -> Any:
        """Call a function of visibility.js in the page and return its result."""
        self._script = self._script or await self.page.evaluate_handle(VISIBILITY_SCRIPT)
        return await self._script.evaluate(f"(script, given) => script.{name}(given)", given)

    async def resize(self, width: int, height: int = 800) -> None:
        """Give the window another width in CSS pixels."""
        await self.page.set_viewport_size({"width": width, "height": height})


Look = Callable[[Tab], Awaitable[T]]


class Reader:
    """Visits pages from synchronous tests: each visit is complete when the method returns."""

    def __init__(self) -> None:
        path = browser()
        self._runner = asyncio.Runner()
        self._playwright = self._runner.run(playwright().start())
        launch = self._playwright.chromium.launch(executable_path=path, args=FLAGS)
        self._browser: Browser = self._runner.run(launch)

    def close(self) -> None:
        """Close the browser."""
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
        """Open pages of a site (by default its sample) and return the result of `look` by page.

        With `hold`, a redirect page stays open.
        """
        left = deque(site.folder.sample if pages is None else pages)
        seen: dict[str, T] = {}

        async def visit_pages() -> None:
            context = await self._browser.new_context(
                viewport={"width": width, "height": 800}, reduced_motion="reduce", locale="ja-JP"
            )
            context.set_default_timeout(TIMEOUT_SECONDS * 1000)
            tab = await Tab.new(context)
            while left:
                page = left.popleft()
                hold_page = hold and page in site.folder.stubs
                looking = _look(tab, site.address(page), look, scripts=scripts, hold=hold_page)
                seen[page] = await asyncio.wait_for(looking, TIMEOUT_SECONDS)
            await context.close()

        async def all_tabs() -> None:
            await asyncio.gather(*(visit_pages() for _ in range(min(TABS, len(left)))))

        self._runner.run(all_tabs())
        return dict(sorted(seen.items()))


async def _look(tab: Tab, address: str, look: Look[T], *, scripts: bool, hold: bool) -> T:
    """Open a page and call `look`. With `scripts=False`, scripts of the page do not run, but those of a check do."""
    if hold:  # on status 204 the browser stays on the page; only with `hold`, since routing disables the cache
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
