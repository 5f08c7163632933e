"""One run at a time for a cohort; the lock ends with whoever holds it."""

import subprocess
import sys

from pd1_dynamics.running import turn


def test_the_second_has_to_wait_and_another_folder_is_free(tmp_path):
    assert turn.take(tmp_path / "a")
    program = "import sys; from pd1_dynamics.running import turn; print(turn.take(sys.argv[1]))"

    def other(folder):
        command = [sys.executable, "-c", program, str(folder)]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    assert other(tmp_path / "a") == "False"
    assert other(tmp_path / "b") == "True"
    assert turn.take(tmp_path / "b")  # the other process has ended
