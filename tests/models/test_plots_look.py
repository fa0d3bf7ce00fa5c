"""Figures can be read: no text covers another, colours stand out and stay apart, files repeat."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.image import imread
from matplotlib.mathtext import MathTextParser
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from hierarchical_models import get_model, list_models, plots
from hierarchical_models.plots.labels import side_by_side, spread_out, wrap
from hierarchical_models.plots.style import FAINT, STYLE
from tests.models.plot_figures import PANELS, SINGLE

PHONE = 390 / 96
"""Inches that a phone's screen is wide, in the pixels of a page."""
# Machado, Oliveira and Fernandes (2009): what eyes without red, green or blue cones see
MISSING_CONES = {
    "red": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "green": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "blue": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}


@pytest.fixture(autouse=True)
def _style() -> Iterator[None]:
    with plt.rc_context():
        plots.use_style()
        yield
    plt.close("all")


@dataclass(frozen=True)
class Drawn:
    """A text as it was drawn."""

    text: str
    box: Bbox
    colour: Any
    points: float


def drawn_texts(figure: Figure) -> list[Drawn]:
    """Every text that is drawn; a figure holds others, such as labels of ticks out of sight."""
    found: list[Text] = []
    original = Text.draw

    def record(self: Text, renderer: Any) -> None:
        found.append(self)
        original(self, renderer)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Text, "draw", record)
        figure.canvas.draw()
    return [
        # an annotation's own extent would include its arrow
        Drawn(
            text.get_text(),
            Text.get_window_extent(text).padded(-1.5),
            text.get_color(),
            text.get_fontsize(),
        )
        for text in found
        if text.get_text().strip() and text.get_visible()
    ]


@cache
def own_figure(name: str) -> tuple[Figure, list[Drawn]]:
    """A figure of its own, drawn once for several tests."""
    with plt.rc_context(STYLE):
        draw = SINGLE[name] if name in SINGLE else PANELS[name][1]
        figure = np.ravel(draw())[0].figure
        return figure, drawn_texts(figure)


def check_texts(figure: Figure, texts: list[Drawn]) -> None:
    assert texts
    frame = figure.bbox.padded(2.5)
    for one in texts:
        assert frame.x0 <= one.box.x0 and one.box.x1 <= frame.x1, f"{one.text!r} leaves sideways"
        assert frame.y0 <= one.box.y0 and one.box.y1 <= frame.y1, f"{one.text!r} leaves the figure"
    for one, other in combinations(texts, 2):
        assert not one.box.overlaps(other.box), f"{one.text!r} covers {other.text!r}"


@pytest.mark.parametrize("name", [*SINGLE, *PANELS])
def test_no_text_covers_another_or_leaves_the_figure(name: str) -> None:
    check_texts(*own_figure(name))


@pytest.mark.parametrize("name", SINGLE)
def test_no_text_covers_another_in_axes_as_wide_as_a_phone(name: str) -> None:
    figure, ax = plt.subplots(figsize=(PHONE, PHONE))
    assert SINGLE[name](ax=ax) is ax
    check_texts(figure, drawn_texts(figure))


@pytest.mark.parametrize("name", PANELS)
def test_figures_with_panels_draw_on_given_axes(name: str) -> None:
    n_panels, draw = PANELS[name]
    figure, axes = plt.subplots(n_panels, 1, figsize=(PHONE, 3 * n_panels))
    returned = draw(ax=axes)
    assert list(returned) == list(axes)
    assert all(panel.has_data() for panel in axes)
    check_texts(figure, drawn_texts(figure))


@pytest.mark.parametrize("name", [*SINGLE, *PANELS])
def test_type_is_large_enough_to_read_on_a_phone(name: str) -> None:
    figure, texts = own_figure(name)
    # a page shrinks a wider figure to the column of a phone, about 360 pixels
    shrunk = min(1.0, 360 / (96 * figure.get_size_inches()[0]))
    for one in texts:
        assert shrunk * one.points * 96 / 72 >= 8, f"{one.text!r} is under 8 pixels"


def luminance(colour: Any) -> float:
    parts = np.array(to_rgb(colour))
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def contrast_to_white(colour: Any) -> float:
    return 1.05 / (luminance(colour) + 0.05)


@pytest.mark.parametrize(
    "colour",
    [
        plots.RAW,
        plots.PARTIAL,
        plots.POOLED,
        plots.TRUTH,
        FAINT,
        *(one.colour for one in plots.SERIES),
    ],
)
def test_colours_of_marks_stand_out_from_white(colour: str) -> None:
    assert contrast_to_white(colour) >= 3  # WCAG 2.2, success criterion 1.4.11


@pytest.mark.parametrize("name", [*SINGLE, *PANELS])
def test_text_stands_out_from_white(name: str) -> None:
    for one in own_figure(name)[1]:
        assert contrast_to_white(one.colour) >= 4.5, one.text  # success criterion 1.4.3


