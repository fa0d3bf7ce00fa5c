"""Finishing of single pages and files, without building a site."""

from __future__ import annotations

import re
import struct

import pandas as pd
import pytest
from PIL import Image

from lessonbook.citation import read_citation
from lessonbook.kept import Kept
from lessonbook.site import fonts
from lessonbook.site.drawings import slim_drawing
from lessonbook.site.fonts import find_math_signs, subset_font
from lessonbook.site.image_size import read_image_size
from lessonbook.site.page import PANDAS_HEADS, PANDAS_STYLES, finish_page
from lessonbook.site.pictures import frame_pictures
from lessonbook.site.policy import POLICY, policy_tag, write_headers
from lessonbook.site.previews import show_previews
from lessonbook.site.styles import shake
from lessonbook.site.tags import read_attributes, rewrite_tags, write_attributes
from lessonbook.site.vocabulary import Vocabulary
from lessonbook.sphinx_ext.extension import STATIC_DIR
from lessonbook.sphinx_ext.page_finish import STYLE_OPTIONS, find_word_kinds


def page(body, head=""):
    return f"<html><head>{head}</head><body>{body}</body></html>"


def finish(body, **options):
    return finish_page(page(body), options.pop("size", lambda address: None), **options)


def test_style_of_an_element_becomes_a_class_and_looks_the_same():
    text = finish('<td class="a" style="text-align: right;">1</td><td style="text-align: right">2')
    assert " style=" not in text
    (name,) = set(re.findall(r"lesson-s-\w{8}", text))
    assert f'<td class="a {name}">' in text
    assert text.count(f".{name}.{name}{{text-align: right}}") == 1


def test_style_sheets_of_outputs_move_to_the_head_once():
    text = finish("<style>#t { color: red }</style><p>x</p><style>#t { color: red }</style>")
    assert text.index("#t { color: red }") < text.index("</head>")
    assert text.count("color: red") == 1
    assert "<style" not in text.partition("</head>")[2]


@pytest.mark.parametrize(
    ("index", "classes"),
    [(None, "lesson-columns"), ("county", "lesson-columns lesson-named-rows")],
)
def test_head_of_a_table_with_groups_of_columns_is_a_class(index, classes):
    """The rules are those that pandas writes, so that another version of it is noticed."""
    columns = pd.MultiIndex.from_tuples([("mean", "a"), ("mean", "b")])
    table = pd.DataFrame([[1, 2]], columns=columns, index=pd.Index([0], name=index))
    html = table._repr_html_()
    (css,) = re.findall(r"<style scoped>(.*?)</style>", html, re.DOTALL)
    assert PANDAS_HEADS[" ".join(css.split())] == classes
    text = finish(html)
    assert "<style" not in text and f'class="dataframe {classes}"' in text
    assert "<style" in finish(html.replace("left", "center"))


def test_what_pandas_puts_before_each_table_is_in_the_common_sheet():
    assert "style" not in finish(f"<style scoped>\n{PANDAS_STYLES}\n</style><table></table>")
    common = " ".join((STATIC_DIR / "site.css").read_text().split())
    for rule in re.findall(r"[^{}]+\{[^}]+\}", PANDAS_STYLES):
        assert rule.strip() in common


@pytest.mark.parametrize(
    "source",
    [
        '<script>let a = "<p style=\\"x\\">";</script>',
        '<!-- <p style="x"> -->',
        "<p>a < b, style = 1</p>",
        '<p title="a style=x > b">y</p>',
        "<textarea><img src=x></textarea>",
        '<math><mo stretchy="false">(</mo></math>',
    ],
)
def test_what_only_looks_like_a_tag_or_needs_nothing_is_left_alone(source):
    assert finish(source) == page(source)


DRAWING = '<svg xmlns="http://www.w3.org/2000/svg" width="800" height="400">{}</svg>'
ENTRY = (
    '<div class="lesson-figure-entry">\n<img alt="A line" src="../_images/{}" width="9"/></div>\n'
    '<p class="lesson-origin">In the episode</p>'
)


