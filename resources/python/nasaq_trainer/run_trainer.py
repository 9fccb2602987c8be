"""The frame around every train.py: reads the job, listens for a stop, reports how it ended."""

import errno
import os
import sys
from collections.abc import Callable
from pathlib import Path

from .events import Events
from .folder_lock import lock_folder
from .job import Job, read_job
from .stop import Stopped, StopRequest
from .trainer_error import TrainerError

STOPPED = 3
"""Exit status of a trainer that was asked to end and wrote its checkpoint."""

Train = Callable[[Job, Events, StopRequest], dict]


def run_trainer(train: Train, memory_params: list[str]) -> None:
    """Calls `train` with the job named on the command line. A defect leaves its traceback on standard error and ends with status 1."""
    if len(sys.argv) != 2:
        sys.exit(f"usage: python {sys.argv[0]} JOB.json")
    job = read_job(Path(sys.argv[1]))
    wake = os.environ.get("NASAQ_WAKE_DESCRIPTOR")
    events = Events(job.events_file, int(wake) if wake else None)
    stop = StopRequest()
    stop.listen()
    lock = None
    try:
        lock = lock_folder(job.work_folder)
        events.started(memory_params)
        events.finished(train(job, events, stop))
    except Stopped:
        sys.exit(STOPPED)
    except TrainerError as error:
        events.failed(str(error))
        sys.exit(1)
    except (MemoryError, RuntimeError, OSError) as error:
        explanation = explain(error, memory_params)
        if explanation is None:
            raise
        events.failed(explanation)
        sys.exit(1)
    finally:
        if lock is not None:
            lock.close()


def explain(error: Exception, memory_params: list[str]) -> str | None:
    """One sentence for failures that the machine's limits cause; None for all others."""
    lower = " or ".join(f"`{name}`" for name in memory_params)
    text = str(error)
    if type(error).__name__ == "OutOfMemoryError" or "CUDA out of memory" in text:
        return f"The accelerator's memory ran out: lower {lower}."
    if isinstance(error, MemoryError) or "not enough memory" in text or "can't allocate memory" in text:
        return f"Memory ran out: lower {lower}."
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return f"The disk is full while writing {error.filename or 'the trainer’s files'}: make room and run again."
    if "No space left on device" in text:
        return "The disk is full while writing the trainer’s files: make room and run again."
    return None
