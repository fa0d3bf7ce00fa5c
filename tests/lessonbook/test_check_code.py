"""Rules about code cells and their figures, from the code alone and from its outputs."""

from __future__ import annotations

import pytest

from lessonbook.check.code_cells.notebooks import png, stream

from .lint_course import CONFIG, lint, lint_page, write_course, write_notebook, write_outputs

FRONT = "---\nfile_format: mystnb\nkernelspec:\n  name: python3\ntitle: T\n---\n\n"


def cells(*sources):
    return FRONT + "\n".join(f"```{{code-cell}} python\n{source}\n```\n" for source in sources)


def rules(tmp_path, *sources):
    return [rule for rule, _ in lint_page(tmp_path, cells(*sources))]


NUMPY = "import numpy as np\n"
UNSEEDED = [
    f"{NUMPY}np.random.normal()",
    f"{NUMPY}np.random.default_rng()",
    f"{NUMPY}np.random.default_rng(None)",
    f"{NUMPY}np.random.default_rng(seed=None)",
    f"{NUMPY}np.random.RandomState()",
    "from numpy.random import default_rng\ndefault_rng()",
    "from numpy import random\nrandom.normal()",
    "import numpy\nnumpy.random.seed()\nnumpy.random.rand()",
    "import random\nrandom.random()",
    "from random import choice\nchoice([1, 2])",
    "import pymc as pm\npm.sample()",
    "import pymc as pm\npm.sample(random_seed=None)",
    "import pymc as pm\npm.sample_prior_predictive(100)",
    "import nutpie\nnutpie.sample(model)",
    "from cmdstanpy import CmdStanModel\nCmdStanModel(stan_file='a').sample(data={})",
    "model.sample(data={})",
    "from models import fit\nfit(model, data)",
    "fit(model, data)",
    "from scipy import stats\nstats.norm(0, 1).rvs(10)",
    "def draw():\n    return fit(model, data)\n\ndraw()",
]
SEEDED = [
    f"{NUMPY}np.random.default_rng(1)",
    f"{NUMPY}np.random.default_rng(seed=1)",
    f"{NUMPY}rng = np.random.default_rng(1)\nrng.normal()",
    f"{NUMPY}np.random.seed(1)\nnp.random.normal()",
    f"{NUMPY}np.random.Generator(np.random.PCG64(1))",
    "import random\nrandom.seed(1)\nrandom.random()",
    "import random\nrandom.Random(1).random()",
    "import pymc as pm\npm.sample(random_seed=1)",
    "import pymc as pm\npm.sample(**options)",
    "model.sample(data={}, seed=1)",
    "fit(model, data, seed=1)",
    "regression.fit(x, y)",
    "fit\n",
    "%timeit fit(model)",
    "this is no Python",
    "from scipy import stats\nstats.norm.rvs(10, random_state=1)",
]


@pytest.mark.parametrize("code", UNSEEDED)
def test_sampling_without_a_seed_is_found(tmp_path, code):
    assert set(rules(tmp_path, code)) == {"LB063"}


@pytest.mark.parametrize("code", SEEDED)
def test_sampling_with_a_seed_is_left_alone(tmp_path, code):
    assert rules(tmp_path, code) == []


def test_seed_in_an_earlier_cell_counts(tmp_path):
    assert rules(tmp_path, f"{NUMPY}np.random.seed(1)", "np.random.normal()") == []
    assert rules(tmp_path, f"{NUMPY}np.random.normal()", "np.random.seed(1)") == ["LB063"]


def test_sampling_calls_are_those_of_the_course(tmp_path):
    config = CONFIG + "  config:\n    lesson_sampling_calls: [simulate, 'game.*']\n"
    page = cells("fit(model)\nsimulate()\ngame.roll()\nsimulate(seed=1)")
    write_course(tmp_path, {"_config.yml": config, "page.md": page})
    assert [(finding.rule, finding.line) for finding in lint(tmp_path)] == [
        ("LB063", 10), ("LB063", 11)
    ]  # fmt: skip


def test_other_languages_are_left_alone(tmp_path):
    page = FRONT.replace("python3", "ir") + "```{code-cell} r\nfit(x)\ny = 1\n```\n"
    assert lint_page(tmp_path, page) == []


EFFECTIVE = [
    ("x = 1", "x"),
    ("x = 1", "print(f'{x}')"),
    ("x, (y, *z) = 1, (2, 3)", "y"),
    ("def f():\n    return 1", "f()"),
    ("x = 1\nx",),
    ("import math",),
    ("x = [1]\nx.append(2)",),
    ("x = load()",),
    ("x = {}\nx['a'] = 1",),
    ("assert True",),
    ("for i in range(3):\n    pass",),
    ("_ = 1",),
    (":tags: [setup]\nx = 1",),
    ("x = 1", "%timeit x"),
    ("@register\ndef f(): ...",),
]
INEFFECTIVE = [
    ("x = 1",),
    ("x = 1;",),
    ("x = y = 1",),
    ("x: int = 1",),
    ("def f():\n    return 1",),
    ("class A:\n    pass",),
    ("pass",),
    ("'text';",),
    (":tags: [remove-cell]\nx = 1\nx",),
    ("x = 1\ny = x",),
    ("y = x", "x = 1\nx"),
]


@pytest.mark.parametrize("sources", EFFECTIVE)
def test_cell_with_an_effect_is_left_alone(tmp_path, sources):
    assert rules(tmp_path, *sources) == []


