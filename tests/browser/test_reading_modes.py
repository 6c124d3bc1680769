"""Pages in the modes that readers choose: forced colours, more contrast, dark, less motion, kana, no scripts."""

from __future__ import annotations

import re
from typing import Any

from support.html_page import page as parse_page

from browser import sites
from browser.browser_page import Reader, Tab
from browser.conftest import Planted
from browser.sites import Folder, Site, assert_no_faults, on_disk

LANDMARKS = {"banner", "complementary", "contentinfo", "form", "main", "navigation", "region", "search"}
BARS = """() => [...document.querySelectorAll('header.site nav a')].map(link =>
    [link.hasAttribute('aria-current'), parseFloat(getComputedStyle(link).borderBottomWidth)])"""
MOVING = """() => document.getAnimations().length + [...document.querySelectorAll('*')].filter(element => {
    const style = getComputedStyle(element);
    return parseFloat(style.transitionDuration) > 0 || parseFloat(style.animationDuration) > 0
        || style.scrollBehavior === 'smooth';
}).length"""
CARDS = "() => [...document.querySelectorAll('.cards > .card')].map(card => card.getBoundingClientRect().toJSON())"
BROKEN = """() => [...document.querySelectorAll('.chart-with-table')].flatMap(box =>
    [...box.querySelectorAll('th, td')].filter(cell => [...cell.childNodes].some(node => {
        const range = document.createRange();
        range.selectNodeContents(node);
        const lines = new Set([...range.getClientRects()].map(line => Math.round(line.y)));
        return node.nodeType === Node.TEXT_NODE && lines.size > 1;
    })).map(cell => `“${cell.innerText}” breaks`)
    .concat([...box.children].filter(child => child.getBoundingClientRect().right > innerWidth)
        .map(() => 'it leaves the window')))"""


async def landmarks(tab: Tab) -> list[str]:
    """Return each landmark whose role and name another one has, and each one without the name that it needs."""
    browser = await tab.page.context.new_cdp_session(tab.page)
    tree: dict[str, Any] = await browser.send("Accessibility.getFullAXTree")
    await browser.detach()
    found = [
        (node["role"]["value"], node.get("name", {}).get("value", ""))
        for node in tree["nodes"]
        if not node["ignored"] and node["role"]["value"] in LANDMARKS
    ]
    twice = [f"{role} “{name}” is there twice" for role, name in set(found) if found.count((role, name)) > 1]
    need_names = ("complementary", "navigation", "region", "search", "form")
    return twice + [f"{role} has no name" for role, name in found if role in need_names and not name]


def test_every_landmark_has_a_name_of_its_own(reader: Reader, site: Site, *, full: bool) -> None:
    for width in (1280, 390) if full else (1280,):
        assert_no_faults(reader.visit(site, landmarks, site.folder.sample_kinds, width=width))


def test_landmarks_with_one_name_or_none_are_reported(reader: Reader, planted: Planted) -> None:
    site = planted(
        twice='<nav aria-label="目次"><a href="#">一</a></nav><nav aria-label="目次"><a href="#">二</a></nav>',
        none="<nav><a href='#'>一</a></nav>",
        fine='<nav aria-label="目次"><a href="#">一</a></nav><section aria-label="表">二</section>',
    )
    found = reader.visit(site, landmarks)
    assert found["twice.html"] == ["navigation “目次” is there twice"]
    assert found["none.html"] == ["navigation has no name"]
    assert found["fine.html"] == []


def test_only_the_current_page_has_a_bar_in_forced_colours(reader: Reader, site: Site) -> None:
    async def bars(tab: Tab) -> list[list[Any]]:
        await tab.page.emulate_media(forced_colors="active")
        return list(await tab.page.evaluate(BARS))

    for path, links in reader.visit(site, bars, site.folder.sample_kinds).items():
        assert [width > 0 for _, width in links] == [is_current for is_current, _ in links], path
    assert sum(is_current for is_current, _ in reader.visit(site, bars, ["structure.html"])["structure.html"]) == 1


