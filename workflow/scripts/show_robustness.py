"""Draw how robust the findings are, and write the report's section on it."""

from pathlib import Path

from pd1_dynamics.contract import schemas
from pd1_dynamics.contract.cohort_file import load_cohort
from pd1_dynamics.contract.study import study_of
from pd1_dynamics.files import read_table, write_table, write_text
from pd1_dynamics.outputs import figures
from pd1_dynamics.outputs.report.page import Picture
from pd1_dynamics.outputs.robustness import pictures, section
from pd1_dynamics.outputs.robustness.statements import statements
from pd1_dynamics.running.job import carried_out


def main(path_cohort, path_findings, folder_config, paths_tables, path_statements, path_section):
    cohort = load_cohort(path_cohort)
    study = study_of(path_cohort, folder_config)
    tables = {Path(path).stem: read_table(path) for path in paths_tables}
    declared = schemas.load(path_findings, "findings")["findings"]
    asked = study.robustness["specifications"]["findings"]
    titles = {name: declared[name]["words"] for name in asked}
    codebook = study.declared.codebook
    folder, shown = Path(path_section).parent, []
    drawn = pictures.draw_all(tables, codebook, titles, cohort.synthetic)
    for name, (figure, words) in drawn.items():
        figures.save(figure, words, folder, folder / f"{name}.json")
        write_table(figures.drawn_data(figure), folder / "data" / f"{name}.csv")
        shown.append(Picture(name, folder / f"{name}.svg", **words))
    directions = {name: declared[name]["direction"] for name in asked}
    said = statements(tables, asked, titles, directions, cohort.synthetic)
    write_table(said, path_statements)
    write_text(section.make(tables, said, shown, codebook, cohort.synthetic), path_section)


if __name__ == "__main__":
    with carried_out(snakemake):
        main(
            path_cohort=snakemake.input.cohort,
            path_findings=snakemake.input.findings,
            folder_config=Path(snakemake.input.variables).parent,
            paths_tables=snakemake.input.tables,
            path_statements=snakemake.output.statements,
            path_section=snakemake.output.section,
        )
