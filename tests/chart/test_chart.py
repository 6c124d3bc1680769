"""Charts: each mark is at the position of its value, each value is in the text, no two texts overlap."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest
from conftest import Built
from hypothesis import given, settings
from hypothesis import strategies as st
from support.html_page import Element, page

from handbook import chart
from handbook.chart.scale import Scale, nice_scale
from handbook.chart.svg import DIGIT_WIDTH_EM, FONT_SIZE, HEIGHT, MIN_LEFT, RIGHT, WIDTH
from handbook.model import ChartSpec, YearValue

TOKENS = dict.fromkeys(
    ("text", "text-muted", "border", "accent", "branch-3", "branch-1-tint", "note-background", "picture-background"),
    "#000",
)
TOKENS["font-family"] = '"A Face", sans-serif'
NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**9), max_value=10**9)


def chart_svg(spec: ChartSpec) -> Element:
    (svg,) = page(chart._chart_svg(spec, TOKENS)).all("svg")
    return svg


def bar_chart(bars: tuple[YearValue, ...]) -> ChartSpec:
    return ChartSpec(name="c_1", title="予算", unit="千円", bars=bars, actuals=(), targets=(), baseline=None)


def line_chart(actuals: dict[int, str], targets: dict[int, str], base: tuple[int, str] | None = None) -> ChartSpec:
    def amounts(values: dict[int, str]) -> tuple[YearValue, ...]:
        return tuple(YearValue(year, Decimal(words) if words else None) for year, words in values.items())

    baseline = YearValue(base[0], Decimal(base[1])) if base else None
    with_baseline = (*((baseline,) if baseline else ()), *amounts(actuals))
    return ChartSpec(
        name="c_1",
        title="魚 & <種類>",
        unit="種",
        bars=(),
        actuals=with_baseline,
        targets=amounts(targets),
        baseline=baseline,
    )


def marker_y(marker: Element) -> float:
    """Return the y coordinate of the middle of a marker."""
    numbers = marker.attrs["d"].replace("M", "").split("a")[0].split("h")[0].split("l")[0].split()
    offset = {"actual": 0, "target": 4.5, "baseline": 6}
    return float(numbers[1]) + next(offset[kind] for kind in offset if kind in marker.attrs["class"].split())


def misplaced_marks(svg: Element) -> Iterator[str]:
    """Yield each mark that is not where the printed axis labels place its value."""
    label_y = {Decimal(t.attrs["data-value"]): float(t.attrs["y"]) - 4 for t in svg.all("text", class_="mark")}
    low, high = min(label_y), max(label_y)

    def expected_y(value: Decimal) -> float:
        share = float((value - low) / (high - low))
        return label_y[low] + share * (label_y[high] - label_y[low])

    for value, y in label_y.items():
        if abs(y - expected_y(value)) > 0.3:
            yield f"the axis label {value} is not on the scale"
    for point in svg.all("path", class_="point"):
        if "data-value" in point.attrs:
            value = Decimal(point.attrs["data-value"])
            if not low <= value <= high or abs(marker_y(point) - expected_y(value)) > 0.3:
                yield f"{value} is at {marker_y(point)}"
    for bar in svg.all("rect", class_="bar"):
        value = Decimal(bar.attrs["data-value"])
        top, height = float(bar.attrs["y"]), float(bar.attrs["height"])
        edges = sorted((expected_y(Decimal(0)), expected_y(value)))
        if abs(top - edges[0]) > 0.3 or abs(top + height - edges[1]) > 0.3:
            yield f"the bar {value} goes from {top} to {top + height}"


AMOUNTS = st.one_of(st.integers(-9999, 99999), st.integers(-(10**9), 10**12))
SERIES = st.dictionaries(st.integers(2020, 2032), NUMBERS.map(str), min_size=1, max_size=8)


@settings(deadline=None)
@given(actuals=SERIES, targets=SERIES)
def test_every_mark_is_at_its_position_on_the_scale(actuals: dict[int, str], targets: dict[int, str]) -> None:
    svg = chart_svg(line_chart(dict(sorted(actuals.items())), dict(sorted(targets.items()))))
    assert list(misplaced_marks(svg)) == []
    values = sorted(Decimal(p.attrs["data-value"]) for p in svg.all("path", class_="point") if "data-value" in p.attrs)
    assert values == sorted(Decimal(words) for words in (*actuals.values(), *targets.values()))


@settings(deadline=None)
@given(SERIES)
def test_every_bar_is_as_long_as_its_number(money: dict[int, str]) -> None:
    bars = tuple(YearValue(year, Decimal(words)) for year, words in sorted(money.items()))
    svg = chart_svg(bar_chart(bars))
    assert list(misplaced_marks(svg)) == []
    assert len(svg.all("rect", class_="bar")) == len(bars)


@pytest.mark.parametrize("bars", [False, True])
def test_a_wrong_scale_is_found(bars: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    correct_y = Scale.y_px

    def wrong_y(self: Scale, value: Decimal) -> float:
        return correct_y(self, value) if value in {*self.ticks()} else correct_y(self, value * 2)

    spec = line_chart({2022: "3", 2023: "7"}, {2026: "9"})
    spec = bar_chart(spec.actuals) if bars else spec
    assert list(misplaced_marks(chart_svg(spec))) == []
    monkeypatch.setattr(Scale, "y_px", wrong_y)
    assert list(misplaced_marks(chart_svg(spec)))


@given(st.lists(NUMBERS, min_size=1, max_size=9), st.booleans())
def test_a_scale_covers_its_numbers_with_a_few_round_ticks(numbers: list[Decimal], zero: bool) -> None:
    scale = nice_scale(numbers, 40, 190, include_zero=zero)
    assert scale.low <= min(numbers) <= max(numbers) <= scale.high
    assert 2 <= len(list(scale.ticks())) <= 7
    assert scale.step.as_tuple().digits in ((1,), (2,), (5,))
    assert not zero or scale.low <= 0 <= scale.high


def test_a_missing_value_is_a_labelled_gap_and_never_a_zero() -> None:
    svg = chart_svg(line_chart({2022: "9", 2023: "", 2024: "", 2025: "8"}, {}))
    points = [p.attrs["data-year"] for p in svg.all("path", class_="point") if "data-year" in p.attrs]
    assert points == ["2022", "2025"]
    assert not svg.all("path", class_="line")
    (gap,) = svg.all("rect", class_="gap")
    assert float(gap.attrs["width"]) > (WIDTH - MIN_LEFT - RIGHT) * 0.49
    assert "実績値なし" in svg.words
    assert "令和5年度（2023）は、実績値なし。" in svg.all("desc")[0].words


def test_a_year_without_an_entry_breaks_the_line() -> None:
    svg = chart_svg(line_chart({2022: "9", 2023: "8", 2025: "7", 2026: "6"}, {}))
    assert len(svg.all("path", class_="line")) == 2


def test_a_chart_has_a_title_and_a_description_with_every_number() -> None:
    svg = chart_svg(line_chart({2022: "9.50"}, {2026: "1200"}, (2021, "-3")))
    title, desc = svg.all("title")[0], svg.all("desc")[0]
    assert (svg.attrs["role"], svg.attrs["aria-labelledby"], svg.attrs["aria-describedby"]) == (
        "img",
        "c_1_title",
        "c_1_desc",
    )
    assert title.words == "魚 & <種類>"
    for words in ("単位は種", "令和3年度（2021）は、基準値 -3", "実績値 9.50", "令和8年度（2026）は、目標値 1,200"):
        assert words in desc.words


def test_a_scale_that_does_not_start_at_zero_has_a_note() -> None:
    without_zero, with_zero = (
        chart_svg(line_chart({2022: "6200", 2023: "6180"}, {})),
        chart_svg(line_chart({2022: "3", 2023: "9"}, {})),
    )
    assert "縦の軸は 0 から始まりません" in without_zero.words
    assert "始まりません" not in with_zero.words


def test_series_can_be_distinguished_without_colour() -> None:
    svg = chart_svg(line_chart({2022: "3", 2023: "4"}, {2026: "9"}, (2021, "2")))
    paths = {kind: svg.all("path", class_=kind) for kind in ("actual", "target", "baseline")}
    lines = {kind: [p for p in paths[kind] if "line" in p.attrs["class"].split()] for kind in paths}
    assert "stroke-dasharray" in lines["target"][0].attrs
    assert "stroke-dasharray" not in lines["actual"][0].attrs
    points = [next(p for p in found if "point" in p.attrs["class"].split()) for found in paths.values()]
    assert len({p.attrs["d"].lstrip("M0123456789. -")[:1] for p in points}) == 3


def bounding_box(text: Element) -> tuple[float, float, float, float]:
    """Return the estimated bounding box (left, top, right, bottom) of a text."""
    font_size = FONT_SIZE
    width = sum(font_size if ord(c) > 255 else font_size * DIGIT_WIDTH_EM for c in text.words)
    x = float(text.attrs["x"]) - {"start": 0.0, "middle": width / 2, "end": width}[text.attrs["text-anchor"]]
    return x, float(text.attrs["y"]) - font_size * 0.8, x + width, float(text.attrs["y"]) + 1


def overlapping(svg: Element) -> list[tuple[str, str]]:
    texts = [(text.words, bounding_box(text)) for text in svg.all("text") if text.words]
    return [
        (a, b)
        for place, (a, (x0, y0, x1, y1)) in enumerate(texts)
        for b, (u0, v0, u1, v1) in texts[place + 1 :]
        if x0 < u1 and u0 < x1 and y0 < v1 and v0 < y1
    ]


@settings(deadline=None)
@given(
    st.dictionaries(st.integers(2020, 2032), st.one_of(st.just(""), AMOUNTS.map(str)), min_size=1),
    st.dictionaries(st.integers(2024, 2032), AMOUNTS.map(str), min_size=1, max_size=3),
    st.sampled_from(["種", "", "人（延べ、年間の利用者の数）", "NaturalResourcesAndEnvironment", "とても長い単位" * 5]),
)
def test_no_text_overlaps_another_or_the_edge(actuals: dict[int, str], targets: dict[int, str], unit: str) -> None:
    spec = line_chart(dict(sorted(actuals.items())), dict(sorted(targets.items())), (2019, "5"))
    svg = chart_svg(replace(spec, unit=unit))
    assert overlapping(svg) == []
    assert all(
        bounding_box(t)[0] >= 0 and bounding_box(t)[2] <= WIDTH and bounding_box(t)[3] <= HEIGHT
        for t in svg.all("text")
    )


def test_overlapping_texts_are_found() -> None:
    text = (
        '<svg><text x="9" y="20" text-anchor="start">1,200</text><text x="20" y="22" text-anchor="start">3</text></svg>'
    )
    assert overlapping(page(text))


def test_every_chart_has_a_table_with_the_same_numbers_next_to_it(example: Built) -> None:
    site, files = example
    assert len(site.charts) > 10
    for spec in site.charts:
        (path,) = [p for p, text in files.items() if p.endswith(".html") and f'id="{spec.name}_title"' in text]
        (with_table,) = [
            e
            for e in page(files[path]).all("div", class_="chart-with-table")
            if e.all("title", id=f"{spec.name}_title")
        ]
        words = with_table.all("table")[0].words
        assert all(a.formatted in words for a in (*spec.bars, *spec.actuals, *spec.targets))
