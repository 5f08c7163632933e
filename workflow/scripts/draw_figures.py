"""Draw the figures, and write their captions."""

from pathlib import Path

from pd1_dynamics.analyses.estimates import read_estimates
from pd1_dynamics.contract.cohort_file import definitions_of, load_cohort
from pd1_dynamics.contract.study import load_study
from pd1_dynamics.files import read_table, write_table
from pd1_dynamics.outputs import figures
from pd1_dynamics.running.job import carried_out


def main(
    path_cohort,
    path_definitions,
    folder_config,
    path_estimates,
    path_patients,
    path_response,
    path_captions,
):
    described = load_cohort(path_cohort)
    study = load_study(described, folder_config)
    drawing = figures.Drawing(
        read_estimates(path_estimates),
        read_table(path_patients),
        read_table(path_response),
        study.declared,
        study.figures,
        synthetic=described.synthetic,
        about=described.about,
        smallest_cell=definitions_of(path_cohort, path_definitions)["publish"]["smallest_cell"],
    )
    for path in map(Path, path_captions):
        entry, folder = study.figures["figures"][path.stem], path.parents[1]
        figure, caption = drawing.draw(entry)
        figures.save(figure, caption, folder, path)
        write_table(drawing.data(entry, figure), folder / "data" / f"{path.stem}.csv")


if __name__ == "__main__":
    with carried_out(snakemake):
        main(
            path_cohort=snakemake.input.cohort,
            path_definitions=snakemake.input.definitions,
            folder_config=Path(snakemake.input.variables).parent,
            path_estimates=snakemake.input.estimates,
            path_patients=snakemake.input.patients,
            path_response=snakemake.input.response,
            path_captions=snakemake.output.captions,
        )
