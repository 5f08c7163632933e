"""Ask the models again in resamples of the patients, and with what is missing imputed."""

from pathlib import Path

from pd1_dynamics.contract.cohort_file import definitions_of
from pd1_dynamics.contract.study import study_of
from pd1_dynamics.files import read_table, write_table
from pd1_dynamics.robustness import missing_values, resamples
from pd1_dynamics.robustness.material import Material, keep_back
from pd1_dynamics.running.job import carried_out


def main(path_cohort, path_definitions, folder_config, derived, folder):
    study = study_of(path_cohort, folder_config)
    tables = {name: read_table(path) for name, path in derived.items()}
    material = Material(**tables, declared=study.declared, asked=study.robustness)
    run = material.run()
    made = {
        "bootstrap": resamples.bootstrap(material, run),
        "selections": resamples.selections(material, run),
        "comparisons": resamples.comparisons(material, run),
        "missing_values": missing_values.missing_values(material, run),
    }
    smallest = definitions_of(path_cohort, path_definitions)["publish"]["smallest_cell"]
    for name, table in made.items():
        write_table(keep_back(table, smallest), folder / f"{name}.csv")


if __name__ == "__main__":
    with carried_out(snakemake):
        main(
            path_cohort=snakemake.input.cohort,
            path_definitions=snakemake.input.definitions,
            folder_config=Path(snakemake.input.variables).parent,
            derived={
                "patients": snakemake.input.patients,
                "therapies": snakemake.input.therapies,
                "response": snakemake.input.response,
            },
            folder=Path(snakemake.output[0]).parent,
        )
