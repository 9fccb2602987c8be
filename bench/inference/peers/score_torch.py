"""Log-likelihoods of texts by PyTorch in batches, right-padded, fp32. usage: score_torch.py JOB.json

`prompts` are the texts' tokens with the start token before them.
"""

import json
import sys
import time
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM

job = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
torch.set_num_threads(job["threads"])
model = AutoModelForCausalLM.from_pretrained(job["model"], dtype=torch.float32).eval()


def scores_of(rows: list[list[int]]) -> list[float]:
    width = max(map(len, rows))
    ids = torch.tensor([row + [job["paddingToken"]] * (width - len(row)) for row in rows])
    mask = torch.tensor([[1] * len(row) + [0] * (width - len(row)) for row in rows])
    with torch.inference_mode():
        logits = model(ids, attention_mask=mask, use_cache=False).logits[:, :-1]
        chosen = logits.gather(2, ids[:, 1:, None]).squeeze(2) - logits.logsumexp(2)
    return (chosen * mask[:, 1:]).sum(1).tolist()


size = job["batch"]
scores_of(job["prompts"][:size])
start, cpu = time.perf_counter(), time.process_time()
found: list[float] = []
for first in range(0, len(job["prompts"]), size):
    found += scores_of(job["prompts"][first : first + size])
seconds, cpu_seconds = time.perf_counter() - start, time.process_time() - cpu
tokens = sum(len(row) - 1 for row in job["prompts"])
result = {"seconds": seconds, "cpuSeconds": cpu_seconds, "logLikelihoods": found, "tokens": tokens}
Path(job["result"]).write_text(json.dumps(result))
