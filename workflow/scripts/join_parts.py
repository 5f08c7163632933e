"""Join the tables that were derived part by part."""

from pd1_dynamics.contract.cohort_file import load_cohort
from pd1_dynamics.derive.parts import joined
from pd1_dynamics.files import write_text
from pd1_dynamics.running.job import carried_out


def main(path_cohort, parts, path_response, path_patients, path_therapies, path_card):
    joined(parts["response"], path_response)
    joined(parts["patients"], path_patients)
    joined(parts["therapies"], path_therapies)
    write_text(load_cohort(path_cohort).card(patient_level=True), path_card)


if __name__ == "__main__":
    with carried_out(snakemake):
        main(
            path_cohort=snakemake.input.cohort,
            parts={
                "response": snakemake.input.response,
                "patients": snakemake.input.patients,
                "therapies": snakemake.input.therapies,
            },
            path_response=snakemake.output.response,
            path_patients=snakemake.output.patients,
            path_therapies=snakemake.output.therapies,
            path_card=snakemake.output.card,
        )
