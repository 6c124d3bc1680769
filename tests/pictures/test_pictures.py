"""Pictures are published without metadata, upright, in sRGB, and unchanged where nothing needs a change."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest
from conftest import HANDBOOK, Tally
from PIL import Image, ImageOps
from support import colour_profiles, picture_files
from support.build_process import PLAIN
from support.building import build_in_memory, report_of
from support.pdf_document import PdfDocument
from support.picture_files import BLUE, FORMATS, MARK, RED, SIZE, encoded, picture

from handbook.commands.serve import load_preview
from handbook.diagnostics import SourceError
from handbook.parse.content import pictures
from handbook.pictures import CleanPicture, PictureError, clean_picture, pixels
from handbook.pipeline import load_site

PLANTED = dict(picture_files.planted_files())
PHOTOS = [suffix for suffix in FORMATS if suffix != "gif"]
"""Suffixes of the formats with Exif data."""
Colour = tuple[int, int, int]


def opened(clean: CleanPicture) -> Image.Image:
    image = Image.open(io.BytesIO(clean.data))
    image.load()
    return image


def colours(image: Image.Image) -> tuple[Colour, Colour]:
    """Return the colours at the left top and at the right bottom."""
    shown = image.convert("RGB")
    return shown.getpixel((3, 3)), shown.getpixel((image.width - 4, image.height - 4))  # type: ignore[return-value]


def are_near(some: tuple[Colour, ...], others: tuple[Colour, ...], most: int = 3) -> bool:
    return all(
        abs(a - b) <= most for one, other in zip(some, others, strict=True) for a, b in zip(one, other, strict=True)
    )


def write_plan(root: Path, files: dict[str, bytes]) -> Path:
    """Write a plan with these pictures, and a page that shows each."""
    (root / "content/images").mkdir(parents=True)
    (root / "content/pages").mkdir()
    (root / "plan.yaml").write_text(PLAIN, encoding="utf-8")
    for name, data in files.items():
        (root / "content/images" / name).write_bytes(data)
    shown = "\n\n".join(f"![{name}](images/{name})" for name in files)
    (root / "content/pages/shots.md").write_text(f"# 絵\n\n{shown}\n", encoding="utf-8")
    return root


# --- nothing that is not seen (hazard 43) ---


def contents(path: str, data: bytes) -> Iterator[bytes]:
    """Yield the bytes of a file, of each stream of a PDF as stored and decompressed, and of each part of a workbook."""
    yield data
    if path.endswith(".pdf"):
        with pikepdf.open(io.BytesIO(data)) as pdf:
            for stream in (item for item in pdf.objects if isinstance(item, pikepdf.Stream)):
                yield stream.read_raw_bytes()
                if stream.get("/Filter") != "/DCTDecode":
                    yield stream.read_bytes()
    elif path.endswith(".xlsx"):
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            yield from (book.read(name) for name in book.namelist())


def files_with_marks(root: Path) -> set[str]:
    marks = [MARK.encode(encoding) for encoding in ("ascii", "utf-16-le", "utf-16-be")]
    files = build_in_memory(root, with_booklet=True)[1]
    assert {file.path.rpartition(".")[2] for file in files} >= {"html", "pdf", "xlsx", "js", "json", *FORMATS}
    return {file.path for file in files for part in contents(file.path, file.data) if any(map(part.count, marks))}


@pytest.mark.hazard(43)
def test_no_output_contains_metadata_of_a_picture(tmp_path: Path, tally: Tally) -> None:
    root = write_plan(tmp_path, PLANTED)
    assert all(data.count(MARK.encode()) > 1 for data in PLANTED.values())
    assert files_with_marks(root) == set()
    tally(sum(data.count(MARK.encode()) for data in PLANTED.values()))


@pytest.mark.hazard(43)
def test_without_the_cleaning_the_marks_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "clean_picture", lambda data, _: CleanPicture(data, *SIZE, (), ()))
    plain = {name: data for name, data in PLANTED.items() if name != "cmyk.jpg"}
    found = files_with_marks(write_plan(tmp_path, plain))
    assert {f"images/{name}" for name in plain} <= found
    assert HANDBOOK in found


def test_a_notice_names_the_file_and_what_was_removed_from_it(tmp_path: Path) -> None:
    root = write_plan(tmp_path, {"jpg.jpg": PLANTED["jpg-turned.jpg"], "clean.png": encoded(picture(), "PNG")})
    (notice,) = (notice for notice in report_of(root).notices if notice.rule == "changed-picture")
    assert notice.span.file == "content/images/jpg.jpg"
    assert notice.message == (
        "絵は、見えない情報（撮影場所（GPS）、カメラの名前、作成者、日時、Exif、XMP、IPTC、コメント、縮小画像、"
        "もう 1 枚の絵、絵の終わりの後のデータ、そのほかのデータ）を除いて、向きを直して公開します。"
        "元のファイルはそのままです"
    )


@pytest.mark.hazard(43)
def test_damaged_pictures_are_refused_or_published_without_metadata_and_can_be_opened(tally: Tally, full: bool) -> None:
    generator, number = random.Random(43), 10_000 if full else 300  # noqa: S311  # not for secrets
    outcomes = set()
    for _ in range(number):
        name, original = generator.choice(list(PLANTED.items()))
        data = bytearray(original)
        for _ in range(generator.choice((0, 1, 1, 2, 5))):
            place = generator.randrange(len(data) - 1)
            change = generator.randrange(4)
            if change == 0:
                data[place] = generator.randrange(256)
            elif change == 1:
                del data[place : place + generator.randrange(1, 30)]
            elif change == 2:
                data[place:place] = generator.randbytes(4)
            else:
                data = data[: max(100, place)]
        try:
            clean = clean_picture(bytes(data), Path(name).suffix)
        except PictureError as error:
            outcomes.add(error.rule)
        else:
            outcomes.add("")
            assert opened(clean).size == (clean.width, clean.height)
            assert MARK.encode() not in clean.data
    assert outcomes >= {"", "broken-picture"}
    tally(number)


SVG = f"""<?xml version="1.0"?>
<!-- {MARK} comment -->
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="9" height="9"
 xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape" inkscape:export-filename="C:/Users/{MARK}/logo.png"
 onload="{MARK}()"><title>印</title><metadata><rdf xmlns="http://www.w3.org/1999/02/22-rdf-syntax-ns#">{MARK}</rdf></metadata>
