"""One trainer at a time in a work folder. The operating system lets go of the lock when its holder dies, however it dies."""

import os
import sys
import time
from pathlib import Path
from typing import IO

from .trainer_error import TrainerError

LONGEST_WAIT = 120.0  # seconds; a trainer whose engine died needs them for its last step and checkpoint


def lock_folder(folder: Path, longest_wait: float = LONGEST_WAIT) -> IO[bytes]:
    """Waits for a trainer that is still ending; the lock is held until the returned file is closed. Raises TrainerError."""
    file = (folder / "trainer.lock").open("a+b")
    deadline = time.monotonic() + longest_wait
    while not try_lock(file):
        if time.monotonic() > deadline:
            raise TrainerError(f"{folder}: another trainer is still at work here; wait for it to end, or end its process.")
        time.sleep(0.1)
    return file


def try_lock(file: IO[bytes]) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    os.set_inheritable(file.fileno(), False)
    return True
