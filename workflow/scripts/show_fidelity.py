"""Draw what the synthetic cohort is like, and write the page on how far it can be trusted."""

from pathlib import Path

from calibrated_cohort.fidelity import page, pictures
from pd1_dynamics.files import read_table, write_text
from pd1_dynamics.outputs.figures import save
from pd1_dynamics.outputs.report.page import Picture
from pd1_dynamics.running.job import carried_out


def main(
    path_patients,
    path_response,
    path_comparison,
    path_held_out,
    path_family,
    path_captions,
    path_page,
):
    held_out = read_table(path_held_out)
    patients, response = read_table(path_patients), read_table(path_response)
    shown = []
    for path in map(Path, path_captions):
        figure, caption = pictures.draw(path.stem, patients, response, held_out)
        save(figure, caption, path.parent, path)
        shown.append(Picture(path.stem, path.with_suffix(".svg"), **caption))
    comparison, family = read_table(path_comparison), read_table(path_family)
    write_text(page.make(comparison, held_out, family, shown), path_page)


if __name__ == "__main__":
    with carried_out(snakemake):
        main(
            path_patients=snakemake.input.patients,
            path_response=snakemake.input.response,
            path_comparison=snakemake.input.comparison,
            path_held_out=snakemake.input.held_out,
            path_family=snakemake.input.family,
            path_captions=snakemake.output.captions,
            path_page=snakemake.output.page,
        )
