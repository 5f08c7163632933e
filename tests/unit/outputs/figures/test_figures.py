"""Figures: numbers of the estimates, no overlapping text, gaps stated, reproducible bytes."""

from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pd1_dynamics.cohort import cleaning
from pd1_dynamics.contract import definitions, schemas
from pd1_dynamics.contract.cohort_file import load_cohort
from pd1_dynamics.derive import derive
from pd1_dynamics.outputs import figures
from pd1_dynamics.statistics.printing import p_text

ROOT = Path(__file__).parents[4]
LAYOUTS = schemas.load(ROOT / "config" / "figures.yaml", "figures")
ENTRIES = LAYOUTS["figures"]

SAMPLE = {"patients": 1000, "seed": 1}


def draw(entry, estimates, patients, points, synthetic, declared=None, sample=SAMPLE):
    from pd1_dynamics.contract import loading

    if declared is None:
        declared = loading.load(ROOT / "config" / "variables.yaml", ROOT / "config" / "analyses")
    layouts = {**LAYOUTS, "sample": sample}
    return figures.Drawing(estimates, patients, points, declared, layouts, synthetic).draw(entry)


@pytest.fixture(scope="module")
def study():
    """Derived tables and estimates of the synthetic cohort."""
    from pd1_dynamics.analyses import engine
    from pd1_dynamics.contract import loading

    settings = definitions.load()
    tables = cleaning.clean(load_cohort(ROOT / "config" / "cohorts" / "synthetic.yaml")).tables
    made = derive(tables, settings)
    final, later, points = made.patients, made.therapies, made.response
    declared = loading.load(ROOT / "config" / "variables.yaml", ROOT / "config" / "analyses")
    estimates = engine.run(final, later, declared)
    return estimates, as_read(final), as_read(points)


def as_read(table):
    """The table as its file gives it back."""
    import io

    text = io.StringIO(table.to_csv(index=False))
    return pd.read_csv(text, keep_default_na=False, na_values=[""], dtype={"patient_id": str})


@pytest.fixture(scope="module")
def drawn(study):
    return {name: draw(entry, *study, synthetic=True) for name, entry in ENTRIES.items()}


