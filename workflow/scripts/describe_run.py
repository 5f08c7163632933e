"""Describe a run as a Workflow Run RO-Crate, and lay the code that ran beside its results."""

import json
import shutil
from pathlib import Path

from pd1_dynamics.artifact import crate, provenance
from pd1_dynamics.contract.cohort_file import load_cohort
from pd1_dynamics.contract.study import load_study
from pd1_dynamics.files import write_text
from pd1_dynamics.running.job import carried_out


def main(
    root,
    path_cohort,
    folder_config,
    path_provenance,
    path_report,
    paths_papers,
    paths_sources,
    paths_own,
    paths_made,
    paths_code,
    with_patients,
    path_metadata,
    path_code,
):
    folder, cohort = Path(path_metadata).parent, load_cohort(path_cohort)
    later = [path_provenance, path_report, *paths_papers]
    made = [Path(path).relative_to(folder).as_posix() for path in (*paths_made, *later)]
    drawn = load_study(cohort, folder_config).figures["figures"]
    everyone = cohort.synthetic or with_patients
    shown = [path for path in made if everyone or not crate.is_of_patients(path, drawn)]
    code = crate.code_files(Path(root), map(Path, paths_code))
    inside, read = {}, provenance.names_of([*paths_sources, *paths_own], root)
    if everyone:
        for name, path in read.items():
            place = name if "/" in name else Path("data", cohort.name, name).as_posix()
            inside[name] = f"{crate.CODE}/{place}"
            code[inside[name]] = path
    shutil.rmtree(path_code, ignore_errors=True)
    for name, path in code.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, place)
    metadata = crate.describe(
        json.loads(Path(path_provenance).read_text(encoding="utf-8")),
        title=cohort.title,
        about=cohort.card(),
        results=sorted(shown),
        left_out=sorted(set(read) - set(inside)),
        inside=inside,
        later=[
            provenance.file_of(Path(path).relative_to(folder).as_posix(), Path(path))
            for path in later
        ],
    )
    write_text(crate.text(metadata), path_metadata)


if __name__ == "__main__":
    with carried_out(snakemake):
        main(
            root=snakemake.params.root,
            path_cohort=snakemake.input.cohort,
            folder_config=Path(snakemake.input.figures).parent,
            path_provenance=snakemake.input.provenance,
            path_report=snakemake.input.report,
            paths_papers=snakemake.input.papers,
            paths_sources=snakemake.input.sources,
            paths_own=snakemake.input.own,
            paths_made=snakemake.input.made,
            paths_code=snakemake.input.code,
            with_patients=snakemake.params.patients,
            path_metadata=snakemake.output.metadata,
            path_code=snakemake.output.code,
        )
