"""The numbers that say what a Llama-family checkpoint looks like, read from its config.json."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .trainer_error import TrainerError

ARCHITECTURES = ("llama", "mistral", "qwen2", "qwen3")


@dataclass(frozen=True)
class LlamaShape:
    layers: int
    hidden: int
    heads: int
    key_value_heads: int
    head_size: int
    vocabulary: int
    context: int
    """Most positions, in tokens."""
    epsilon: float
    tied: bool
    """Output projection is the transposed embedding."""
    frequencies: np.ndarray
    """Rotary inverse frequencies, float64 [head_size / 2]."""


def read_llama_shape(folder: Path) -> LlamaShape:
    """Raises TrainerError for architectures that the exported graphs do not describe."""
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    kind = config.get("model_type")
    if kind not in ARCHITECTURES:
        raise TrainerError(f"{folder}: config.json says model_type `{kind}`; choose a model of type {', '.join(ARCHITECTURES)}.")
    if config.get("hidden_act", "silu") != "silu":
        raise TrainerError(f"{folder}: config.json says hidden_act `{config['hidden_act']}`; choose a model with `silu`.")
    context = config["max_position_embeddings"]
    window = config.get("sliding_window") if config.get("use_sliding_window", kind == "mistral") else None
    if window is not None and window < context:
        raise TrainerError(f"{folder}: attention in a sliding window of {window} tokens is not supported; choose a model without one.")
    heads = config["num_attention_heads"]
    head_size = config.get("head_dim") or config["hidden_size"] // heads
    return LlamaShape(
        layers=config["num_hidden_layers"],
        hidden=config["hidden_size"],
        heads=heads,
        key_value_heads=config.get("num_key_value_heads") or heads,
        head_size=head_size,
        vocabulary=config["vocab_size"],
        context=context,
        epsilon=config["rms_norm_eps"],
        tied=config.get("tie_word_embeddings", False),
        frequencies=rotary_frequencies(config, head_size, folder),
    )


def rotary_frequencies(config: dict, head_size: int, folder: Path) -> np.ndarray:
    """Inverse frequencies [head_size / 2] of rotary position embeddings (RoFormer, arXiv 2104.09864, section 3.2.2)."""
    # transformers 5 writes rope_parameters; 4 wrote rope_theta and rope_scaling
    rope = config.get("rope_parameters") or config.get("rope_scaling") or {}
    theta = rope.get("rope_theta") or config.get("rope_theta") or 10_000.0
    inverse = theta ** -(np.arange(0, head_size, 2, dtype=np.float64) / head_size)
    kind = rope.get("rope_type") or rope.get("type") or "default"
    if kind == "default":
        return inverse
    if kind == "linear":
        return inverse / rope["factor"]
    if kind == "llama3":
        return llama3_frequencies(inverse, rope)
    raise TrainerError(f"{folder}: config.json says rope type `{kind}`; choose a model with `default`, `linear` or `llama3`.")


def llama3_frequencies(inverse: np.ndarray, rope: dict) -> np.ndarray:
    """Slows the low frequencies by `factor` and blends between the two bands (Llama 3.1, section 3.4 of arXiv 2407.21783)."""
    original = rope["original_max_position_embeddings"]
    low, high, factor = rope["low_freq_factor"], rope["high_freq_factor"], rope["factor"]
    wavelength = 2 * np.pi / inverse
    blend = (original / wavelength - low) / (high - low)
    between = (1 - blend) * inverse / factor + blend * inverse
    return np.where(wavelength > original / low, inverse / factor, np.where(wavelength < original / high, inverse, between))
