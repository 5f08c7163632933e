"""The decision tables as documentation, written from the rules that decide.

``python -m pd1_dynamics.derive.documentation`` renews ``docs/decision_tables.md``.
"""

from collections.abc import Sequence
from pathlib import Path

from pd1_dynamics.derive.progression import PFS_END
from pd1_dynamics.derive.resistance.paper import PAPER
from pd1_dynamics.derive.resistance.sitc import CONFIRMATION, RESISTANCE
from pd1_dynamics.derive.response.recist import OVERALL_RESPONSE
from pd1_dynamics.derive.rules import Rule, as_table

PAGE = Path(__file__).parents[3] / "docs" / "decision_tables.md"

_HEAD = """\
# Decision tables

Made from the rules of the code by `python -m pd1_dynamics.derive.documentation`. In each
table the first row whose conditions all hold decides. What the guidelines leave open is a setting;
[settings.md](settings.md) has the reason for each default, with the sentence of the guideline, and
what each alternative changes.
"""

_TABLES: tuple[tuple[str, Sequence[Rule], dict[str, str]], ...] = (
    ("Overall response at a scan (RECIST 1.1)", OVERALL_RESPONSE, {"outcome": "response"}),
    ("How progression-free survival ends", PFS_END, {"outcome": "PFS ends with"}),
    ("Resistance by the cohort paper's rule", PAPER, {"outcome": "resistance"}),
    (
        "Resistance by the SITC definitions",
        RESISTANCE,
        {"outcome": "resistance", "confirmation": "asks for"},
    ),
    ("Whether progression is confirmed as SITC asks", CONFIRMATION, {"outcome": "confirmed"}),
)


def page() -> str:
    """The whole page, as Markdown."""
    parts = [_HEAD]
    for title, rules, names in _TABLES:
        parts += [f"\n## {title}\n", *_table(rules, names)]
    return "\n".join(parts) + "\n"


def _table(rules: Sequence[Rule], names: dict[str, str]) -> list[str]:
    columns = {"order": "", "when": "when", **names, "reason": "reason", "source": "source"}
    rows = as_table(rules)[list(columns)].astype(str)
    lines = ["| " + " | ".join(columns.values()) + " |", "|" + " --- |" * len(columns)]
    return lines + ["| " + " | ".join(row) + " |" for row in rows.itertuples(index=False)]


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
