"""Train the tiny Arabic base model that ships with Nasaq: a 6.45M-parameter Llama that can write a sentence again.

usage: python resources/recipes/train_base.py OUT_DIR [--data ../shared/data] [--steps 3000] [--minutes 50]

Reads the ANT corpus, MPOLD and MLMA less the rows of resources/samples and a held-out share; trains an
8K byte-level BPE whose pre-tokenizer keeps Arabic words whole, then the model on running text and on pairs
(sentence with faults -> sentence) in the chat format. bf16 autocast, one compiled graph per length.
"""

import argparse
import copy
import json
import math
import os
import random
import time
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("HF_HUB_OFFLINE", "1")

import torch
import torch.nn.functional as F
from noise import noised, tidied
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

ROOT = Path(__file__).resolve().parents[2]
SEED = 20241203
LENGTHS = {64: 72, 128: 36, 224: 20}  # sequence length -> sequences a step: about 4,600 tokens each
WORDS = r" ?[\p{L}\p{M}]+| ?\p{N}{1,3}| ?[^\s\p{L}\p{M}\p{N}]+|\s+"
SPECIAL = ["<pad>", "<s>", "</s>", "<|user|>", "<|assistant|>"]
PAD, BOS, EOS, USER, ASSISTANT = range(5)
CHAT = (
    "{{ bos_token }}{% for m in messages %}{% if m['role'] == 'user' %}<|user|>{{ m['content'] }}"
    "{% else %}<|assistant|>{{ m['content'] }}{{ eos_token }}{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)


def read_jsonl(path: Path) -> list[dict]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def read_texts(data: Path) -> list[str]:
    samples = ROOT / "resources" / "samples"
    shipped = {row["text"].strip() for name in ("news", "comments") for row in read_jsonl(samples / f"{name}.jsonl")}
    rows = [row["text"] for row in read_jsonl(data / "ant_corpus" / "ant_v1.1.jsonl")]
    rows += 2 * [row["Comment"] for row in read_jsonl(data / "tox_mpold" / "mpold.jsonl")]
    rows += 2 * [row["tweet"] for row in read_jsonl(data / "tox_mlma" / "mlma_ar.jsonl")]
    return [text.strip() for text in rows if text.strip() and text.strip() not in shipped]


def train_tokenizer(texts: list[str]) -> PreTrainedTokenizerFast:
    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Split(Regex(WORDS), "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]
    )
    bpe.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    bpe.train_from_iterator(
        texts, trainers.BpeTrainer(vocab_size=8192, special_tokens=SPECIAL, initial_alphabet=alphabet, show_progress=False)
    )
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=bpe, bos_token="<s>", eos_token="</s>", pad_token="<pad>", padding_side="left",
        model_max_length=512, clean_up_tokenization_spaces=False,
    )  # fmt: skip
    tokenizer.chat_template = CHAT
    return tokenizer


