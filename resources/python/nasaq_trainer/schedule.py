import math


def learning_rate(step: int, steps: int, warmup: int, peak: float) -> float:
    """Linear up to `peak` over `warmup` steps, then half a cosine down to a tenth of it (SGDR, arXiv 1608.03983, section 3)."""
    if step < warmup:
        return peak * (step + 1) / warmup
    progress = (step - warmup) / max(1, steps - warmup)
    return peak * (0.1 + 0.9 * 0.5 * (1 + math.cos(math.pi * progress)))