def boxes(figure):
    """Texts that are seen, with their boxes in pixels."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.text import Text

    renderer = FigureCanvasAgg(figure).get_renderer()
    unseen = {
        id(label)
        for axes in figure.axes
        for axis in (axes.xaxis, axes.yaxis)
        for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks())
        if not min(axis.get_view_interval()) <= tick.get_loc() <= max(axis.get_view_interval())
        for label in (tick.label1, tick.label2)
    }
    found = []
    for text in figure.findobj(Text):
        if id(text) not in unseen and text.get_visible() and text.get_text().strip():
            box = text.get_window_extent(renderer)
            if box.width and box.height:
                found.append((text.get_text(), box))
    return found


def assert_apart(figure):
    """No text lies on another or leaves the picture."""
    width, height = figure.canvas.get_width_height()
    texts = boxes(figure)
    for text, box in texts:
        assert box.x0 >= -1, text
        assert box.y0 >= -1, text
        assert box.x1 <= width + 1, text
        assert box.y1 <= height + 1, text
    for (one, first), (two, second) in combinations(texts, 2):
        across = min(first.x1, second.x1) - max(first.x0, second.x0)
        down = min(first.y1, second.y1) - max(first.y0, second.y0)
        assert across < 1.5 or down < 1.5, f"{one!r} on {two!r}"


@pytest.mark.parametrize("name", ENTRIES)
def test_no_text_overlaps_another_or_leaves_the_picture(drawn, name):
    assert_apart(drawn[name][0])


@pytest.mark.parametrize("name", ENTRIES)
def test_a_synthetic_cohort_is_announced_in_picture_and_caption(drawn, name):
    figure, caption = drawn[name]
    assert any("Synthetic cohort" in text for text, _ in boxes(figure))
    assert "Synthetic cohort" in caption["caption"]


def test_flow_shows_the_numbers_of_the_estimates(drawn):
    words = " ".join(text.replace("\n", " ") for text, _ in boxes(drawn["figure1"][0]))
    for number in (254, 215, 181, 15, 166, 123, 43, 7, 56, 96, 64, 40, 49):
        assert str(number) in words.replace("n=", "").split()


def test_survival_curve_shows_the_estimates_medians_and_p(drawn, study):
    estimates, _, _ = study
    test = estimates[estimates["statistic"] == "log_rank_chi_squared"]
    p = float(test.loc[test["analysis"] == "pps_test", "p_value"].iloc[0])
    title = " ".join(text for text, _ in boxes(drawn["figure2d"][0]))
    assert p_text(p) in title


def test_numbers_follow_the_estimates_not_the_patients(study):
    """Doubling an estimate changes the printed number, with the same patients."""
    estimates, patients, points = study
    changed = estimates.copy()
    median = (
        (changed["analysis"] == "change_3_months")
        & (changed["statistic"] == "median")
        & (changed["group"] == "CR")
    )
    changed.loc[median, "estimate"] = -12.3
    figure, _ = draw(ENTRIES["figure2b"], changed, patients, points, synthetic=False)
    assert any("\u221212.3" in text for text, _ in boxes(figure))


@pytest.mark.parametrize("name", [name for name in ENTRIES if name != "figure1"])
def test_gaps_are_told_in_the_picture(study, name):
    estimates, patients, points = study
    gap = estimates.assign(not_estimable="no scans")
    empty = patients.iloc[:0]
    figure, caption = draw(ENTRIES[name], gap, empty, points.iloc[:0], synthetic=False)
    assert any("not estimable: no scans" in text for text, _ in boxes(figure))
    assert caption["caption"] == "Not estimable: no scans."


def test_the_same_figure_gives_the_same_bytes(study, tmp_path):
    for folder in ("one", "two"):
        drawn = draw(ENTRIES["figure2c"], *study, synthetic=True)
        figures.save(*drawn, tmp_path / folder, tmp_path / folder / "figure2c.json")
    for suffix in ("svg", "pdf", "png"):
        one, two = (tmp_path / f / f"figure2c.{suffix}" for f in ("one", "two"))
        assert one.read_bytes() == two.read_bytes()


def test_points_of_a_group_are_kept_apart():
    from pd1_dynamics.outputs.figures.groups import _swarm

    values = np.array([1.0, 1.0, 1.01, 5.0, 9.0])
    shifts = _swarm(values, step=0.2)
    assert len(set(zip(shifts, np.round(values, 1), strict=True))) == len(values)


@pytest.fixture(scope="module")
def comparison(study):
    """Every printed number beside that of the synthetic cohort, as its file gives it back."""
    from pd1_dynamics.published.audit import audit as audited
    from pd1_dynamics.published.audit import load_checks
    from pd1_dynamics.published.compare import compare
    from pd1_dynamics.published.ledger import read_claims

    folder = ROOT / "data" / "published"
    claims = read_claims(folder / "claims.csv")
    audit = audited(claims, load_checks(folder / "checks.yaml"))
    table = compare(claims, study[0], audit, cohort_is_synthetic=True)
    return as_read(table)


def test_every_printed_interval_is_drawn_once_beside_ours(comparison):
    figure, caption = figures.draw_agreement(comparison, synthetic=True)
    once = comparison["same_as"].isna()
    rows = comparison[once & comparison[["published_low", "published_high"]].notna().any(axis=1)]
    assert f"(n={len(rows)};" in caption["caption"]
    words = [text for text, _ in boxes(figure)]
    assert sum("PPS on resistance type" in text for text in words) == 1
    assert "0.503 (0.288 to 0.879)" in words
    assert "10.3 (7.7 to 16.1)" in words
    assert any("Synthetic cohort" in text for text in words)
    assert_apart(figure)


def test_agreement_of_a_cohort_that_answers_nothing_shows_the_article_alone(comparison):
    nothing = comparison.assign(
        cohort_value=np.nan,
        cohort_low=np.nan,
        cohort_high=np.nan,
        cohort_verdict=np.nan,
        with_limits=np.nan,
    )
    figure, caption = figures.draw_agreement(nothing, synthetic=False)
    words = [text for text, _ in boxes(figure)]
    assert "not estimable" in words
    assert "Synthetic" not in caption["caption"]
    assert "not estimable" in caption["caption"]
    assert "returned," not in caption["caption"]


def points_of(figure):
    """Number of points in each scatter of a figure."""
    return [
        len(collection.get_offsets())
        for axes in figure.axes
        for collection in axes.collections
        if len(collection.get_offsets()) and collection.get_offset_transform() is axes.transData
    ]


@pytest.mark.parametrize("name", ["figure2b", "figure2c", "figureS1", "figureS2"])
def test_points_are_the_patients_of_the_declared_population(drawn, study, name):
    _, patients, _ = study
    assert sum(points_of(drawn[name][0])) == int((patients["in_response_cohort"] == 1).sum())


@pytest.mark.parametrize("name", ["figure2a", "figure2c", "figureS2", "swimmer", "waterfall"])
def test_a_large_population_is_sampled_and_the_caption_says_so(study, name):
    sample = {"patients": 50, "seed": 3}
    figure, caption = draw(ENTRIES[name], *study, synthetic=False, sample=sample)
    assert "Drawn are 50 of " in caption["caption"]
    again, _ = draw(ENTRIES[name], *study, synthetic=False, sample=sample)
    assert points_of(figure) == points_of(again)
    if name == "figure2c":
        assert sum(points_of(figure)) <= 50
    whole, words = draw(ENTRIES[name], *study, synthetic=False)
    assert "Drawn are" not in words["caption"]
    assert sum(points_of(whole)) >= sum(points_of(figure))


def test_the_population_follows_the_analysis(study):
    """The same figure on an analysis of all patients shows all patients who have the value."""
    from dataclasses import replace

    from pd1_dynamics.contract import loading

    _, patients, _ = study
    declared = loading.load(ROOT / "config" / "variables.yaml", ROOT / "config" / "analyses")
    changed = dict(declared.analyses)
    changed["baseline_size"] = replace(changed["baseline_size"], population="progression")
    figure, caption = draw(
        ENTRIES["figure2c"], *study, synthetic=False,
        declared=replace(declared, analyses=changed),
    )  # fmt: skip
    shown = patients[
        (patients["in_progression_cohort"] == 1)
        & patients["baseline_sum_mm"].notna()
        & patients["best_response"].isin(["CR", "PR", "SD", "PD"])
    ]
    assert sum(points_of(figure)) == len(shown)
    assert "progression with radiological data" in caption["caption"]


def test_survival_curves_are_those_of_the_estimates_with_every_censored_patient(drawn, study):
    estimates, _, _ = study
    axes = drawn["figure2d"][0].axes[0]
    marks = [line for line in axes.lines if line.get_marker() == "|"]
    rows = estimates[(estimates["analysis"] == "pps") & (estimates["statistic"] == "n_censored")]
    for line, group in zip(marks, ("primary", "secondary"), strict=True):
        own = rows[rows["group"] == group]
        assert len(own) > 10
        assert len(line.get_xdata()) == len(own)
    curve = estimates[(estimates["analysis"] == "pps") & (estimates["statistic"] == "curve")]
    steps = [line for line in axes.lines if line.get_drawstyle() == "steps-post"]
    for line, group in zip(steps, ("primary", "secondary"), strict=True):
        own = curve.loc[curve["group"] == group, "estimate"]
        assert line.get_ydata()[1:].tolist() == own.tolist()


def test_survival_curves_show_the_ratio_and_name_the_outcome(drawn):
    figure, caption = drawn["figure2d"]
    words = [text for text, _ in boxes(figure)]
    assert "Post-progression survival (%)" in words
    assert "Months since radiological progression" in words
    assert any("HR 0.503 (0.288 to 0.879)" in text for text in words)
    assert "adjusted for Baseline target lesion size" in caption["caption"]


@pytest.mark.parametrize("name", ENTRIES)
def test_every_figure_has_its_data_and_says_what_it_shows(drawn, name):
    figure, words = drawn[name]
    data = figures.drawn_data(figure)
    assert list(data) == ["panel", "series", "x", "y"]
    assert len(data)
    assert not data.astype(str).apply(lambda column: column.str.contains("SYN-")).any(axis=None)
    assert words["alt"].startswith(words["title"])
    assert "no real patient" not in words["alt"]  # the picture's own words, not its banner


def test_the_data_of_a_curve_are_its_estimates(drawn, study):
    data = figures.drawn_data(drawn["survival_os"][0])
    curve = data[(data["panel"] == 1) & data["series"].str.startswith("All patients (n=254)")]
    estimates, *_ = study
    rows = estimates[(estimates["analysis"] == "os") & (estimates["statistic"] == "curve")]
    times = rows["term"].str.partition("=")[2].astype(float)
    assert curve["x"].tolist()[1:] == pytest.approx(times.tolist())
    assert curve["y"].tolist()[1:] == pytest.approx(rows["estimate"].tolist())


def test_a_forest_shows_each_estimate_with_its_interval(drawn, study):
    data = figures.drawn_data(drawn["forest_table3"][0])
    estimates, *_ = study
    rows = estimates[
        (estimates["analysis"] == "pps_correlates") & (estimates["statistic"] == "hazard_ratio")
    ]
    shown = set(data["x"].round(9))
    for column in ("estimate", "ci_low", "ci_high"):
        assert set(rows[column].round(9)) <= shown


def test_figures_of_single_patients_keep_their_data_back_where_small_numbers_are(study):
    estimates, patients, points = study
    from pd1_dynamics.contract import loading

    declared = loading.load(ROOT / "config" / "variables.yaml", ROOT / "config" / "analyses")
    drawing = figures.Drawing(
        estimates, patients, points, declared, LAYOUTS, False, smallest_cell=5
    )
    figure, _ = drawing.draw(ENTRIES["waterfall"])
    assert drawing.data(ENTRIES["waterfall"], figure).empty
    figure, _ = drawing.draw(ENTRIES["survival_os"])
    assert len(drawing.data(ENTRIES["survival_os"], figure))
