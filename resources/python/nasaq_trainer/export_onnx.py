"""Write the ONNX files of a language model into its own folder.

usage: python -m nasaq_trainer.export_onnx MODEL_FOLDER [--store fp32|fp16]

The folder is in Hugging Face layout and of type llama, mistral, qwen2 or qwen3. Written: onnx/model.onnx (generation
with a cache) and onnx/score.onnx (log-probability of every token), which share onnx/model.onnx_data. Computation is in
fp32; `--store fp16` halves the files of models that ship, and rounds model.safetensors too so that both hold the same.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from .llama_graph import FEED_FORWARD, PROJECTIONS, generation_graph, scoring_graph
from .llama_shape import LlamaShape, read_llama_shape
from .trainer_error import TrainerError
from .weight_file import WeightFile

STORES = {"fp32": np.float32, "fp16": np.float16}


def export_onnx(folder: Path, store: str = "fp32") -> None:
    """Raises TrainerError when the folder's model cannot be described."""
    shape = read_llama_shape(folder)
    if store == "fp16":
        round_safetensors(folder)
    target = folder / "onnx"
    target.mkdir(exist_ok=True)
    with WeightFile(target / "model.onnx_data", STORES[store]) as weights:
        collect_weights(weights, folder, shape)
    onnx.save(generation_graph(shape, weights), target / "model.onnx")
    onnx.save(scoring_graph(shape, weights), target / "score.onnx")
    inline_chat_template(folder)


def collect_weights(weights: WeightFile, folder: Path, shape: LlamaShape) -> None:
    """Names and turns the checkpoint's tensors as the graphs want them: linear layers as [inputs, outputs]."""
    read = checkpoint_reader(folder)

    def linear(name: str, source: str) -> None:
        weights.add(name, required(read, f"{source}.weight", folder).T)
        bias = read(f"{source}.bias")
        if bias is not None:
            weights.add(f"{name}.bias", bias)

    weights.add("embedding", required(read, "model.embed_tokens.weight", folder))
    if not shape.tied:
        linear("output", "lm_head")
    weights.add("last_norm", required(read, "model.norm.weight", folder))
    angles = np.arange(shape.context)[:, None] * shape.frequencies[None]
    weights.add("cos", np.cos(angles), exact=True)
    weights.add("sin", np.sin(angles), exact=True)
    for layer in range(shape.layers):
        source = f"model.layers.{layer}"
        for name in PROJECTIONS:
            linear(f"{layer}.{name}", f"{source}.self_attn.{name}")
        for name in FEED_FORWARD:
            linear(f"{layer}.{name}", f"{source}.mlp.{name}")
        weights.add(f"{layer}.input_norm", required(read, f"{source}.input_layernorm.weight", folder))
        weights.add(f"{layer}.feed_forward_norm", required(read, f"{source}.post_attention_layernorm.weight", folder))
        for name in ("q_norm", "k_norm"):
            norm = read(f"{source}.self_attn.{name}.weight")
            if norm is not None:
                weights.add(f"{layer}.{name}", norm)


Reader = Callable[[str], np.ndarray | None]


def checkpoint_reader(folder: Path) -> Reader:
    """Reads tensors by name from all safetensors of a folder, as fp32 (NumPy has no bfloat16); None for a name that is not there."""
    files = [safe_open(path, "pt") for path in sorted(folder.glob("*.safetensors"))]
    where = {name: file for file in files for name in file.keys()}  # noqa: SIM118 -- a safetensors file is no mapping
    return lambda name: where[name].get_tensor(name).to(torch.float32).numpy() if name in where else None


def required(read: Reader, name: str, folder: Path) -> np.ndarray:
    tensor = read(name)
    if tensor is None:
        raise TrainerError(f"{folder}: the safetensors have no tensor `{name}`; choose a complete model folder.")
    return tensor


def round_safetensors(folder: Path) -> None:
    for path in sorted(folder.glob("*.safetensors")):
        tensors = load_file(path)
        if all(tensor.dtype == torch.float16 for tensor in tensors.values()):
            continue
        rounded = path.with_suffix(".rounded")
        save_file({name: tensor.to(torch.float16) for name, tensor in tensors.items()}, rounded, metadata={"format": "pt"})
        os.replace(rounded, path)
    rewrite_json(folder / "config.json", {"dtype": "float16"})


def inline_chat_template(folder: Path) -> None:
    """transformers 5 writes chat_template.jinja; readers in JavaScript look only into tokenizer_config.json."""
    template = folder / "chat_template.jinja"
    if template.exists():
        rewrite_json(folder / "tokenizer_config.json", {"chat_template": template.read_text(encoding="utf-8")})


def rewrite_json(path: Path, changes: dict) -> None:
    document = json.loads(path.read_text(encoding="utf-8")) | changes
    path.write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def main() -> None:
    from .check_export import check_export

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--store", choices=STORES, default="fp32")
    arguments = parser.parse_args()
    try:
        export_onnx(arguments.folder, arguments.store)
        parity = check_export(arguments.folder)
    except TrainerError as error:
        sys.exit(str(error))
    print(f"logits differ from PyTorch's by at most {parity.largest_difference:.1e}; the greedy continuation is the same")


if __name__ == "__main__":
    main()
