"""The documentation says what the code checks."""

import re

import yaml

from pd1_dynamics.cohort import cleaning
from pd1_dynamics.cohort.checking import schema
from pd1_dynamics.cohort.documentation import PAGE, columns_as_markdown, renewed
from pd1_dynamics.contract.cohort_file import load_cohort
from pd1_dynamics.contract.columns import KEYS, TABLES


def test_the_page_has_the_columns_of_the_code():
    page = PAGE.read_text(encoding="utf-8")
    assert renewed(page) == page, "renew it: python -m pd1_dynamics.cohort.documentation"


def test_every_column_is_described_in_the_schema_and_the_page():
    text = columns_as_markdown()
    for table, columns in TABLES.items():
        described = schema(table).columns
        assert list(described) == list(columns)
        assert all(described[name].description for name in columns)
        assert all(re.search(rf"\| (\*\*)?{name}(\*\*)? \|", text) for name in columns)
        assert set(KEYS.get(table, ())) <= set(columns)


def test_the_worked_example_works(tmp_path):
    page = (PAGE.parent / "cohorts.md").read_text(encoding="utf-8")
    sheets, description = re.search(r"```\n(.*?)```\n\n```yaml\n(.*?)```", page, re.S).groups()
    lines = [re.split(r"\s{3,}", line) for line in sheets.strip().splitlines()]
    content = yaml.safe_load(description)
    for place, table in enumerate(("patients", "lesions")):
        path = tmp_path / f"{table}.csv"
        path.write_text("\n".join(line[place] for line in lines), encoding="utf-8")
        description = description.replace(content["tables"][table]["path"], path.name)
    (tmp_path / "my_cohort.yaml").write_text(description, encoding="utf-8")
    clean = cleaning.clean(load_cohort(tmp_path / "my_cohort.yaml", tmp_path))
    patients = clean.tables["patients"]
    assert patients["sex"].tolist() == ["male", "female"]
    assert patients["death"].tolist() == [1, 0]
    assert patients["ldh_elevated"].isna().tolist() == [True, False]
    lesions = clean.tables["lesions"]
    assert lesions[["day", "diameter_mm", "organ"]].to_numpy().tolist() == [
        [-9, 33, "lung"],
        [82, 23.1, "lung"],
    ]
