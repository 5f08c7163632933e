"""The replication against R: metafor's pooling, and every number of the real cohorts again."""

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pd1_dynamics import whole
from pd1_dynamics.contract import schemas
from pd1_dynamics.contract.cohort_file import load_cohort
from pd1_dynamics.outputs.replication import summary
from pd1_dynamics.published.ledger import read_claims
from pd1_dynamics.replication import answers, pooling
from pd1_dynamics.statistics.errors import NotEstimable
from pd1_dynamics.statistics.meta_analysis import random_effects

ROOT = Path(__file__).parents[2]
COHORTS = ("inspire2020", "laleh2022", "liu2019", "riaz2017")
FIELDS = (
    *("estimate", "ci_low", "ci_high", "prediction_low", "prediction_high"),
    *("tau_squared", "i_squared", "q", "q_p_value", "p_value"),
)
EFFECTS, VARIANCES = [-1.2246, -0.8534, -0.7849, -0.12], [0.1436, 0.2379, 0.2701, 0.08]
# metafor 3.8.1: r <- rma(y, v, method = "PM", test = "knha",
#                         control = list(tol = 1e-14, maxiter = 10000)); p <- predict(r)
# c(r$b, r$ci.lb, r$ci.ub, p$pi.lb, p$pi.ub, r$tau2, r$I2, r$QE, r$QEp, r$pval), weights(r)
OF_FOUR = (
    *(-0.6767215665, -1.4987353047, 0.1452921717, -1.9968410100, 0.6433978770),
    *(0.1053527351, 39.6932555799, 5.9928740333, 0.1119574340, 0.0790052414),
)
WEIGHTS = (26.7990303189, 19.4366751187, 17.7697251132, 35.9945694491)
OF_TWO = (
    *(-1.0848770118, -3.3699691446, 1.2002151210, np.nan, np.nan),
    *(0.0, 0.0, 0.3611780865, 0.5478526833, 0.1045817614),
)


def r_has(*packages):
    if shutil.which("Rscript") is None:
        return False
    asked = "; ".join(f"library({name})" for name in packages)
    return subprocess.run(["Rscript", "-e", asked], capture_output=True).returncode == 0


def values(pooled):
    return [getattr(pooled, name) for name in FIELDS]


def test_four_studies_as_metafor_pools_them():
    found = random_effects(EFFECTS, VARIANCES)
    assert values(found) == pytest.approx(OF_FOUR, rel=1e-8)
    assert found.weights == pytest.approx(WEIGHTS, abs=1e-8)


def test_the_cautious_interval_as_metafor_draws_it():
    # metafor 3.8.1: the first three studies with test = "adhoc"
    found = random_effects(EFFECTS[:3], VARIANCES[:3], cautious=True)
    assert (found.estimate, found.ci_low, found.ci_high) == pytest.approx(
        (-1.01018656612, -2.12598854039, 0.10561540816), abs=1e-10
    )
    wide = random_effects(EFFECTS, VARIANCES, cautious=True)
    assert values(wide) == pytest.approx(values(random_effects(EFFECTS, VARIANCES)), rel=1e-12)


def test_two_studies_have_no_prediction_interval():
    found = random_effects(EFFECTS[:2], VARIANCES[:2])
    assert values(found) == pytest.approx(OF_TWO, abs=1e-9, nan_ok=True)


@pytest.mark.parametrize(
    ("effects", "variances"), [([1.0], [0.1]), ([1.0, np.nan], [0.1, 0.1]), ([1, 2], [0.1, 0])]
)
def test_what_cannot_be_pooled_is_refused(effects, variances):
    with pytest.raises(NotEstimable):
        random_effects(effects, variances)


def test_live_studies_as_metafor_pools_them():
    if not r_has("metafor"):
        pytest.skip("R with metafor is not installed")
    rng = np.random.default_rng(11)
    for _ in range(12):
        k = int(rng.integers(3, 9))
        effects, variances = rng.normal(0, 0.6, k), rng.uniform(0.01, 0.4, k)
        program = (
            "suppressMessages(library(metafor)); "
            f"r <- rma(c({','.join(map(repr, effects.tolist()))}), "
            f"c({','.join(map(repr, variances.tolist()))}), method = 'PM', test = 'knha', "
            "control = list(tol = 1e-14, maxiter = 10000)); p <- predict(r); "
            "cat(sprintf('%.12g', c(r$b, r$ci.lb, r$ci.ub, p$pi.lb, p$pi.ub, r$tau2, r$I2, r$QE, "
            "r$QEp, r$pval)))"
        )
        answer = subprocess.run(["Rscript", "-e", program], capture_output=True, text=True)
        by_r = list(map(float, answer.stdout.split()))
        assert values(random_effects(effects, variances)) == pytest.approx(by_r, rel=1e-6, abs=1e-6)


