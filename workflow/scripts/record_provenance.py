"""Record what a run read, ran in and made."""

import json
from pathlib import Path

from pd1_dynamics.artifact import provenance
from pd1_dynamics.contract.cohort_file import load_cohort
from pd1_dynamics.contract.places import COHORTS
from pd1_dynamics.files import write_text
from pd1_dynamics.running.job import carried_out


def main(
    root, path_cohort, paths_configuration, paths_read, paths_made, configuration, robust, path
):
    # A cohort that ships is asked for by its name, another one by its file.
    ships = Path(path_cohort).resolve().parent == COHORTS.resolve()
    name = load_cohort(path_cohort).name if ships else Path(path_cohort).name
    paths = [path_cohort, *paths_configuration, *paths_read]
    found = provenance.record(
        root=Path(root),
        cohort=name,
        configuration={"cohort": name, "robustness": robust, **configuration},
        inputs=provenance.names_of(paths, root),
        outputs=sorted(map(Path, paths_made)),
        robust=robust,
    )
    write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", path)


if __name__ == "__main__":
    with carried_out(snakemake):
        main(
            root=snakemake.params.root,
            path_cohort=snakemake.input.cohort,
            paths_configuration=snakemake.input.configuration,
            paths_read=[*snakemake.input.sources, *snakemake.input.own],
            paths_made=snakemake.input.made,
            configuration=snakemake.params.configuration,
            robust=snakemake.params.robust,
            path=snakemake.output.provenance,
        )
