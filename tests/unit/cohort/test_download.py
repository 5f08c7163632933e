"""Fetching a cohort's files, from a server on this machine alone."""

import hashlib
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
import yaml

from pd1_dynamics.cohort import cleaning, download
from pd1_dynamics.contract.cohort_file import load_cohort
from pd1_dynamics.contract.problems import InputError

CONTENT = b"patient_id,death,os\nA,1,100\nB,0,200\n"


class Silent(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture
def server(tmp_path):
    """Address of a server of two files, and the addresses that were asked for."""
    folder = tmp_path / "published"
    folder.mkdir()
    (folder / "p.csv").write_bytes(CONTENT)
    (folder / "altered.csv").write_bytes(CONTENT.replace(b"A,1", b"A,0"))
    asked = []

    class Handler(Silent):
        def do_GET(self):
            asked.append(self.path)
            super().do_GET()

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder))) as made:
        threading.Thread(target=made.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{made.server_address[1]}", asked
        made.shutdown()


@pytest.fixture
def write(tmp_path, server):
    def cohort(*names):
        content = {
            "name": "mine",
            "time": "day",
            "download": [
                {
                    "url": f"{server[0]}/{name}",
                    "sha256": hashlib.sha256(CONTENT).hexdigest(),
                    "path": f"data/here/{name}",
                }
                for name in names
            ],
            "tables": {"patients": {"path": "data/here/p.csv", "units": {"os": "day"}}},
        }
        path = tmp_path / "mine.yaml"
        path.write_text(yaml.safe_dump(content), encoding="utf-8")
        return path

    return cohort


def test_a_file_is_fetched_verified_and_placed_beside_the_cohorts_file(write, tmp_path, capsys):
    assert download.main(str(write("p.csv"))) == 0
    assert (tmp_path / "data/here/p.csv").read_bytes() == CONTENT
    assert "data/here/p.csv was fetched and verified." in capsys.readouterr().out
    assert [p.name for p in (tmp_path / "data/here").iterdir()] == ["p.csv"]


def test_a_file_that_is_there_is_verified_and_not_asked_for_again(write, server, capsys):
    path = write("p.csv")
    download.main(str(path))
    assert download.main(str(path)) == 0
    assert "there already" in capsys.readouterr().out
    assert server[1] == ["/p.csv"]


def test_another_checksum_is_refused_and_nothing_kept_while_the_others_come(
    write, tmp_path, capsys
):
    assert download.main(str(write("altered.csv", "p.csv"))) == 1
    printed = capsys.readouterr()
    assert "1 problem." in printed.err
    assert "path data/here/altered.csv: found another file at http" in printed.err
    assert "p.csv was fetched" in printed.out
    assert [p.name for p in (tmp_path / "data/here").iterdir()] == ["p.csv"]


def test_a_file_of_the_users_own_is_never_written_over(write, tmp_path, server, capsys):
    path = write("p.csv")
    mine = tmp_path / "data/here/p.csv"
    mine.parent.mkdir(parents=True)
    mine.write_bytes(b"mine")
    assert download.main(str(path)) == 1
    assert mine.read_bytes() == b"mine"
    assert "it was left as it is" in capsys.readouterr().err
    assert server[1] == []


def test_an_address_that_does_not_answer_is_said_without_a_traceback(write, capsys):
    assert download.main(str(write("gone.csv"))) == 1
    assert "the server answered 404" in capsys.readouterr().err


def test_a_cohort_without_addresses_says_where_its_files_are(capsys):
    assert download.main("liu2019") == 1
    assert "nothing under download" in capsys.readouterr().err


def test_no_run_downloads_by_itself_and_a_missing_file_says_how_it_comes(write, server):
    path = write("p.csv")
    with pytest.raises(InputError) as error:
        cleaning.clean(load_cohort(path))
    assert f"a file there (make download COHORT={path} fetches it)" in str(error.value)
    assert server[1] == []
