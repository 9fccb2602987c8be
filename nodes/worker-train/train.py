"""Fine-tune a language model to rewrite texts as an expert did.

usage: python train.py JOB.json     (PYTHONPATH: resources/python)

The job's settings are the fields of `Settings` below in camelCase. Supervised fine-tuning on pairs in the model's chat
format, with the loss on the answer only, all weights or low-rank adapters (LoRA, arXiv 2106.09685). Killed at any
moment and started again it goes on from its last checkpoint and ends with the same weights, on a CPU bit for bit.
"""

import itertools
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from nasaq_trainer.checkpoint import Interval, read_checkpoint, write_checkpoint
from nasaq_trainer.events import Events
from nasaq_trainer.job import Job
from nasaq_trainer.language_model import read_language_model, write_language_model
from nasaq_trainer.reproducible import best_device, make_reproducible
from nasaq_trainer.rewriting_pairs import Example, epoch_batches, make_examples, pad, read_pairs, split_held_out
from nasaq_trainer.run_trainer import run_trainer
from nasaq_trainer.schedule import learning_rate
from nasaq_trainer.stop import Stopped, StopRequest
from nasaq_trainer.trainer_error import TrainerError
from peft import LoraConfig, get_peft_model
from transformers import PreTrainedModel, PreTrainedTokenizerFast

SAMPLES = 4
FEWEST_PAIRS = 2


@dataclass(frozen=True)
class Settings:
    base_model: str
    pairs_file: str
    method: str
    rank: int
    alpha: float
    dropout: float
    learning_rate: float
    warmup_steps: int
    epochs: int
    max_steps: int
    """0: as many as the epochs have."""
    batch_size: int
    max_length: int
    """Tokens of a pair, prompt and answer together."""
    held_out_share: float
    precision: str
    device: str
    threads: int
    checkpoint_seconds: float


