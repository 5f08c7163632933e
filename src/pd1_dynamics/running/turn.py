"""Lock of a cohort: one run at a time for each cohort, and any number of cohorts at once.

The operating system holds the lock and lets go of it when the run ends, however it ends. So a run
that was killed leaves nothing that a person would have to remove.
"""

import fcntl
from pathlib import Path

LOCK = ".running"
_held = []  # files stay open, and locked, until the run ends


def take(folder: str | Path) -> bool:
    """Lock a folder of results; False if another run holds the lock.

    On a file system without locks, every run may proceed.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    file = (folder / LOCK).open("a")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return False
    except OSError:
        pass
    _held.append(file)
    return True
