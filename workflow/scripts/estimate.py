"""Run the declared analyses on the derived tables; test what their models assume."""

from pathlib import Path

from pd1_dynamics.analyses import engine
from pd1_dynamics.analyses.data import StudyData
from pd1_dynamics.analyses.run import Run
from pd1_dynamics.contract.cohort_file import definitions_of, load_cohort
from pd1_dynamics.contract.study import analyses_of, study_of
from pd1_dynamics.files import read_table, write_table, write_text
from pd1_dynamics.robustness.assumptions import proportional_hazards
from pd1_dynamics.robustness.material import cox_analyses, keep_back
from pd1_dynamics.robustness.multiplicity import families
from pd1_dynamics.running.job import carried_out


def main(
    path_cohort,
    path_definitions,
    path_patients,
    path_therapies,
    folder_config,
    path_estimates,
    path_hazards,
    path_multiplicity,
    path_card,
):
    study = study_of(path_cohort, folder_config)
    smallest = definitions_of(path_cohort, path_definitions)["publish"]["smallest_cell"]
    run = Run(StudyData(read_table(path_patients), read_table(path_therapies), study.declared))
    write_table(engine.estimates(run, smallest), path_estimates)
    shown = cox_analyses(study.declared, study.robustness, analyses_of(study.tables))
    write_table(keep_back(proportional_hazards(run, shown), smallest), path_hazards)
    write_table(families(run, study.robustness["families"], smallest), path_multiplicity)
    write_text(load_cohort(path_cohort).card(), path_card)


if __name__ == "__main__":
    with carried_out(snakemake):
        main(
            path_cohort=snakemake.input.cohort,
            path_definitions=snakemake.input.definitions,
            path_patients=snakemake.input.patients,
            path_therapies=snakemake.input.therapies,
            folder_config=Path(snakemake.input.variables).parent,
            path_estimates=snakemake.output.estimates,
            path_hazards=snakemake.output.hazards,
            path_multiplicity=snakemake.output.multiplicity,
            path_card=snakemake.output.card,
        )
