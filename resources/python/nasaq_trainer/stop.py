"""How a trainer learns that it should end before it is done."""

import os
import signal
import stat
import sys
import threading


class Stopped(Exception):
    """The trainer wrote its checkpoint and ends because it was asked to, or because nobody waits for it any more."""


class StopRequest:
    """Set by a line `stop` on standard input, by its end (whoever started the trainer died), or by SIGTERM."""

    def __init__(self) -> None:
        self._asked = threading.Event()

    def listen(self) -> None:
        signal.signal(signal.SIGTERM, lambda *_: self._asked.set())
        # Only a pipe or socket has someone at its other end; a trainer started by hand from a terminal runs on.
        mode = os.fstat(0).st_mode
        if stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode):
            threading.Thread(target=self._read_standard_input, daemon=True).start()

    @property
    def asked(self) -> bool:
        return self._asked.is_set()

    def _read_standard_input(self) -> None:
        received = b""
        while chunk := os.read(0, 4096):
            received += chunk
            if b"stop\n" in received:
                self._asked.set()
        if not self._asked.is_set():
            leave_the_log()
        self._asked.set()


def leave_the_log() -> None:
    """Nobody reads standard output and error any more: writing there would fail."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(nowhere, stream.fileno())