def test_lists_of_figures_show_small_pictures(tmp_path):
    images = tmp_path / "_images"
    images.mkdir()
    dots = "".join(f'<circle cx="{x}" cy="{x % 400}" r="9"/>' for x in range(800))
    (images / "a.svg").write_text(DRAWING.format(dots))
    (images / "b.svg").write_text("no drawing")
    (tmp_path / "book").mkdir()
    page = tmp_path / "book" / "figures.html"
    other = ENTRY.format("b.svg") + '<img src="../_images/a.svg">' + ENTRY.format("gone.svg")
    before = {page: ENTRY.format("a.svg") + other}
    (text,) = show_previews(before, tmp_path / "cache").values()
    (name,) = re.findall(r'src="../_images/(preview-\w+\.webp)"', text)
    assert text == ENTRY.format(name) + other
    with Image.open(images / name) as small:
        assert small.size == (480, 240)
        assert small.convert("L").getextrema()[0] < 50
    assert (images / name).stat().st_size < (images / "a.svg").stat().st_size
    (images / name).unlink()
    assert show_previews(before, tmp_path / "cache")[page] == text
    assert (images / name).is_file()


def test_images_get_their_size_and_wait():
    text = finish('<img src="_images/a.svg" alt="A &quot;b&quot;" />', size=lambda a: (30, 20))
    assert (
        text.count(
            '<img src="_images/a.svg" alt="A &quot;b&quot;" loading="lazy" decoding="async" '
            'width="30" height="20" />'
        )
        == 1
    )
    given = '<img src="a" width="5" loading="eager" decoding="sync">'
    assert finish(given, size=lambda a: (30, 20)) == page(given)


def test_wide_pictures_of_the_article_get_a_frame_and_others_none():
    wide, small = (f'<img src="a" width="{width}" alt="1 > 0" />' for width in (683, 64))
    still = '<img src="a" width="683" class="lesson-video-still"/>'
    unframed = f'{small}<a href="b">{wide}</a><!-- {wide} -->{still}<img src="a" width="100%">'
    framed = f'<span class="lesson-picture">{wide}</span>'
    text = frame_pictures(f"{wide}<article>{wide}<p>{unframed}{wide}</p></article>{wide}")
    assert text == f"{wide}<article>{framed}<p>{unframed}{framed}</p></article>{wide}"


def test_plain_words_of_code_lose_their_tags_and_others_keep_them():
    code = '<div class="highlight"><pre><span></span><span class="n">a</span><span class="k">if</span></pre></div>'
    outside = '<span class="n">a</span>'
    text = finish(code + outside, word_kinds={"n": ""})
    assert '<pre>a<span class="k">if</span></pre>' in text
    assert text.count(outside) == 1


def test_words_of_code_that_look_like_their_neighbours_share_a_tag():
    kinds = {"s1": "s", "se": "s"}
    words = "".join(
        f'<span class="{kind}">{word}</span>'
        for kind, word in (("s1", "'a"), ("se", "&lt;"), ("k", "b"))
    )
    code = f'<div class="highlight"><pre>{words} <span class="k">c</span>\n<span class="k">d</span></pre></div>'
    text = finish(code, word_kinds=kinds)
    slim = """<pre><span class="s">'a&lt;</span><span class="k">b c</span>\n<span class="k">d</span></pre>"""
    assert slim in text


def test_strings_numbers_and_keywords_are_told_apart_and_no_kinds_of_them():
    kinds = find_word_kinds({})
    assert {kinds[kind] for kind in ("s1", "s2", "sa", "se")} == {"s"}
    assert (kinds["mi"], kinds["mf"], kinds["kn"], kinds["c1"]) == ("m", "m", "k", "c")
    assert kinds["n"] == kinds["o"] == ""
    assert find_word_kinds({"pygments_light_style": "no-such-style"}) == {}
    # a style that shows escapes in another colour keeps them
    monokai = find_word_kinds(dict.fromkeys(STYLE_OPTIONS, "monokai"))
    assert monokai["s2"] == "s" and "se" not in monokai


def test_tables_of_pandas_lose_their_indentation_and_nothing_else():
    table = '<table class="dataframe">\n  <tr>\n    <td>a  b</td>\n    <td></td>\n  </tr>\n</table>'
    other = "<table>\n  <tr><td>c</td></tr>\n</table>"
    text = finish(f"{table}\n  {other}")
    assert '<table class="dataframe"><tr><td>a  b</td><td></td></tr></table>\n  <table>\n' in text
    assert other in text


