"""What a cohort will give, before anything is made."""

import pytest
import yaml

from pd1_dynamics import checkup


@pytest.fixture
def cohort(tmp_path):
    (tmp_path / "p.csv").write_text("ID,dead,os\nA,1,100\nB,0,200\nC,1,300\n", encoding="utf-8")
    content = {
        "name": "mine",
        "time": "day",
        "tables": {
            "patients": {
                "path": "p.csv",
                "columns": {"patient_id": "ID", "death": "dead"},
                "units": {"os": "day"},
            }
        },
    }
    path = tmp_path / "mine.yaml"
    path.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    return path


def test_everything_is_told_and_nothing_written(cohort, capsys):
    before = sorted(cohort.parent.iterdir())
    assert checkup.main(str(cohort)) == 0
    said = capsys.readouterr().out
    for words in (
        "patients from p.csv",
        "  death <- dead",
        "patients: 3 rows of 3 patients",
        "not estimable, no progression with its date:",
        "table2: not estimable:",
        "tableS12: not estimable:",
        "Nothing was written.",
    ):
        assert words in said, said
    assert sorted(cohort.parent.iterdir()) == before


def test_problems_are_told_instead(cohort, capsys):
    (cohort.parent / "p.csv").write_text("ID,dead,os\nA,maybe,x\n", encoding="utf-8")
    assert checkup.main(str(cohort)) == 1
    said = capsys.readouterr().out
    assert "2 problems" in said
    assert "Traceback" not in said
    assert checkup.main("nobody") == 1
    assert "cohort 'nobody'" in capsys.readouterr().out


def test_problems_of_data_and_of_analyses_are_told_together(cohort, capsys):
    content = yaml.safe_load(cohort.read_text(encoding="utf-8"))
    content["analyses"] = {"drop": ["nope"]}
    cohort.write_text(yaml.safe_dump(content), encoding="utf-8")
    (cohort.parent / "p.csv").write_text("ID,dead,os\nA,maybe,100\n", encoding="utf-8")
    assert checkup.main(str(cohort)) == 1
    said = capsys.readouterr().out
    assert "nope" in said
    assert "found 'maybe'" in said
