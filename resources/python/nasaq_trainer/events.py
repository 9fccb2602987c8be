"""What a trainer tells the engine: one JSON object a line, described by `main/engine/python/trainerEvents.ts`."""

import json
import os
from pathlib import Path


class Events:
    """Appends to the events file; `wake` is a descriptor that only wakes the file's reader."""

    def __init__(self, path: Path, wake: int | None = None) -> None:
        self._file = path.open("ab", buffering=0)
        self._wake = wake
        if wake is not None:
            os.set_blocking(wake, False)

    def started(self, memory_params: list[str]) -> None:
        """`memory_params`: the node's params that decide how much memory it takes, the best one to lower first."""
        self._append({"type": "started", "memoryParams": memory_params})

    def progress(self, done: int, total: int, unit: str) -> None:
        self._append({"type": "progress", "done": done, "total": total, "unit": unit})

    def metric(self, step: int, values: dict[str, float]) -> None:
        self._append({"type": "metric", "step": step, "values": values})

    def log(self, line: str) -> None:
        self._append({"type": "log", "line": line})

    def checkpoint(self, step: int) -> None:
        """After this, a trainer that is killed goes on from `step`."""
        self._append({"type": "checkpoint", "step": step})

    def failed(self, message: str) -> None:
        """`message`: one sentence for people."""
        self._append({"type": "failed", "message": message})

    def finished(self, result: dict) -> None:
        self._append({"type": "finished", "result": result})

    def _append(self, event: dict) -> None:
        self._file.write((json.dumps(event, ensure_ascii=False, allow_nan=False) + "\n").encode())
        if self._wake is not None:
            try:
                os.write(self._wake, b"\n")
            except BlockingIOError:
                pass  # enough wakes are waiting already
            except OSError:
                self._wake = None  # the reader is gone
