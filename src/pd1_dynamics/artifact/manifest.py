"""What the default run gives, file by file, and whether another run gives the same.

Bytes are compared first. Where they differ, as another processor or another version of a font may
make them, the numbers of the file are: the text around them must be the same, and a weighted sum
must be, by which one number that moved by a millionth of itself would show.
"""

import hashlib
import json
import math
import platform
import re
import sys
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pd1_dynamics.artifact import provenance
from pd1_dynamics.files import write_table, write_text
from pd1_dynamics.running import environment

TABLE, PLATFORM = "results.csv", "platform.json"
SAME, NUMBERS, PICTURE, DIFFERENT, ABSENT, NEW = (
    "same bytes",
    "same numbers",
    "other bytes, its numbers elsewhere",
    "different",
    "absent",
    "not in the manifest",
)
AGREES = (SAME, NUMBERS, PICTURE)
TOLERANCE = 1e-6
_OF_THE_RUN = (
    *("logs/", "code/", "provenance.json", "ro-crate-metadata.json", "crate.zip", "."),
    *("report/methods.md", "report/methods.docx"),
)
"""What says of one run when and on which machine it was; not compared."""
_PICTURES = (".png", ".pdf")
"""Formats of pictures whose numbers stand in the SVG file of the same name."""
_RECORD = re.compile(r"<!-- provenance -->.*?<!-- end of provenance -->", re.DOTALL)
_IDENTIFIER = re.compile(r"\b[a-z][0-9a-f]{10}\b")
_EMBEDDED = re.compile(r"data:[a-z+/;]+base64,[A-Za-z0-9+/=]+")
_NUMBER = re.compile(r"(?<![A-Za-z_#])-?\d+(?:\.\d+)?(?:e[+-]?\d+)?", re.IGNORECASE)
_MOST = 1e300  # a checksum may read as a number that is larger
_SCALE = 1e8  # numbers above a hundred-millionth count by their relative size


@dataclass(frozen=True)
class Contents:
    """What is known of a file.

    Attributes
    ----------
    sha256
        Checksum of its bytes; of the report without its record of the run.
    words
        Checksum of the text around its numbers; empty for a picture that is no text.
    numbers
        How many numbers it has.
    weighted
        Their weighted sum.
    """

    sha256: str
    words: str = ""
    numbers: int = 0
    weighted: float = 0.0


def contents(path: Path) -> Contents:
    """Read what is compared of a file."""
    raw = path.read_bytes()
    whole = hashlib.sha256(raw).hexdigest()
    if path.suffix in _PICTURES:
        return Contents(whole)
    if path.suffix == ".parquet":
        text = pd.read_parquet(path).to_csv(index=False)
    elif path.suffix == ".docx":
        with zipfile.ZipFile(path) as parts:
            text = parts.read("word/document.xml").decode("utf-8")
    else:
        text = _RECORD.sub("", raw.decode("utf-8"))
        whole = hashlib.sha256(text.encode()).hexdigest()
        text = _EMBEDDED.sub("", text)
    if path.suffix == ".svg":
        text = _without_identifiers(text)
    values = np.array([float(number) for number in _NUMBER.findall(text)]).clip(-_MOST, _MOST)
    words = hashlib.sha256(_NUMBER.sub("#", text).encode()).hexdigest()[:16]
    # Any fixed weights do, so long as they differ: those of the golden ratio lie evenly in 1 to 2.
    weights = 1 + np.arange(len(values)) * ((math.sqrt(5) - 1) / 2) % 1
    return Contents(whole, words, len(values), math.fsum(weights * np.arcsinh(_SCALE * values)))


def _without_identifiers(svg: str) -> str:
    """A picture with its identifiers, checksums of what they name, numbered in their order."""
    order: dict[str, str] = {}
    return _IDENTIFIER.sub(lambda found: order.setdefault(found[0], f"id_{len(order)}"), svg)


def listed(folder: Path) -> dict[str, Contents]:
    """The results in a folder, by path in it; without what only says of one run how it went."""
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file())
    names = {path.relative_to(folder).as_posix(): path for path in paths}
    return {
        name: contents(path) for name, path in names.items() if not name.startswith(_OF_THE_RUN)
    }


def compared(expected: Mapping[str, Contents], found: Mapping[str, Contents]) -> pd.DataFrame:
    """One row a file: ``file`` and ``result`` (:data:`SAME`, ...)."""
    rows = []
    for name in expected:
        result = _judged(expected[name], found.get(name))
        if result == DIFFERENT and Path(name).suffix in _PICTURES:
            drawn = Path(name).with_suffix(".svg").as_posix()
            same = drawn in expected and _judged(expected[drawn], found.get(drawn)) in AGREES
            result = PICTURE if same else DIFFERENT
        rows.append((name, result))
    rows += [(name, NEW) for name in found if name not in expected]
    return pd.DataFrame(rows, columns=["file", "result"])


def _judged(expected: Contents, found: Contents | None) -> str:
    if found is None:
        return ABSENT
    if found.sha256 == expected.sha256:
        return SAME
    near = abs(found.weighted - expected.weighted) <= TOLERANCE
    same = found.words == expected.words != "" and found.numbers == expected.numbers
    return NUMBERS if same and near else DIFFERENT


def write(results: Path, folder: Path, root: Path) -> None:
    """Write the manifest of some results, and the platform that they were made on."""
    rows = [(name, *vars(found).values()) for name, found in listed(results).items()]
    table = pd.DataFrame(rows, columns=["file", "sha256", "words", "numbers", "weighted"])
    write_table(table, folder / TABLE)
    write_text(json.dumps(made_on(root), indent=1) + "\n", folder / PLATFORM)


def made_on(root: Path) -> dict[str, str]:
    """The platform: what may make bytes differ."""
    packages = environment.packages()
    names = ("numpy", "scipy", "pandas", "matplotlib", "lifelines", "numba")
    return {
        "pd1-dynamics": provenance.version_of(root),
        "system": provenance.system(),
        "machine": platform.machine(),
        "python": platform.python_version(),
        **{name: packages.get(name, "not installed") for name in names},
    }


def read(folder: Path) -> tuple[dict[str, Contents], dict[str, Any]]:
    """A manifest, and the platform that it was made on."""
    table = pd.read_csv(folder / TABLE, keep_default_na=False, float_precision="round_trip")
    rows: Iterable[Any] = table.itertuples(index=False)
    known = {
        row.file: Contents(row.sha256, row.words, int(row.numbers), float(row.weighted))
        for row in rows
    }
    return known, json.loads((folder / PLATFORM).read_text(encoding="utf-8"))


if __name__ == "__main__":
    made, kept, project = map(Path, sys.argv[1:])
    write(made, kept, project)
