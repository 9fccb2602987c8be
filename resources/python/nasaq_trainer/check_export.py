"""Whether the ONNX files of a model folder say the same as PyTorch does."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from transformers import AutoModelForCausalLM, PreTrainedModel

from .trainer_error import TrainerError

TOLERANCE = 1e-4  # of a logit
BATCH, LONGEST, LONGEST_CONTINUATION = 2, 24, 16


@dataclass(frozen=True)
class Parity:
    largest_difference: float
    """Of a logit or of a log-probability, over all real tokens of the check."""


def check_export(folder: Path) -> Parity:
    """Compares logits, scores and a greedy continuation on two made-up texts, one of them padded on the left.

    Raises TrainerError when they differ by more than 1e-4 or continue differently.
    """
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    context = model.config.max_position_embeddings
    continuation = min(LONGEST_CONTINUATION, context // 2)
    ids, mask, positions = padded_batch(model.config.vocab_size, min(LONGEST, context - continuation))
    real = mask[:, 1:] * mask[:, :-1] == 1
    with torch.no_grad():
        expected = model(torch.tensor(ids), attention_mask=torch.tensor(mask), position_ids=torch.tensor(positions)).logits
    log_probabilities = expected.log_softmax(-1)[:, :-1].gather(2, torch.tensor(ids)[:, 1:, None])[..., 0].numpy()

    generator = OnnxGenerator(folder)
    logits = generator.step(ids, mask, positions, keep=ids.shape[1])
    scorer = open_session(folder / "onnx" / "score.onnx")
    scores, _ = scorer.run(None, {"input_ids": ids, "attention_mask": mask, "position_ids": positions})
    differences = [
        np.abs(logits - expected.numpy())[mask == 1].max(),
        np.abs(scores - log_probabilities)[real].max(),
    ]
    largest = float(max(differences))
    if not largest <= TOLERANCE:
        raise TrainerError(
            f"{folder}: the exported model differs from PyTorch's by {largest:.1e}, more than {TOLERANCE:.0e}, and is refused; "
            "please report this with the model's config.json."
        )
    if not continues_greedily(generator, model, ids, mask, positions, continuation):
        raise TrainerError(
            f"{folder}: the exported model continues a text differently from PyTorch's and is refused; "
            "please report this with the model's config.json."
        )
    return Parity(largest)


def padded_batch(vocabulary: int, length: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Token ids, mask and positions, int64 [BATCH, length]; the first third of the second text is padding."""
    ids = np.random.default_rng(0).integers(0, vocabulary, (BATCH, length), dtype=np.int64)
    mask = np.ones_like(ids)
    mask[1, : length // 3] = 0
    return ids, mask, (mask.cumsum(1) - 1).clip(min=0)


def continues_greedily(
    generator: "OnnxGenerator", model: PreTrainedModel, ids: np.ndarray, mask: np.ndarray, positions: np.ndarray, length: int
) -> bool:
    """Whether ONNX prefers the next token that PyTorch does, all along PyTorch's greedy continuation of `length` tokens.

    Tokens whose logits are closer than TOLERANCE count as the same.
    """
    with torch.no_grad():
        expected = model.generate(
            torch.tensor(ids), attention_mask=torch.tensor(mask), do_sample=False, output_logits=True, return_dict_in_generate=True,
            min_new_tokens=length, max_new_tokens=length, eos_token_id=None, pad_token_id=0,
        )  # fmt: skip
    position = positions[:, -1:]
    for token, logits in zip(expected.sequences[:, ids.shape[1] : -1].T.numpy(), expected.logits[1:], strict=True):
        mask = np.concatenate([mask, np.ones_like(mask[:, :1])], axis=1)
        position = position + 1
        preferred = generator.step(token[:, None], mask, position, keep=1)[:, -1].argmax(-1)
        shortfall = logits.max(-1).values.numpy() - np.take_along_axis(logits.numpy(), preferred[:, None], 1)[:, 0]
        if not (shortfall <= TOLERANCE).all():
            return False
    return True


def open_session(path: Path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


class OnnxGenerator:
    """model.onnx with its cache kept between steps."""

    def __init__(self, folder: Path) -> None:
        self.session = open_session(folder / "onnx" / "model.onnx")
        self.past = {
            value.name: np.zeros((BATCH, value.shape[1], 0, value.shape[3]), dtype=np.float32)
            for value in self.session.get_inputs()
            if value.name.startswith("past_key_values.")
        }

    def step(self, ids: np.ndarray, mask: np.ndarray, positions: np.ndarray, keep: int) -> np.ndarray:
        """Logits [BATCH, keep, vocabulary] after `ids` [BATCH, n]; `mask` covers the cache as well."""
        inputs = {"input_ids": ids, "attention_mask": mask, "position_ids": positions, "num_logits_to_keep": np.array(keep, dtype=np.int64)}
        logits, *present = self.session.run(None, inputs | self.past)
        self.past = dict(zip(self.past, present, strict=True))
        return logits
