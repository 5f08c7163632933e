"""Draw one picture of what the synthetic cohort is like, and write its caption."""

import json
from pathlib import Path

from calibrated_cohort.fidelity import pictures as fidelity
from pd1_dynamics.files import read_table, write_text
from pd1_dynamics.outputs.figures import save
from pd1_dynamics.running.job import carried_out


def main(picture, path_patients, path_response, path_held_out, path_caption):
    tables = map(read_table, (path_patients, path_response, path_held_out))
    figure, caption = fidelity.draw(picture, *tables)
    save(figure, Path(path_caption).parent, picture)
    text = json.dumps(caption, indent=1, ensure_ascii=False)
    write_text(text + "\n", path_caption)


if __name__ == "__main__":
    with carried_out(snakemake):
        main(
            picture=snakemake.wildcards.picture,
            path_patients=snakemake.input.patients,
            path_response=snakemake.input.response,
            path_held_out=snakemake.input.held_out,
            path_caption=snakemake.output.caption,
        )
