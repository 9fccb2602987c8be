import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from nasaq_trainer.check_export import check_export, open_session
from nasaq_trainer.export_onnx import export_onnx
from nasaq_trainer.trainer_error import TrainerError
from safetensors.torch import load_file
from transformers import AutoConfig, AutoModelForCausalLM, PreTrainedModel

SIZE = {
    "vocab_size": 300, "hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2, "num_attention_heads": 4,
    "num_key_value_heads": 2, "max_position_embeddings": 64,
}  # fmt: skip
LLAMA3_ROPE = {
    "rope_type": "llama3", "rope_theta": 10000.0, "factor": 4.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
    "original_max_position_embeddings": 32,
}  # fmt: skip


def saved_model(folder: Path, kind: str = "llama", **changes: object) -> PreTrainedModel:
    """Random weights, large enough that every part of the model shows in the logits."""
    torch.manual_seed(1)
    model = AutoModelForCausalLM.from_config(AutoConfig.for_model(kind, **(SIZE | changes))).float()
    with torch.no_grad():
        for weight in model.parameters():
            weight.add_(torch.randn_like(weight) * 0.1)
    model.save_pretrained(folder)
    return model


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        ("llama", {"tie_word_embeddings": True}),
        ("llama", {"rope_parameters": LLAMA3_ROPE}),
        ("llama", {"rope_parameters": {"rope_type": "linear", "rope_theta": 10000.0, "factor": 2.0}, "attention_bias": True}),
        ("mistral", {"sliding_window": None}),
        ("qwen2", {}),
        ("qwen3", {"head_dim": 16}),
    ],
)
def test_the_export_says_what_pytorch_says(tmp_path: Path, kind: str, changes: dict) -> None:
    saved_model(tmp_path, kind, **changes)
    export_onnx(tmp_path)
    assert check_export(tmp_path).largest_difference <= 1e-4


def test_scores_say_which_tokens_are_greedy(tmp_path: Path) -> None:
    model = saved_model(tmp_path)
    export_onnx(tmp_path)
    start = torch.tensor([[5, 9, 17]])
    ids = model.generate(
        start, attention_mask=torch.ones_like(start), do_sample=False, max_new_tokens=6, eos_token_id=None, pad_token_id=0
    ).numpy()
    ids[0, -1] = (ids[0, -1] + 1) % 300
    positions = np.arange(ids.shape[1])[None]
    session = open_session(tmp_path / "onnx" / "score.onnx")
    log_probabilities, is_greedy = session.run(None, {"input_ids": ids, "attention_mask": np.ones_like(ids), "position_ids": positions})
    assert log_probabilities.shape == (1, 8)
    assert is_greedy[0, 2:].tolist() == [True] * 5 + [False]


def test_stored_in_fp16_both_formats_hold_the_same_weights(tmp_path: Path) -> None:
    saved_model(tmp_path)
    export_onnx(tmp_path)
    whole = (tmp_path / "onnx" / "model.onnx_data").stat().st_size
    export_onnx(tmp_path, "fp16")
    assert (tmp_path / "onnx" / "model.onnx_data").stat().st_size < 0.75 * whole
    assert all(tensor.dtype == torch.float16 for tensor in load_file(tmp_path / "model.safetensors").values())
    assert check_export(tmp_path).largest_difference <= 1e-4


def test_an_export_of_other_weights_is_refused(tmp_path: Path) -> None:
    saved_model(tmp_path)
    export_onnx(tmp_path)
    other = tmp_path / "other"
    model = saved_model(other)
    with torch.no_grad():
        model.model.layers[1].self_attn.o_proj.weight.mul_(1.01)
    model.save_pretrained(other)
    shutil.copytree(tmp_path / "onnx", other / "onnx")
    with pytest.raises(TrainerError, match=r"differs from PyTorch's by .* and is refused"):
        check_export(other)


def test_other_architectures_are_refused_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "gpt2"}))
    with pytest.raises(TrainerError, match="model_type `gpt2`; choose a model of type llama, mistral, qwen2, qwen3"):
        export_onnx(tmp_path)
