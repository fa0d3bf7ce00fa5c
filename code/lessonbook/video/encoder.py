"""Pictures to a file that browsers play: H.264 in MP4, by the ffmpeg that imageio-ffmpeg brings."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # pages with a film need its codecs, and no arrays
    from numpy.typing import NDArray

CODECS = "avc1.4d401f"
"""Main profile, level 3.1: what every browser of the last ten years plays, phones included."""

_READ = ("-hide_banner", "-loglevel", "error", "-nostdin", "-y", "-f", "rawvideo")
# what a reader sees as white is written as white: browsers take small videos for BT.601 otherwise
_COLOURS = (
    "-vf",
    "scale=out_color_matrix=bt709:out_range=tv:flags=accurate_rnd+bitexact,format=yuv420p",
    "-colorspace",
    "bt709",
    "-color_primaries",
    "bt709",
    "-color_trc",
    "bt709",
)
# one whole picture for up to 20 seconds: in a figure little changes from one to the next
_ENCODE = (
    *("-c:v", "libx264", "-profile:v", "main", "-level:v", "3.1"),
    *("-preset", "medium", "-tune", "animation", "-crf", "27", "-g", "300", "-sc_threshold", "0"),
)
# one thread, and neither dates nor versions: the same pictures give the same bytes
_REPEATABLE = (
    *("-threads", "1", "-filter_threads", "1", "-map_metadata", "-1"),
    *("-fflags", "+bitexact", "-flags", "+bitexact"),
)
_FILE = ("-movflags", "+faststart", "-f", "mp4")


def encode(frames: Iterable[NDArray[Any]], frames_per_second: int) -> bytes:
    """Encode pictures.

    Parameters
    ----------
    frames : iterable of ndarray of uint8, shape (height, width, 3)
        Red, green and blue; at least one, all of the same size, with even numbers of pixels.
    frames_per_second : int

    Returns
    -------
    bytes
        An MP4 file whose beginning says how long it is.

    Raises
    ------
    RuntimeError
        If there is no encoder, or it fails.
    """
    waiting = iter(frames)
    first = next(waiting)
    height, width = first.shape[:2]
    with TemporaryDirectory() as folder:
        target = Path(folder, "film.mp4")
        command = [
            *(_find_ffmpeg(), *_READ, "-pix_fmt", "rgb24", "-s", f"{width}x{height}"),
            *("-r", str(frames_per_second), "-i", "pipe:0", "-an"),
            *(*_COLOURS, *_ENCODE, *_REPEATABLE, *_FILE, str(target)),
        ]
        _run(command, chain([first], waiting))
        return target.read_bytes()


def _run(command: list[str], frames: Iterator[NDArray[Any]]) -> None:
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdin is not None and process.stderr is not None
    try:
        with process.stdin as pipe:
            for frame in frames:
                pipe.write(frame.tobytes())
    except BrokenPipeError:
        pass  # it has given up; what it says follows
    except BaseException:
        process.kill()
        process.communicate()
        raise
    said = process.stderr.read().decode("utf8", "replace").strip()
    process.stderr.close()
    if process.wait() != 0:
        reason = said.splitlines()[0] if said else f"exit status {process.returncode}"
        raise RuntimeError(f"ffmpeg failed: {reason}; it needs the encoder libx264.")


def _find_ffmpeg() -> str:
    try:
        import imageio_ffmpeg
    except ImportError:
        message = "no encoder: install the package imageio-ffmpeg, which brings one."
        raise RuntimeError(message) from None
    return str(imageio_ffmpeg.get_ffmpeg_exe())
