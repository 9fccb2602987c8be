"""Language-model folders: read one, write one that Nasaq's engine can run."""

import shutil
import warnings
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, PreTrainedModel, PreTrainedTokenizerFast
from transformers.utils import logging

from .check_export import Parity, check_export
from .export_onnx import export_onnx
from .llama_shape import read_llama_shape
from .trainer_error import TrainerError

logging.disable_progress_bar()
# The libraries' messages to one another are no news for people.
warnings.filterwarnings("ignore", category=FutureWarning, module="transformers")


def read_language_model(folder: Path) -> tuple[PreTrainedModel, PreTrainedTokenizerFast]:
    """Weights in fp32. Raises TrainerError for a folder that is no language model, or one that could not be exported later."""
    for name in ("config.json", "tokenizer.json", "tokenizer_config.json"):
        if not (folder / name).is_file():
            raise TrainerError(f"{folder}: {name} is missing; choose the folder of a language model in Hugging Face layout.")
    if not any(folder.glob("*.safetensors")):
        raise TrainerError(f"{folder}: model.safetensors is missing; choose the folder of a language model in Hugging Face layout.")
    read_llama_shape(folder)
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, local_files_only=True)
    return model, AutoTokenizer.from_pretrained(folder, local_files_only=True)


def write_language_model(model: PreTrainedModel, tokenizer: PreTrainedTokenizerFast, folder: Path) -> Parity:
    """Writes safetensors in fp32, tokenizer and ONNX files. Raises TrainerError, leaving nothing, when ONNX differs from PyTorch."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        model.to("cpu").save_pretrained(folder)
        tokenizer.save_pretrained(folder)
        export_onnx(folder)
        return check_export(folder)
    except TrainerError:
        shutil.rmtree(folder)
        raise
