"""Ask the findings under other rules of resistance, and under every combination of choices."""

from pathlib import Path

from pd1_dynamics.cohort.clean_tables import read_everyone
from pd1_dynamics.contract import schemas
from pd1_dynamics.contract.cohort_file import definitions_of
from pd1_dynamics.contract.study import study_of
from pd1_dynamics.files import write_table
from pd1_dynamics.robustness.material import keep_back
from pd1_dynamics.robustness.rules import Derivations, by_rule
from pd1_dynamics.robustness.specifications import specifications
from pd1_dynamics.running.job import carried_out


def main(path_cohort, path_definitions, path_findings, folder_config, path_tables, folder):
    study = study_of(path_cohort, folder_config)
    chosen = definitions_of(path_cohort, path_definitions)
    tables = read_everyone({Path(path).stem: path for path in path_tables})
    derivations = Derivations(tables, chosen)
    findings = schemas.load(path_findings, "findings")["findings"]
    directions = {name: finding["direction"] for name, finding in findings.items()}
    estimates, agreement = by_rule(derivations, study.declared, study.robustness)
    curves = specifications(derivations, study.declared, study.robustness, directions)
    made = {
        "rules": estimates,
        "agreement": agreement,
        "specifications": curves.every,
        "specification_curves": curves.summary,
    }
    for name, table in made.items():
        smallest = chosen["publish"]["smallest_cell"]
        write_table(keep_back(table, smallest), folder / f"{name}.csv")


if __name__ == "__main__":
    with carried_out(snakemake):
        main(
            path_cohort=snakemake.input.cohort,
            path_definitions=snakemake.input.definitions,
            path_findings=snakemake.input.findings,
            folder_config=Path(snakemake.input.variables).parent,
            path_tables=snakemake.input.tables,
            folder=Path(snakemake.output[0]).parent,
        )