def test_lines_and_grey_text_are_dark_for_readers_who_ask_for_contrast(reader: Reader, site: Site) -> None:
    look = """() => {
        const style = getComputedStyle(document.body);
        return ['border', 'control-border', 'text-muted', 'text'].map(name => style.getPropertyValue('--' + name));
    }"""

    async def colours(tab: Tab) -> list[list[str]]:
        seen = []
        for scheme in ("light", "dark"):
            for contrast in ("no-preference", "more"):
                await tab.page.emulate_media(color_scheme=scheme, contrast=contrast)
                seen.append(await tab.page.evaluate(look))
        return seen

    (seen,) = reader.visit(site, colours, ["index.html"]).values()
    for usual, more in (seen[:2], seen[2:]):
        assert usual[0] != usual[1]
        assert usual[2] != usual[3]
        assert more[0] == more[1] == usual[1]
        assert more[2] == more[3] == usual[3]


def test_nothing_moves_for_readers_who_ask_for_less_motion(reader: Reader, site: Site, planted: Planted) -> None:
    async def moving(tab: Tab) -> int:
        return int(await tab.page.evaluate(MOVING))

    assert set(reader.visit(site, moving, site.folder.sample_kinds).values()) == {0}
    bad = planted(bad="<style>p { transition: color 1s }</style><p>動く")
    assert reader.visit(bad, moving) == {"bad.html": 1}


def test_the_diagram_of_the_front_page_is_dark_in_the_dark_scheme(reader: Reader, site: Site) -> None:
    async def brightness(tab: Tab) -> list[float]:
        values = []
        for scheme in ("light", "dark"):
            await tab.page.emulate_media(color_scheme=scheme)
            values.append(
                await tab.page.evaluate("""async () => {
                    const picture = document.querySelector('.cover img');
                    picture.scrollIntoView();
                    await picture.decode();
                    return getComputedStyle(document.querySelector('.cover')).backgroundColor;
                }""")
            )
        return [sum(map(float, re.findall(r"\d+", value)[:3])) for value in values]

    ((light, dark),) = reader.visit(site, brightness, ["index.html"]).values()
    assert light > 700
    assert dark < 150


def test_the_file_of_a_diagram_has_every_colour_in_the_dark_scheme_too(folder: Folder) -> None:
    text = (folder.path / "diagrams/plan.svg").read_text(encoding="utf-8")
    style = text.partition("<style>")[2].partition("</style>")[0]
    assert style.startswith("@media (prefers-color-scheme: dark)")
    branches = set(re.findall(r"\b(branch-\d)\b", text.partition("</style>")[2]))
    assert branches
    assert all(f".{branch}:is(.head, .branch) rect" in style for branch in branches)


def test_no_number_or_year_next_to_a_chart_breaks(reader: Reader, site: Site, *, full: bool) -> None:
    async def broken(tab: Tab) -> list[str]:
        faults: list[str] = []
        for width in (320, 390, 800, 1000, 1280) if full else (320,):
            await tab.resize(width)
            faults += [f"{fault} [{width} px]" for fault in await tab.page.evaluate(BROKEN)]
        return faults

    pages = [page for page in site.folder.sample if "chart-with-table" in site.folder.text(page)]
    if pages:
        assert_no_faults(reader.visit(site, broken, pages))


def test_cards_stand_in_the_order_in_which_they_are_read(reader: Reader, site: Site) -> None:
    async def cards(tab: Tab) -> list[dict[str, float]]:
        return list(await tab.page.evaluate(CARDS))

    for width in (390, 1000, 1280):
        (boxes,) = reader.visit(site, cards, ["index.html"], width=width).values()
        places = [(round(box["top"]), round(box["left"])) for box in boxes]
        assert places == sorted(places)
        assert len(places) > 2


def test_nothing_is_moved_out_of_its_order(folder: Folder) -> None:
    styles = (folder.path / "theme/site.css").read_text(encoding="utf-8")
    assert not re.findall(r"[^-\w]order:|row-reverse|column-reverse|[^-]columns: 2 24rem", styles)


