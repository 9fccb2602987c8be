"""Ends in the way that its setting `how` names."""

import os
import signal

from nasaq_trainer.run_trainer import run_trainer
from nasaq_trainer.trainer_error import TrainerError


class OutOfMemoryError(RuntimeError):
    """What torch.cuda raises, by name."""


def train(job, events, stop):
    match job.settings["how"]:
        case "defect":
            try:
                raise KeyError("first")
            except KeyError:
                raise ValueError("the rank must be positive.") from None
        case "refusal":
            raise TrainerError("The pairs are too few: connect more.")
        case "memory":
            bytearray(1 << 60)
        case "accelerator memory":
            raise OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB.")
        case "disk":
            raise OSError(28, "No space left on device", "model.safetensors")
        case "missing module":
            import a_module_that_is_not_there  # noqa: F401
        case "kernel":
            os.kill(os.getpid(), signal.SIGKILL)
        case "native":
            os.kill(os.getpid(), signal.SIGSEGV)
        case "silent":
            os._exit(5)
        case "not a number":
            return {"loss": float("nan")}
        case "not an event":
            events._append({"type": "metric", "step": -1})


run_trainer(train, memory_params=["batchSize", "maxLength"])
