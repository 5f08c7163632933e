"""Compare synthetic cohorts of several seeds, and those that lacked some targets."""

from pathlib import Path

from calibrated_cohort import judging
from pd1_dynamics.files import read_table, write_table
from pd1_dynamics.published.ledger import read_claims
from pd1_dynamics.running.job import carried_out


def main(paths_patients, paths_family, paths_held_out, path_claims, path_family, path_held_out):
    claims = read_claims(path_claims)
    targets = claims.loc[claims["calibration_target"] == 1, "claim_id"]
    write_table(judging.family(by_seed(paths_patients), by_seed(paths_family)), path_family)
    write_table(judging.held_out(by_seed(paths_held_out), targets), path_held_out)


def by_seed(paths):
    return {int(Path(path).parent.name): read_table(path) for path in paths}


if __name__ == "__main__":
    with carried_out(snakemake):
        main(
            paths_patients=snakemake.input.patients,
            paths_family=snakemake.input.family,
            paths_held_out=snakemake.input.held_out,
            path_claims=snakemake.input.claims,
            path_family=snakemake.output.family,
            path_held_out=snakemake.output.held_out,
        )