def test_kana_stay_from_page_to_page_and_nothing_is_stored(reader: Reader, folder: Folder) -> None:
    async def walk(tab: Tab) -> list[Any]:
        seen: list[Any] = []

        async def note() -> None:
            seen.append(await tab.page.is_checked("#ruby_") and await tab.page.locator("rt:visible").count() > 0)

        await note()
        await tab.page.check("#ruby_")
        await note()
        await tab.page.click("main .cards a >> nth=0")
        await tab.page.wait_for_load_state()
        await note()
        await tab.page.fill("#header-search_", "の")
        await tab.page.press("#header-search_", "Enter")
        await tab.page.wait_for_url(re.compile("search"))
        assert await tab.page.is_checked("#ruby_")
        await tab.page.click("#results_ a >> nth=0")
        await tab.page.wait_for_load_state()
        await note()
        await tab.page.uncheck("#ruby_")
        await tab.page.click("header.site nav a >> nth=0")
        await tab.page.wait_for_load_state()
        await note()
        assert "ruby" not in tab.page.url
        return [*seen, list(await tab.query("kept"))]

    (seen,) = reader.visit(on_disk(folder), walk, ["index.html"]).values()
    assert seen == [False, True, True, True, False, []]


def test_kana_are_over_prose_and_large_enough_to_read(reader: Reader, site: Site) -> None:
    async def sizes(tab: Tab) -> list[float]:
        await tab.page.check("#ruby_")
        return list(
            await tab.page.evaluate(
                "[...document.querySelectorAll('rt')].map(kana => parseFloat(getComputedStyle(kana).fontSize))"
            )
        )

    found = reader.visit(site, sizes, [page for page in site.folder.sample_kinds if "<rt>" in site.folder.text(page)])
    assert found
    assert min(size for of_page in found.values() for size in of_page) >= 9
    prose = [html for page in site.folder.pages for html in re.findall(r"<p>.*?</p>", site.folder.text(page))]
    assert sum("<rt>" in html for html in prose) > 5


def test_without_scripts_the_search_gives_way_to_the_index(reader: Reader, site: Site) -> None:
    async def look(tab: Tab) -> list[bool]:
        return [
            await tab.page.locator("form[role=search]").is_visible(),
            await tab.page.locator("a", has_text="索引").first.is_visible(),
            await tab.page.locator("noscript a").count() > 0,
        ]

    for path in ("index.html", "search.html"):
        assert reader.visit(site, look, [path], scripts=False) == {path: [False, True, True]}
        assert reader.visit(site, look, [path])[path][::2] == [True, False]


def test_a_wrong_address_at_any_depth_shows_a_page_with_styles_and_links(
    reader: Reader, folder: Folder, *, full: bool
) -> None:
    """A site without a published URL is tried under several paths. A quick run tries the deepest."""

    async def look(tab: Tab) -> tuple[str, list[str], list[str]]:
        family = await tab.page.evaluate("getComputedStyle(document.body).fontFamily")
        links = await tab.page.locator("#links_ a:visible").evaluate_all("all => all.map(link => link.href)")
        lost = [line for line in tab.failed if "no-such" not in line] + [m for m in tab.messages if "404" not in m]
        return family, links, lost

    first = next(page for page in folder.pages if "/" in page).partition("/")[0]
    paths = ["no-such.html", f"{first}/no-such.html", f"{first}/no-such/deeper.html"]
    for base in [folder.home] if folder.home else ["/a/b/plan/", "/", "/plan/"] if full else ["/a/b/plan/"]:
        with sites.served(folder, base) as site:
            for family, links, lost in reader.visit(site, look, paths).values():
                assert "BIZ UDPGothic" in family
                assert [site.page(link) for link in links] == [
                    "index.html",
                    "structure.html",
                    "search.html",
                    "sitemap.html",
                ]
                assert lost == []


def test_each_cell_of_the_structure_table_names_its_heads(folder: Folder) -> None:
    html = parse_page(folder.text("structure.html"))
    (table,) = [table for table in html.all("table") if table.attrs.get("class") == "structure"]
    heads = {cell.attrs["id"]: cell for cell in table.all("th")}
    cells = [cell for cell in (*table.all("th"), *table.all("td")) if "headers" in cell.attrs]
    assert len(cells) > 20
    for cell in cells:
        names = cell.attrs["headers"].split()
        assert names
        assert set(names) <= heads.keys()
        assert cell.attrs.get("id") not in names
    assert len(heads) == len(table.all("th"))
