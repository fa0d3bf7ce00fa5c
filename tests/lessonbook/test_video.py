"""Videos: drawn and encoded the same each time, and on the page for every kind of reader."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
from dataclasses import dataclass

import imageio_ffmpeg
import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest
from bs4 import BeautifulSoup
from PIL import Image

from lessonbook.video import MIMETYPE, Cue, Video, make_video
from lessonbook.video.encoder import CODECS
from lessonbook.video.film import FRAMES_PER_SECOND, WIDTH
from lessonbook.video.output import write_captions
from tests.browser import launched_chromium, strictly_served

from .courses import call, edit, write_course
from .test_site_browser import AXE, STANDARDS

BLUE = (0, 114, 178)
SECRET = "hippopotamus"


@dataclass
class Scene:
    caption: str = "A bar grows."
    seconds: float = 1.0
    n_pictures: int | None = None
    figure: object = None
    heights: tuple[float, float] = (0.2, 0.8)

    def draw(self, progress):
        low, high = self.heights
        self.figure.axes[0].patches[0].set_height(low + progress * (high - low))


@dataclass
class Film:
    figure: object
    scenes: list
    still: int = -1


def make_film(*scenes, still=-1, size=(5, 3)):
    figure, ax = plt.subplots(figsize=size)
    ax.bar([0], [0.2], color=np.array(BLUE) / 255)
    ax.set_ylim(0, 1)
    for scene in scenes:
        scene.figure = figure
    return Film(figure, list(scenes), still)


def decode(data, tmp_path):
    """Every frame of a video, and what ffmpeg says of the file."""
    path = tmp_path / "film.mp4"
    path.write_bytes(data)
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-i", path, "-f", "rawvideo", "-pix_fmt", "rgb24"]
    ran = subprocess.run([*command, "-"], capture_output=True, check=True)
    said = ran.stderr.decode()
    width, height = map(int, re.search(r"yuv420p.*?, (\d+)x(\d+)", said).groups())
    return np.frombuffer(ran.stdout, np.uint8).reshape(-1, height, width, 3), said


def height_of_bar(frame):
    is_blue = np.abs(frame.astype(int) - BLUE).max(axis=-1) < 30
    return is_blue.any(axis=1).sum()


def test_video_has_all_frames_in_true_colours_and_the_format_that_the_page_announces(tmp_path):
    video = make_video(make_film(Scene(seconds=2), Scene("It stands.", 1, n_pictures=1)))
    frames, said = decode(video.data, tmp_path)
    assert len(frames) == 3 * FRAMES_PER_SECOND and video.seconds == 3
    assert frames.shape[1:3] == (video.height, video.width) and video.width == WIDTH
    assert "h264 (Main)" in said and "bt709" in said and CODECS == "avc1.4d401f"
    assert "creation_time" not in said and re.search(rb"Lav[cf]\d", video.data) is None
    heights = [height_of_bar(frame) for frame in frames]
    assert heights[29] > 3.5 * heights[0] and heights[29] == pytest.approx(heights[44], abs=1)
    assert np.median(frames[0][-4:]) >= 254  # white
    assert (np.abs(frames[-1].astype(int) - BLUE).max(axis=-1) < 6).sum() > 20_000


def test_same_film_gives_the_same_bytes():
    first, second = (make_video(make_film(Scene(seconds=1.5))) for _ in range(2))
    assert first == second


def test_caption_stands_in_the_picture_above_the_figure(tmp_path):
    film = make_film(Scene("Short.", 1, 1), Scene("A longer one, with $5 and {more}.", 2, 1))
    frames, _ = decode(make_video(film).data, tmp_path)
    strip = [(frame[:80] < 100).all(axis=-1).sum() for frame in (frames[0], frames[-1])]
    assert 0 < strip[0] < strip[1]


def test_a_scene_with_few_pictures_holds_each(tmp_path):
    frames, _ = decode(make_video(make_film(Scene(seconds=2, n_pictures=3))).data, tmp_path)
    heights = np.array([height_of_bar(frame) for frame in frames])
    assert (np.abs(np.diff(heights)) > 5).sum() == 2
    assert heights[:10].std() < 1 and heights[20:].std() < 1


@pytest.mark.parametrize(("still", "is_high"), [(0, False), (-1, True)])
def test_still_is_the_end_of_the_scene_that_was_chosen(still, is_high):
    scenes = Scene(heights=(0.1, 0.2)), Scene(heights=(0.2, 0.9))
    video = make_video(make_film(*scenes, still=still))
    picture = Image.open(io.BytesIO(video.still))
    assert picture.size == (video.width, video.height)
    share = height_of_bar(np.asarray(picture.convert("RGB"))) / video.height
    assert (share > 0.4) == is_high


@pytest.mark.parametrize("size", [(5, 3.33), (6.4, 4.1), (4.9, 2.987)])
def test_any_size_of_figure_can_be_encoded(size, tmp_path):
    frames, _ = decode(make_video(make_film(Scene(), size=size)).data, tmp_path)
    assert frames.shape[2] == WIDTH and frames.shape[1] % 2 == 0


def test_figures_do_not_stay_open():
    before = plt.get_fignums()
    make_video(make_film(Scene()))
    with pytest.raises(ValueError, match="caption"):
        make_video(make_film(Scene(""), Scene()))
    assert plt.get_fignums() == before


LONG = "word " * 30


@pytest.mark.parametrize(
    ("film", "message"),
    [
        (lambda: make_film(), "film: found no scene; give at least one."),
        (
            lambda: make_film(Scene(), still=1),
            "film.still: found 1, allowed -1 to 0.",
        ),
        (
            lambda: make_film(Scene(), Scene(" ")),
            "scenes[1].caption: found no text; say in a sentence what is to be seen.",
        ),
        (lambda: make_film(Scene(seconds=0)), "scenes[0].seconds: found 0, allowed above 0."),
        (lambda: make_film(Scene(n_pictures=0)), "scenes[0].n_pictures: found 0, allowed from 1."),
        (
            lambda: make_film(Scene("Thirty-six letters are read in 2 s.", 1)),
            "scenes[0].seconds: found 1, allowed from 2 for a caption of 35 letters; give people "
            "time to read it, or say less.",
        ),
        (
            lambda: make_film(Scene(LONG, 20)),
            "scenes[0].caption: found 150 letters, which take 4 lines; allowed are 2: shorten it, "
            "or make two scenes of one.",
        ),
    ],
)
def test_what_cannot_be_shown_is_refused(film, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        make_video(film())
    plt.close("all")


def test_a_file_too_heavy_for_a_page_is_refused():
    with pytest.raises(ValueError, match=r"film: found \d+ kB, allowed 1; draw fewer"):
        make_video(make_film(Scene()), most_bytes=1000)


def test_what_the_encoder_says_reaches_the_author(monkeypatch, tmp_path):
    program = tmp_path / "ffmpeg"
    program.write_text("#!/bin/sh\necho 'Unknown encoder libx264' >&2\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(program))
    with pytest.raises(RuntimeError, match="ffmpeg failed: Unknown encoder libx264"):
        make_video(make_film(Scene()))


def test_a_figure_that_cannot_be_drawn_ends_the_encoder_too():
    scene = Scene()
    film = make_film(scene)
    scene.figure = None
    with pytest.raises(AttributeError):
        make_video(film)


def test_captions_are_web_vtt_with_marks_escaped():
    text = write_captions([Cue(0, 1.5, "a < b & c"), Cue(1.5, 61.25, "next\nline")])
    assert text == (
        "WEBVTT\n\n00:00.000 --> 00:01.500\na &lt; b &amp; c\n"
        "\n00:01.500 --> 01:01.250\nnext line\n"
    )


def test_stored_video_is_read_back_and_what_is_none_is_refused():
    video = Video(b"film", b"still", 720, 600, (Cue(0.0, 2.0, "One."), Cue(2.0, 4.0, "Two.")))
    stored = json.loads(json.dumps(video.to_json()))
    assert Video.from_json(stored) == video
    for broken in ({}, {**stored, "cues": [{"start": 1}]}, {**stored, "still": "é"}):
        with pytest.raises(ValueError, match="found what no video is .*; run the cell again"):
            Video.from_json(broken)


MODULE = """
from dataclasses import dataclass
import matplotlib.pyplot as plt
from lessonbook.video import make_video

