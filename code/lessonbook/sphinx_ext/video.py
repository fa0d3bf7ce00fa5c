"""Videos that cells made: files of the site, with captions, a still and a transcript."""

from __future__ import annotations

import dataclasses as dc
import hashlib
import html
from typing import TYPE_CHECKING, Any, cast

from docutils import nodes
from myst_nb.core.render import MimeData

from lessonbook.sphinx_ext.fragments import is_copy
from lessonbook.sphinx_ext.messages import warn
from lessonbook.video.encoder import CODECS
from lessonbook.video.output import MIMETYPE, Video, format_time, write_captions

if TYPE_CHECKING:
    from myst_nb.core.render import NbElementRenderer
    from sphinx.application import Sphinx
    from sphinx.writers.html5 import HTML5Translator

EXTENSION = "lessonbook"
STYLE_SHEET = "lesson-video.css"
TRANSCRIPT = "What the animation shows, in words"
SIZES = ("width", "height", "scale")
_FILM, _CAPTIONS = "film", "captions"
_STILL_CLASS = "lesson-video-still"


class LessonVideo(nodes.container):
    """A video: its still, its files and its transcript."""


class VideoFile(nodes.image):
    """A file of a video.

    An image as far as Sphinx is concerned, which therefore copies it to the site, keeps track of
    the pages that show it, and knows its name there.
    """


class Transcript(nodes.container):
    """What a video says, closed until it is wanted."""


class VideoRenderer:
    """MyST-NB's plugin for the results that `lessonbook.video` makes."""

    mime_priority_overrides = (("*", MIMETYPE, 1),)

    @staticmethod
    def handle_mime(
        renderer: NbElementRenderer, data: MimeData, inline: bool
    ) -> list[nodes.Element] | None:
        """Return the nodes of a video, None for all other results."""
        if inline or data.mime_type != MIMETYPE:
            return None
        env: Any = renderer.renderer.sphinx_env
        content = cast("Any", data.content)
        try:
            video = Video.from_json(content)
        except ValueError as error:
            warn("video", str(error), (env.docname, data.line) if env else None)
            return []
        image = dc.replace(data, mime_type="image/png", content=content["still"])
        still: list[nodes.Element] = renderer.render_image(image)
        if env is None or EXTENSION not in env.app.extensions:
            return still  # a build that has MyST-NB and not us
        return [_make_node(renderer, still, video)]


def _make_node(
    renderer: NbElementRenderer, still: list[nodes.Element], video: Video
) -> LessonVideo:
    node = LessonVideo("", width=video.width, height=video.height, classes=["lesson-video"])
    for image in still:
        image["classes"].append(_STILL_CLASS)
        for option in SIZES:  # the video has its own, and Sphinx would link a scaled image
            image.attributes.pop(option, None)
    node += still
    captions = write_captions(video.cues).encode("utf8")
    for role, suffix, file in ((_FILM, ".mp4", video.data), (_CAPTIONS, ".vtt", captions)):
        name = f"{hashlib.sha256(file).hexdigest()}{suffix}"
        uri = renderer.write_file([name], file, overwrite=False, exists_ok=True)
        node += VideoFile(uri=uri, role=role, alt="")
    node += _make_transcript(video)
    return node


def _make_transcript(video: Video) -> Transcript:
    entries = nodes.bullet_list("")
    for cue in video.cues:
        time = nodes.inline("", format_time(cue.start), classes=["lesson-video-time"])
        entries += nodes.list_item("", nodes.paragraph("", "", time, nodes.Text(f" {cue.text}")))
    return Transcript("", entries, classes=["lesson-block", "lesson-transcript"])


def visit_video(self: HTML5Translator, node: nodes.Element) -> None:
    """Write the video in front of its still and its transcript; elsewhere than at home these two.

    A page of all figures would weigh too much with every video of the course. A poster would be
    loaded at once, wherever it stands; the still waits, and a script makes the poster of it.
    """
    still = cast("nodes.image", node[0])
    if is_copy(node):
        still["classes"].remove(_STILL_CLASS)
        self.body.append(self.starttag(node, "div"))
        return
    addresses = {file["role"]: _address(self, file) for file in node.findall(VideoFile)}
    attributes: dict[str, object] = {
        "width": node["width"],
        "height": node["height"],
        "aria-label": still.get("alt") or "Animation",
        # the style sheet leaves room for the controls below the picture
        "style": f"--lesson-video-ratio: {node['height'] / node['width']:.4f}",
    }
    values = "".join(f' {key}="{html.escape(str(value))}"' for key, value in attributes.items())
    language = html.escape(self.config.language or "en")
    self.body.append(self.starttag(node, "div"))
    # A page from a disk may not load captions, which browsers only try when readers ask for them;
    # so they are not on by default, and part of the picture as well.
    self.body.append(
        f'<video controls preload="none" playsinline{values}>\n'
        f'<source src="{addresses[_FILM]}" type=\'video/mp4; codecs="{CODECS}"\'>\n'
        f'<track kind="captions" srclang="{language}" label="Captions" '
        f'src="{addresses[_CAPTIONS]}">\n'
        "</video>\n"
    )


def depart_video(self: HTML5Translator, node: nodes.Element) -> None:
    """Close the box of a video."""
    self.body.append("</div>\n")


def visit_transcript(self: HTML5Translator, node: nodes.Element) -> None:
    """Open the words of a video, closed."""
    self.body.append(self.starttag(node, "details"))
    self.body.append(f'<summary class="lesson-title">{html.escape(TRANSCRIPT)}</summary>\n')
    self.body.append('<div class="lesson-details-body">\n')


def depart_transcript(self: HTML5Translator, node: nodes.Element) -> None:
    """End the words of a video."""
    self.body.append("</div>\n</details>\n")


def _address(self: HTML5Translator, image: nodes.image) -> str:
    uri = image["uri"]
    name = self.builder.images.get(uri)
    return f"{self.builder.imgpath}/{name}" if name else uri


def skip_file(self: Any, node: nodes.Element) -> None:
    """Leave out what the video has named already, or what a format cannot show."""
    raise nodes.SkipNode


def add_style_sheet(app: Sphinx) -> None:
    """Add the look of videos to HTML pages."""
    if app.builder.format == "html":
        app.add_css_file(STYLE_SHEET)


def setup_video(app: Sphinx) -> None:
    """Register the nodes and their style sheet; MyST-NB finds the renderer by its entry point."""
    skip = (skip_file, None)
    app.add_node(LessonVideo, html=(visit_video, depart_video))
    app.add_node(Transcript, html=(visit_transcript, depart_transcript))
    app.add_node(VideoFile, html=skip, latex=skip, text=skip, man=skip, texinfo=skip)
    app.connect("builder-inited", add_style_sheet)
