"""Short silent films that an executed cell draws with Matplotlib."""

from lessonbook.video.film import Film, Scene, make_video
from lessonbook.video.output import MIMETYPE, Cue, Video

__all__ = ["MIMETYPE", "Cue", "Film", "Scene", "Video", "make_video"]
