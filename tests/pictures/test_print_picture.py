"""Pictures in PDFs have the dots that a printer needs and no more; the published file stays as it is."""

from __future__ import annotations

import functools
import io
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from support.building import build_in_memory
from support.pdf_document import PdfDocument
from support.picture_files import encoded

from handbook.pictures import PRINT_DENSITY, print_picture

A4_TEXT = (167 / 25.4, 251 / 25.4)
"""Width and height in inches."""
PHOTO_SIZE = (2400, 3600)
MAX_WIDTH = round(A4_TEXT[0] * PRINT_DENSITY)


@functools.cache
def photo(size: tuple[int, int] = PHOTO_SIZE) -> Image.Image:
    """Return a picture with soft noise, as a camera makes it."""
    width, height = size
    grey = Image.effect_noise((width // 4, height // 4), 60).resize(size)
    return Image.merge(
        "RGB", (grey, grey.transpose(Image.Transpose.ROTATE_180), Image.radial_gradient("L").resize(size))
    )


def drawing(size: tuple[int, int] = PHOTO_SIZE) -> Image.Image:
    """Return black lines on white."""
    image = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(image)
    for x in range(0, size[0], 40):
        draw.line((x, 0, size[0] - x, size[1]), fill="black", width=3)
    return image


def read(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp"])
def test_a_large_photograph_is_scaled_and_becomes_a_jpeg(suffix: str) -> None:
    data = encoded(photo(), {".png": "PNG", ".jpg": "JPEG", ".webp": "WEBP"}[suffix], quality=95)
    printed = read(print_picture(data, suffix, A4_TEXT))
    assert printed.format == "JPEG"
    assert printed.width == pytest.approx(MAX_WIDTH, abs=2)
    assert printed.height == pytest.approx(MAX_WIDTH * 1.5, abs=2)


def test_a_drawing_keeps_its_sharp_edges() -> None:
    data = encoded(drawing(), "PNG")
    assert read(print_picture(data, ".png", A4_TEXT)).format == "PNG"


def test_a_transparent_picture_stays_transparent() -> None:
    image = photo((2400, 600)).copy()
    image.putalpha(Image.linear_gradient("L").resize(image.size))
    printed = read(print_picture(encoded(image, "PNG"), ".png", A4_TEXT))
    assert printed.mode == "RGBA"
    assert printed.width == pytest.approx(MAX_WIDTH, abs=2)


@pytest.mark.parametrize(("suffix", "file_format"), [(".png", "PNG"), (".jpg", "JPEG")])
def test_a_picture_that_is_small_enough_keeps_its_bytes(suffix: str, file_format: str) -> None:
    data = encoded(drawing((600, 400)), file_format)
    assert print_picture(data, suffix, A4_TEXT) == data


def test_a_picture_with_its_own_density_keeps_its_size_on_paper() -> None:
    data = encoded(photo((2400, 1200)), "JPEG", dpi=(1200, 1200))  # 2 inches wide
    printed = read(print_picture(data, ".jpg", A4_TEXT))
    assert printed.size == (2 * PRINT_DENSITY, PRINT_DENSITY)
    assert printed.info["dpi"] == (PRINT_DENSITY, PRINT_DENSITY)


def test_one_large_picture_makes_no_large_pdf(tmp_path: Path) -> None:
    plan = "計画: {名称: 小さな計画}\n階層:\n  - {名称: 柱, path: pillars}\n柱:\n  - {id: one, 名称: 一つめ}\n"
    (tmp_path / "plan.yaml").write_text(plan, encoding="utf-8")
    (tmp_path / "content/nodes").mkdir(parents=True)
    (tmp_path / "content/nodes/one.md").write_text("前\n\n![写真](images/a.png)\n\n後\n", encoding="utf-8")
    (tmp_path / "content/images").mkdir()
    data = encoded(photo(), "PNG")
    (tmp_path / "content/images/a.png").write_bytes(data)
    _, files = build_in_memory(tmp_path, with_booklet=True)
    made = {file.path: file.data for file in files}
    assert made["images/a.png"] == data
    with_picture = [
        f"booklet/{name}.pdf" for name in ("handbook", "branch-one", "handbook-a3-imposed", "handbook-a4-imposed")
    ]
    assert all(len(made[path]) < len(data) / 4 for path in with_picture)
    assert "写真" in {figure.alt for figure in PdfDocument(made[with_picture[0]]).tags.all("Figure")}
