"""Draw one figure, and write its caption."""

import json
from pathlib import Path

from pd1_dynamics.analyses.estimates import read_estimates
from pd1_dynamics.contract import loading, schemas
from pd1_dynamics.contract.cohort_file import definitions_of, load_cohort
from pd1_dynamics.files import read_table, write_text
from pd1_dynamics.outputs import figures
from pd1_dynamics.running.job import carried_out


def main(
    name,
    path_cohort,
    path_definitions,
    path_figures,
    path_variables,
    folder_analyses,
    path_estimates,
    path_patients,
    path_response,
    path_caption,
):
    described = load_cohort(path_cohort)
    publish = definitions_of(path_cohort, path_definitions)["publish"]
    figure, caption = figures.draw(
        schemas.load(path_figures, "figures")["figures"][name],
        read_estimates(path_estimates),
        read_table(path_patients),
        read_table(path_response),
        synthetic=described.synthetic,
        about=described.about,
        smallest_cell=publish["smallest_cell"],
        declared=loading.load(path_variables, folder_analyses),
    )
    figures.save(figure, Path(path_caption).parents[1], name)
    text = json.dumps(caption, indent=1, ensure_ascii=False)
    write_text(text + "\n", path_caption)


if __name__ == "__main__":
    with carried_out(snakemake):
        main(
            name=snakemake.wildcards.figure,
            path_cohort=snakemake.input.cohort,
            path_definitions=snakemake.input.definitions,
            path_figures=snakemake.input.figures,
            path_variables=snakemake.input.variables,
            folder_analyses=Path(snakemake.input.analyses[0]).parent,
            path_estimates=snakemake.input.estimates,
            path_patients=snakemake.input.patients,
            path_response=snakemake.input.response,
            path_caption=snakemake.output.caption,
        )