@pytest.fixture(scope="module")
def replicated():
    """The tables of the replication, of the cohorts whose files are there: all of them."""
    cohorts = [load_cohort(ROOT / "config" / "cohorts" / f"{name}.yaml") for name in COHORTS]
    for cohort in cohorts:
        for path in cohort.source_files():
            if not cohort.resolve(path).is_file():
                pytest.skip(f"no {path}")
    findings = schemas.load(ROOT / "config" / "findings.yaml", "findings")["findings"]
    sources = []
    for cohort in cohorts:
        made = whole.run(cohort.path)
        sources.append(answers.Source(cohort, made.estimates, made.patients))
    found = answers.answers(findings, sources)
    printed = read_claims(ROOT / "data" / "published" / "claims.csv").set_index("claim_id")["value"]
    inside = found[found["cohort"] != "laleh2022"]
    return found, pooling.pooled(findings, inside, printed)


@pytest.fixture(scope="module")
def by_r(tmp_path_factory):
    if not r_has("survival", "metafor"):
        pytest.skip("R with survival and metafor is not installed")
    shared = ROOT.parent / "shared" / "cohorts"
    if not shared.is_dir():
        pytest.skip("the files of the cohorts are not there")
    folder = tmp_path_factory.mktemp("by_r")
    script = ROOT / "tests" / "reference" / "replication.R"
    subprocess.run(["Rscript", script, shared, folder], check=True, capture_output=True)
    return {name: pd.read_csv(folder / f"{name}.csv") for name in ("estimates", "pooled")}


def test_every_estimate_is_that_of_r(replicated, by_r):
    found = replicated[0]
    ours = found[found["not_estimable"] == ""].set_index(["finding", "cohort"]).sort_index()
    theirs = by_r["estimates"].set_index(["finding", "cohort"]).sort_index()
    assert ours.index.tolist() == theirs.index.tolist()
    for name in ("n", "events", "estimate", "ci_low", "ci_high", "p_value"):
        assert ours[name].to_numpy(float) == pytest.approx(
            theirs[name].to_numpy(float), rel=1e-6, abs=1e-6, nan_ok=True
        ), name


def test_every_pooled_number_is_that_of_r(replicated, by_r):
    pooled = replicated[1]
    ours = pooled[pooled["cohorts"] > 1].set_index("finding").sort_index()
    theirs = by_r["pooled"].set_index("finding").sort_index()
    assert ours.index.tolist() == theirs.index.tolist()
    for name in theirs.columns:
        assert ours[name].to_numpy(float) == pytest.approx(
            theirs[name].to_numpy(float), rel=1e-6, abs=1e-6, nan_ok=True
        ), name


def test_the_readme_says_what_the_replication_finds(replicated):
    found, pooled = replicated
    told = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    first, second = summary.sentences(pooled)
    counted = pooled[pooled["variant_of"] == ""]
    assert f"asks {len(counted)} findings" in told
    for words in first.split(". ")[0].split(": ")[1].split(", "):
        assert words in told
    assert ("none is contradicted" in told) == ("contradicted" not in set(pooled["verdict"]))
    headline = pooled.set_index("finding").loc["pps_by_resistance"]
    ratio = second.split(": ")[1].removesuffix(".")
    assert f"{ratio} with {headline['events']:.0f} deaths" in told
    findings = schemas.load(ROOT / "config" / "findings.yaml", "findings")["findings"]
    printed = read_claims(ROOT / "data" / "published" / "claims.csv").set_index("claim_id")["value"]
    inside = found[found["cohort"] != "laleh2022"]
    apart = pooling.sensitivity(findings, inside, printed, ["liu2019", "riaz2017"])
    apart = apart[apart["finding"] == "pps_by_resistance"].set_index("selection")
    without = apart[apart.index.str.startswith("without")]
    assert "passes 1 without any one of them" in told
    assert without["ci_high"].gt(1).all()
    careful = apart.loc[pooling.CAUTIOUS]
    assert f"({careful['ci_low']:.2f} to {careful['ci_high']:.2f})" in told
    on_sizes = found[found["finding"].isin(["pfs_on_depth", "pfs_on_nadir", "os_on_nadir"])]
    usable = on_sizes[on_sizes["not_estimable"] == ""]
    assert set(zip(usable["cohort"], usable["n"], strict=True)) == {("inspire2020", 69)}
    assert "rests on one cohort of 69 patients" in told