@dataclass
class Scene:
    caption: str
    seconds: float
    line: object
    n_pictures: int | None = None

    def draw(self, progress):
        self.line.set_data([0, progress], [0, progress])

@dataclass
class Film:
    figure: object
    scenes: list
    still: int = -1

def rise(word):
    figure, ax = plt.subplots(figsize=(5, 3))
    ax.set(xlim=(0, 1), ylim=(0, 1))
    (line,) = ax.plot([], [])
    scenes = [Scene(f"The {word} rises.", 2, line), Scene("It is < 1 & high.", 2, line, 1)]
    return make_video(Film(figure, scenes))
"""
EPISODE = """\
Look.

```{code-cell} python
---
mystnb:
  image:
    alt: A line rises to the right.
    width: 90%
  figure:
    caption: A line.
    name: fig-line
---
from film import rise
rise("line")
```

:::{instructor}
```{code-cell} python
---
mystnb:
  image:
    alt: A line for instructors.
---
rise("hippopotamus")
```
:::
"""


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    root = tmp_path_factory.mktemp("video") / "course"
    write_course(root, {"one": EPISODE})
    (root / "episodes/film.py").write_text(MODULE)
    (root / "index.md").write_text("# Home\n\n```{lesson-figures}\n```\n")
    call(root, "build")
    return root


@pytest.fixture(scope="module")
def site(course):
    return course / "_build/html"


def read(site, name="episodes/one"):
    return BeautifulSoup((site / f"{name}.html").read_text(), "html.parser")


def test_page_of_figures_has_the_still_and_the_words_of_a_video(site):
    page = read(site, "index")
    box = page.select_one("figure .lesson-video")
    assert page.video is None
    assert box.img["alt"] == "A line rises to the right."
    assert "lesson-video-still" not in box.img.get("class", [])  # which only paper shows
    assert len(box.select("details li")) == 2


def test_page_has_the_video_with_controls_still_captions_and_words(site):
    name = "episodes/one"
    box = read(site, name).select_one("figure .lesson-video")
    video = box.video
    assert {"controls", "playsinline"} <= video.attrs.keys() and "autoplay" not in video.attrs
    assert video["preload"] == "none" and video["aria-label"] == "A line rises to the right."
    track, source = video.track, video.source
    assert track["kind"] == "captions" and "default" not in track.attrs
    assert source["type"] == f'video/mp4; codecs="{CODECS}"'
    folder = (site / f"{name}.html").parent
    image = box.select_one("img.lesson-video-still")
    film, still, words = (
        (folder / address).read_bytes() for address in (source["src"], image["src"], track["src"])
    )
    assert film[4:8] == b"ftyp" and still.startswith(b"\x89PNG") and words.startswith(b"WEBVTT")
    assert image["loading"] == "lazy" and image["alt"] == "A line rises to the right."
    assert "poster" not in video.attrs  # which would be loaded at once
    assert (image["width"], image["height"]) == (video["width"], video["height"])
    lines = [item.get_text(" ", strip=True) for item in box.select("details li")]
    assert lines == ["0:00 The line rises.", "0:02 It is < 1 & high."]
    assert box.details.summary.get_text() and "open" not in box.details.attrs
    assert box.find_parent("figure").figcaption.get_text().strip().startswith("Fig. 1")


def test_learners_have_no_file_of_an_instructors_video(site):
    assert SECRET in read(site, "instructor/episodes/one").get_text()
    for suffix, found in ((".mp4", 1), (".vtt", 1)):
        files = list((site / "_images").glob(f"*{suffix}"))
        assert len(files) == found
        assert len(list((site / "instructor/_images").glob(f"*{suffix}"))) == found + 1
    assert all(SECRET not in path.read_text() for path in (site / "_images").glob("*.vtt"))


def test_files_come_from_stored_results_when_nothing_is_run(course, site):
    media = {p: p.read_bytes() for p in site.rglob("_images/*")}
    # the stills of both are the same picture, and small ones are on the page of figures
    assert len([path for path in media if path.suffix != ".webp"]) == 8
    page = course / "episodes/one.md"
    for folder in ("html", ".render"):
        shutil.rmtree(course / "_build" / folder)
    edit(page, "Look.", "Look here.")
    assert "fresh  episodes/one" in call(course, "status")
    call(course, "build")
    edit(page, "Look here.", "Look.")
    assert {p: p.read_bytes() for p in site.rglob("_images/*")} == media


def test_notebook_to_take_home_has_the_still_alone(site):
    notebook = nbformat.read(site / "episodes/one.ipynb", as_version=4)
    (data,) = [out.data for cell in notebook.cells for out in cell.get("outputs", ())]
    assert set(data) == {"image/png", "text/plain"} and "The line rises." in data["text/plain"]
    assert MIMETYPE not in (site / "episodes/one.ipynb").read_text()


def test_linter_asks_for_alternative_text(course):
    page = course / "episodes/one.md"
    line = "    alt: A line for instructors.\n"
    edit(page, line, "    width: 90%\n")
    found = call(course, "check", status=1)
    edit(page, "    width: 90%\n", line)
    assert "LB051" in found and "LB051" not in call(course, "check", status=1)


def test_a_damaged_result_is_a_warning_at_its_cell(tmp_path):
    code = f"from IPython.display import display\ndisplay({{{MIMETYPE!r}: {{}}}}, raw=True)"
    root = write_course(tmp_path / "course", {"one": f"```{{code-cell}} python\n{code}\n```\n"})
    output = call(root, "build", status=1)
    assert re.search(r"one\.md:\d+: .*found what no video is .*\[lesson\.video\]", output)


@pytest.mark.parametrize(("builder", "page"), [("text", "index.txt"), ("latex", "*.tex")])
def test_formats_without_videos_have_the_words(build, builder, page):
    bundle = make_video(make_film(Scene()))._repr_mimebundle_()
    output = nbformat.v4.new_output("display_data", data=bundle)
    cells = [
        nbformat.v4.new_markdown_cell("# Page"),
        nbformat.v4.new_code_cell("film", outputs=[output]),
    ]
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata["language_info"] = {"name": "python", "pygments_lexer": "ipython3"}
    site = build({"index.ipynb": nbformat.writes(notebook)}, builder=builder)
    (path,) = site.app.outdir.glob(page)
    text = path.read_text("utf8")
    assert site.warnings == [] and "A bar grows." in text
    assert ".mp4" not in text and (".png" in text) == (builder == "latex")


@pytest.fixture(scope="module")
def browser():
    with launched_chromium() as running:
        yield running


@pytest.fixture(scope="module")
def address(site):
    with strictly_served(site) as start:
        yield start


@pytest.fixture
def page(browser):
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    page.problems = []
    page.on(
        "console",
        lambda m: page.problems.append(m.text) if m.type in ("error", "warning") else None,
    )
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    yield page
    context.close()


def wait_until(page, condition):
    """Ask again and again: the policy of the pages forbids what Playwright does for it."""
    for _ in range(100):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"{condition} did not come true; {page.problems}")


@pytest.mark.parametrize("way", ["server", "disk"])
def test_video_waits_to_be_played_and_plays(site, address, page, way):
    page.goto(f"{address if way == 'server' else site.as_uri()}/episodes/one.html")
    wait_until(page, "document.querySelector('video').readyState >= 1")
    video = page.locator("video")
    assert video.evaluate("v => [v.duration, v.paused, v.videoWidth]") == [4, True, WIDTH]
    page.wait_for_timeout(300)
    assert video.evaluate("v => v.currentTime") == 0
    video.focus()
    page.keyboard.press("Space")
    wait_until(page, "document.querySelector('video').currentTime > 0.3")
    assert page.problems == []


def test_captions_can_be_switched_on(address, page):
    page.goto(f"{address}/episodes/one.html")
    page.evaluate("document.querySelector('video').textTracks[0].mode = 'showing'")
    wait_until(page, "document.querySelector('video').textTracks[0].cues?.length === 2")
    cues = page.evaluate("[...document.querySelector('video').textTracks[0].cues].map(c => c.text)")
    assert cues[0] == "The line rises." and page.problems == []


def test_controls_cover_no_part_of_the_picture(site, page):
    page.goto(f"{site.as_uri()}/episodes/one.html")
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 800})
        box = page.locator("video").bounding_box()
        ratio = page.evaluate(
            "(v => v.getAttribute('height') / v.getAttribute('width'))"
            "(document.querySelector('video'))"
        )
        assert box["height"] - box["width"] * ratio > 50
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_nothing_of_a_video_is_loaded_before_it_comes_near(site, browser):
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    # as on a page where much stands above
    page.route(
        "**/one.html",
        lambda route: route.fulfill(
            body=(site / "episodes/one.html")
            .read_text("utf8")
            .replace("<figure", "<p>" + 300 * "<br>" + "</p><figure", 1),
            content_type="text/html",
        ),
    )
    page.goto(f"{site.as_uri()}/episodes/one.html")
    page.wait_for_timeout(500)
    assert not [url for url in asked if url.endswith((".png", ".mp4"))]
    page.locator("video").scroll_into_view_if_needed()
    page.locator("video[poster$='.png']").wait_for()
    assert [url for url in asked if url.endswith(".png")]
    context.close()


def test_without_a_script_the_still_is_seen_through_the_video(site, browser):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site.as_uri()}/episodes/one.html")
    video, still = page.locator("video"), page.locator(".lesson-video-still")
    around, inside = video.bounding_box(), still.bounding_box()
    assert inside["y"] == around["y"] + 1 and inside["x"] >= around["x"]
    assert inside["height"] < around["height"] and inside["width"] <= around["width"]
    assert video.evaluate("video => getComputedStyle(video).backgroundColor") == "rgba(0, 0, 0, 0)"
    video.click(trial=True)  # which would wait in vain if the still took the click
    page.emulate_media(media="print")
    assert still.is_visible() and not video.is_visible()
    context.close()


def test_paper_has_the_still_and_the_words(site, page):
    page.goto(f"{site.as_uri()}/episodes/one.html")
    assert page.locator("video").is_visible()
    assert not page.locator(".lesson-video-still").is_visible()
    assert not page.locator(".lesson-transcript li").first.is_visible()
    page.emulate_media(media="print")
    assert not page.locator("video").is_visible()
    assert page.locator(".lesson-video-still").is_visible()
    assert page.locator(".lesson-transcript li").first.is_visible()


def test_axe_finds_nothing_wrong_with_a_video(site, page):
    page.goto(f"{site.as_uri()}/episodes/one.html")
    page.locator(".lesson-transcript summary").click()
    page.evaluate(f"{AXE};0")
    options = {"runOnly": {"type": "tag", "values": STANDARDS}, "preload": False}
    result = page.evaluate("options => axe.run(document, options)", options)
    assert [rule["id"] for rule in result["violations"]] == []