def test_roles_and_labels_that_mislead_are_removed():
    text = finish(
        '<div role="list" class="citation-list"><div class="citation" role="doc-biblioentry">'
        '</div></div><ul role="list"></ul><summary aria-label="Toggle hidden content">Show</summary>'
    )
    assert text.count("role=") == 1
    assert "aria-label" not in text


def test_attributes_survive_reading_and_writing():
    source = ' a="1 &lt; 2" b=\'"q"\' c=d hidden'
    assert read_attributes(source) == {"a": "1 < 2", "b": '"q"', "c": "d", "hidden": None}
    assert read_attributes(write_attributes(read_attributes(source))) == read_attributes(source)


def test_ten_thousand_tags_take_no_time():
    text = "<td>1</td>" * 20_000 + "<" * 2_000 + '<p style="a">'
    assert rewrite_tags(text, lambda name, attributes: False, re.compile("style")) == text


SVG = '<svg xmlns="http://www.w3.org/2000/svg" {}><path d="M 1 1"/></svg>'
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + struct.pack(">II", 7, 5)
JPEG = b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc0\x00\x11\x08" + struct.pack(">HH", 5, 7) + b"\x03" * 12
SIZES = {
    "svg": SVG.format('width="72pt" height="36.0pt" viewBox="0 0 1 1"').encode(),
    "px.svg": SVG.format("width='96' height='48px'").encode(),
    "box.svg": SVG.format('viewBox="0 0 96 48"').encode(),
    "percent.svg": SVG.format('width="100%" height="5em" viewBox="0 0 96 48"').encode(),
}


