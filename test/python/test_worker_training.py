import json
import signal
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest
from conftest import Trainer
from safetensors.numpy import load_file


def test_a_worker_learns_and_says_what_it_learnt_from(tmp_path: Path, worker_settings: dict, tiny_model: Path) -> None:
    lengths = 120
    trainer = Trainer("worker-train", tmp_path, worker_settings | {"maxLength": lengths, "method": "full"})
    result = trainer.finish()

    assert result["pairs"] + result["heldOut"] + result["tooLong"] == 40
    assert result["tooLong"] > 0
    assert result["heldOutLosses"][-1][1] < result["heldOutLosses"][0][1]
    assert result["largestDifference"] <= 1e-4
    assert {"model.safetensors", "config.json", "tokenizer.json", "onnx"} <= {path.name for path in trainer.output.iterdir()}
    assert "chat_template" in json.loads((trainer.output / "tokenizer_config.json").read_text())
    before, after = load_file(tiny_model / "model.safetensors"), load_file(trainer.output / "model.safetensors")
    assert before.keys() == after.keys()
    assert all((before[name] != after[name]).any() for name in before)


def test_killed_stopped_and_orphaned_it_ends_with_the_same_weights(tmp_path: Path, worker_settings: dict) -> None:
    undisturbed, disturbed = tmp_path / "undisturbed", tmp_path / "disturbed"
    undisturbed.mkdir()
    disturbed.mkdir()
    expected = Trainer("worker-train", undisturbed, worker_settings)
    expected_result = expected.finish()
    trainer = Trainer("worker-train", disturbed, worker_settings)

    process = trainer.start()
    trainer.wait_for_checkpoint(process, past=3)
    process.kill()
    process.wait()
    killed_at = trainer.last_step()

    process = trainer.start()
    trainer.wait_for_checkpoint(process, past=killed_at)
    process.stdin.write(b"stop\n")
    process.stdin.flush()
    assert process.wait(30) == 3
    stopped_at = trainer.last_step()
    assert stopped_at > killed_at

    process = trainer.start()
    trainer.wait_for_checkpoint(process, past=stopped_at)
    process.stdin.close()
    process.stderr.close()
    assert process.wait(30) == 3
    assert stopped_at < trainer.last_step() < len(expected_result["losses"])

    assert trainer.finish() == expected_result
    assert trainer.weights() == expected.weights()


def test_sigterm_ends_it_after_a_checkpoint(tmp_path: Path, worker_settings: dict) -> None:
    trainer = Trainer("worker-train", tmp_path, worker_settings | {"checkpointSeconds": 0, "epochs": 1000})
    process = trainer.start()
    trainer.wait_for_checkpoint(process, past=0)
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 3
    assert (tmp_path / "checkpoint.pt").exists()
    assert not trainer.output.exists()


@pytest.mark.parametrize(
    ("pairs", "sentence"),
    [
        ([("قصير", "قصير")], "Only 1 of 1 pairs have at most 200 tokens, and training needs 2: raise `maxLength` or connect more pairs."),
        (
            [("كلمة " * 300, "كلمة")] * 3,
            "Only 0 of 3 pairs have at most 200 tokens, and training needs 2: raise `maxLength` or connect more pairs.",
        ),
    ],
)
def test_too_few_pairs_are_refused_in_one_sentence(
    tmp_path: Path, worker_settings: dict, pairs: list[tuple[str, str]], sentence: str
) -> None:
    file = tmp_path / "pairs.parquet"
    pyarrow.parquet.write_table(
        pyarrow.table({"id": [str(i) for i in range(len(pairs))], "before": [b for b, _ in pairs], "after": [a for _, a in pairs]}), file
    )
    trainer = Trainer("worker-train", tmp_path, worker_settings | {"pairsFile": str(file)})
    assert trainer.refusal() == sentence
