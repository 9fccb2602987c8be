"""Pairs (text before, text after) as examples for supervised fine-tuning, and their order in batches."""

import random
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet
import torch
from transformers import PreTrainedTokenizerFast

from .trainer_error import TrainerError

BUCKET = 16  # batches that are sorted by length together: little padding, and still mixed
PLACEHOLDER = "\ue000"


@dataclass(frozen=True)
class Example:
    before: str
    after: str
    tokens: list[int]
    """Prompt and answer."""
    prompt_length: int


def read_pairs(path: Path) -> list[tuple[str, str]]:
    table = pyarrow.parquet.read_table(path, columns=["before", "after"])
    return list(zip(table["before"].to_pylist(), table["after"].to_pylist(), strict=True))


def make_examples(pairs: list[tuple[str, str]], tokenizer: PreTrainedTokenizerFast) -> list[Example]:
    """One per pair, in order. Prompt and answer are tokenized apart, as they are when the worker writes."""
    if not tokenizer.chat_template:
        raise TrainerError("The base model's tokenizer_config.json has no chat_template: choose a model with one.")
    special = [token.content for token in tokenizer.added_tokens_decoder.values() if token.special]
    examples = []
    for before, after in pairs:
        # A text that names a special token is text all the same: the chat format is applied to a placeholder in its place.
        hidden = [any(content in text for content in special) for text in (before, after)]
        prompt, answer = prompt_and_answer(PLACEHOLDER if hidden[0] else before, PLACEHOLDER if hidden[1] else after, tokenizer)
        start = encode_around(prompt, before if hidden[0] else None, tokenizer)
        rest = encode_around(answer, after if hidden[1] else None, tokenizer)
        if tokenizer.eos_token_id in rest:
            rest = rest[: rest.index(tokenizer.eos_token_id)]
        examples.append(Example(before, after, [*start, *rest, tokenizer.eos_token_id], len(start)))
    return examples


def encode_around(chat: str, text: str | None, tokenizer: PreTrainedTokenizerFast) -> list[int]:
    """Tokens of a conversation, with `text`, if any, in place of the placeholder as plain text; as the engine's openChatTokenizer.ts."""
    parts = [chat] if text is None else chat.split(PLACEHOLDER)
    ids: list[int] = []
    for place, part in enumerate(parts):
        if place > 0:
            ids += tokenizer(text, add_special_tokens=False, split_special_tokens=True)["input_ids"]
        if part:
            ids += tokenizer(part, add_special_tokens=False)["input_ids"]
    return ids


def prompt_and_answer(before: str, after: str, tokenizer: PreTrainedTokenizerFast) -> tuple[str, str]:
    user = {"role": "user", "content": before}
    prompt = tokenizer.apply_chat_template([user], tokenize=False, add_generation_prompt=True)
    chat = tokenizer.apply_chat_template([user, {"role": "assistant", "content": after}], tokenize=False)
    if not chat.startswith(prompt):
        raise TrainerError(
            "The base model's chat_template writes an answer that does not follow its own generation prompt: choose another model."
        )
    return prompt, chat[len(prompt) :]


def split_held_out(examples: list[Example], share: float, seed: int) -> tuple[list[Example], list[Example]]:
    """(training, held out); at least one of each."""
    order = list(range(len(examples)))
    random.Random(seed).shuffle(order)
    held_out = set(order[: min(max(1, round(share * len(order))), len(order) - 1)])
    return [e for i, e in enumerate(examples) if i not in held_out], [e for i, e in enumerate(examples) if i in held_out]


def epoch_batches(examples: list[Example], batch_size: int, seed: int, epoch: int) -> list[list[Example]]:
    """All examples in batches of similar length, in an order that depends on seed and epoch alone."""
    rng = random.Random(f"{seed}/{epoch}")
    order = list(examples)
    rng.shuffle(order)
    batches = []
    for start in range(0, len(order), batch_size * BUCKET):
        bucket = sorted(order[start : start + batch_size * BUCKET], key=lambda example: len(example.tokens))
        batches += [bucket[i : i + batch_size] for i in range(0, len(bucket), batch_size)]
    rng.shuffle(batches)
    return batches


def pad(batch: list[Example], padding: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """(token ids, attention mask, whether a token belongs to an answer), all [batch, longest]; padded on the right."""
    longest = max(len(example.tokens) for example in batch)
    ids = torch.full((len(batch), longest), padding)
    mask = torch.zeros_like(ids)
    answer = torch.zeros_like(ids, dtype=torch.bool)
    for row, example in enumerate(batch):
        length = len(example.tokens)
        ids[row, :length] = torch.tensor(example.tokens)
        mask[row, :length] = 1
        answer[row, example.prompt_length : length] = True
    return ids, mask, answer
