"""Formulas become MathML when the site is built."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from lessonbook.sphinx_ext.mathml import MathError, convert_formula

from .conftest import NOTEBOOK, squeeze

FORMULAS = [
    r"y_j \sim \mathrm{Binomial}(n_j, \theta_j)",
    r"\theta_j \mid \alpha, \beta \sim \operatorname{Beta}(\alpha, \beta)",
    r"\frac{\tau^2}{\tau^2 + \sigma_j^2}",
    r"p(\theta \mid y) \propto p(y \mid \theta)\,p(\theta)",
    r"\hat{\theta}_j^{\mathrm{JS}} = \bar y + \left(1 - \frac{(J-3)\sigma^2}{\sum_j (y_j - \bar y)^2}\right)(y_j - \bar y)",
    r"\mathcal{N}(\mu, \sigma^2) \quad \mathbb{E}[\theta] \quad \boldsymbol{\theta} \quad \mathbf{X}^{\mathsf T}",
    r"\text{HalfNormal}(5), \qquad \mathrm{Half\text{-}Cauchy}(0, 5)",
    r"\int_0^\infty f(x)\,\mathrm{d}x = \lim_{n\to\infty} \sum_{i=1}^n \prod_{j} \log \exp \Pr",
    r"\begin{aligned} \mu &\sim \mathcal{N}(0, 10) \\ \tau &\sim \operatorname{HalfCauchy}(5) \end{aligned}",
    r"\begin{align*} a &= b & c &= d \\ e &= f & g &= h \end{align*}",
    r"f(x) = \begin{cases} 1 & \text{if } x > 0 \\ 0 & \text{otherwise} \end{cases}",
    r"\begin{pmatrix} \sigma_\alpha^2 & \rho\sigma_\alpha\sigma_\beta \\ \rho\sigma_\alpha\sigma_\beta & \sigma_\beta^2 \end{pmatrix}",
    r"\begin{bmatrix} 1 & 0 \\ 0 & 1 \end{bmatrix} \begin{matrix} a & b \end{matrix}",
    r"\begin{array}{lr} a & b \\ c & d \end{array}",
    r"\underbrace{a + b}_{\text{total}} \overset{\text{iid}}{\sim} \underset{\theta}{\operatorname{arg\,max}}",
    r"\widehat{R} \le 1.01, \tilde\theta, \dot x, \vec x, \overline{xy}, \sqrt[3]{x}",
    r"\operatorname{logit}^{-1}(x) = \frac{1}{1 + e^{-x}}, \binom{n}{k}, \Gamma(\alpha)",
    r"\lVert x \rVert_2 \lvert x \rvert \{x : x \in \mathbb{R}\} \Bigl( a \,\Big|\, b \Bigr)",
    r"\mathrm{elpd}_{\mathrm{loo}} = \sum_{i=1}^n \log p(y_i \mid y_{-i})",
    r"\Sigma = \operatorname{diag}(\tau)\,\Omega\,\operatorname{diag}(\tau) \coloneqq \ell \nabla \partial \infty",
    r"a \ne b \ge c \leq d \approx e \equiv f \pm g \times h \cdot i \to j \implies k \iff l",
]


@pytest.mark.parametrize("is_block", [False, True])
@pytest.mark.parametrize("formula", FORMULAS)
def test_formula_of_bayesian_modelling_is_converted_with_its_source(formula, is_block):
    root = ElementTree.fromstring(convert_formula(formula, is_block=is_block))
    (semantics,) = root
    shown, annotation = semantics
    assert (root.tag, root.get("display")) == ("math", "block" if is_block else None)
    assert annotation.text == formula
    assert "\\" not in "".join(shown.itertext())


@pytest.mark.parametrize(
    ("formula", "rows"),
    [
        (r"\begin{align} a &= b \\ c &= d \end{align}", 2),
        (r"\begin{split} a &= b \\ &= c \\ &= d \end{split}", 3),
        (r"\begin{gather} a \\ b \end{gather}", 2),
        ("a &= b \\\\ c &= d", 2),
        ("a = b\n\nc = d", 2),
        (r"\begin{equation} a = b \end{equation}", 1),
    ],
)
def test_lines_of_a_display_are_rows_without_numbers_of_their_own(formula, rows):
    mathml = convert_formula(formula, is_block=True)
    assert mathml.count("<mtr") == rows
    assert "(1)" not in mathml


@pytest.mark.parametrize(
    ("formula", "message"),
    [
        (r"\undefined{x}", r'Unknown command "\undefined". Near'),
        (r"a + \frac{b", 'Expected closing token "}"'),
        (r"\begin{nothing} a \end{nothing}", 'Unknown environment "nothing"'),
    ],
)
def test_formula_that_cannot_be_converted_is_refused(formula, message):
    with pytest.raises(MathError) as error:
        convert_formula(formula, is_block=False)
    assert message in str(error.value)


def test_own_commands():
    assert "𝔼" in convert_formula(r"\E[x]", is_block=False, macros=(("E", r"\mathbb{E}"),))


PAGE = """\
# T

Inline $\\tau < 1$ and {math}`\\mu`.

$$
a = b
$$ (eq-one)

```{math}
:label: eq-two
c = d
```

\\begin{align}
e &= f \\\\
g &= h
\\end{align}

See {eq}`eq-one` and {eq}`eq-two`.
"""


def test_numbers_and_labels_of_equations_are_kept(build):
    site = build(PAGE, math_numfig=False)
    assert site.warnings == []
    page = site.page()
    blocks = page.select("div.math")
    assert [squeeze(b.select_one(".eqno")).rstrip(" ¶") for b in blocks] == ["(1)", "(2)", "(3)"]
    links = [(a.get_text(), a["href"]) for a in page.select("a.reference[href^='#equation']")]
    assert links == [("(1)", "#equation-eq-one"), ("(2)", "#equation-eq-two")]
    assert [b["id"] for b in blocks] == ["equation-eq-one", "equation-eq-two", "equation-index-1"]
    assert squeeze(page.select_one("span.math math mrow")) == "τ < 1"


def test_page_with_formulas_loads_no_mathjax(build):
    text = build(PAGE).text("index.html")
    assert "mathjax@" not in text.lower()
    assert "<math" in text


def test_faulty_formula_is_reported_at_its_line(build):
    site = build(NOTEBOOK + "# T\n\nText.\n\n:::{callout}\nWith $\\undefined$ in it.\n:::\n")
    assert site.warnings == [
        "index.md:11: WARNING: formula '\\\\undefined' cannot be converted: Unknown command "
        "\"\\undefined\". Near '\\\\undefined'. [lesson.math]"
    ]


def test_renderer_of_the_project_is_respected(build):
    site = build("# T\n\n$x$\n", html_math_renderer="mathjax")
    assert "<math" not in site.text("index.html")
