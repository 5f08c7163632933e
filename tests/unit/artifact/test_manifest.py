"""What a manifest notices, and what it lets pass."""

import pandas as pd
import pytest
from docx import Document

from pd1_dynamics.artifact import manifest

TABLE = "metric,HR,p\nresistance,0.503,0.0153421\npfs,0.987,1e-05\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "t.csv").write_text(TABLE)
    (tmp_path / "figure.png").write_bytes(b"\x89PNG one")
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "x.log").write_text("12:00")
    return tmp_path


def judged(folder, before):
    found = manifest.compared(before, manifest.listed(folder))
    return dict(zip(found["file"], found["result"], strict=True))


def test_the_same_bytes_agree_and_logs_are_left_out(folder):
    before = manifest.listed(folder)
    assert judged(folder, before) == {
        "figure.png": manifest.SAME,
        "tables/t.csv": manifest.SAME,
    }


@pytest.mark.parametrize(
    ("old", "new", "result"),
    [
        ("0.503", "0.5030000000001", manifest.NUMBERS),  # another processor
        ("0.503", "0.50301", manifest.DIFFERENT),
        ("0.0153421", "0.0153422", manifest.DIFFERENT),
        ("1e-05", "1.0001e-05", manifest.DIFFERENT),
        ("0.987", "0.503", manifest.DIFFERENT),
        ("resistance", "resistances", manifest.DIFFERENT),
        (",1e-05", "", manifest.DIFFERENT),
        ("0.503,0.0153421", "0.0153421,0.503", manifest.DIFFERENT),  # the same, in other places
    ],
)
def test_a_number_that_moved_is_noticed_and_its_last_bit_is_not(folder, old, new, result):
    before = manifest.listed(folder)
    (folder / "tables" / "t.csv").write_text(TABLE.replace(old, new))
    assert judged(folder, before)["tables/t.csv"] == result


SVG = '<path id="pc9d58ea891" d="M 10.5 20"/><use href="#pc9d58ea891"/>'


def test_a_picture_may_have_other_bytes_as_long_as_its_drawing_agrees(folder):
    (folder / "figure.svg").write_text(SVG)
    before = manifest.listed(folder)
    (folder / "figure.png").write_bytes(b"\x89PNG two")
    assert judged(folder, before)["figure.png"] == manifest.PICTURE
    (folder / "figure.svg").write_text(SVG.replace("10.5", "10.6"))
    assert judged(folder, before)["figure.png"] == manifest.DIFFERENT
    assert judged(folder, before)["figure.svg"] == manifest.DIFFERENT


def test_names_inside_a_drawing_follow_its_last_bits_and_are_not_compared(folder):
    (folder / "figure.svg").write_text(SVG)
    before = manifest.listed(folder)
    (folder / "figure.svg").write_text(SVG.replace("c9d58ea891", "5d97bb1891"))
    assert judged(folder, before)["figure.svg"] == manifest.NUMBERS


def test_a_picture_without_a_drawing_beside_it_is_not_believed(folder):
    before = manifest.listed(folder)
    (folder / "figure.png").write_bytes(b"\x89PNG two")
    assert judged(folder, before)["figure.png"] == manifest.DIFFERENT


def test_numbers_of_word_documents_and_parquet_files_are_read(folder):
    def write(ratio):
        document = Document()
        document.add_paragraph(f"HR {ratio}")
        document.save(folder / "t.docx")
        pd.DataFrame({"ldh": [ratio]}).to_parquet(folder / "labs.parquet")

    write(0.503)
    before = manifest.listed(folder)
    write(0.504)
    found = judged(folder, before)
    assert found["t.docx"] == manifest.DIFFERENT
    assert found["labs.parquet"] == manifest.DIFFERENT


def test_files_that_are_gone_or_new_disagree(folder):
    before = manifest.listed(folder)
    (folder / "figure.png").unlink()
    (folder / "more.csv").write_text("1\n")
    found = judged(folder, before)
    assert found["figure.png"] == manifest.ABSENT
    assert found["more.csv"] == manifest.NEW
    assert not {manifest.ABSENT, manifest.NEW, manifest.DIFFERENT} & set(manifest.AGREES)


def test_the_record_of_the_run_in_the_report_is_not_compared(folder):
    page = "<p>0.503</p><!-- provenance -->commit {}<!-- end of provenance --><p>12</p>"
    (folder / "report.html").write_text(page.format("c0ffee"))
    before = manifest.listed(folder)
    (folder / "report.html").write_text(page.format("dead00"))
    assert judged(folder, before)["report.html"] == manifest.SAME
    (folder / "report.html").write_text(page.format("dead00").replace("0.503", "0.504"))
    assert judged(folder, before)["report.html"] == manifest.DIFFERENT


def test_a_manifest_is_read_back_as_it_was_written(folder, tmp_path_factory):
    kept, root = tmp_path_factory.mktemp("kept"), tmp_path_factory.mktemp("root")
    (root / "pyproject.toml").write_text('[project]\nversion = "1.2.3"\n')
    manifest.write(folder, kept, root)
    known, platform = manifest.read(kept)
    assert known == manifest.listed(folder)
    assert platform["pd1-dynamics"] == "1.2.3"
