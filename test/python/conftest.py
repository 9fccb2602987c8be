"""The parts that trainers' tests share: a tiny model that takes no time, and trainers run as the engine runs them."""

import importlib.util
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ROOT / "resources" / "python"
sys.path.insert(0, str(PACKAGES))

from nasaq_trainer.events import Events  # noqa: E402
from nasaq_trainer.job import read_job  # noqa: E402
from nasaq_trainer.stop import StopRequest  # noqa: E402
from nasaq_trainer.trainer_error import TrainerError  # noqa: E402


def sample_texts(count: int) -> list[str]:
    with (ROOT / "resources" / "samples" / "comments.jsonl").open(encoding="utf-8") as lines:
        return [json.loads(line)["text"] for line, _ in zip(lines, range(count), strict=False)]


class Trainer:
    """One work folder and the trainer that works in it, started as often as a test wants."""

    def __init__(self, node: str, folder: Path, settings: dict) -> None:
        self.script = ROOT / "nodes" / node / "train.py"
        self.folder = folder
        self.output = folder / "model"
        self.events_file = folder / "events.jsonl"
        job = {
            "workFolder": str(folder),
            "outputFolder": str(self.output),
            "eventsFile": str(self.events_file),
            "seed": 11,
            "settings": settings,
        }
        (folder / "job.json").write_text(json.dumps(job), encoding="utf-8")

    def start(self) -> subprocess.Popen:
        self.events_file.unlink(missing_ok=True)
        environment = os.environ | {
            "PYTHONPATH": str(PACKAGES),
            "OMP_WAIT_POLICY": "PASSIVE",
            "HF_HUB_OFFLINE": "1",
            "TOKENIZERS_PARALLELISM": "false",
        }
        return subprocess.Popen(
            [sys.executable, str(self.script), str(self.folder / "job.json")],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment,
        )  # fmt: skip

    def finish(self) -> dict:
        """Runs to the end; the result."""
        process = self.start()
        errors: list[bytes] = []
        reader = threading.Thread(target=lambda: errors.append(process.stderr.read()))
        reader.start()
        status = process.wait(120)
        reader.join()
        assert status == 0, errors[0].decode() + str(self.events()[-1:])
        return self.events()[-1]["result"]

    def refusal(self) -> str:
        """The sentence with which the trainer refuses its job, in this process: nothing is trained."""
        spec = importlib.util.spec_from_file_location(f"{self.folder.name}_train", self.script)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        with pytest.raises(TrainerError) as refused:
            module.train(read_job(self.folder / "job.json"), Events(self.events_file), StopRequest())
        assert not self.output.exists()
        return str(refused.value)

    def events(self) -> list[dict]:
        if not self.events_file.exists():
            return []
        *whole, _ = self.events_file.read_text(encoding="utf-8").split("\n")
        return [json.loads(line) for line in whole]

    def wait_for_checkpoint(self, process: subprocess.Popen, past: int) -> None:
        """Until the running trainer wrote a checkpoint after step `past`."""
        while not any(event["type"] == "checkpoint" and event["step"] > past for event in self.events()):
            assert process.poll() is None, process.stderr.read().decode()
            time.sleep(0.02)

    def last_step(self) -> int:
        return max(event["step"] for event in self.events() if event["type"] == "checkpoint")

    def weights(self) -> bytes:
        return (self.output / "model.safetensors").read_bytes()


@pytest.fixture(scope="session")
def corpus_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    texts = sample_texts(120)
    path = tmp_path_factory.mktemp("corpus") / "corpus.parquet"
    table = pyarrow.table({"id": [str(i) for i in range(len(texts))], "text": texts})
    pyarrow.parquet.write_table(table, path, compression="zstd")
    return path


@pytest.fixture(scope="session")
def pairs_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    before = sample_texts(40)
    after = [" ".join(word for word in text.split() if not word.startswith("@")) for text in before]
    path = tmp_path_factory.mktemp("pairs") / "pairs.parquet"
    pyarrow.parquet.write_table(
        pyarrow.table({"id": [str(i) for i in range(40)], "before": before, "after": after}), path, compression="zstd"
    )
    return path


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Llama of 50 thousand weights, untrained, in a folder as the engine wants it."""
    import torch
    from nasaq_trainer.arabic_tokenizer import train_arabic_tokenizer
    from nasaq_trainer.language_model import write_language_model
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("models") / "tiny"
    tokenizer = train_arabic_tokenizer(sample_texts(200), 600, 256)
    config = LlamaConfig(
        vocab_size=len(tokenizer), hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=2,
        max_position_embeddings=256, tie_word_embeddings=True, bos_token_id=1, eos_token_id=2, pad_token_id=0,
    )  # fmt: skip
    write_language_model(LlamaForCausalLM(config), tokenizer, folder)
    return folder


@pytest.fixture
def worker_settings(tiny_model: Path, pairs_file: Path) -> dict:
    return {
        "baseModel": str(tiny_model), "pairsFile": str(pairs_file), "method": "lora", "rank": 4, "alpha": 8, "dropout": 0.1,
        "learningRate": 0.01, "warmupSteps": 2, "epochs": 6, "maxSteps": 0, "batchSize": 4, "maxLength": 200, "heldOutShare": 0.1,
        "precision": "fp32", "device": "cpu", "threads": 1, "checkpointSeconds": 0,
    }  # fmt: skip


@pytest.fixture
def pretraining_settings(corpus_file: Path) -> dict:
    return {
        "corpusFile": str(corpus_file), "baseModel": "", "vocabularySize": 600, "hiddenSize": 32, "layers": 2, "heads": 2,
        "sequenceLength": 32, "batchSize": 4, "steps": 60, "tokenBudget": 0, "learningRate": 0.01, "warmupSteps": 5, "weightDecay": 0.1,
        "heldOutShare": 0.1, "precision": "fp32", "device": "cpu", "threads": 1, "checkpointSeconds": 0,
    }  # fmt: skip
