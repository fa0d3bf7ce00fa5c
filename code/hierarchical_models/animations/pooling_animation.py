"""Part "Foundations": from no pooling to complete pooling, and where the data put the answer."""

from __future__ import annotations

import numpy as np
from scipy import stats

from hierarchical_models.animations.film import (
    Film,
    Scene,
    ease,
    from_arguments,
    new_panels,
    stand_still,
)
from hierarchical_models.plots.canvas import add_key
from hierarchical_models.plots.style import FAINT, PARTIAL, POOLED, RAW, TRUTH

N_AMOUNTS = 101


@from_arguments
def pooling(
    hits: np.ndarray,
    at_bats: np.ndarray,
    rest_hits: np.ndarray,
    rest_at_bats: np.ndarray,
    kappa: np.ndarray,
    *,
    labels: tuple[str, str],
) -> Film:
    """Slide estimates of equally many trials from the raw averages to the common one.

    Given the concentration and the population's mean, which is near the average of all, the
    estimates are the means of known Beta distributions, and what is held out is beta-binomial.

    Parameters
    ----------
    hits, at_bats : ndarray of int, shape (n_players,)
        The data; equally many trials for all.
    rest_hits, rest_at_bats : ndarray of int, shape (n_players,)
        What is held out.
    kappa : ndarray of float, shape (3,)
        A low quantile, the median and a high quantile of the posterior of the concentration.
    labels : tuple of str
        Names of the first player and the last.

    Returns
    -------
    Film

    Raises
    ------
    ValueError
        If the numbers of trials differ: there would be no common weight.
    """
    n = int(at_bats[0])
    if (at_bats != n).any():
        raise ValueError(f"at_bats: found {sorted(set(at_bats.tolist()))}, allowed one number.")
    mean = hits.sum() / at_bats.sum()
    raw, rest = hits / n, rest_hits / rest_at_bats
    weights = np.linspace(1, 0, N_AMOUNTS)
    scores = _scores(weights, n, hits, rest_hits, rest_at_bats)
    found = n / (n + np.asarray(kappa))

    figure, (above, below) = new_panels(5.0, 2, 1, height_ratios=(3, 2))
    rows = np.arange(len(hits))[::-1]
    above.axvline(mean, color=POOLED, ls="--", lw=1.2)
    above.plot(raw, rows, "o", mfc="white", color=RAW, ms=6, label=f"first {n}")
    ways = [above.plot([], [], "-", color=FAINT, lw=1, zorder=1)[0] for _ in rows]
    (estimates,) = above.plot(raw, rows, "o", color=PARTIAL, ms=6, label="estimate")
    (later,) = above.plot([], [], "D", color=TRUTH, ms=4.5, label="rest")
    above.set_yticks([rows[0], rows[-1]], labels)
    above.set(xlabel="batting average", xlim=(raw.min() - 0.02, raw.max() + 0.02))
    add_key(above)

    below.set(
        xlim=(1.02, -0.02), xlabel="weight of the player's own average", ylabel="score on the rest"
    )
    margin = 0.06 * np.ptp(scores)
    below.set_ylim(scores.min() - margin, scores.max() + 2 * margin)
    (curve,) = below.plot([], [], color=TRUTH)
    (here,) = below.plot([], [], "o", color=PARTIAL, ms=9)
    band = below.axvspan(found[2], found[0], color=PARTIAL, alpha=0.18, lw=0, visible=False)

    def place(weight: float) -> None:
        at = weight * raw + (1 - weight) * mean
        estimates.set_xdata(at)
        for way, start, end, row in zip(ways, raw, at, rows, strict=True):
            way.set_data([start, end], [row, row])
        here.set_data([weight], [np.interp(-weight, -weights, scores)])

    def slide(progress: float) -> None:
        weight = 1 - ease(progress)
        seen = weights >= weight - 1e-9
        curve.set_data(weights[seen], scores[seen])
        place(weight)

    def reveal(progress: float) -> None:
        n_shown = round(progress * len(rows))
        later.set_data(rest[:n_shown], rows[:n_shown])

    def settle(progress: float) -> None:
        band.set_visible(True)
        place(ease(progress) * found[1])

    best = weights[scores.argmax()]
    return Film(
        figure,
        (
            Scene("No pooling: each player's estimate is his own average.", 3, stand_still, 1),
            Scene("Pool more and more, and all move to the mean; the extreme ones go furthest.", 5,
                  slide),
            Scene("Now look at the rest of the season: most players ended near the mean.", 4,
                  reveal, len(rows) + 1),
            Scene(f"So the score below rises, and is best at a weight of {best:.2f}.", 3.4,
                  stand_still, 1),
            Scene(f"The model saw none of it. It found {found[1]:.2f} (90%: {found[2]:.2f} to "
                  f"{found[0]:.2f}).", 4.2, settle),
        ),
    )  # fmt: skip


def _scores(
    weights: np.ndarray,
    n: int,
    hits: np.ndarray,
    rest_hits: np.ndarray,
    rest_at_bats: np.ndarray,
) -> np.ndarray:
    """Held-out log predictive density, summed over players, for weights of their own data.

    Averaged over the population's mean as the data leave it, given the weight; its prior is
    Beta(2, 2), as that of the pooled model. A weight of 0 thus gives that model's score.
    """
    mean = np.linspace(0.15, 0.42, 271)[:, None]
    log_prior = stats.beta(2, 2).logpdf(mean)[:, 0]
    scores = []
    for weight in np.clip(weights, 1e-6, 1 - 1e-6):
        kappa = n / weight - n
        shapes = kappa * mean, kappa * (1 - mean)
        log_mass = log_prior + stats.betabinom.logpmf(hits, n, *shapes).sum(axis=1)
        mass = np.exp(log_mass - log_mass.max())
        after = hits + shapes[0], n - hits + shapes[1]
        each = stats.betabinom.pmf(rest_hits, rest_at_bats, *after)
        scores.append(np.log(mass / mass.sum() @ each).sum())
    return np.array(scores)
