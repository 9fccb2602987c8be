"""Where training got to: all that the rest of it depends on, in one file that is either whole or not there."""

import os
from pathlib import Path
from time import monotonic

import torch

NAME = "checkpoint.pt"


def write_checkpoint(folder: Path, state: dict) -> None:
    """`state`: tensors, numbers, text, and lists and dicts of them."""
    unfinished = folder / f"{NAME}.unfinished"
    with unfinished.open("wb") as file:
        torch.save(state, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(unfinished, folder / NAME)


def read_checkpoint(folder: Path) -> dict | None:
    path = folder / NAME
    return torch.load(path, map_location="cpu", weights_only=True) if path.exists() else None


class Interval:
    """Whether it is time for another checkpoint. Time decides only when one is written, never what training does."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._last = monotonic()

    def passed(self) -> bool:
        now = monotonic()
        if now - self._last < self.seconds:
            return False
        self._last = now
        return True
