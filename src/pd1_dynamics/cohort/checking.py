"""What a single table may hold: its pandera schema, made from the data contract."""

import warnings
from collections.abc import Collection, Iterator

import pandas as pd
import pandera.pandas as pa

from pd1_dynamics.cohort import findings
from pd1_dynamics.cohort.mapping import absent
from pd1_dynamics.contract.columns import CHOICE, DATE, FLAG, TABLES, WHOLE, Column, Contract
from pd1_dynamics.contract.problems import Problem

IN_EVERY_ROW = "a value in every row"


def schema(table: str, time: str = "date", contract: Contract = TABLES) -> pa.DataFrameSchema:
    """pandera schema of a parsed table.

    It asks for the columns that a table cannot do without, values in every row where they are
    required, known categories, and numbers inside their limits. Messages come from the schema: the
    error text of each check is what was expected.

    Parameters
    ----------
    time
        ``date`` or ``day``: days are whole numbers, and day 0 is the first dose.
    contract
        Columns of the tables.
    """
    columns = {}
    for name, column in contract[table].items():
        start = name == "treatment_start"
        required = column.required or (start and time == "date")
        columns[name] = pa.Column(
            checks=list(_checks(column, time, start)),
            nullable=not required,
            required=required or column.needed,
            description=column.description,
        )
    return pa.DataFrameSchema(columns, name=table, unique_column_names=True)


def _checks(column: Column, time: str, start: bool) -> Iterator[pa.Check]:
    if column.kind == CHOICE:
        yield pa.Check.isin(column.levels, error=column.expected)
    elif column.kind == FLAG:
        yield pa.Check.isin((0, 1), error=column.expected)
    elif column.kind == DATE and time == "day":
        if start:
            yield pa.Check.eq(0, error="0, since times are days from the first dose")
        else:
            yield pa.Check(lambda days: days % 1 == 0, error="a whole number of days")
    if column.kind == WHOLE:
        yield pa.Check(lambda values: values % 1 == 0, error=column.expected)
    if column.minimum is not None:
        yield pa.Check.ge(column.minimum, error=column.expected)
    if column.maximum is not None:
        yield pa.Check.le(column.maximum, error=column.expected)
    if column.below is not None:
        yield pa.Check.lt(column.below, error=f"a number below {column.below:g}")
    if column.above is not None:
        yield pa.Check.gt(column.above, error=column.expected)


def problems(
    parsed: pd.DataFrame,
    text: pd.DataFrame,
    table: str,
    time: str,
    told: Collection[str] = (),
    file_columns: Collection[str] = (),
    contract: Contract = TABLES,
) -> list[Problem]:
    """Everything in which a parsed table departs from its schema.

    Parameters
    ----------
    parsed
        Values of the columns that the table has; the index holds row numbers.
    text
        The same cells as text, for messages. A cell with text whose value is missing could not be
        read, which parsing tells.
    told
        Columns whose absence is told already.
    file_columns
        Names that the file has, among which a misspelt one may be found.
    """
    try:
        with warnings.catch_warnings():  # pandas says to pandera how it will join failure cases
            warnings.simplefilter("ignore", FutureWarning)
            schema(table, time, contract).validate(parsed, lazy=True)
    except pa.errors.SchemaErrors as error:
        cases = error.failure_cases
    else:
        return []
    found: list[Problem] = []
    lacking = cases["check"] == "column_in_dataframe"
    for name in cases.loc[lacking, "failure_case"]:
        if name not in told:
            found.append(absent(table, name, list(file_columns)))
    for (name, check), group in cases[~lacking].groupby(["column", "check"], sort=False):
        rows = pd.Index(sorted(set(group["index"].dropna().astype(int))))
        cells = text.loc[rows, name]
        if check == "not_nullable":
            empty = rows[cells.isna()]
            found += findings.of_rows(table, name, empty, "an empty cell", IN_EVERY_ROW)
        else:
            many = findings.EVERY_CATEGORY if contract[table][name].allowed else findings.SHOWN
            found += findings.of_rows(table, name, rows, findings.quoted(cells), check, many)
    return found
