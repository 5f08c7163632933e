"""Write the page on how far the synthetic cohort can be trusted."""

import json
from pathlib import Path

from calibrated_cohort.fidelity import page as fidelity
from pd1_dynamics.files import read_table, write_text
from pd1_dynamics.outputs.report.page import Picture
from pd1_dynamics.running.job import carried_out


def main(path_comparison, path_held_out, path_family, paths_pictures, paths_captions, path_page):
    pictures = [
        Picture(Path(path).stem, Path(path), **json.loads(Path(caption).read_text("utf-8")))
        for path, caption in zip(paths_pictures, paths_captions, strict=True)
    ]
    tables = map(read_table, (path_comparison, path_held_out, path_family))
    write_text(fidelity.make(*tables, pictures), path_page)


if __name__ == "__main__":
    with carried_out(snakemake):
        main(
            path_comparison=snakemake.input.comparison,
            path_held_out=snakemake.input.held_out,
            path_family=snakemake.input.family,
            paths_pictures=snakemake.input.pictures,
            paths_captions=snakemake.input.captions,
            path_page=snakemake.output.page,
        )