@pytest.mark.parametrize("sources", INEFFECTIVE)
def test_cell_without_effect_is_found(tmp_path, sources):
    assert rules(tmp_path, *sources) == ["LB061"]


def test_number_in_the_text_is_a_use(tmp_path):
    assert lint_page(tmp_path, cells("x = 1") + "\nIt is {eval}`x:.2f`.\n") == []
    quiz = "\n:::{quiz} Q\n:answer: {eval}`x`\n:::\n"
    assert lint_page(tmp_path, cells("x = 1") + quiz) == []


PLOT = "import matplotlib.pyplot as plt\n"
DRAWING = [
    f"{PLOT}plt.plot([1, 2])",
    f"{PLOT}fig, ax = plt.subplots()\nax.plot([1, 2])",
    "from matplotlib import pyplot\npyplot.hist([1, 2])",
    "from matplotlib.pyplot import plot\nplot([1, 2])",
    "import arviz as az\naz.plot_trace(x)",
    "import seaborn as sns\nsns.scatterplot(x)",
    "---\nmystnb:\n  figure:\n    caption: A figure.\n---\ndraw()",
    ":tags: [hide-input]\nimport matplotlib.pyplot as plt\nplt.plot([1])",
    "---\nmystnb:\n  image:\n    alt: ''\n---\nimport matplotlib.pyplot as plt\nplt.plot([1])",
]
NOT_DRAWING = [
    f"{PLOT}plt.rcParams['figure.dpi'] = 100",
    f"{PLOT}plt.style.use('ggplot')",
    f"{PLOT}fig, ax = plt.subplots()\nplt.close(fig)",
    f"{PLOT}def draw():\n    plt.plot([1])\n\nprint(draw)",
    ":tags: [remove-output]\nimport matplotlib.pyplot as plt\nplt.plot([1])",
    "---\nmystnb:\n  image:\n    alt: A line.\n---\nimport matplotlib.pyplot as plt\nplt.plot([1])",
    "import arviz as az\naz.summary(x)",
]


@pytest.mark.parametrize("code", DRAWING)
def test_drawing_without_alternative_text_is_found_before_any_run(tmp_path, code):
    assert rules(tmp_path, code) == ["LB051"]


@pytest.mark.parametrize("code", NOT_DRAWING)
def test_code_that_shows_no_figure_needs_no_alternative_text(tmp_path, code):
    assert rules(tmp_path, code) == []


def executed(tmp_path, *pairs):
    write_course(tmp_path, {"page.md": cells(*(source for source, _ in pairs))})
    write_outputs(tmp_path, "page.md", [outputs for _, outputs in pairs])
    return [(finding.rule, finding.line) for finding in lint(tmp_path)]


def test_outputs_decide_where_there_are_any(tmp_path):
    assert executed(tmp_path / "a", ("draw()", png())) == [("LB051", 8)]
    assert executed(tmp_path / "b", (f"{PLOT}plt.plot([1])", ())) == []


def test_outputs_of_other_code_are_not_believed(tmp_path):
    assert executed(tmp_path, ("draw()", png())) == [("LB051", 8)]
    (tmp_path / "page.md").write_text(cells("draw(2)"))
    assert lint(tmp_path) == []


def test_latest_outputs_of_this_code_are_taken(tmp_path):
    write_course(tmp_path, {"page.md": cells("draw()")})
    cell = {"cell_type": "code", "source": "draw()", "outputs": list(png()), "metadata": {}}
    hidden = {"cell_type": "code", "source": '[\n    f"{x}",\n]', "outputs": [], "metadata": {}}
    write_notebook(tmp_path, "page.md", [cell, hidden], key="1")
    write_notebook(tmp_path, "page.md", [{**cell, "outputs": []}], key="2")
    assert lint(tmp_path) == []
    write_notebook(tmp_path, "page.md", [{**cell, "source": "other()"}], key="3")
    assert lint(tmp_path) == []
    write_notebook(tmp_path, "page.md", [hidden, cell], key="4")
    assert [finding.rule for finding in lint(tmp_path)] == ["LB051"]


@pytest.mark.parametrize("damage", ["{", "[]", '{"cells": 5}', '{"cells": [{}]}', ""])
def test_damaged_outputs_say_nothing(tmp_path, damage):
    executed(tmp_path, ("draw()", png()))
    (tmp_path / "_build/.jupyter_cache/executed/0/base.ipynb").write_text(damage)
    assert lint(tmp_path) == []


def test_damaged_store_says_nothing(tmp_path):
    executed(tmp_path, ("draw()", png()))
    (tmp_path / "_build/.jupyter_cache/global.db").write_bytes(b"no database")
    assert lint(tmp_path) == []


WARNING = stream("stderr", "UserWarning: mind this\n  x = 1\n")


def test_warnings_in_the_output_are_found_unless_they_are_hidden(tmp_path):
    assert executed(tmp_path / "a", ("warn()", WARNING)) == [("LB062", 8)]
    assert executed(tmp_path / "b", (":tags: [remove-stderr]\nwarn()", WARNING)) == []
    assert executed(tmp_path / "c", (":tags: [remove-cell]\nwarn()", WARNING)) == []
    assert executed(tmp_path / "d", ("print(1)", stream("stdout", "1\n"))) == []


def test_course_may_hide_warnings_everywhere(tmp_path):
    config = CONFIG + "execute:\n  stderr_output: remove\n"
    write_course(tmp_path, {"_config.yml": config, "page.md": cells("warn()")})
    write_outputs(tmp_path, "page.md", [WARNING])
    assert lint(tmp_path) == []
