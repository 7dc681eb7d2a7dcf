"""Writes references.json: what SciPy answers to the cases below. `pip install scipy==1.17.1 && python make-references.py`, then `npm run fix`."""

import itertools
import json
import pathlib

import numpy as np
import scipy
from scipy import special, stats

rng = np.random.default_rng(20240611)
out = {"scipy": scipy.__version__}


def number(value):
    return float(value)


out["tails"] = (
    [{"f": "normalUpperTail", "args": [z], "value": number(stats.norm.sf(z))} for z in [-8, -1, 0, 0.5, 1.96, 5, 8, 20, 37]]
    + [{"f": "normalUpperQuantile", "args": [p], "value": number(stats.norm.isf(p))} for p in [1e-300, 1e-100, 1e-12, 1e-6, 0.025, 0.4, 0.975]]
    + [
        {"f": "studentUpperTail", "args": [t, d], "value": number(stats.t.sf(t, d))}
        for t, d in itertools.product([-3, 0.1, 2, 8, 40], [1, 2.5, 17.3, 200, 1e5])
    ]
    + [
        {"f": "studentUpperQuantile", "args": [p, d], "value": number(stats.t.isf(p, d))}
        for p, d in itertools.product([1e-10, 1e-4, 0.025, 0.3], [1, 2.5, 17.3, 200, 1e5])
    ]
    + [
        {"f": "binomialUpperTail", "args": [k, n, q], "value": number(stats.binom.sf(k - 1, n, q))}
        for k, n, q in [(0, 10, 0.3), (3, 10, 0.3), (10, 10, 0.3), (120, 150, 0.5), (45, 60, 0.1), (400, 6000, 0.05), (1, 5, 1e-9)]
    ]
    + [
        {"f": "logBeta", "args": [a, b], "value": number(special.betaln(a, b))}
        for a, b in [(0.5, 0.5), (3.5, 90.5), (990, 10), (150.5, 6000.5)]
    ]
)

samples = [
    (rng.normal(10, 2, 20), rng.normal(12, 5, 35)),
    (rng.lognormal(0, 1, 200), rng.lognormal(0.2, 1.5, 150)),
    (rng.normal(1e6, 1, 8), rng.normal(1e6 + 3, 1, 6)),
    (np.array([1.0, 2.0]), np.array([2.0, 7.0, 8.0])),
    (np.array([1.0, 1.0, 1.0]), np.array([5.0, 6.0, 9.0])),
]
out["welch"] = []
for control, treatment in samples:
    two = stats.ttest_ind(treatment, control, equal_var=False)
    one = stats.ttest_ind(treatment, control, equal_var=False, alternative="greater")
    low, high = two.confidence_interval(0.95)
    out["welch"].append(
        {
            "control": control.tolist(),
            "treatment": treatment.tolist(),
            "t": number(two.statistic),
            "degrees": number(two.df),
            "p": number(two.pvalue),
            "pGreater": number(one.pvalue),
            "low": number(low),
            "high": number(high),
        }
    )


def wilson(events, total):
    return stats.binomtest(events, total).proportion_ci(0.95, method="wilson")


out["twoProportions"] = []
for a, n, b, m in [(50, 1000, 80, 1000), (500, 100000, 650, 90000), (30, 60, 45, 60), (0, 40, 4, 50), (1, 12, 9, 14), (3, 3000, 12, 3000), (2, 500, 2, 100), (0, 20, 20, 20)]:
    share = (a + b) / (n + m)
    smaller = min(a + b, n + m - a - b) * min(n, m) / (n + m)
    if smaller < 5:
        table = [[b, m - b], [a, n - a]]
        p, greater, method = stats.fisher_exact(table).pvalue, stats.fisher_exact(table, alternative="greater").pvalue, "exact"
    else:
        # The square of the pooled z is the chi-square of the 2 x 2 table without Yates' correction.
        p = stats.chi2_contingency([[b, m - b], [a, n - a]], correction=False).pvalue
        z = (b / m - a / n) / np.sqrt(share * (1 - share) * (1 / n + 1 / m))
        greater, method = stats.norm.sf(z), "normal"
    c, t = wilson(a, n), wilson(b, m)
    difference = b / m - a / n
    out["twoProportions"].append(
        {
            "control": {"events": a, "total": n},
            "treatment": {"events": b, "total": m},
            "method": method,
            "p": number(p),
            "pGreater": number(greater),
            "low": number(difference - np.hypot(b / m - t.low, c.high - a / n)),
            "high": number(difference + np.hypot(t.high - b / m, a / n - c.low)),
        }
    )


