"""Ask what the models assume, what is known when, and what is not measured."""

from pathlib import Path

from pd1_dynamics.contract.cohort_file import definitions_of
from pd1_dynamics.contract.study import analyses_of, study_of
from pd1_dynamics.files import read_table, write_table
from pd1_dynamics.robustness import assumptions, confounding, time
from pd1_dynamics.robustness.material import (
    Material,
    cox_analyses,
    keep_back,
    without_patients,
)
from pd1_dynamics.running.job import carried_out


def main(path_cohort, path_definitions, folder_config, derived, folder):
    study = study_of(path_cohort, folder_config)
    tables = {name: read_table(path) for name, path in derived.items()}
    material = Material(**tables, declared=study.declared, asked=study.robustness)
    run = material.run()
    shown = cox_analyses(study.declared, study.robustness, analyses_of(study.tables))
    made = {
        "functional_form": assumptions.functional_form(material, run, shown),
        "influence": assumptions.influence(run, shown),
        "collinearity": assumptions.collinearity(material, run),
        "schoenfeld": assumptions.schoenfeld(material, run),
        "martingale": assumptions.martingale(material, run),
        "landmark": time.landmarks(material, run),
        "time_dependent": time.time_dependent(material, run),
        "restricted_mean": time.restricted_means(material, run),
        "visit_schedule": time.visit_schedule(material, run),
        "e_values": confounding.e_values(material, run),
        "centers": confounding.centers(material, run),
    }
    smallest = definitions_of(path_cohort, path_definitions)["publish"]["smallest_cell"]
    for name in ("schoenfeld", "martingale"):
        made[name] = without_patients(made[name], smallest)
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