def train(job: Job, events: Events, stop: StopRequest) -> dict:
    settings = job.read_settings(Settings)
    make_reproducible(job.seed, settings.threads)
    device = best_device(settings.device)
    model, tokenizer = read_language_model(Path(settings.base_model))
    pairs = read_pairs(Path(settings.pairs_file))
    longest = min(settings.max_length, model.config.max_position_embeddings)
    examples = [example for example in make_examples(pairs, tokenizer) if len(example.tokens) <= longest]
    if len(examples) < FEWEST_PAIRS:
        raise TrainerError(
            f"Only {len(examples)} of {len(pairs)} pairs have at most {longest} tokens, and training needs {FEWEST_PAIRS}: "
            "raise `maxLength` or connect more pairs."
        )
    training, held_out = split_held_out(examples, settings.held_out_share, job.seed)
    padding = tokenizer.pad_token_id if tokenizer.pad_token_id is not None else tokenizer.eos_token_id

    def loss_of(batch: list[Example]) -> torch.Tensor:
        """Mean negative log-likelihood of the answers' tokens, in nats."""
        ids, mask, answer = (tensor.to(device) for tensor in pad(batch, padding))
        with torch.autocast(device.type, torch.bfloat16, enabled=settings.precision == "bf16"):
            # The output projection is the dearest part of a small model: only where an answer's token is predicted.
            hidden = model.get_decoder()(input_ids=ids, attention_mask=mask, use_cache=False).last_hidden_state
            logits = model.get_output_embeddings()(hidden[:, :-1][answer[:, 1:]])
        return F.cross_entropy(logits.float(), ids[:, 1:][answer[:, 1:]])

    @torch.no_grad()
    def held_out_loss() -> float:
        model.eval()
        ordered = sorted(held_out, key=lambda example: len(example.tokens))
        batches = [ordered[i : i + settings.batch_size] for i in range(0, len(ordered), settings.batch_size)]
        sizes = [sum(len(example.tokens) - example.prompt_length for example in batch) for batch in batches]
        loss = sum(loss_of(batch).item() * size for batch, size in zip(batches, sizes, strict=True)) / sum(sizes)
        model.train()
        return loss

    model.to(device)
    shown = held_out[:SAMPLES]
    state = read_checkpoint(job.work_folder)
    before_training = state["before_training"] if state else rewrite(model, tokenizer, shown, settings, device)
    adapted = add_adapters(model, settings) if settings.method == "lora" else None
    trained = {name: weight for name, weight in (adapted or model).named_parameters() if weight.requires_grad}
    optimizer = torch.optim.AdamW(trained.values(), lr=settings.learning_rate, betas=(0.9, 0.99), weight_decay=0.0, foreach=False)
    steps_in_epoch = len(epoch_batches(training, settings.batch_size, job.seed, 0))
    steps = steps_in_epoch * settings.epochs
    if settings.max_steps:
        steps = min(steps, settings.max_steps)

    model.train()
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
            f"{len(training)} pairs to learn from, {len(held_out)} held out, {len(pairs) - len(examples)} left out for their length; "
            f"{sum(w.numel() for w in trained.values()):,} weights to train on {device}"
        )

    batches = (batch for epoch in itertools.count() for batch in epoch_batches(training, settings.batch_size, job.seed, epoch))
    checkpoint_due = Interval(settings.checkpoint_seconds)
    for step, batch in itertools.islice(enumerate(batches), first, steps):
        rate = learning_rate(step, steps, settings.warmup_steps, settings.learning_rate)
        for group in optimizer.param_groups:
            group["lr"] = rate
        loss = loss_of(batch)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trained.values(), 1.0, foreach=False)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)

        done = step + 1
        if not torch.isfinite(loss):
            raise TrainerError(f"The loss is no longer a number at step {done}: lower `learningRate`.")
        losses.append([done, loss.item()])
        events.metric(done, {"loss": loss.item(), "learningRate": rate})
        if done % steps_in_epoch == 0 or done == steps:
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
                    "before_training": before_training,
                },
            )
            events.checkpoint(done)
        if stop.asked:
            raise Stopped

    if adapted is not None:
        model = adapted.merge_and_unload()
    after_training = rewrite(model, tokenizer, shown, settings, device)
    parity = write_language_model(model, tokenizer, job.output_folder)
    return {
        "pairs": len(training),
        "heldOut": len(held_out),
        "tooLong": len(pairs) - len(examples),
        "trainedWeights": sum(weight.numel() for weight in trained.values()),
        "losses": losses,
        "heldOutLosses": held_out_losses,
        "largestDifference": parity.largest_difference,
        "samples": [
            {"before": example.before, "expert": example.after, "base": base, "worker": worker}
            for example, base, worker in zip(shown, before_training, after_training, strict=True)
        ],
    }


def add_adapters(model: PreTrainedModel, settings: Settings) -> torch.nn.Module:
    """Adapters in every linear layer but the output projection; the other weights are frozen. `model` itself then runs with them."""
    return get_peft_model(
        model,
        LoraConfig(
            r=settings.rank, lora_alpha=settings.alpha, lora_dropout=settings.dropout, target_modules="all-linear", task_type="CAUSAL_LM"
        ),
    )


def rewrite(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerFast, examples: list[Example], settings: Settings, device: torch.device
) -> list[str]:
    """What the model makes of each example, greedily, one at a time so that padding plays no part."""
    model.eval()
    answers = []
    for example in examples:
        prompt = torch.tensor([example.tokens[: example.prompt_length]], device=device)
        room = min(settings.max_length, model.config.max_position_embeddings) - example.prompt_length
        with torch.no_grad():
            grown = model.generate(
                prompt, attention_mask=torch.ones_like(prompt), do_sample=False, max_new_tokens=room, pad_token_id=tokenizer.eos_token_id
            )
        answers.append(tokenizer.decode(grown[0, example.prompt_length :], skip_special_tokens=True))
    return answers


def replay(events: Events, losses: list[list[float]], held_out_losses: list[list[float]]) -> None:
    """The curve so far, for those who watch only since the trainer was started again."""
    curve = [(step, "loss", loss) for step, loss in losses] + [(step, "heldOutLoss", loss) for step, loss in held_out_losses]
    for step, name, loss in sorted(curve):
        events.metric(step, {name: loss})


if __name__ == "__main__":
    run_trainer(train, memory_params=["batchSize", "maxLength"])
