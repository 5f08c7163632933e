"""Audit the published numbers, compare them with the estimates of a cohort, and draw both."""

from pathlib import Path

from pd1_dynamics.analyses.estimates import read_estimates
from pd1_dynamics.contract.cohort_file import load_cohort
from pd1_dynamics.files import read_table, write_table
from pd1_dynamics.outputs import figures
from pd1_dynamics.published.audit import audit as audited
from pd1_dynamics.published.audit import load_checks, load_substitutes
from pd1_dynamics.published.compare import compare
from pd1_dynamics.published.ledger import read_claims
from pd1_dynamics.running.job import carried_out


def main(
    path_cohort,
    path_claims,
    path_checks,
    path_substitutes,
    path_estimates,
    path_audit,
    path_comparison,
    path_caption,
):
    claims = read_claims(path_claims)
    audit = audited(claims, load_checks(path_checks))
    described = load_cohort(path_cohort)
    comparison = compare(
        claims,
        read_estimates(path_estimates),
        audit,
        cohort_is_synthetic=described.synthetic,
        is_compared=described.compare_with_article,
        substitutes=load_substitutes(path_substitutes),
    )
    write_table(audit, path_audit)
    write_table(comparison, path_comparison)
    drawn = figures.draw_agreement(read_table(path_comparison), synthetic=described.synthetic)
    figures.save(*drawn, Path(path_caption).parent, path_caption)


if __name__ == "__main__":
    with carried_out(snakemake):
        main(
            path_cohort=snakemake.input.cohort,
            path_claims=snakemake.input.claims,
            path_checks=snakemake.input.checks,
            path_substitutes=snakemake.input.substitutes,
            path_estimates=snakemake.input.estimates,
            path_audit=snakemake.output.audit,
            path_comparison=snakemake.output.comparison,
            path_caption=snakemake.output.caption,
        )
