"""Checksums tell what changed; a damaged output is made again once."""

from pd1_dynamics.running import contents


def test_content_counts_and_not_the_time(tmp_path):
    import os

    path = tmp_path / "a.csv"
    path.write_text("1")
    before = contents.digest([path])
    os.utime(path, ns=(1, 1))
    assert contents.digest([path]) == before
    path.write_text("2")
    os.utime(path, ns=(1, 2))
    assert contents.digest([path]) != before


def test_the_order_of_sources_does_not_count(tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_text("1")
    two.write_text("2")
    assert contents.digest([one, two]) == contents.digest([two, one])


def test_a_damaged_output_changes_the_parameter_until_it_is_made_again(tmp_path):
    log, output, source = tmp_path / "job.log", tmp_path / "out.csv", tmp_path / "source"
    source.write_text("s")
    output.write_text("whole")
    first = contents.parameter(log, [source])
    contents.seal(log, [output], first)
    assert contents.parameter(log, [source]) == first
    output.write_text("who")
    damaged = contents.parameter(log, [source])
    assert damaged != first
    output.write_text("whole")  # the job runs, and seals what it was told
    contents.seal(log, [output], damaged)
    assert contents.parameter(log, [source]) == damaged


def test_a_seal_that_cannot_be_read_is_none(tmp_path):
    log = tmp_path / "job.log"
    (tmp_path / "job.seal.json").write_text('{"outp')
    assert contents.parameter(log, []).endswith(":")
