"""Record what a run read, ran in and made."""

import json
from pathlib import Path

from pd1_dynamics.artifact import provenance
from pd1_dynamics.contract.cohort_file import load_cohort
from pd1_dynamics.files import write_text
from pd1_dynamics.running.job import carried_out

WITHOUT_EFFECT = ("chunks", "crate_patients")
"""What of a run's configuration changes no result."""


def main(root, path_cohort, paths_configuration, paths_sources, paths_made, configuration, path):
    configuration = {k: v for k, v in configuration.items() if k not in WITHOUT_EFFECT}
    name, paths = load_cohort(path_cohort).name, [path_cohort, *paths_configuration, *paths_sources]
    found = provenance.record(
        root=Path(root),
        cohort=name,
        configuration={**configuration, "cohort": name},
        inputs={provenance.name_of(path, root): Path(path) for path in paths},
        outputs=sorted(map(Path, paths_made)),
    )
    write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", path)


if __name__ == "__main__":
    with carried_out(snakemake):
        main(
            root=snakemake.params.root,
            path_cohort=snakemake.input.cohort,
            paths_configuration=snakemake.input.configuration,
            paths_sources=snakemake.input.sources,
            paths_made=snakemake.input.made,
            configuration=snakemake.params.configuration,
            path=snakemake.output.provenance,
        )
