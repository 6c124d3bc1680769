"""A tall diagram is cut for paper between its boxes, and the slices together are the whole drawing."""

from __future__ import annotations

import re

import pytest

from handbook.render.print_slices import MAX_HEIGHT, PAGE_WIDTH, with_print_slices

SLICE = re.compile(r'viewBox="0 ([\d.]+) [\d.]+ ([\d.]+)"')


def drawing(width: int, tops: list[int], size: int, height: int) -> str:
    boxes = "".join(f'<rect class="box" x="0" y="{top}" width="90" height="{size}" rx="4"/>' for top in tops)
    return f'<svg xmlns="http://www.w3.org/2000/svg" class="diagram" width="{width}" height="{height}">{boxes}</svg>'


@pytest.mark.parametrize("width", [300, 1400])
def test_slices_cover_the_drawing_and_cut_no_box(width: int) -> None:
    tops = list(range(10, 2000, 50))
    html = with_print_slices(drawing(width, tops, 40, 2010), "plan")
    slices = [(float(top), float(size)) for top, size in SLICE.findall(html)]
    assert len(slices) > 2
    assert slices[0][0] == 0
    assert [top + size for top, size in slices] == [*(top for top, _ in slices[1:]), 2010]
    cuts = [top for top, _ in slices[1:]]
    assert not [cut for cut in cuts for top in tops if top <= cut <= top + 40]
    assert max(size for _, size in slices) * min(1, PAGE_WIDTH / width) < MAX_HEIGHT
    assert html.count('id="plan_drawing"') == 1
    assert html.count('href="#plan_drawing"') == len(slices)


def test_a_box_over_several_others_is_not_cut() -> None:
    svg = drawing(300, list(range(10, 2000, 50)), 40, 2010).replace("</svg>", '<rect y="400" height="900"/></svg>')
    cuts = [float(top) for top, _ in SLICE.findall(with_print_slices(svg, "plan"))]
    assert not [cut for cut in cuts if 400 <= cut <= 1300]
    assert [cut for cut in cuts if cut > 1300]


def test_a_diagram_that_fits_stays_as_it_is() -> None:
    svg = drawing(300, [10, 60], 40, MAX_HEIGHT)
    assert with_print_slices(svg, "plan") == svg
