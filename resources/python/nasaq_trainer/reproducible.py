"""The same numbers from the same seed: fixed threads, deterministic kernels, one place where chance starts."""

import torch


def make_reproducible(seed: int, threads: int) -> None:
    """Sums depend on how many threads share them, so `threads` is part of the result."""
    torch.set_num_threads(threads)
    torch.use_deterministic_algorithms(True)
    torch.manual_seed(seed)


def best_device(wanted: str) -> torch.device:
    """`auto` takes an accelerator that is there; equal weights from equal seeds are promised on `cpu` only."""
    return torch.device("cuda" if wanted == "auto" and torch.cuda.is_available() else "cpu")
