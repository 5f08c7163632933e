"""Write the page for the people who hold the data: each patient with the rules that decided."""

from pathlib import Path

from pd1_dynamics.contract.cohort_file import load_cohort
from pd1_dynamics.contract.study import load_study
from pd1_dynamics.derive.response import recist
from pd1_dynamics.files import read_table, write_text
from pd1_dynamics.outputs.review import page
from pd1_dynamics.running.job import carried_out


def main(path_cohort, folder_config, path_patients, path_response, path_clean, most, path_review):
    cohort = load_cohort(path_cohort)
    text = page.make(
        cohort={"title": cohort.title, "synthetic": cohort.synthetic},
        patients=read_table(path_patients),
        response=read_table(path_response),
        lesions=read_table(path_clean["lesions"]),
        given=read_table(path_clean["patients"]),
        therapies=read_table(path_clean["therapies"]),
        codebook=load_study(cohort, folder_config).declared.codebook,
        thresholds=recist.THRESHOLDS,
        most=most,
    )
    write_text(text, path_review)


if __name__ == "__main__":
    with carried_out(snakemake):
        main(
            path_cohort=snakemake.input.cohort,
            folder_config=Path(snakemake.input.variables).parent,
            path_patients=snakemake.input.patients,
            path_response=snakemake.input.response,
            path_clean={Path(path).stem: path for path in snakemake.input.clean},
            most=snakemake.params.most,
            path_review=snakemake.output.review,
        )
