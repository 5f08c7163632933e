"""Audit the published numbers, and compare them with the estimates of a cohort."""

from pd1_dynamics import analyses, cohort, published
from pd1_dynamics.files import write_table
from pd1_dynamics.running.job import carried_out


def main(
    path_cohort,
    path_claims,
    path_checks,
    path_substitutes,
    path_estimates,
    path_audit,
    path_comparison,
):
    claims = published.read_claims(path_claims)
    audit = published.audit(claims, published.load_checks(path_checks))
    described = cohort.load_cohort(path_cohort)
    comparison = published.compare(
        claims,
        analyses.read_estimates(path_estimates),
        audit,
        cohort_is_synthetic=described.synthetic,
        is_compared=described.compare_with_article,
        substitutes=published.load_substitutes(path_substitutes),
    )
    write_table(audit, path_audit)
    write_table(comparison, path_comparison)


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
        )
