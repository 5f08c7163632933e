"""The study as a cohort's file leaves it: own analyses, tables and figures, and dropped ones."""

import pandas as pd
import pytest
import yaml

from pd1_dynamics.analyses import engine
from pd1_dynamics.analyses.estimates import DROPPED
from pd1_dynamics.contract.cohort_file import load_cohort
from pd1_dynamics.contract.problems import InputError
from pd1_dynamics.contract.study import load_study
from pd1_dynamics.outputs import tables
from pd1_dynamics.outputs.tables import writing

OWN = {
    "analyses": {
        "os_on_pdl1": {
            "title": "Overall survival on PD-L1",
            "kind": "cox",
            "population": "all",
            "outcome": "os",
            "mode": "multivariate",
            "terms": ["pdl1", "smoker"],
        }
    },
    "tables": {
        "tableL1": {
            "number": "Table L1",
            "title": "Overall survival on PD-L1",
            "parts": [
                {
                    "kind": "models",
                    "models": [{"analysis": "os_on_pdl1", "statistic": "hazard_ratio"}],
                }
            ],
        }
    },
    "figures": {
        "figureL1": {
            "kind": "survival_curves",
            "title": "Overall survival",
            "needs": [{"analysis": "os_on_pdl1"}],
            "analysis": "pps",
        }
    },
}
VARIABLES = {
    "pdl1": {
        "label": "PD-L1 TPS",
        "unit": "%",
        "kind": "continuous",
        "abbreviations": {"TPS": "tumor proportion score"},
    },
    "smoker": {
        "label": "Smoking",
        "kind": "categorical",
        "levels": {"never": "Never", "ever": "Ever"},
    },
}


def cohort(folder, own=OWN, **keys):
    content = {
        "name": "lung",
        "variables": VARIABLES,
        "sets": {"baseline_characteristics": {"add": ["pdl1", "smoker"], "drop": ["nras"]}},
        "analyses": {"add": ["own.yaml"], "drop": ["pps_on_baseline_unadjusted"]},
        "tables": {"patients": {"path": "p.csv"}},
        **keys,
    }
    (folder / "own.yaml").write_text(yaml.safe_dump(own, sort_keys=False), encoding="utf-8")
    (folder / "lung.yaml").write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    return load_cohort(folder / "lung.yaml")


@pytest.fixture
def study(tmp_path):
    return load_study(cohort(tmp_path))


def derived():
    n = 40
    return pd.DataFrame(
        {
            "patient_id": [f"P{i:02d}" for i in range(n)],
            "os_months": [5.0 + (7 * i) % 31 for i in range(n)],
            "os_event": [int(i % 3 > 0) for i in range(n)],
            "pdl1": [float((13 * i) % 101) for i in range(n)],
            "smoker": ["ever" if i % 2 else "never" for i in range(n)],
        }
    )


def test_own_entries_join_the_study(study):
    sets = study.declared.codebook.sets
    assert sets["baseline_characteristics"][-2:] == ("pdl1", "smoker")
    assert "nras" not in sets["baseline_characteristics"]
    assert "tableL1" in study.tables
    assert "figureL1" in study.figures["figures"]
    assert study.declared.codebook.covariates["smoker"].levels == ("never", "ever")


def test_the_study_itself_has_nothing_of_them():
    study = load_study()
    assert "pdl1" not in study.declared.codebook.variables
    assert not any(analysis.dropped for analysis in study.declared.analyses.values())


def test_covariates_reach_models_tables_and_abbreviations(study):
    none = pd.DataFrame({"patient_id": pd.Series(dtype=object)})
    estimates = engine.run(derived(), none, study.declared)
    own = estimates[estimates["analysis"] == "os_on_pdl1"]
    assert {"pdl1", "smoker=ever"} <= set(own["term"])
    made = {
        table.name: table
        for table in tables.make(estimates, study.tables, study.declared.codebook, synthetic=False)
    }
    text = writing.to_csv(made["tableS1"])
    assert "PD-L1 TPS (%)" in text
    assert "NRAS" not in text
    for name in ("tableS1", "tableL1"):
        assert any("TPS, tumor proportion score" in note for note in made[name].notes)
        assert not any("PD, disease progression" in note for note in made[name].notes)  # PD-L1


def test_a_dropped_analysis_is_said_where_it_was_shown(study):
    none = pd.DataFrame({"patient_id": pd.Series(dtype=object)})
    estimates = engine.run(derived(), none, study.declared)
    rows = estimates[estimates["analysis"] == "pps_on_baseline_unadjusted"]
    assert rows["not_estimable"].tolist() == [DROPPED]
    made = {
        table.name: table
        for table in tables.make(estimates, study.tables, study.declared.codebook, synthetic=False)
    }
    assert f"Alone: not estimable: {DROPPED}." in made["tableS13"].notes


def problems(folder, **keys):
    with pytest.raises(InputError) as error:
        load_study(cohort(folder, **keys))
    return str(error.value)


def changed(part, name, **entry):
    return {**OWN, part: {**OWN[part], name: {**next(iter(OWN[part].values())), **entry}}}


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"analyses": {"drop": ["ppss"]}}, "unknown analysis 'ppss'"),
        ({"analyses": {"drop": ["pattern_bivariate"]}}, "pattern_multivariate dropped too"),
        ({"analyses": {"add": ["none.yaml"]}}, "no such file"),
        ({"own": changed("analyses", "pps")}, "an id that another entry has"),
        ({"own": changed("analyses", "mine", terms=["pdl"])}, "unknown variable 'pdl'"),
        ({"own": changed("tables", "table1")}, "a name that the study does not use"),
        ({"own": changed("figures", "figureL2", kind="pie")}, "figures.figureL2.kind"),
        ({"own": {**OWN, "colors": {}}}, "colors"),
        ({"sets": {"candidates": {"add": ["smokes"]}}}, "unknown variable 'smokes'"),
    ],
)
def test_what_cannot_be_is_told(tmp_path, keys, words):
    assert words in problems(tmp_path, **keys)
