"""What a reader would notice between two built sites is told, and nothing else."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from lessonbook.cli import main
from lessonbook.difference.compare import compare_sites, compare_texts
from lessonbook.difference.numbers import changed_numbers
from lessonbook.difference.page_text import read_page
from lessonbook.difference.report import MAX_SUMMARY

PAGE = """\
<html><head><title>{title}</title><script>var built = {built};</script></head><body>
<nav>Pages built {built}</nav>
<main><article>{content}</article></main><footer>{built}</footer></body></html>
"""
SCHOOLS = """\
<h1>Shrinkage<a class="headerlink" href="#s">#</a></h1>
<p>The mean is <math><semantics><mi>m</mi><annotation>\\mu = 8</annotation></semantics></math>,
with <b>{tau}</b> between schools.</p>
<table><tr><th>school</th><th><p>effect</p></th></tr>{rows}</table>
<pre>if y:
    fit(<span>seed</span>={seed})
</pre>
<img src="../_images/{image}.png" alt="Eight intervals">
"""


def row(school: str, effect: object) -> str:
    return f"<tr>\n<td>{school}</td>\n<td>{effect}</td>\n</tr>"


@pytest.fixture
def sites(tmp_path):
    def write(site, page, content, built=1):
        file = tmp_path / site / page
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(PAGE.format(title=page, built=built, content=content))
        images = tmp_path / site / "_images"
        images.mkdir(exist_ok=True)
        (images / "a.png").write_bytes(b"old curve")
        (images / "b.png").write_bytes(b"old curve")
        (images / "c.png").write_bytes(b"new curve")
        return tmp_path / site

    return write


def schools(tau=6.2, rows=(("A", 28), ("B", 8)), seed=1, image="a"):
    text = "".join(row(*pair) for pair in rows)
    return SCHOOLS.format(tau=tau, rows=text, seed=seed, image=image)


def run(*arguments, status=0):
    ran = CliRunner().invoke(main, ["diff", *map(str, arguments)])
    assert ran.exit_code == status, ran.output
    return ran.output


def test_text_of_a_page_is_what_a_reader_reads(sites):
    site = sites("old", "episodes/02.html", schools())
    page = read_page(site / "episodes" / "02.html")
    assert page.lines == (
        "Shrinkage",
        "The mean is $\\mu = 8$, with 6.2 between schools.",
        "school | effect",
        "A | 28",
        "B | 8",
        "if y:",
        "    fit(seed=1)",
    )
    assert [figure.name for figure in page.figures] == ["Eight intervals"]


def test_code_in_a_cell_stays_in_its_row(sites):
    table = "<table><tr><td>a</td><td><pre>x = 1\ny = 2</pre></td></tr></table><pre>z</pre>"
    site = sites("old", "a.html", table)
    assert read_page(site / "a.html").lines == ("a | x = 1 y = 2", "z")


def test_sites_that_read_the_same_do_not_differ(sites):
    old = sites("old", "episodes/02.html", schools(image="a"), built=1)
    new = sites("new", "episodes/02.html", schools(image="b"), built=2)
    assert compare_sites(old, new) == []
    assert run("--exit-code", old, new) == "The pages read the same and show the same figures.\n"


def test_changed_numbers_are_told_with_what_they_were(sites):
    old = sites("old", "episodes/02.html", schools(tau=6.2))
    new = sites("new", "episodes/02.html", schools(tau=6.5, rows=(("A", 29), ("B", 8))))
    (difference,) = compare_sites(old, new)
    assert [(c.old, c.new) for c in difference.numbers] == [("6.2", "6.5"), ("28", "29")]
    assert "-A | 28" in difference.lines and "+A | 29" in difference.lines
    assert (difference.n_added, difference.n_removed) == (2, 2)
    assert "6.2 -> 6.5 (+4.84%)" in run(old, new)


def test_a_row_put_into_a_table_changes_no_number(sites):
    rows = (("A", 28), ("B", 8), ("C", -3))
    old = sites("old", "a.html", schools(rows=rows))
    new = sites("new", "a.html", schools(rows=(("X", 1), *rows)))
    (difference,) = compare_sites(old, new)
    assert difference.numbers == ()
    assert [line for line in difference.lines if line[0] in "+-"] == ["+X | 1"]


def test_number_in_a_sentence_that_was_rewritten_is_found_by_its_words():
    old = "School A gained 28 points, with a standard error of 15."
    new = "School A is thought to have gained 28 points, with a standard error of 16."
    assert [(c.old, c.new) for c in changed_numbers(old, new)] == [("15", "16")]
    assert changed_numbers("It has 4 chains.", "We drew 5.") == ()


def test_digits_of_names_and_versions_are_not_numbers():
    assert changed_numbers("x1 of PyMC 5.28.1", "x2 of PyMC 5.28.2") == ()
    changes = changed_numbers("1,200 draws, -3.5e-2, 28-32", "1,300 draws, −3.5e-2, 28-33")
    assert [(c.old, c.new) for c in changes] == [
        ("1,200", "1,300"),
        ("-3.5e-2", "−3.5e-2"),
        ("32", "33"),
    ]
    assert changes[0].relative_change == pytest.approx(1 / 12)
    assert changed_numbers("bias 0", "bias 2")[0].relative_change is None


def test_lines_that_stayed_hold_the_others_in_place():
    old = ["tau 6.2", "Fits", "1 | 2", "1 | 3"]
    new = ["tau 6.4", "Fits", "1 | 3"]
    assert [(c.old, c.new) for c in compare_texts(old, new)] == [("6.2", "6.4")]


def test_figure_is_compared_by_what_it_shows(sites):
    old = sites("old", "a.html", schools(image="a"))
    new = sites("new", "a.html", schools(image="c"))
    (difference,) = compare_sites(old, new)
    assert difference.figures == ("Eight intervals",)
    assert difference.lines == ()


def test_pages_that_came_and_went_are_told(sites):
    old = sites("old", "gone.html", "<p>Bye</p>")
    new = sites("new", "came.html", "<p>Hello 3</p>")
    came, gone = compare_sites(old, new)
    assert (came.kind, came.pages, came.n_added) == ("added", ("came.html",), 1)
    assert (gone.kind, gone.pages, gone.n_removed) == ("removed", ("gone.html",), 1)
    assert came.numbers == gone.numbers == ()


def test_same_change_in_both_views_is_told_once(sites):
    for page in ("episodes/02.html", "instructor/episodes/02.html", "book/all.html"):
        old = sites("old", page, schools(tau=6.2))
        new = sites("new", page, schools(tau=6.5))
    (difference,) = compare_sites(old, new, exclude=["book/all.html"])
    assert difference.pages == ("episodes/02.html", "instructor/episodes/02.html")


def test_formats_agree(sites):
    old = sites("old", "a.html", schools(tau=6.2))
    new = sites("new", "a.html", schools(tau=6.5, image="c"))
    (content,) = json.loads(run("--format", "json", old, new))
    assert content["numbers"][0]["relative_change"] == pytest.approx(0.3 / 6.2)
    assert content["figures"] == ["Eight intervals"]
    summary = run("--format", "markdown", old, new)
    assert summary.startswith("1 page, 1 number and 1 figure changed.\n")
    assert "| a.html | changed | 1 | 1 | 1 | 1 |" in summary
    assert "| 6.2 | 6.5 | +4.84% |" in summary


def test_text_of_a_page_cannot_leave_its_place_in_the_summary(sites):
    attack = "````</details> | <img src=x> @everyone [a](b) 1"
    text = attack.replace("<", "&lt;")
    old = sites("old", "a.html", f"<p>{text}</p>")
    new = sites("new", "a.html", f"<p>{text[:-1]}2</p>")
    summary = run("--format", "markdown", old, new)
    table, _, fenced = summary.partition("`````diff")
    assert fenced.count("`````") == 1
    assert "<img" not in table and "@everyone" not in table and "[a]" not in table
    (number_row,) = [line for line in table.splitlines() if line.startswith("| 1 |")]
    assert number_row.count("|") == 5


def test_long_differences_are_cut_and_say_so(sites):
    old = sites("old", "a.html", "".join(f"<p>line a{i}</p>" for i in range(50)))
    new = sites("new", "a.html", "".join(f"<p>line b{i}</p>" for i in range(50)))
    assert "... and 91 lines more" in run("--limit", 10, old, new)
    assert "+line b49" in run("--limit", 0, old, new)


def test_summary_stays_below_what_github_takes(sites):
    for number in range(5):
        old = sites("old", f"{number}.html", "<p>short</p>")
        new = sites("new", f"{number}.html", f"<p>{number} {'long ' * 60_000}</p>")
    summary = run("--format", "markdown", old, new)
    assert len(summary.encode()) < MAX_SUMMARY + 1000
    assert "The details of 3 more did not fit in here." in summary
    assert all(f"| {number}.html | changed" in summary for number in range(5))


def test_exit_status_follows_the_difference_only_where_asked(sites):
    old = sites("old", "a.html", "<p>one</p>")
    new = sites("new", "a.html", "<p>two</p>")
    run(old, new)
    run("--exit-code", old, new, status=1)


def test_folder_without_pages_is_misuse(sites, tmp_path):
    site = sites("old", "a.html", "<p>one</p>")
    (tmp_path / "empty").mkdir()
    output = run(site, tmp_path / "empty", status=2)
    assert "empty: found no page, allowed the folder of a built site" in output