<g inkscape:label="{MARK}"><rect id="a" width="5" height="5" fill="#c81e28"/></g><use xlink:href="#a" x="4"/>
<text>前<script>{MARK}</script>後</text><inkscape:grid name="{MARK}"/></svg>
"""


def test_an_svg_of_a_theme_is_published_without_what_is_not_drawn(tmp_path: Path) -> None:
    root = write_plan(tmp_path, {"a.png": encoded(picture(), "PNG")})
    (root / "theme").mkdir()
    (root / "theme/logo.svg").write_text(SVG, encoding="utf-8")
    (root / "theme/logo.png").write_bytes(PLANTED["png-turned.png"])
    css = "h1 { background: url(logo.svg), url(logo.png); }\n"
    (root / "theme/own.css").write_text(css, encoding="utf-8")
    site, theme, report = load_site(root, with_history=False)
    published = {file.path: file.data for file in theme.files}
    assert [path for path, data in published.items() if MARK.encode() in data] == []
    drawn = published["theme/logo.svg"].decode()
    assert [part for part in ("<title>印</title>", 'xlink:href="#a"', "<text>前後</text>") if part not in drawn] == []
    assert clean_picture(drawn.encode(), ".svg").data == drawn.encode()
    changed = [notice.span.file for notice in report.notices if notice.rule == "changed-picture"]
    assert changed == ["theme/logo.png", "theme/logo.svg"]
    assert site.plan.images


# --- the pixels ---


@pytest.mark.parametrize("suffix", PHOTOS)
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_is_turned_upright(suffix: str, orientation: int) -> None:
    data = encoded(picture(), FORMATS[suffix], exif=picture_files.exif(orientation))
    clean = clean_picture(data, f".{suffix}")
    expected = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
    assert opened(clean).size == (clean.width, clean.height) == expected.size
    assert are_near(colours(opened(clean)), colours(expected))
    assert clean.changes == (("向き",) if orientation > 1 else ())
    assert not Image.open(io.BytesIO(clean.data)).getexif()


@pytest.mark.parametrize("name", [name for name in PLANTED if name != "cmyk.jpg" and "turned" not in name])
def test_pixels_that_need_no_change_stay_as_they_were_compressed(name: str) -> None:
    original, clean = Image.open(io.BytesIO(PLANTED[name])), clean_picture(PLANTED[name], Path(name).suffix)
    shown = opened(clean)
    assert clean.changes == ()
    assert getattr(shown, "n_frames", 1) == getattr(original, "n_frames", 1) == (2 if "moving" in name else 1)
    for number in range(getattr(original, "n_frames", 1)):
        original.seek(number)
        shown.seek(number)
        assert shown.convert("RGBA").tobytes() == original.convert("RGBA").tobytes()
    assert len(clean.data) < len(PLANTED[name])
    assert clean_picture(clean.data, Path(name).suffix) == replace(clean, removed=())


@pytest.mark.parametrize("mode", ["CMYK", "inks"])
def test_a_cmyk_picture_has_the_colours_of_the_print_and_is_not_inverted(mode: str) -> None:
    inks = Image.new("CMYK", SIZE, (255, 0, 0, 0))
    inks.paste((0, 255, 255, 0), (SIZE[0] // 2, 0, *SIZE))
    profile = colour_profiles.printing_inks() if mode == "inks" else None
    clean = clean_picture(encoded(inks, "JPEG", icc_profile=profile, quality=95), ".jpg")
    expected = ((0, 151, 218), (214, 29, 35)) if profile else ((0, 255, 255), (255, 0, 0))
    assert opened(clean).mode == "RGB"
    assert are_near(colours(opened(clean)), expected)
    assert clean.changes == ("色（CMYK から sRGB へ）",)
    assert colour_profiles.SERIAL not in clean.data


@pytest.mark.parametrize(
    ("suffix", "mode"),
    [("jpg", "RGB"), ("png", "RGB"), ("png", "RGBA"), ("png", "P"), ("webp", "RGB"), ("webp", "RGBA")],
)
def test_a_picture_with_a_wide_profile_is_converted_to_srgb(suffix: str, mode: str) -> None:
    image = Image.new("RGB", SIZE, (0, 200, 0))
    image.paste((128, 128, 128), (SIZE[0] // 2, 0, *SIZE))
    image = image.quantize(4) if mode == "P" else image.convert(mode)
    data = encoded(image, FORMATS[suffix], icc_profile=colour_profiles.wide_rgb())
    clean = clean_picture(data, f".{suffix}")
    # Display P3 (0, 200, 0) is outside sRGB, whose nearest colour has no red and no blue.
    assert are_near(colours(opened(clean)), ((0, 205, 0), (129, 129, 129)), most=4)
    assert clean.changes == ("色（sRGB へ）",)
    assert colour_profiles.SERIAL not in clean.data
    assert "icc_profile" not in Image.open(io.BytesIO(clean.data)).info


@pytest.mark.parametrize("profile", [picture_files.srgb_profile(), b"no profile", colour_profiles.printing_inks()])
@pytest.mark.parametrize("suffix", PHOTOS)
def test_a_profile_that_changes_nothing_or_does_not_fit_is_only_removed(suffix: str, profile: bytes) -> None:
    plain = encoded(picture(), FORMATS[suffix])
    clean = clean_picture(encoded(picture(), FORMATS[suffix], icc_profile=profile), f".{suffix}")
    assert clean.changes == ()
    assert "icc_profile" not in Image.open(io.BytesIO(clean.data)).info
    assert opened(clean).tobytes() == Image.open(io.BytesIO(plain)).convert(opened(clean).mode).tobytes()


def pixels_of(page: Image.Image, colour: Colour) -> int:
    """Return the number of pixels of a page that are nearly of a colour."""
    values: list[tuple[int, Colour]] = page.getcolors(maxcolors=1 << 24)  # type: ignore[assignment]  # RGB
    return sum(count for count, value in values if are_near((value,), (colour,), most=12))


def _modes() -> dict[str, bytes]:
    rgb, grey = picture(), picture("L")
    deep = grey.convert("I").point(lambda level: level * 257).convert("I;16")
    return {
        **{f"mode-{mode.lower()}.png": encoded(picture(mode), "PNG") for mode in ("1", "L", "LA", "P", "RGB", "RGBA")},
        "deep.png": encoded(deep, "PNG"),
        "transparent.png": encoded(rgb, "PNG", transparency=RED),
        "grey.jpg": encoded(grey, "JPEG"),
        "progressive.jpg": encoded(rgb, "JPEG", progressive=True),
        "plain-rgb.jpg": encoded(rgb, "JPEG", keep_rgb=True),
        "sampled.jpeg": encoded(rgb, "JPEG", subsampling=2),
        "cmyk.jpg": encoded(picture("CMYK"), "JPEG"),
        "lossless.webp": encoded(rgb, "WEBP", lossless=True),
        "clear.webp": encoded(picture("RGBA"), "WEBP"),
        "moving.webp": picture_files.animation("WEBP"),
        "moving.png": picture_files.animation("PNG"),
        "moving.gif": picture_files.animation("GIF"),
        "interlaced.gif": encoded(rgb, "GIF", interlace=1),
    }


def test_pictures_of_every_kind_are_in_the_booklet_with_their_colours(tmp_path: Path) -> None:
    site, files = build_in_memory(write_plan(tmp_path, _modes()), with_booklet=True)
    assert {image.path for image in site.plan.images} == {f"images/{name}" for name in _modes()}
    document = PdfDocument(next(file.data for file in files if file.path == HANDBOOK))
    shown = [document.look(number, dpi=144, grey=False) for number in range(1, len(document) + 1)]
    red, blue = (sum(pixels_of(page, colour) for page in shown) for colour in (RED, BLUE))
    # Each of the 15 coloured pictures is 48 × 32 points, half of it red (not in `transparent`) and half of it blue.
    assert blue > 14 * 48 * 32 * 4 // 2 * 0.9
    assert red > 13 * 48 * 32 * 4 // 2 * 0.9


def test_the_same_picture_gives_the_same_bytes() -> None:
    names = ("jpg-turned.jpg", "png-turned.png", "webp-turned.webp", "cmyk.jpg")
    first = [clean_picture(PLANTED[name], Path(name).suffix).data for name in names]
    clean_picture.cache_clear()
    assert [clean_picture(PLANTED[name], Path(name).suffix).data for name in names] == first


# --- what is refused ---


@pytest.mark.parametrize(
    ("name", "data", "message", "hint"),
    [
        ("a.png", picture_files.photograph(), "名前は PNG ですが、中身は JPEG です", "名前の終わりを `.jpg` に"),
        ("a.jpg", encoded(picture(), "WEBP"), "名前は JPEG ですが、中身は WEBP です", "名前の終わりを `.webp` に"),
        ("a.jpg", b"\0\0\0\x18ftypheic" + bytes(99), "HEIC（iPhone の写真の形）", "PNG か JPEG を選んで保存"),
        ("a.gif", b"%PDF-1.7" + bytes(99), "中身は PDF です", "PNG か JPEG を選んで保存"),
        ("a.webp", b"text", "WEBP の絵として読めません", "PNG か JPEG を選んで保存"),
        ("a.jpg", picture_files.photograph()[:-300], "とちゅうで切れているか、こわれています", "もう一度保存し直して"),
        ("a.png", encoded(picture(), "PNG")[:-40], "とちゅうで切れているか、こわれています", "もう一度保存し直して"),
        ("a.webp", picture_files.sideways_animation(), "動く絵の向きは、ここでは直せません", "向きをそろえ"),
    ],
)
def test_an_unusable_picture_is_refused_with_its_file_and_its_uses(
    tmp_path: Path, name: str, data: bytes, message: str, hint: str
) -> None:
    with pytest.raises(SourceError) as raised:
        build_in_memory(write_plan(tmp_path, {name: data}))
    (mistake,) = raised.value.mistakes
    assert mistake.span.file == f"content/images/{name}"
    assert message in mistake.message
    assert "（content/pages/shots.md:3 で使っています）" in mistake.message
    assert hint in mistake.hint


# --- pages and speed ---


def test_a_link_to_a_picture_does_not_break_the_booklet_and_a_missing_picture_is_reported_once(tmp_path: Path) -> None:
    root = write_plan(tmp_path, {"a.jpg": picture_files.photograph()})
    page = root / "content/pages/shots.md"
    page.write_text(
        "# 絵\n\n[写真](images/a.jpg) ![絵](theme/icon.svg) ![冊子](booklet/handbook.pdf)\n", encoding="utf-8"
    )
    files = build_in_memory(root, with_booklet=True)[1]
    document = PdfDocument(next(file.data for file in files if file.path == HANDBOOK))
    assert any(
        "写真（サイトにあります）" in document.text(number).replace("\n", "") for number in range(1, len(document) + 1)
    )
    page.write_text("# 絵\n\n![写真](images/b.jpg)\n", encoding="utf-8")
    with pytest.raises(SourceError) as raised:
        build_in_memory(root, with_booklet=True)
    assert [mistake.rule for mistake in raised.value.mistakes] == ["broken-link"]


def test_a_picture_on_a_page_has_its_size(plan_of: Callable[..., Path], tmp_path: Path) -> None:
    text = '# 絵\n\n![写真](images/a.jpg)\n\n<img src="images/a.jpg" alt="小" width="20">\n\n![ない](theme/icon.svg)\n'
    (tmp_path / "content/images").mkdir(parents=True)
    (tmp_path / "content/images/a.jpg").write_bytes(picture_files.photograph())
    files = build_in_memory(plan_of(PLAIN, pages__shots=text))[1]
    html = next(file.data.decode() for file in files if file.path == "shots.html")
    assert '<img alt="写真" src="images/a.jpg" width="32" height="48">' in html.replace('" />', '">')
    assert '<img src="images/a.jpg" alt="小" width="20">' in html
    assert '<img alt="ない" src="theme/icon.svg">' in html


def test_a_picture_is_decoded_once_for_many_saves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    decoded: list[str] = []
    inspect = pixels.inspect

    def counted(data: bytes, file_format: str) -> pixels.PictureInfo:
        decoded.append(file_format)
        return inspect(data, file_format)

    monkeypatch.setattr(pixels, "inspect", counted)
    clean_picture.cache_clear()
    root = write_plan(tmp_path, {"a.jpg": PLANTED["jpg-plain.jpg"], "b.jpg": PLANTED["jpg-turned.jpg"]})
    for turn in range(3):
        (root / "plan.yaml").write_text(f"{PLAIN}# {turn}\n", encoding="utf-8")
        assert load_preview(root).file_bytes("images/b.jpg")
    assert decoded == ["JPEG", "JPEG"]


@pytest.mark.every(3)
@pytest.mark.parametrize(
    "text",
    [
        "## ![](images/a.png)",
        "## ![](images/a.png) 題",
        "[![](images/a.png)](index.html)",
        "[![](images/a.png)]()",
        "[字 ![](images/a.png)](https://example.org/)",
        "文 ![](images/a.png) 文",
        "<sup>[^1]</sup> 字[^1]\n\n[^1]: 注",
        "## 題[^1]\n\n字[^1]\n\n[^1]: 注",
    ],
)
def test_pictures_and_notes_in_headings_and_links_are_in_the_booklet(tmp_path: Path, text: str) -> None:
    root = write_plan(tmp_path, {"a.png": encoded(picture(), "PNG")})
    (root / "content/pages/shots.md").write_text(f"# 絵\n\n{text}\n", encoding="utf-8")
    site, files = build_in_memory(root, with_booklet=True)
    document = PdfDocument(next(file.data for file in files if file.path == HANDBOOK))
    if "images/" in text:
        shown = [document.look(number, dpi=144, grey=False) for number in range(1, len(document) + 1)]
        assert sum(pixels_of(page, RED) for page in shown) > 100
    assert site.plan.images