@pytest.mark.parametrize("name", SIZES)
def test_size_of_a_drawing(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(SIZES[name])
    assert read_image_size(path) == (96, 48)


@pytest.mark.parametrize("content", [PNG, JPEG, b"GIF89a" + struct.pack("<HH", 7, 5)])
def test_size_of_an_image(tmp_path, content):
    path = tmp_path / "image"
    path.write_bytes(content)
    assert read_image_size(path) == (7, 5)


@pytest.mark.parametrize("content", [b"", b"\x89PNG", b"\xff\xd8\xff", b"text", b"RIFF....WEBPVP8"])
def test_size_of_a_damaged_image_is_not_known(tmp_path, content):
    path = tmp_path / "image"
    path.write_bytes(content)
    assert read_image_size(path) is None
    assert read_image_size(tmp_path / "absent") is None


def vocabulary(body):
    site = Vocabulary()
    site.add_page(page(body))
    return site


RULES = {
    "p{a: b}": True,
    "h6{a: b}": False,
    ".x{a: b}": True,
    ".y{a: b}": False,
    "#i{a: b}": True,
    "#j{a: b}": False,
    "p.x > b{a: b}": False,
    "p:not(.y):hover::before{a: b}": True,
    "p.x.y{a: b}": False,
    "body.x{a: b}": True,
    "p:is(.y, .z) .x{a: b}": False,
    "p:is(.y, .x){a: b}": True,
    "p:has(> .y){a: b}": False,
    "[class]{a: b}": True,
    "[data-z=x]{a: b}": False,
    "*{a: b}": True,
    "@media print{.x{a: b}}": True,
    "@media print{.y{a: b}}": False,
    "@font-face{font-family: F; src: url(f)}": False,
    "@keyframes k{from{a: b}}": False,
}


@pytest.mark.parametrize("rule", RULES)
def test_rule_stays_if_something_may_match_it(rule):
    assert bool(shake(rule, vocabulary('<p class="x" id="i">A</p>'))) == RULES[rule]


def test_names_that_kept_rules_use_are_kept():
    css = "@font-face{font-family: F; src: url(f)} @keyframes k{from{a: b}} p{font: 1em F; animation: k 1s}"
    text = shake(css, vocabulary("<p>A</p>"))
    assert "@font-face" in text and "@keyframes k" in text


def test_properties_that_nothing_uses_are_left_out():
    css = ":root{--a: var(--b); --b: 1; --c: var(--d); --d: 2} p{e: var(--a)}"
    assert shake(css, vocabulary("<p>A</p>")) == ":root{--a:var(--b);--b:1;}\np{e:var(--a)}"


def test_classes_that_a_script_may_set_are_kept():
    site = vocabulary("<p>A</p>")
    assert shake(".is-done{a: b}", site) == ""
    site.add_script('element.classList.add("is-done");')
    assert shake(".is-done{a: b}", site) == ".is-done{a:b}"


def test_classes_asked_for_together_are_those_of_one_element_but_for_what_a_script_adds():
    site = vocabulary('<p class="a">A</p><b class="b c">B</b>')
    rules = ".a.b{x: y} .b.c{x: y} .a.is-open{x: y}"
    assert shake(rules, site) == ".b.c{x:y}"
    site.add_script("element.className = 'is-open';")
    assert shake(rules, site) == ".b.c{x:y}\n.a.is-open{x:y}"


def test_words_of_a_script_that_it_does_not_quote_are_no_classes():
    site = vocabulary("<p>A</p>")
    site.add_script(
        "const note = /[\"']/.test(tip); box.dataset.isOpen = `${note}`; box.id = 'place';"
    )
    assert shake(".note{a: b} .tip{a: b}", site) == ""
    assert shake("#place[data-is-open]{a: b}", site) == "#place[data-is-open]{a:b}"


def test_spaces_that_mean_something_stay_in_a_style_sheet():
    css = 'p{--none: ; --two: 1px 2px; content: "a: b; c"; margin: 0 auto; --x: var(--none) var(--two)}'
    site = vocabulary('<p style="color: var(--x)">A</p>')
    tight = 'p{--none: ;--two:1px 2px;content:"a: b; c";margin:0 auto;--x:var(--none) var(--two)}'
    assert shake(css, site) == tight


def test_drawing_is_smaller_and_keeps_what_is_seen():
    svg = (
        '<?xml version="1.0"?>\n<svg><metadata>x</metadata><!-- c -->\n'
        '<g transform="scale(0.015625)"><path d="M 10.123456 -0.000001 \nL 1e2 3.456789 z"/></g></svg>'
    )
    assert slim_drawing(svg) == (
        '<svg><g transform="scale(0.015625)"><path d="M10.12-0L1e2 3.46z"/></g></svg>'
    )
    words = "<svg><text><tspan>a</tspan> <tspan>b</tspan></text></svg>"
    assert slim_drawing(words) == words


def test_font_has_the_signs_of_the_formulas_and_is_made_once(tmp_path, monkeypatch):
    from io import BytesIO

    from fontTools.ttLib import TTFont

    signs = find_math_signs(["<math><mi>x</mi><mo>∑</mo><annotation>ﬃ</annotation></math>"])
    assert {"x", "𝑥", "∑"} <= signs and "ﬃ" not in signs
    font = STATIC_DIR / "stix-two-math.woff2"
    kept = Kept(tmp_path / "font.kept")
    data = subset_font(font, signs, kept)
    assert len(data) < font.stat().st_size / 3
    made = TTFont(BytesIO(data))
    assert {ord(sign) for sign in signs} <= set(made.getBestCmap())
    assert "MATH" in made
    kept.save()
    monkeypatch.setattr(fonts, "_subset", lambda font, signs: b"anew")
    assert subset_font(font, signs, Kept(tmp_path / "font.kept")) == data
    assert subset_font(font, signs | {"∏"}, Kept(tmp_path / "font.kept")) == b"anew"
    assert find_math_signs(["<p>no formula</p>"]) == frozenset()


def test_policy_allows_nothing_inline_and_no_other_host(tmp_path):
    assert POLICY.startswith("default-src 'self'")
    assert not re.search(r"unsafe|https?:|data:|\*", POLICY)
    assert POLICY in policy_tag()
    write_headers(tmp_path)
    assert f"Content-Security-Policy: {POLICY}" in (tmp_path / "_headers").read_text()


def test_citation_is_read_and_a_missing_or_broken_one_is_not(tmp_path):
    assert read_citation(tmp_path) is None
    file = tmp_path / "CITATION.cff"
    file.write_text(
        "title: T\ndate-released: 2026-01-02\nauthors:\n"
        "  - {family-names: Curie, given-names: Marie}\n  - name: A group\n"
    )
    citation = read_citation(tmp_path)
    assert citation is not None
    assert citation.authors == ("Curie, Marie", "A group")
    assert (citation.date, citation.doi) == ("2026-01-02", "")
    for broken in ("[", "text", "title: 3", ""):
        file.write_text(broken)
        assert read_citation(tmp_path) is None
