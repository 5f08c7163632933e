"""Ask cohorts of real patients each finding; pool, judge, draw, and write the page."""

from pathlib import Path

import pandas as pd

from pd1_dynamics.analyses.estimates import read_estimates
from pd1_dynamics.contract import schemas
from pd1_dynamics.contract.cohort_file import load_cohort
from pd1_dynamics.files import read_table, write_table, write_text
from pd1_dynamics.outputs import figures
from pd1_dynamics.outputs.replication import forest, page
from pd1_dynamics.outputs.report.page import Picture
from pd1_dynamics.published.ledger import read_claims
from pd1_dynamics.replication import answers, pooling
from pd1_dynamics.running.job import carried_out


def main(path_findings, path_claims, paths_cohorts, paths_estimates, paths_patients, folder):
    declared = schemas.load(path_findings, "findings")
    findings = declared["findings"]
    printed = read_claims(path_claims).set_index("claim_id")["value"]
    sources = [
        answers.Source(load_cohort(cohort), read_estimates(estimates), read_table(patients))
        for cohort, estimates, patients in zip(
            paths_cohorts, paths_estimates, paths_patients, strict=True
        )
    ]
    found = answers.answers(findings, sources)
    cohorts = answers.describe(sources, found)
    inside = cohorts.loc[cohorts["treatment"] == declared["pooled"], "cohort"]
    found = found.assign(pooled=found["cohort"].isin(inside))
    usable = found[found["pooled"]]
    melanoma = cohorts.loc[cohorts["disease"] == "melanoma", "cohort"].tolist()
    made = pooling.pooled(findings, usable, printed)
    apart = pooling.sensitivity(findings, usable, printed, melanoma)
    tables = {"cohorts": cohorts, "estimates": found, "pooled": made, "sensitivity": apart}
    for name, table in tables.items():
        write_table(table, folder / f"{name}.csv")
    titles = dict(zip(cohorts["cohort"], cohorts["title"].str.split(",").str[0], strict=True))
    pictures = [
        _forest(key, entry, found, made, titles, folder / "figures")
        for key, entry in findings.items()
    ]
    text = page.make(
        findings, cohorts, found, made, apart, pictures, pooling.RULES, declared["pooled"]
    )
    write_text(text, folder / "report.html")


def _forest(key, entry, found, made, titles, folder):
    own = found[(found["finding"] == key) & (found["not_estimable"] == "")]
    row = made.set_index("finding").loc[key]
    shares = pooling.weights(own[own["pooled"]])
    figure, caption = forest.draw(entry, own, shares, row, titles)
    figures.save(figure, caption, folder, folder / f"forest_{key}.json")
    return Picture(key, folder / f"forest_{key}.svg", **caption)


if __name__ == "__main__":
    with carried_out(snakemake):
        pd.options.mode.copy_on_write = True
        main(
            path_findings=snakemake.input.findings,
            path_claims=snakemake.input.claims,
            paths_cohorts=snakemake.input.cohorts,
            paths_estimates=snakemake.input.estimates,
            paths_patients=snakemake.input.patients,
            folder=Path(snakemake.output.report).parent,
        )
