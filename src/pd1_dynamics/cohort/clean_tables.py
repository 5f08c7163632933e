"""Clean tables read back, as the next stage takes them."""

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from pd1_dynamics.contract.columns import CHECKED, SCANS
from pd1_dynamics.files import read_table


def read_clean(paths: Iterable[str | Path]) -> list[pd.DataFrame]:
    """Clean tables as :func:`pd1_dynamics.cohort.write` wrote them, in the order of their paths.

    Text of scans and lesions, which have many rows a patient, comes as categories.
    """
    tables = [read_table(path, coded=Path(path).stem in SCANS) for path in paths]
    for table in tables:
        table.attrs[CHECKED] = True
    return tables