def lab(colour: np.ndarray) -> np.ndarray:
    """CIE Lab of linear red, green and blue."""
    to_xyz = np.array(
        [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    )
    xyz = to_xyz @ colour / [0.9505, 1.0, 1.089]
    root = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * root[1] - 16, 500 * (root[0] - root[1]), 200 * (root[1] - root[2])])


@pytest.mark.parametrize("missing", [None, *MISSING_CONES])
def test_series_stay_apart_for_every_kind_of_colour_vision(missing: str | None) -> None:
    seen = []
    for one in plots.SERIES:
        parts = np.array(to_rgb(one.colour))
        linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
        if missing is not None:
            linear = np.clip(np.array(MISSING_CONES[missing]) @ linear, 0, 1)
        seen.append(lab(linear))
    distances = [np.linalg.norm(one - other) for one, other in combinations(seen, 2)]
    assert min(distances) > 11  # a difference of 2.3 can just be seen


def test_series_differ_in_marker_and_line_too() -> None:
    assert len({one.marker for one in plots.SERIES}) == len(plots.SERIES)
    assert len({str(one.line) for one in plots.SERIES}) == len(plots.SERIES)


def test_figures_bring_an_opaque_white_ground(tmp_path: Path) -> None:
    figure = SINGLE["intervals"]().figure
    pixels = imread(plots.save(figure, tmp_path / "figure.png"))
    assert np.all(pixels[0, 0] == 1) and np.all(pixels[..., 3] == 1)


@pytest.mark.parametrize(
    ("name", "ending"),
    [
        ("trace", ".svg"),
        ("ranked", ".svg"),
        ("elpd_difference", ".svg"),
        ("model_diagram", ".png"),
        ("elpd_difference", ".pdf"),
    ],
)
def test_the_same_figure_is_the_same_bytes(name: str, ending: str, tmp_path: Path) -> None:
    first, second = (
        plots.save(SINGLE[name]().figure, tmp_path / f"{place}{ending}").read_bytes()
        for place in ("first", "second")
    )
    assert first == second


def test_the_bytes_are_the_same_in_another_process(tmp_path: Path) -> None:
    program = (
        "import matplotlib, sys; matplotlib.use('agg')\n"
        "from hierarchical_models import plots\n"
        "from tests.models.plot_figures import PANELS\n"
        "plots.use_style()\n"
        "plots.save(PANELS['funnel_pair'][1]()[0].figure, sys.argv[1])\n"
    )
    other = tmp_path / "other.svg"
    subprocess.run(
        [sys.executable, "-c", program, str(other)],
        check=True,
        cwd=Path(__file__).parents[2],
        env=os.environ | {"PYTHONHASHSEED": "17"},
    )
    figure = PANELS["funnel_pair"][1]()[0].figure
    assert plots.save(figure, tmp_path / "own.svg").read_bytes() == other.read_bytes()


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    figure = plt.figure()
    with pytest.raises(ValueError, match=r"path: found ending '.gif', allowed .svg, .pdf, .png"):
        plots.save(figure, tmp_path / "figure.gif")


@pytest.mark.parametrize("name", ["predictive_ecdf", "trace", "model_diagram", "ranked"])
def test_a_figure_weighs_less_than_a_quarter_megabyte(name: str, tmp_path: Path) -> None:
    assert plots.save(SINGLE[name]().figure, tmp_path / "one.svg").stat().st_size < 250_000


def test_importing_the_figures_loads_neither_backend() -> None:
    program = (
        "import sys, hierarchical_models.plots\n"
        "print([name for name in ('pymc', 'cmdstanpy', 'nutpie') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("model", list_models())
def test_symbols_of_every_model_can_be_drawn(model: str) -> None:
    parser = MathTextParser("path")
    for parameter in get_model(model).parameters:
        parser.parse(f"${parameter.symbol.split('=')[0].strip()}$")


def test_labels_are_broken_evenly_and_never_inside_a_formula() -> None:
    text = r"$\gamma + \bar{a} + \bar{b}$: log-odds of success, averaged over all levels"
    wrapped = wrap(text, inches=3.0, font_size=12)
    lines = wrapped.split("\n")
    assert r"$\gamma + \bar{a} + \bar{b}$" in wrapped
    assert " ".join(lines) == text
    assert len(lines) == 2 and max(map(len, lines[1:])) < 40


def test_labels_keep_the_breaks_of_their_author() -> None:
    assert wrap("one\ntwo", inches=5.0, font_size=12) == "one\ntwo"


def test_names_are_moved_apart_no_further_than_needed() -> None:
    moved = spread_out(np.array([1.0, 1.2, 5.0, 0.9]), 0.5)
    assert np.all(np.diff(np.sort(moved)) >= 0.5 - 1e-12)
    assert moved[2] == 5.0
    assert np.isclose(moved[[0, 1, 3]].mean(), np.mean([1.0, 1.2, 0.9]))


def test_equal_values_are_set_side_by_side_around_their_own() -> None:
    offsets = side_by_side(np.array([4.0, 4.0, 7.0, 4.0]), step=0.1, most=0.05)
    assert offsets.tolist() == [-0.05, 0.0, 0.0, 0.05]
