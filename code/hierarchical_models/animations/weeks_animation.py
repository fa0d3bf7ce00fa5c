"""Part "Wider": a test goes on, and the evidence of a few sites comes in week after week."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import stats

from hierarchical_models.animations.film import Film, Scene, from_arguments, new_panels, stand_still
from hierarchical_models.plots.style import PARTIAL, RAW, TRUTH

HEIGHT = 0.85
"""Of the highest curve of each site, in rows."""


@from_arguments
def weeks_of_testing(
    counts: tuple[np.ndarray, np.ndarray],
    theta: np.ndarray,
    together: np.ndarray,
    loss: np.ndarray,
    *,
    names: Sequence[str],
    truth: np.ndarray,
    limit: float,
) -> Film:
    """Show the posterior of each site's rate after each week, alone and with the others.

    Alone, with a uniform prior, it is a Beta distribution.

    Parameters
    ----------
    counts : tuple of ndarray of int, shape (n_weeks, n_sites)
        Successes and trials up to each week; the first week is the start.
    theta : ndarray of float, shape (n_values,)
        Rates at which the densities are known.
    together : ndarray of float, shape (n_weeks, n_sites, n_values)
        Posterior density of each rate under the hierarchical model.
    loss : ndarray of float, shape (n_weeks,)
        Smallest expected loss.
    names : sequence of str
        Of the sites.
    truth : ndarray of float, shape (n_sites,)
        The rates with which the data were simulated.
    limit : float
        Loss at which to stop.

    Returns
    -------
    Film
    """
    y, n = counts
    alone = stats.beta.pdf(theta, y[..., None] + 1, (n - y)[..., None] + 1)
    n_weeks = len(loss)
    stop = int(np.argmax(loss < limit))
    figure, (panel,) = new_panels(4.7)
    rows = np.arange(len(names))[::-1]
    scales = HEIGHT / np.maximum(together, alone).max(axis=(0, 2))
    lines = [panel.plot([], [], "--", color=RAW)[0] for _ in names]
    curves = [panel.plot([], [], color=PARTIAL)[0] for _ in names]
    shares = panel.plot([], [], "|", color="black", ms=12, mew=2)[0]
    marks = panel.plot([], [], "D", color=TRUTH, ms=8, zorder=5)[0]
    panel.set_yticks(rows, names)
    panel.set_xticks(range(0, 21, 5))
    panel.set(xlim=(0, 20), ylim=(-0.35, len(names) + 0.3), xlabel="sign-up rate (%)")
    lines[0].set_label("each site alone")
    curves[0].set_label("together")
    marks.set_label("truth")
    shares.set_label("observed")
    panel.legend(loc="upper right", fontsize=11, bbox_to_anchor=(1.0, 1.03))

    def show(week: int) -> None:
        for row, scale, line, curve, one, other in zip(
            rows, scales, lines, curves, alone[week], together[week], strict=True
        ):
            line.set_data(100 * theta, row + scale * one)
            curve.set_data(100 * theta, row + scale * other)
        shares.set_data(100 * y[week] / n[week], rows)
        panel.set_title(f"week {week}: expected loss {1000 * loss[week]:.1f} per 1000")

    show(0)

    def weeks_between(first: int, last: int):
        return lambda progress: show(first + round(progress * (last - first)))

    def reveal(progress: float) -> None:
        marks.set_data(100 * truth, rows)

    best, best_true = names[int((y[stop] / n[stop]).argmax())], names[int(truth.argmax())]
    return Film(
        figure,
        (
            Scene("At the start. Alone, the site with few visitors might be a wonder.", 3.8,
                  lambda progress: show(0), 1),
            Scene("Together, the others rein it in. Now 250 more visitors a week at every site.",
                  4.4, weeks_between(0, stop), stop + 1),
            Scene(f"Week {stop}: the expected loss is below {1000 * limit:g} in 1000. Stop here.",
                  3.5, stand_still, 1),
            Scene("Had the test gone on, both analyses would all but meet: data outweigh a prior.",
                  4.4, weeks_between(stop, n_weeks - 1), n_weeks - stop),
            Scene(f"The truth. {best_true} is best, and it led when the test was stopped."
                  if best == best_true else f"The truth. {best_true} is best, and not {best}.",
                  3.8, reveal, 1),
        ),
        still=0,  # where pooling does most
    )  # fmt: skip