def pieces_of(text: str, longest: int, rng: random.Random) -> list[str]:
    """Sentences, joined at random up to `longest` characters."""
    pieces, piece = [], ""
    limit = rng.randint(longest // 4, longest)
    for line in text.split("\n"):
        for sentence in line.replace(". ", ".\0").replace("؟ ", "؟\0").split("\0"):
            joined = f"{piece} {sentence}".strip()
            if piece and len(joined) > limit:
                pieces.append(piece)
                piece, limit = sentence, rng.randint(longest // 4, longest)
            else:
                piece = joined
    return [p for p in (*pieces, piece) if p]


class Batches:
    """Endless seeded batches: (token ids [B, T], loss weight [B, T]), B and T as in LENGTHS."""

    def __init__(self, tokenizer: PreTrainedTokenizerFast, texts: list[str], seed: int) -> None:
        self.rng = random.Random(seed)
        self.tokenizer = tokenizer
        rng = random.Random(seed + 1)
        self.pieces = [piece for text in texts for piece in pieces_of(tidied(text), 420, rng)]
        self.vocabulary = sorted({w for text in texts[:2000] for w in text.split() if 2 < len(w) < 10 and w.isalpha()})
        running = [[BOS, *ids, EOS] for ids in tokenizer([t for t in texts if len(t) > 60])["input_ids"]]
        rng.shuffle(running)
        self.running = [token for ids in running for token in ids]
        self.waiting: dict[int, list[tuple[list[int], int]]] = {length: [] for length in LENGTHS}

    def pair(self, easy: bool) -> tuple[list[int], int]:
        rng = self.rng
        draw = rng.random()
        if draw < 0.08:  # random tokens: copying that no language model could guess
            answer = [rng.randrange(261, 8192) for _ in range(rng.randint(4, 40))]
            source = answer
        else:
            text = rng.choice(self.pieces)
            if rng.random() < 0.35:  # a part of a sentence, from any word to any word
                words = text.split(" ")
                start = rng.randrange(len(words))
                text = " ".join(words[start : start + rng.randint(2, 30)]).strip() or text
            raw = text if easy or draw < 0.42 else noised(text, rng, self.vocabulary)
            source, answer = self.tokenizer([raw, text])["input_ids"]
        return [BOS, USER, *source, ASSISTANT, *answer, EOS], len(source) + 2

    def next(self, step: int) -> tuple[torch.Tensor, torch.Tensor]:
        easy = step < 200
        if not easy and self.rng.random() < 0.2:
            length = 224
            count = LENGTHS[length]
            starts = [self.rng.randrange(len(self.running) - length) for _ in range(count)]
            ids = torch.tensor([self.running[s : s + length] for s in starts])
            return ids, torch.ones_like(ids, dtype=torch.float32)
        while True:
            for length, batch in self.waiting.items():
                if len(batch) >= LENGTHS[length]:
                    self.waiting[length] = batch[LENGTHS[length] :]
                    return self.collate(batch[: LENGTHS[length]], length)
            tokens, prompt = self.pair(easy)
            fitting = [length for length in LENGTHS if len(tokens) <= length and (not easy or length < 224)]
            if fitting:
                self.waiting[fitting[0]].append((tokens, prompt))

    @staticmethod
    def collate(rows: list[tuple[list[int], int]], length: int) -> tuple[torch.Tensor, torch.Tensor]:
        ids = torch.full((len(rows), length), PAD)
        weight = torch.zeros(len(rows), length)
        for i, (tokens, prompt) in enumerate(rows):
            ids[i, : len(tokens)] = torch.tensor(tokens)
            weight[i, :prompt] = 0.2
            weight[i, prompt : len(tokens)] = 1.0
        return ids, weight


@torch.no_grad()
def copied(model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast, texts: list[str]) -> dict[str, float]:
    """Share of held-out sentences and of their tokens that greedy teacher-forced decoding copies exactly."""
    model.eval()
    exact = tokens = right = 0
    for text in texts:
        source = tokenizer(text)["input_ids"]
        ids = torch.tensor([[BOS, USER, *source, ASSISTANT, *source, EOS]])
        guess = model(input_ids=ids).logits[0, len(source) + 2 : -1].argmax(-1)
        hit = guess == ids[0, len(source) + 3 :]
        exact += int(hit.all())
        right += int(hit.sum())
        tokens += len(hit)
    model.train()
    return {"sentences": exact / len(texts), "tokens": right / tokens}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("--minutes", type=float, default=50, help="the learning rate falls to zero by then at the latest")
    args = parser.parse_args()
    torch.manual_seed(SEED)
    texts = read_texts(args.data)
    random.Random(SEED).shuffle(texts)
    tokenizer = train_tokenizer(texts)
    args.out.mkdir(parents=True, exist_ok=True)
    tokenizer.save_pretrained(args.out)
    held_out = [piece for text in texts[:150] for piece in pieces_of(tidied(text), 300, random.Random(SEED))][:200]
    train = [text for text in texts[150:] if text not in set(texts[:150])]
    batches = Batches(tokenizer, train, SEED)
    print(f"{len(train)} texts, {len(batches.pieces)} sentences, {len(batches.running) / 1e6:.2f}M tokens of running text", flush=True)
    config = LlamaConfig(
        vocab_size=8192, hidden_size=256, intermediate_size=688, num_hidden_layers=6, num_attention_heads=4,
        num_key_value_heads=2, max_position_embeddings=512, tie_word_embeddings=True,
        bos_token_id=BOS, eos_token_id=EOS, pad_token_id=PAD,
    )  # fmt: skip
    model = LlamaForCausalLM(config)
    decay = [p for p in model.parameters() if p.dim() >= 2]
    rest = [p for p in model.parameters() if p.dim() < 2]
    optimizer = torch.optim.AdamW(
        [{"params": decay, "weight_decay": 0.05}, {"params": rest, "weight_decay": 0.0}], lr=2e-3, betas=(0.9, 0.97), fused=True
    )

    def loss_of(ids: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
        with torch.autocast("cpu", dtype=torch.bfloat16):
            hidden = model.model(input_ids=ids, use_cache=False).last_hidden_state[:, :-1]
            logits = F.linear(hidden, model.lm_head.weight)
        losses = F.cross_entropy(logits.float().flatten(0, 1), ids[:, 1:].flatten(), reduction="none")
        weight = weight[:, 1:].flatten()
        return (losses * weight).sum() / weight.sum()

    compiled = torch.compile(loss_of, dynamic=False)
    started, average = time.time(), None
    for step in range(args.steps):
        progress = max(step / args.steps, (time.time() - started) / 60 / args.minutes)
        if progress >= 1:
            break
        rate = 2e-3 * min(1, (step + 1) / 100) * (0.02 + 0.98 * (1 + math.cos(math.pi * progress)) / 2)
        for group in optimizer.param_groups:
            group["lr"] = rate
        loss = compiled(*batches.next(step))
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        average = loss.item() if average is None else 0.98 * average + 0.02 * loss.item()
        if step % 25 == 0:
            print(f"step {step} loss {average:.3f} rate {rate:.2e} {time.time() - started:.0f} s", flush=True)
        if step % 250 == 249:
            print(f"step {step} copied {copied(model, tokenizer, held_out[:60])}", flush=True)
            copy.deepcopy(model).half().save_pretrained(args.out)
    scores = copied(model, tokenizer, held_out)
    print(f"held out: {scores}, {time.time() - started:.0f} s, loss {average:.3f}", flush=True)
    model.half().save_pretrained(args.out)
    (args.out / "training.json").write_text(
        json.dumps({"steps": step + 1, "seconds": round(time.time() - started), "loss": average, "held_out_copy": scores}, indent=2) + "\n"
    )


if __name__ == "__main__":
    main()
