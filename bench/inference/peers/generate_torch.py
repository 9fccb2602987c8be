"""`generate` of transformers in batches, left-padded, greedy, fp32. usage: generate_torch.py JOB.json"""

import json
import sys
import time
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM

job = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
torch.set_num_threads(job["threads"])
model = AutoModelForCausalLM.from_pretrained(job["model"], dtype=torch.float32).eval()
ends = set(job["endTokens"])


def answers_to(prompts: list[list[int]], limits: list[int]) -> list[list[int]]:
    width = max(map(len, prompts))
    ids = torch.tensor([[job["paddingToken"]] * (width - len(prompt)) + prompt for prompt in prompts])
    mask = torch.tensor([[0] * (width - len(prompt)) + [1] * len(prompt) for prompt in prompts])
    with torch.inference_mode():
        written = model.generate(
            ids,
            attention_mask=mask,
            max_new_tokens=max(limits),
            do_sample=False,
            eos_token_id=job["endTokens"],
            pad_token_id=job["paddingToken"],
        )
    return [cut(row, limit) for row, limit in zip(written[:, width:].tolist(), limits, strict=True)]


def cut(tokens: list[int], limit: int) -> list[int]:
    end = next((place for place, token in enumerate(tokens) if token in ends), len(tokens))
    return tokens[: min(end, limit)]


size = job["batch"]
answers_to(job["prompts"][:size], job["limits"][:size])
start, cpu = time.perf_counter(), time.process_time()
answers: list[list[int]] = []
for first in range(0, len(job["prompts"]), size):
    answers += answers_to(job["prompts"][first : first + size], job["limits"][first : first + size])
seconds, cpu_seconds = time.perf_counter() - start, time.process_time() - cpu
found = {"seconds": seconds, "cpuSeconds": cpu_seconds, "answers": answers, "tokens": sum(map(len, answers))}
Path(job["result"]).write_text(json.dumps(found))
