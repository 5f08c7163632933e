"""The schema of declared analyses, and the table of kinds, from what the kinds declare.

``python -m pd1_dynamics.analyses.documentation`` renews ``workflow/schemas/analyses.schema.yaml``
and ``config/analyses/README.md``.
"""

from pathlib import Path
from typing import Any

import yaml

from pd1_dynamics.analyses import kinds as kinds  # registers them
from pd1_dynamics.analyses.kind import KINDS, Kind, Setting

ROOT = Path(__file__).parents[3]
SCHEMA = ROOT / "workflow" / "schemas" / "analyses.schema.yaml"
FRAME = Path(__file__).with_name("analyses.frame.yaml")
PAGE = ROOT / "config" / "analyses" / "README.md"
BEGIN, END = "<!-- kinds -->", "<!-- end of kinds -->"

_HEAD = """\
# Made by `python -m pd1_dynamics.analyses.documentation` from the kinds of analysis
# (src/pd1_dynamics/analyses/kinds) and analyses.frame.yaml beside their folder. `refers` says what
# the names in a setting must be, `statistics` how tables print what a kind gives.
"""


def schema() -> str:
    """The JSON Schema of a file of ``config/analyses``, as YAML."""
    frame = yaml.safe_load(FRAME.read_text(encoding="utf-8"))
    names = sorted(KINDS)
    frame["$defs"]["analysis"] = {
        "type": "object",
        "required": ["kind"],
        "properties": {"kind": {"enum": names}},
        "allOf": [
            {
                "if": {"properties": {"kind": {"const": name}}},
                "then": {"$ref": f"#/$defs/{name}"},
            }
            for name in names
        ],
    }
    frame["$defs"] |= {name: _definition(KINDS[name]) for name in names}
    return _HEAD + yaml.dump(frame, Dumper=_InFull, sort_keys=False, allow_unicode=True, width=100)


class _InFull(yaml.SafeDumper):
    """Writes shared parts out in full, without YAML anchors and aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _definition(kind: Kind) -> dict[str, Any]:
    required = ["kind", "title", *(["population"] if kind.has_population else [])]
    required += [name for name, setting in kind.settings.items() if setting.required]
    properties: dict[str, Any] = {"kind": True, "title": {"$ref": "#/$defs/title"}}
    if kind.has_population:
        properties["population"] = {"$ref": "#/$defs/population_id"}
    return {
        "description": kind.description,
        "type": "object",
        "additionalProperties": False,
        "required": required,
        "properties": properties
        | {name: _property(setting) for name, setting in kind.settings.items()},
        "statistics": {
            name: {"label": found.label, "decimals": found.decimals}
            for name, found in kind.statistics.items()
        },
    }


def _property(setting: Setting) -> dict[str, Any]:
    extra: dict[str, Any] = {"refers": setting.refers} if setting.refers else {}
    return {**setting.schema, **extra, **({"sets": True} if setting.sets else {})}


def table() -> str:
    """The table of kinds, as Markdown: what each gives in ``estimates.csv``."""
    lines = [
        "| kind | statistic | printed as | outcome | term | group |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for name in sorted(KINDS):
        first = f"**{name}**: {KINDS[name].description}"
        for statistic, found in KINDS[name].statistics.items():
            cells = [first, f"`{statistic}`", found.label, found.outcome, found.term, found.group]
            lines.append("| " + " | ".join(cells) + " |")
            first = ""
    return "\n".join(lines)


def page() -> str:
    """The README with its table renewed."""
    text = PAGE.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    return f"{before}{BEGIN}\n{table()}\n{END}{rest.split(END)[1]}"


if __name__ == "__main__":
    SCHEMA.write_text(schema(), encoding="utf-8")
    PAGE.write_text(page(), encoding="utf-8")
