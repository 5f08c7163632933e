"""Small cohorts on disk: tables as text, described by a YAML file."""

from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from pd1_dynamics.cohort import cleaning
from pd1_dynamics.contract.cohort_file import load_cohort
from pd1_dynamics.contract.problems import InputError


def text_table(content):
    """A table as the text of a CSV file, from rows of cells or from indented lines."""
    if isinstance(content, str):
        return "\n".join(line.strip() for line in content.strip().splitlines()) + "\n"
    return "\n".join(",".join(map(str, row)) for row in content) + "\n"


class CohortOnDisk:
    """Writes tables and a description; loads and cleans them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def describe(self, tables: Mapping, **keys) -> Path:
        """Tables by name: text (written to a file), a path, or a mapping with ``content``."""
        described = {}
        for name, table in tables.items():
            source = dict(table) if isinstance(table, Mapping) else {"content": table}
            if (content := source.pop("content", None)) is not None:
                source.setdefault("path", f"{name}.csv")
                path = self.folder / source["path"]
                path.write_text(text_table(content), encoding="utf-8")
            described[name] = source
        path = self.folder / "mine.yaml"
        content = {"name": "mine", "tables": described, **keys}
        path.write_text(yaml.safe_dump(content), encoding="utf-8")
        return path

    def load(self, tables: Mapping, **keys):
        return load_cohort(self.describe(tables, **keys), self.folder)

    def clean(self, tables: Mapping, **keys):
        return cleaning.clean(self.load(tables, **keys))

    def problems(self, tables: Mapping, **keys) -> str:
        """The message about a bad input."""
        with pytest.raises(InputError) as error:
            self.clean(tables, **keys)
        return str(error.value)


@pytest.fixture
def mine(tmp_path):
    return CohortOnDisk(tmp_path)
