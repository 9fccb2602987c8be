"""Greedy answers by onnxruntime-genai, one prompt at a time. usage: generate_genai.py JOB.json GENAI_MODEL

GENAI_MODEL is what its own builder made of the model: python -m onnxruntime_genai.models.builder.
"""

import json
import sys
import time
from pathlib import Path

import onnxruntime_genai as genai

job = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
config = genai.Config(sys.argv[2])
config.overlay(json.dumps({"model": {"decoder": {"session_options": {"intra_op_num_threads": job["threads"]}}}}))
model = genai.Model(config)
ends = set(job["endTokens"])


def answer_to(prompt: list[int], limit: int) -> list[int]:
    parameters = genai.GeneratorParams(model)
    parameters.set_search_options(max_length=len(prompt) + limit, do_sample=False)
    generator = genai.Generator(model, parameters)
    generator.append_tokens(prompt)
    while not generator.is_done():
        generator.generate_next_token()
    return [int(token) for token in generator.get_sequence(0)[len(prompt) :] if int(token) not in ends]


for prompt, limit in zip(job["prompts"][:4], job["limits"][:4], strict=True):
    answer_to(prompt, limit)
start, cpu = time.perf_counter(), time.process_time()
answers = [answer_to(prompt, limit) for prompt, limit in zip(job["prompts"], job["limits"], strict=True)]
seconds, cpu_seconds = time.perf_counter() - start, time.process_time() - cpu
found = {"seconds": seconds, "cpuSeconds": cpu_seconds, "answers": answers, "tokens": sum(map(len, answers))}
Path(job["result"]).write_text(json.dumps(found))
