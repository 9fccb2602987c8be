"""Pre-train a small Llama on a corpus, from scratch or on from a base model.

usage: python train.py JOB.json     (PYTHONPATH: resources/python)

The job's settings are the fields of `Settings` below in camelCase. From scratch it trains a tokenizer of its own first.
Killed at any moment and started again it goes on from its last checkpoint and ends with the same weights, on a CPU bit for bit.
"""

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet
import torch
import torch.nn.functional as F
from nasaq_trainer.arabic_tokenizer import SMALLEST_VOCABULARY, train_arabic_tokenizer
from nasaq_trainer.checkpoint import Interval, read_checkpoint, write_checkpoint
from nasaq_trainer.events import Events
from nasaq_trainer.job import Job
from nasaq_trainer.language_model import read_language_model, write_language_model
from nasaq_trainer.packed_blocks import block_order, count_tokens, pack, split_texts
from nasaq_trainer.reproducible import best_device, make_reproducible
from nasaq_trainer.run_trainer import run_trainer
from nasaq_trainer.schedule import learning_rate
from nasaq_trainer.stop import Stopped, StopRequest
from nasaq_trainer.trainer_error import TrainerError
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedModel, PreTrainedTokenizerFast

EVALUATIONS = 5


@dataclass(frozen=True)
class Settings:
    corpus_file: str
    base_model: str
    """Empty: from scratch."""
    vocabulary_size: int
    hidden_size: int
    layers: int
    heads: int
    sequence_length: int
    batch_size: int
    steps: int
    token_budget: int
    """0: `steps` decides."""
    learning_rate: float
    warmup_steps: int
    weight_decay: float
    held_out_share: float
    precision: str
    device: str
    threads: int
    checkpoint_seconds: float


def train(job: Job, events: Events, stop: StopRequest) -> dict:
    settings = job.read_settings(Settings)
    make_reproducible(job.seed, settings.threads)
    device = best_device(settings.device)
    texts = [text for text in pyarrow.parquet.read_table(settings.corpus_file, columns=["text"])["text"].to_pylist() if text.strip()]
    if len(texts) < 2:
        raise TrainerError(
            f"The corpus has {len(texts)} texts that are not empty, and pre-training needs at least 2: connect a larger one."
        )
    training, held_out = split_texts(texts, settings.held_out_share, job.seed)
    model, tokenizer = begin(settings, training)
    length = min(settings.sequence_length, model.config.max_position_embeddings)
    blocks, held_out_blocks = pack(training, tokenizer, length), pack(held_out, tokenizer, length)
    if len(blocks) == 0 or len(held_out_blocks) == 0:
        raise TrainerError(
            f"The corpus makes {len(blocks)} blocks of {length} tokens to learn from and {len(held_out_blocks)} to measure on, and "
            "at least one of each is needed: lower `sequenceLength`, raise `heldOutShare` or connect a larger corpus."
        )
    tokens_a_step = settings.batch_size * length
    steps = math.ceil(settings.token_budget / tokens_a_step) if settings.token_budget else settings.steps

    def loss_of(batch: torch.Tensor) -> torch.Tensor:
        """Mean negative log-likelihood, in nats a token, of blocks [batch, length + 1]."""
        batch = batch.to(device)
        with torch.autocast(device.type, torch.bfloat16, enabled=settings.precision == "bf16"):
            logits = model(input_ids=batch[:, :-1], use_cache=False).logits
        return F.cross_entropy(logits.float().flatten(0, 1), batch[:, 1:].flatten())

    @torch.no_grad()
    def held_out_loss() -> float:
        model.eval()
        batches = held_out_blocks.split(settings.batch_size)
        loss = sum(loss_of(batch).item() * len(batch) for batch in batches) / len(held_out_blocks)
        model.train()
        return loss

    model.to(device).train()
    trained = dict(model.named_parameters())
    optimizer = torch.optim.AdamW(
        [
            {"params": [weight for weight in trained.values() if weight.dim() > 1], "weight_decay": settings.weight_decay},
            {"params": [weight for weight in trained.values() if weight.dim() < 2], "weight_decay": 0.0},
        ],
        lr=settings.learning_rate,
        betas=(0.9, 0.95),
        foreach=False,
    )
    state = read_checkpoint(job.work_folder)
    if state:
        with torch.no_grad():
            for name, weight in trained.items():
                weight.copy_(state["weights"][name])
        optimizer.load_state_dict(state["optimizer"])
        torch.set_rng_state(state["chance"])
        first, losses, held_out_losses = state["step"], state["losses"], state["held_out_losses"]
        replay(events, losses, held_out_losses)
        events.log(f"going on from step {first} of {steps}")
    else:
        first, losses, held_out_losses = 0, [], [[0, held_out_loss()]]
        events.metric(0, {"heldOutLoss": held_out_losses[0][1]})
        events.log(
            f"{len(training)} texts to learn from in {len(blocks)} blocks, {len(held_out)} held out; "
            f"{sum(weight.numel() for weight in trained.values()):,} weights, {len(tokenizer):,} tokens in the vocabulary; on {device}"
        )

    checkpoint_due = Interval(settings.checkpoint_seconds)
    for step, indices in itertools.islice(enumerate(batches_of(len(blocks), settings.batch_size, job.seed)), first, steps):
        rate = learning_rate(step, steps, settings.warmup_steps, settings.learning_rate)
        for group in optimizer.param_groups:
            group["lr"] = rate
        loss = loss_of(blocks[indices])
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trained.values(), 1.0, foreach=False)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)

        done = step + 1
        if not torch.isfinite(loss):
            raise TrainerError(f"The loss is no longer a number at step {done}: lower `learningRate`.")
        losses.append([done, loss.item()])
        events.metric(done, {"loss": loss.item(), "learningRate": rate})
        if done * EVALUATIONS // steps > step * EVALUATIONS // steps:
            held_out_losses.append([done, held_out_loss()])
            events.metric(done, {"heldOutLoss": held_out_losses[-1][1]})
        events.progress(done, steps, "steps")
        if stop.asked or checkpoint_due.passed():
            write_checkpoint(
                job.work_folder,
                {
                    "step": done,
                    "weights": {name: weight.detach().cpu() for name, weight in trained.items()},
                    "optimizer": optimizer.state_dict(),
                    "chance": torch.get_rng_state(),
                    "losses": losses,
                    "held_out_losses": held_out_losses,
                },
            )
            events.checkpoint(done)
        if stop.asked:
            raise Stopped

    parity = write_language_model(model, tokenizer, job.output_folder)
    held_out_characters = sum(len(text) for text in held_out)
    # Counted as the loss is: with the tokens that start and end each text.
    held_out_tokens = count_tokens(held_out, tokenizer)
    predicted = held_out_blocks.shape[0] * length
    return {
        "texts": len(training),
        "heldOut": len(held_out),
        "blocks": len(blocks),
        "sequenceLength": length,
        "tokens": steps * tokens_a_step,
        "weights": sum(weight.numel() for weight in trained.values()),
        "vocabulary": len(tokenizer),
        "losses": losses,
        "heldOutLosses": held_out_losses,
        "heldOutPerplexity": math.exp(min(held_out_losses[-1][1], 700)),
        "charactersPerToken": held_out_characters / held_out_tokens,
        "heldOutTokens": predicted,
        "largestDifference": parity.largest_difference,
    }