def dealt(control, treatment):
    """Every way of dealing the values to the two samples: the exact distribution, ties and all."""
    values = np.concatenate([control, treatment])
    ranks = stats.rankdata(values)
    m = len(treatment)
    u = ranks[len(control) :].sum() - m * (m + 1) / 2
    all_u = np.array([ranks[list(chosen)].sum() - m * (m + 1) / 2 for chosen in itertools.combinations(range(len(values)), m)])
    greater, less = np.mean(all_u >= u - 1e-9), np.mean(all_u <= u + 1e-9)
    return u, min(1.0, 2 * min(greater, less)), greater


out["mannWhitney"] = []
for control, treatment in [
    (rng.normal(0, 1, 9), rng.normal(1, 1, 11)),
    (rng.normal(0, 1, 20), rng.normal(0.5, 1, 25)),
    (np.array([1.0, 2.0, 3.0]), np.array([4.0, 5.0])),
]:
    two = stats.mannwhitneyu(treatment, control, method="exact")
    one = stats.mannwhitneyu(treatment, control, method="exact", alternative="greater")
    out["mannWhitney"].append({"control": control.tolist(), "treatment": treatment.tolist(), "method": "exact", "u": number(two.statistic), "p": number(two.pvalue), "pGreater": number(one.pvalue)})
for control, treatment in [
    (np.array([1.0] * 10), np.array([100.0] * 7 + [1.0] * 3)),
    (np.array([1.0, 2.0, 2.0, 3.0, 3.0, 3.0]), np.array([2.0, 3.0, 3.0, 4.0, 5.0])),
    (np.array([0.0, 0.0, 0.0, 1.0]), np.array([0.0, 0.0, 0.0, 0.0, 1.0])),
    (np.array([5.0] * 4), np.array([5.0] * 6)),
]:
    u, p, greater = dealt(control, treatment)
    out["mannWhitney"].append({"control": control.tolist(), "treatment": treatment.tolist(), "method": "exact", "u": number(u), "p": number(p), "pGreater": number(greater)})
for control, treatment in [
    (rng.normal(0, 1, 60), rng.normal(0.3, 1, 70)),
    (rng.poisson(2, 80).astype(float), rng.poisson(3, 40).astype(float)),
    (rng.integers(0, 3, 200).astype(float), rng.integers(0, 3, 200).astype(float)),
]:
    two = stats.mannwhitneyu(treatment, control, method="asymptotic")
    one = stats.mannwhitneyu(treatment, control, method="asymptotic", alternative="greater")
    out["mannWhitney"].append({"control": control.tolist(), "treatment": treatment.tolist(), "method": "normal", "u": number(two.statistic), "p": number(two.pvalue), "pGreater": number(one.pvalue)})

past_c, past_t = rng.normal(50, 10, 40), rng.normal(50, 10, 50)
value_c, value_t = 0.8 * past_c + rng.normal(0, 3, 40), 0.8 * past_t + 2 + rng.normal(0, 3, 50)
xs = np.concatenate([past_c - past_c.mean(), past_t - past_t.mean()])
ys = np.concatenate([value_c - value_c.mean(), value_t - value_t.mean()])
theta = stats.linregress(xs, ys).slope
grand = np.concatenate([past_c, past_t]).mean()
adjusted = stats.ttest_ind(value_t - theta * (past_t - grand), value_c - theta * (past_c - grand), equal_var=False)
out["cuped"] = {
    "control": [{"value": v, "before": b} for v, b in zip(value_c.tolist(), past_c.tolist())],
    "treatment": [{"value": v, "before": b} for v, b in zip(value_t.tolist(), past_t.tolist())],
    "theta": number(theta),
    "reduction": number(stats.linregress(xs, ys).rvalue ** 2),
    "p": number(adjusted.pvalue),
}

out["sampleRatio"] = []
for counts, shares in [([5000, 5000], [50, 50]), ([5300, 4700], [50, 50]), ([98_700, 1300], [99, 1]), ([300, 310, 420], [1, 1, 1])]:
    theta_0 = np.array(shares) / np.sum(shares)
    alpha = 1000 * theta_0
    log_evidence = (
        stats.dirichlet_multinomial.logpmf(counts, alpha, int(np.sum(counts))) - stats.multinomial.logpmf(counts, int(np.sum(counts)), theta_0)
    )
    out["sampleRatio"].append({"counts": counts, "shares": shares, "p": number(min(1.0, np.exp(-log_evidence)))})

pathlib.Path(__file__).with_name("references.json").write_text(json.dumps(out, indent=1) + "\n")
