"""Texts as one stream of tokens, cut into blocks of one length: nothing is padded and nothing is lost but the last rest."""

import random

import torch
from transformers import PreTrainedTokenizerFast


def split_texts(texts: list[str], share: float, seed: int) -> tuple[list[str], list[str]]:
    """(training, held out), each in a shuffled order; at least one of each."""
    order = list(texts)
    random.Random(seed).shuffle(order)
    count = min(max(1, round(share * len(order))), len(order) - 1)
    return order[count:], order[:count]


def pack(texts: list[str], tokenizer: PreTrainedTokenizerFast, length: int) -> torch.Tensor:
    """Token ids [blocks, length + 1]; the last token of a block is the first of the next, so that each is predicted once."""
    stream = token_stream(texts, tokenizer)
    blocks = (len(stream) - 1) // length
    return (
        torch.tensor(stream[: blocks * length + 1], dtype=torch.long).unfold(0, length + 1, length)
        if blocks > 0
        else torch.empty(0, length + 1)
    )


def count_tokens(texts: list[str], tokenizer: PreTrainedTokenizerFast) -> int:
    """Tokens that blocks of these texts are cut from."""
    return len(token_stream(texts, tokenizer))


def token_stream(texts: list[str], tokenizer: PreTrainedTokenizerFast) -> list[int]:
    """The texts' tokens one after another, each text between its start and its end token. A special token's name in a text is text."""
    stream: list[int] = []
    for ids in tokenizer(texts, add_special_tokens=False, split_special_tokens=True)["input_ids"]:
        if tokenizer.bos_token_id is not None:
            stream.append(tokenizer.bos_token_id)
        stream += [*ids, tokenizer.eos_token_id]
    return stream


def block_order(blocks: int, seed: int, epoch: int) -> list[int]:
    """Depends on seed and epoch alone."""
    order = list(range(blocks))
    random.Random(f"{seed}/{epoch}").shuffle(order)
    return order
