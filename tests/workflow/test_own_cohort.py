"""A cohort that lies anywhere, with its own variables, analyses, tables and figures."""

import json

import pandas as pd
import pytest
import yaml

pytestmark = pytest.mark.slow

OWN = {
    "analyses": {
        "os_on_pdl1": {
            "title": "Overall survival on PD-L1 and smoking",
            "kind": "cox",
            "population": "all",
            "outcome": "os",
            "mode": "multivariate",
            "terms": ["pdl1", "smoker"],
        },
        "pdl1_by_response": {
            "title": "PD-L1 by best response",
            "kind": "description",
            "population": "response",
            "variables": ["pdl1"],
            "by": "best_response",
            "tests": {"continuous": "kruskal_wallis"},
        },
    },
    "tables": {
        "tableL1": {
            "number": "Table L1",
            "title": "Overall survival on PD-L1 and smoking",
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
            "kind": "groups",
            "title": "PD-L1 by best response",
            "needs": [{"analysis": "pdl1_by_response"}],
            "analysis": "pdl1_by_response",
            "column": "pdl1",
            "by": "best_response",
            "levels": {"PR": "PR", "SD": "SD", "PD": "PD"},
            "label": "PD-L1 (%)",
            "lines": [50],
            "test": {
                "analysis": "pdl1_by_response",
                "statistic": "kruskal_wallis_h",
                "name": "Kruskal–Wallis test",
            },
        }
    },
}


@pytest.fixture(scope="module")
def lung(tmp_path_factory):
    """Forty patients with lung cancer: patients, sums by scan, and the files that describe them."""
    folder = tmp_path_factory.mktemp("clinic")
    patients, scans = [], []
    for i in range(40):
        follow_up, size = 120 + 17 * ((7 * i) % 40), 40.0 + i
        patients.append(
            (f"L{i}", follow_up, int(i % 3 > 0), (13 * i) % 101, ("ever", "never")[i % 2])
        )
        factors = [(1, 0.6, 0.5, 0.9), (1, 1.05, 1.1, 1.1), (1, 1.4)][i % 3]
        scans += [
            (f"L{i}", -7 if n == 0 else 60 * n, round(size * factor, 1), 0)
            for n, factor in enumerate(factors)
            if 60 * n < follow_up
        ]
    names = ["ID", "last_follow_up", "death", "TPS", "smoker"]
    pd.DataFrame(patients, columns=names).to_csv(folder / "p.csv", index=False)
    names = ["ID", "date", "target_sum_mm", "new_lesion"]
    pd.DataFrame(scans, columns=names).to_csv(folder / "s.csv", index=False)
    content = {
        "name": "lung",
        "title": "Lung cancer at our center",
        "disease": "non-small-cell lung cancer",
        "compare_with_article": False,
        "time": "day",
        "variables": {
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
        },
        "sets": {"baseline_characteristics": {"add": ["pdl1", "smoker"], "drop": ["nras"]}},
        "analyses": {"add": ["own.yaml"], "drop": ["pps_test", "baseline_size_and_depth"]},
        "tables": {
            "patients": {"path": "p.csv", "columns": {"patient_id": "ID", "pdl1": "TPS"}},
            "assessments": {"path": "s.csv", "columns": {"patient_id": "ID"}},
        },
    }
    (folder / "lung.yaml").write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    (folder / "own.yaml").write_text(yaml.safe_dump(OWN, sort_keys=False), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def made(project, lung):
    answer = project.run("--config", f"cohort={lung / 'lung.yaml'}")
    assert answer.returncode == 0, answer.stdout[-2000:] + answer.stderr[-2000:]
    return project.folder / "results" / "lung"


def test_covariates_are_in_tables_and_models(made):
    baseline = (made / "tables" / "tableS1.csv").read_text(encoding="utf-8")
    assert "PD-L1 TPS (%)" in baseline
    assert "Smoking" in baseline
    assert "NRAS" not in baseline
    page = (made / "tables" / "tableS1.html").read_text(encoding="utf-8")
    assert "TPS, tumor proportion score" in page
    estimates = pd.read_csv(made / "estimates.csv")
    own = estimates[estimates["analysis"].isin(["os_on_pdl1", "pps_on_baseline"])]
    assert {"pdl1", "smoker=ever"} <= set(own["term"])


def test_own_tables_and_figures_are_made(made):
    text = (made / "tables" / "tableL1.csv").read_text(encoding="utf-8")
    assert "Smoking,,,\n\u2003Never,Reference,,\n\u2003Ever," in text
    assert (made / "tables" / "tableL1.docx").stat().st_size > 1000
    assert (made / "figures" / "figureL1.svg").stat().st_size > 1000
    caption = json.loads((made / "figures" / "captions" / "figureL1.json").read_text())
    assert "non-small-cell lung cancer" in caption["caption"]
    page = (made / "report.html").read_text(encoding="utf-8")
    assert "Table L1" in page
    assert "PD-L1 by best response" in page
    assert "Lung cancer at our center" in (made / "review.html").read_text(encoding="utf-8")


def test_a_dropped_analysis_is_said(made):
    caption = json.loads((made / "figures" / "captions" / "figureS1.json").read_text())
    assert "the cohort's file leaves this analysis out" in caption["caption"]


def test_nothing_is_left_to_do_and_a_change_of_its_files_is_noticed(made, project, lung):
    configured = f"cohort={lung / 'lung.yaml'}"
    answer = project.run("--config", configured)
    assert "Nothing to be done" in answer.stdout + answer.stderr
    own = lung / "own.yaml"
    text = own.read_text(encoding="utf-8")
    own.write_text(text.replace("Table L1", "Table L9"), encoding="utf-8")
    answer = project.run("--config", configured)
    assert answer.returncode == 0, answer.stderr[-2000:]
    assert "Table L9" in (made / "report.html").read_text(encoding="utf-8")


def test_a_name_that_ships_is_refused(project, lung):
    taken = lung / "taken.yaml"
    text = (lung / "lung.yaml").read_text(encoding="utf-8")
    taken.write_text(text.replace("name: lung", "name: synthetic"), encoding="utf-8")
    answer = project.run("--config", f"cohort={taken}")
    assert answer.returncode != 0
    assert "a cohort that ships has this one" in answer.stdout + answer.stderr
    assert "Traceback" not in answer.stdout + answer.stderr
