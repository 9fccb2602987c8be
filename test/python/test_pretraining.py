from pathlib import Path

from conftest import Trainer
from nasaq_trainer.packed_blocks import count_tokens, pack
from transformers import AutoTokenizer


def test_killed_it_goes_on_and_ends_with_the_same_model(tmp_path: Path, pretraining_settings: dict) -> None:
    undisturbed, disturbed = tmp_path / "undisturbed", tmp_path / "disturbed"
    undisturbed.mkdir()
    disturbed.mkdir()
    expected = Trainer("pretrain", undisturbed, pretraining_settings)
    result = expected.finish()
    assert result["heldOutLosses"][-1][1] < result["heldOutLosses"][0][1] - 0.5
    assert result["largestDifference"] <= 1e-4

    trainer = Trainer("pretrain", disturbed, pretraining_settings)
    process = trainer.start()
    trainer.wait_for_checkpoint(process, past=10)
    process.kill()
    process.wait()

    assert trainer.finish() == result
    files = sorted(path.relative_to(expected.output) for path in expected.output.rglob("*") if path.is_file())
    assert Path("onnx/score.onnx") in files
    for file in files:
        assert (trainer.output / file).read_bytes() == (expected.output / file).read_bytes(), file


def test_a_base_is_trained_on_with_its_own_tokenizer(tmp_path: Path, pretraining_settings: dict, tiny_model: Path) -> None:
    trainer = Trainer("pretrain", tmp_path, pretraining_settings | {"baseModel": str(tiny_model), "steps": 0, "tokenBudget": 2500})
    result = trainer.finish()
    assert (trainer.output / "tokenizer.json").read_bytes() == (tiny_model / "tokenizer.json").read_bytes()
    assert result["tokens"] == 20 * 4 * 32
    assert result["heldOutLosses"][-1][1] < result["heldOutLosses"][0][1]


def test_a_corpus_that_fills_no_block_is_refused_in_one_sentence(tmp_path: Path, pretraining_settings: dict) -> None:
    trainer = Trainer("pretrain", tmp_path, pretraining_settings | {"sequenceLength": 100000})
    message = trainer.refusal()
    assert "0 blocks of 100000 tokens" in message
    assert "lower `sequenceLength`" in message


def test_the_tokens_of_texts_are_those_that_the_loss_counts(tiny_model: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(tiny_model)
    texts = ["نص قصير", "نص آخر"]
    inside = sum(map(len, tokenizer(texts, add_special_tokens=False)["input_ids"]))
    assert count_tokens(texts, tokenizer) == inside + 2 * len(texts)
    assert pack(texts, tokenizer, 1).shape == (inside + 2 * len(texts) - 1, 2)
