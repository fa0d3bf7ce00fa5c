"""From a figure and the scenes that change it to a video."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from lessonbook.video.kept import Shelf
from lessonbook.video.output import Cue, Video

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

FRAMES_PER_SECOND = 15
WIDTH = 720
"""Pixels: twice what a phone has for a figure, and as much as a column of text has."""
MOST_LETTERS_PER_SECOND = 18
"""What people can read beside watching."""
MOST_BYTES = 300_000


class Scene(Protocol):
    """A stretch of a film under one caption.

    Attributes
    ----------
    caption : str
        What there is to see, in a sentence of plain text.
    seconds : float
        How long it lasts.
    n_pictures : int or None
        Different pictures in it; None for as many as there is time for. With 1, the figure stands
        still.
    """

    @property
    def caption(self) -> str: ...  # noqa: D102

    @property
    def seconds(self) -> float: ...  # noqa: D102

    @property
    def n_pictures(self) -> int | None: ...  # noqa: D102

    def draw(self, progress: float) -> None:
        """Change the figure to how it looks at a time between 0, the start, and 1, the end."""


class Film(Protocol):
    """What a course gives to `make_video`; any class with these attributes will do.

    Attributes
    ----------
    figure : matplotlib.figure.Figure
        With everything drawn that does not change. It is closed when the video is made.
    scenes : sequence of Scene
        In order; each finds the figure as the one before left it.
    still : int
        The scene whose end stands for the film before it is played, and in print.

    An attribute ``made_from``, a text, says that the film depends on nothing else but the code of
    the course, such as a digest of the arguments of the function that made it. In a build, such a
    film is drawn once. Empty, or missing, it is drawn each time.
    """

    @property
    def figure(self) -> Figure: ...  # noqa: D102

    @property
    def scenes(self) -> Sequence[Scene]: ...  # noqa: D102

    @property
    def still(self) -> int: ...  # noqa: D102


@dataclass(frozen=True)
class _Stretch:
    """A scene with its number of frames, and how many of these differ."""

    scene: Scene
    n_frames: int
    n_pictures: int

    def pictures(self) -> Iterator[tuple[float, int]]:
        """Yield the progress of each picture, and for how many frames it stands."""
        for number in range(self.n_pictures):
            start = number * self.n_frames // self.n_pictures
            end = (number + 1) * self.n_frames // self.n_pictures
            # a picture that stands alone is the end of what is told
            yield (number / (self.n_pictures - 1) if self.n_pictures > 1 else 1.0), end - start


def make_video(film: Film, *, most_bytes: int = MOST_BYTES) -> Video:
    """Draw a film and encode it.

    The captions become part of the picture, so that they are there wherever the video is played;
    they are kept as text as well, for subtitles and for readers who do not see it.

    Parameters
    ----------
    film : Film
        Figure and scenes.
    most_bytes : int
        Size of the file that is too much for a page.

    Returns
    -------
    Video
        What a notebook shows as the last value of a cell. The same film gives the same bytes.

    Raises
    ------
    ValueError
        If there is no scene, `film.still` is none of them, a caption is empty, too long for the
        picture or too long to be read, or the file would be larger than `most_bytes`.
    RuntimeError
        If there is no encoder, or it fails.
    """
    import matplotlib.pyplot as plt

    from lessonbook.video.caption import CaptionStrip

    figure = film.figure
    strip = CaptionStrip(WIDTH)
    try:
        stretches = _plan(film)
        strips = [strip.draw(f"scenes[{i}].caption", s.caption) for i, s in enumerate(film.scenes)]
        # half a pixel more, as the drawing program rounds down
        figure.set_dpi((WIDTH + 0.5) / figure.get_figwidth())
        figure.draw_without_rendering()
        # nothing may jump when a label changes, and each picture is drawn in half the time
        figure.set_layout_engine("none")
        video = _find_or_draw(film, stretches, strips)
    finally:
        strip.close()
        plt.close(figure)
    if len(video.data) > most_bytes:
        message = f"film: found {len(video.data) / 1000:.0f} kB, allowed {most_bytes / 1000:.0f}; "
        raise ValueError(message + "draw fewer or calmer pictures, or make it shorter.")
    return video


def _find_or_draw(film: Film, stretches: Sequence[_Stretch], strips: Sequence[Any]) -> Video:
    shelf, made_from = Shelf.of_this_run(), getattr(film, "made_from", "")
    if shelf is None or not made_from:
        return _draw(film, stretches, strips)
    key = shelf.key(_ingredients(film, made_from, stretches, strips))
    video = shelf.find(key)
    if video is None:
        video = _draw(film, stretches, strips)
        shelf.put(key, video)
    return video


def _ingredients(
    film: Film, made_from: str, stretches: Sequence[_Stretch], strips: Sequence[Any]
) -> Iterator[str | bytes]:
    """Yield all that a film is drawn from, what a cell has changed of figure and style included."""
    import matplotlib as mpl

    yield made_from
    yield repr(sorted(mpl.rcParams.items()))
    yield repr([(s.scene.caption, s.n_frames, s.n_pictures) for s in stretches])
    yield repr((film.still, FRAMES_PER_SECOND, WIDTH))
    yield from (strip.tobytes() for strip in strips)
    yield _paint(film.figure).tobytes()


def _draw(film: Film, stretches: Sequence[_Stretch], strips: Sequence[Any]) -> Video:
    from lessonbook.video.encoder import encode

    painter = _Painter(film, stretches, strips)
    data = encode(painter.frames(), FRAMES_PER_SECOND)
    height, width = painter.still.shape[:2]
    return Video(data, _write_png(painter.still), width, height, _list_cues(stretches))


def _plan(film: Film) -> list[_Stretch]:
    n_scenes = len(film.scenes)
    if not n_scenes:
        raise ValueError("film: found no scene; give at least one.")
    if not -n_scenes <= film.still < n_scenes:
        message = f"film.still: found {film.still}, allowed {-n_scenes} to {n_scenes - 1}."
        raise ValueError(message)
    stretches = []
    for number, scene in enumerate(film.scenes):
        place = f"scenes[{number}]"
        _check_scene(place, scene)
        n_frames = max(1, round(scene.seconds * FRAMES_PER_SECOND))
        wanted = n_frames if scene.n_pictures is None else scene.n_pictures
        stretches.append(_Stretch(scene, n_frames, min(wanted, n_frames)))
    return stretches


def _check_scene(place: str, scene: Scene) -> None:
    if not scene.caption.strip():
        raise ValueError(f"{place}.caption: found no text; say in a sentence what is to be seen.")
    if not scene.seconds > 0:
        raise ValueError(f"{place}.seconds: found {scene.seconds}, allowed above 0.")
    if scene.n_pictures is not None and scene.n_pictures < 1:
        raise ValueError(f"{place}.n_pictures: found {scene.n_pictures}, allowed from 1.")
    least = math.ceil(10 * len(scene.caption) / MOST_LETTERS_PER_SECOND) / 10
    if scene.seconds < least:
        message = (
            f"{place}.seconds: found {scene.seconds:g}, allowed from {least:g} for a caption of "
            f"{len(scene.caption)} letters; give people time to read it, or say less."
        )
        raise ValueError(message)


def _list_cues(stretches: Sequence[_Stretch]) -> tuple[Cue, ...]:
    cues = []
    start = 0
    for stretch in stretches:
        end = start + stretch.n_frames
        times = (start / FRAMES_PER_SECOND, end / FRAMES_PER_SECOND)
        cues.append(Cue(*times, stretch.scene.caption))
        start = end
    return tuple(cues)


class _Painter:
    """Draws the frames one after the other, and keeps the one that stands for all."""

    def __init__(self, film: Film, stretches: Sequence[_Stretch], strips: Sequence[Any]) -> None:
        self.film = film
        self.stretches = stretches
        self.strips = strips
        self.still: Any = None

    def frames(self) -> Iterator[NDArray[Any]]:
        """Yield pictures of the same size, as many as the film is long."""
        import numpy as np

        chosen = range(len(self.stretches))[self.film.still]
        for number, stretch in enumerate(self.stretches):
            picture = None
            for progress, n_frames in stretch.pictures():
                stretch.scene.draw(progress)
                picture = np.vstack([self.strips[number], _paint(self.film.figure)])
                for _ in range(n_frames):
                    yield picture
            if number == chosen:
                self.still = picture


def _paint(figure: Figure) -> NDArray[Any]:
    """Return a figure's pixels, red, green and blue; an even number of rows, as H.264 wants."""
    import numpy as np
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    canvas: Any = figure.canvas
    if not isinstance(canvas, FigureCanvasAgg):
        canvas = FigureCanvasAgg(figure)
    canvas.draw()
    pixels = np.asarray(canvas.buffer_rgba())[..., :3]
    # sizes in inches may come out a pixel apart
    return pixels[: pixels.shape[0] // 2 * 2, :WIDTH]


def _write_png(picture: NDArray[Any]) -> bytes:
    """Write a still with as many colours as a figure needs, without a date."""
    from io import BytesIO

    from PIL import Image

    file = BytesIO()
    image = Image.fromarray(picture).quantize(128, dither=Image.Dither.NONE)
    image.save(file, "png", optimize=True)
    return file.getvalue()
