"""Pack a crate: its metadata, with the time of the run, and the files that they name."""

import json
from pathlib import Path

from pd1_dynamics.artifact import crate
from pd1_dynamics.running.job import carried_out


def main(path_metadata, path_crate):
    path = Path(path_metadata)
    metadata = json.loads(path.read_text(encoding="utf-8"))
    files = crate.files_of(metadata, path.parent)
    crate.pack(crate.timed(metadata, path.parent), files, Path(path_crate))


if __name__ == "__main__":
    with carried_out(snakemake):
        main(snakemake.input.metadata, snakemake.output.crate)