def begin(settings: Settings, texts: list[str]) -> tuple[PreTrainedModel, PreTrainedTokenizerFast]:
    """The base model and its tokenizer, or new ones made for the texts."""
    if settings.base_model:
        return read_language_model(Path(settings.base_model))
    if settings.hidden_size % (2 * settings.heads):
        raise TrainerError(f"`hiddenSize` {settings.hidden_size} must be an even multiple of `heads` {settings.heads}: change one of them.")
    if settings.vocabulary_size < SMALLEST_VOCABULARY:
        raise TrainerError(f"`vocabularySize` must be at least {SMALLEST_VOCABULARY}, a token for every byte.")
    tokenizer = train_arabic_tokenizer(texts, settings.vocabulary_size, settings.sequence_length)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=settings.hidden_size,
        # SwiGLU's three matrices are as large as two of four times the width (arXiv 2002.05202).
        intermediate_size=-(-settings.hidden_size * 8 // 3 // 32) * 32,
        num_hidden_layers=settings.layers,
        num_attention_heads=settings.heads,
        max_position_embeddings=settings.sequence_length,
        tie_word_embeddings=True,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    return LlamaForCausalLM(config), tokenizer


def batches_of(blocks: int, size: int, seed: int) -> Iterator[list[int]]:
    """Endless; epochs follow one another without a short batch between them."""
    order = itertools.chain.from_iterable(block_order(blocks, seed, epoch) for epoch in itertools.count())
    while True:
        yield list(itertools.islice(order, size))


def replay(events: Events, losses: list[list[float]], held_out_losses: list[list[float]]) -> None:
    """The curve so far, for those who watch only since the trainer was started again."""
    curve = [(step, "loss", loss) for step, loss in losses] + [(step, "heldOutLoss", loss) for step, loss in held_out_losses]
    for step, name, loss in sorted(curve):
        events.metric(step, {name: loss})


if __name__ == "__main__":
    run_trainer(train, memory_params=["batchSize", "sequenceLength"])
