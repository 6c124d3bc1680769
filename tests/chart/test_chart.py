"""Charts: every mark stands where its number says, every number is told, nothing lies over anything else."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest
from conftest import Built
from hypothesis import given, settings
from hypothesis import strategies as st
from support.html_page import Element, page

from handbook import chart
from handbook.chart.scale import Scale, nice_scale
from handbook.chart.svg import DIGIT_WIDTH_EM, FONT_SIZE, HEIGHT, LEFT, RIGHT, WIDTH
from handbook.model import ChartSpec, YearValue

TOKENS = dict.fromkeys(
    ("text", "text-muted", "border", "accent", "branch-3", "branch-1-tint", "note-background", "picture-background"),
    "#000",
)
TOKENS["font-family"] = '"A Face", sans-serif'
NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**9), max_value=10**9)


def drawn(wanted: ChartSpec) -> Element:
    (svg,) = page(chart._chart_svg(wanted, TOKENS)).all("svg")  # one chart, without a whole site
    return svg


def bar_chart(bars: tuple[YearValue, ...]) -> ChartSpec:
    return ChartSpec(name="c_1", title="予算", unit="千円", bars=bars, actuals=(), targets=(), baseline=None)


def line(actuals: dict[int, str], targets: dict[int, str], base: tuple[int, str] | None = None) -> ChartSpec:
    def amounts(said: dict[int, str]) -> tuple[YearValue, ...]:
        return tuple(YearValue(year, Decimal(words) if words else None) for year, words in said.items())

    start = YearValue(base[0], Decimal(base[1])) if base else None
    reached = (*((start,) if start else ()), *amounts(actuals))
    return ChartSpec(
        name="c_1",
        title="魚 & <種類>",
        unit="種",
        bars=(),
        actuals=reached,
        targets=amounts(targets),
        baseline=start,
    )


def height(mark: Element) -> float:
    """How far from the top the middle of a mark is."""
    numbers = mark.attrs["d"].replace("M", "").split("a")[0].split("h")[0].split("l")[0].split()
    lift = {"actual": 0, "target": 4.5, "baseline": 6}
    return float(numbers[1]) + next(lift[kind] for kind in lift if kind in mark.attrs["class"].split())


def faults(svg: Element) -> Iterator[str]:
    """What stands elsewhere than the numbers at the side say: the scale is read as a reader does."""
    marks = {Decimal(t.attrs["data-value"]): float(t.attrs["y"]) - 4 for t in svg.all("text", class_="mark")}
    low, high = min(marks), max(marks)

    def wanted(value: Decimal) -> float:
        share = float((value - low) / (high - low))
        return marks[low] + share * (marks[high] - marks[low])

    for value, y in marks.items():
        if abs(y - wanted(value)) > 0.3:
            yield f"the mark {value} is not on the scale"
    for point in svg.all("path", class_="point"):
        if "data-value" in point.attrs:
            value = Decimal(point.attrs["data-value"])
            if not low <= value <= high or abs(height(point) - wanted(value)) > 0.3:
                yield f"{value} stands at {height(point)}"
    for bar in svg.all("rect", class_="bar"):
        value = Decimal(bar.attrs["data-value"])
        top, tall = float(bar.attrs["y"]), float(bar.attrs["height"])
        ends = sorted((wanted(Decimal(0)), wanted(value)))
        if abs(top - ends[0]) > 0.3 or abs(top + tall - ends[1]) > 0.3:
            yield f"the bar {value} goes from {top} to {top + tall}"


SERIES = st.dictionaries(st.integers(2020, 2032), NUMBERS.map(str), min_size=1, max_size=8)


@settings(deadline=None)
@given(actuals=SERIES, targets=SERIES)
def test_every_mark_stands_where_the_scale_says(actuals: dict[int, str], targets: dict[int, str]) -> None:
    svg = drawn(line(dict(sorted(actuals.items())), dict(sorted(targets.items()))))
    assert list(faults(svg)) == []
    values = sorted(Decimal(p.attrs["data-value"]) for p in svg.all("path", class_="point") if "data-value" in p.attrs)
    assert values == sorted(Decimal(words) for words in (*actuals.values(), *targets.values()))


@settings(deadline=None)
@given(SERIES)
def test_every_bar_is_as_long_as_its_number(money: dict[int, str]) -> None:
    bars = tuple(YearValue(year, Decimal(words)) for year, words in sorted(money.items()))
    svg = drawn(bar_chart(bars))
    assert list(faults(svg)) == []
    assert len(svg.all("rect", class_="bar")) == len(bars)


@pytest.mark.parametrize("bars", [False, True])
def test_a_wrong_scale_is_seen(bars: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    right = Scale.y_px

    def wrong(self: Scale, value: Decimal) -> float:
        return right(self, value) if value in {*self.ticks()} else right(self, value * 2)

    wanted = line({2022: "3", 2023: "7"}, {2026: "9"})
    wanted = bar_chart(wanted.actuals) if bars else wanted
    assert list(faults(drawn(wanted))) == []
    monkeypatch.setattr(Scale, "y_px", wrong)
    assert list(faults(drawn(wanted)))


@given(st.lists(NUMBERS, min_size=1, max_size=9), st.booleans())
def test_a_scale_holds_its_numbers_with_few_round_marks(numbers: list[Decimal], zero: bool) -> None:
    ruler = nice_scale(numbers, 40, 190, zero=zero)
    assert ruler.low <= min(numbers) <= max(numbers) <= ruler.high
    assert 2 <= len(list(ruler.ticks())) <= 7
    assert ruler.step.as_tuple().digits in ((1,), (2,), (5,))
    assert not zero or ruler.low <= 0 <= ruler.high


def test_no_number_is_a_gap_that_says_so_and_never_a_nought() -> None:
    svg = drawn(line({2022: "9", 2023: "", 2024: "", 2025: "8"}, {}))
    points = [p.attrs["data-year"] for p in svg.all("path", class_="point") if "data-year" in p.attrs]
    assert points == ["2022", "2025"]
    assert not svg.all("path", class_="line")
    (gap,) = svg.all("rect", class_="gap")
    assert float(gap.attrs["width"]) > (WIDTH - LEFT - RIGHT) * 0.49
    assert "実績値なし" in svg.words
    assert "令和5年度（2023）は、実績値なし。" in svg.all("desc")[0].words


def test_a_year_that_is_left_out_breaks_the_line() -> None:
    svg = drawn(line({2022: "9", 2023: "8", 2025: "7", 2026: "6"}, {}))
    assert len(svg.all("path", class_="line")) == 2


def test_a_chart_has_a_name_and_tells_every_number() -> None:
    svg = drawn(line({2022: "9.50"}, {2026: "1200"}, (2021, "-3")))
    title, desc = svg.all("title")[0], svg.all("desc")[0]
    assert (svg.attrs["role"], svg.attrs["aria-labelledby"], svg.attrs["aria-describedby"]) == (
        "img",
        "c_1_title",
        "c_1_desc",
    )
    assert title.words == "魚 & <種類>"
    for words in ("単位は種", "令和3年度（2021）は、基準値 -3", "実績値 9.50", "令和8年度（2026）は、目標値 1,200"):
        assert words in desc.words


def test_a_scale_that_leaves_out_nought_says_so() -> None:
    cut, whole = drawn(line({2022: "6200", 2023: "6180"}, {})), drawn(line({2022: "3", 2023: "9"}, {}))
    assert "縦の軸は 0 から始まりません" in cut.words
    assert "始まりません" not in whole.words


def test_series_differ_without_colour() -> None:
    svg = drawn(line({2022: "3", 2023: "4"}, {2026: "9"}, (2021, "2")))
    shapes = {kind: svg.all("path", class_=kind) for kind in ("actual", "target", "baseline")}
    lines = {kind: [p for p in shapes[kind] if "line" in p.attrs["class"].split()] for kind in shapes}
    assert "stroke-dasharray" in lines["target"][0].attrs
    assert "stroke-dasharray" not in lines["actual"][0].attrs
    points = [next(p for p in found if "point" in p.attrs["class"].split()) for found in shapes.values()]
    assert len({p.attrs["d"].lstrip("M0123456789. -")[:1] for p in points}) == 3


def box(text: Element) -> tuple[float, float, float, float]:
    """The room that a text takes, as our own width rule has it."""
    size = FONT_SIZE
    wide = sum(size if ord(c) > 255 else size * DIGIT_WIDTH_EM for c in text.words)
    x = float(text.attrs["x"]) - {"start": 0.0, "middle": wide / 2, "end": wide}[text.attrs["text-anchor"]]
    return x, float(text.attrs["y"]) - size * 0.8, x + wide, float(text.attrs["y"]) + 1


def overlapping(svg: Element) -> list[tuple[str, str]]:
    texts = [(text.words, box(text)) for text in svg.all("text") if text.words]
    return [
        (a, b)
        for place, (a, (x0, y0, x1, y1)) in enumerate(texts)
        for b, (u0, v0, u1, v1) in texts[place + 1 :]
        if x0 < u1 and u0 < x1 and y0 < v1 and v0 < y1
    ]


@settings(deadline=None)
@given(
    st.dictionaries(st.integers(2020, 2032), st.one_of(st.just(""), st.integers(-9999, 99999).map(str)), min_size=1),
    st.dictionaries(st.integers(2024, 2032), st.integers(-9999, 99999).map(str), min_size=1, max_size=3),
)
def test_no_words_lie_over_others_or_outside(actuals: dict[int, str], targets: dict[int, str]) -> None:
    svg = drawn(line(dict(sorted(actuals.items())), dict(sorted(targets.items())), (2019, "5")))
    assert overlapping(svg) == []
    assert all(box(t)[0] >= 0 and box(t)[2] <= WIDTH and box(t)[3] <= HEIGHT for t in svg.all("text"))


def test_words_that_lie_over_others_are_seen() -> None:
    text = (
        '<svg><text x="9" y="20" text-anchor="start">1,200</text><text x="20" y="22" text-anchor="start">3</text></svg>'
    )
    assert overlapping(page(text))


def test_every_chart_stands_beside_a_table_with_the_same_numbers(example: Built) -> None:
    site, files = example
    assert len(site.charts) > 10
    for wanted in site.charts:
        (path,) = [p for p, text in files.items() if p.endswith(".html") and f'id="{wanted.name}_title"' in text]
        (beside,) = [
            e
            for e in page(files[path]).all("div", class_="chart-with-table")
            if e.all("title", id=f"{wanted.name}_title")
        ]
        words = beside.all("table")[0].words
        assert all(a.formatted in words for a in (*wanted.bars, *wanted.actuals, *wanted.targets))
