"""The shipped toxicity classifier: its features, its graph, its folder and the recipe that makes it."""

import hashlib
import json
import os
import sys
from pathlib import Path

import numpy as np
import onnxruntime as ort
import pytest
from safetensors.numpy import load_file

ROOT = Path(__file__).resolve().parents[2]
MODEL = ROOT / "resources" / "models" / "arabic-toxicity"
DATA = Path(os.environ.get("NASAQ_TEST_DATA", ROOT.parent / "shared" / "data"))
sys.path.insert(0, str(ROOT / "resources" / "recipes"))

from toxicity_features import BUCKETS, features_of  # noqa: E402
from toxicity_golden import read_texts  # noqa: E402
from toxicity_graph import classifier_graph  # noqa: E402


def read_jsonl(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def golden() -> list[dict]:
    """The same file that the TypeScript features are held to."""
    texts = read_texts()
    return [{"text": texts.get(row["name"]), **row} for row in read_jsonl(ROOT / "test" / "engine" / "toxicityGolden.jsonl")]


@pytest.fixture(scope="module")
def description() -> dict:
    return json.loads((MODEL / "classifier.json").read_text(encoding="utf-8"))


def feeds(texts: list[str]) -> dict[str, np.ndarray]:
    rows = [features_of(text) for text in texts]
    return {
        "ids": np.concatenate([ids for ids, _ in rows]),
        "values": np.concatenate([np.full(len(ids), value, np.float32) for ids, value in rows]),
        "texts": np.concatenate([np.full(len(ids), at, np.int64) for at, (ids, _) in enumerate(rows)]),
        "count": np.array([len(rows)]),
    }


def test_features_are_those_of_the_golden_file(golden: list[dict]) -> None:
    for row in golden:
        ids, value = features_of(row["text"])
        assert (len(ids), hashlib.sha256(ids.astype("<i4").tobytes()).hexdigest()[:16]) == (row["features"], row["digest"]), row["name"]
        assert value == pytest.approx(len(ids) ** -0.5 if len(ids) else 0)


def test_graph_and_safetensors_are_one_model(golden: list[dict]) -> None:
    session = ort.InferenceSession(str(MODEL / "onnx" / "model.onnx"), providers=["CPUExecutionProvider"])
    inputs = feeds([row["text"] for row in golden])
    probabilities = session.run(None, inputs)[0]
    weights = load_file(MODEL / "model.safetensors")
    logits = np.bincount(inputs["texts"], weights["weights"].astype(float)[inputs["ids"]] * inputs["values"], len(golden))
    np.testing.assert_allclose(probabilities, 1 / (1 + np.exp(-(logits + weights["bias"][0]))), atol=1e-6)
    with_words = [at for at, row in enumerate(golden) if row["features"]]
    expected = np.array([row["probability"] for row in golden])
    np.testing.assert_allclose(probabilities[with_words], expected[with_words], atol=1e-6)


def test_graph_sums_each_text_by_itself() -> None:
    weights = np.zeros(BUCKETS, np.float16)
    weights[[3, 7]] = [2.0, -1.0]
    session = ort.InferenceSession(classifier_graph(weights, 0.5).SerializeToString(), providers=["CPUExecutionProvider"])
    inputs = {
        "ids": np.array([3, 7, 7]),
        "values": np.array([1, 1, 0.5], np.float32),
        "texts": np.array([0, 0, 2]),
        "count": np.array([3]),
    }
    np.testing.assert_allclose(session.run(None, inputs)[0], 1 / (1 + np.exp(-np.array([1.5, 0.5, 0.0]))), atol=1e-6)


def test_the_card_states_the_figures_of_the_model_beside_it(description: dict) -> None:
    card = (MODEL / "README.md").read_text(encoding="utf-8")
    evaluation = description["evaluation"]
    plain = evaluation["plainNgrams"]
    for part in (
        evaluation["crossValidation"]["auc"], evaluation["crossValidationWithMentionsAndLinks"]["auc"], plain["auc"], plain["gain"],
    ):  # fmt: skip
        assert f"{part['mean']:.3f} ({part['interval'][0]:.3f} to {part['interval'][1]:.3f})" in card
    held_out = evaluation["heldOut"]
    assert f"{held_out['auc']:.3f} ({held_out['interval'][0]:.3f} to {held_out['interval'][1]:.3f})" in card
    assert f"precision {held_out['precisionAtHalf']:.2f} and recall {held_out['recallAtHalf']:.2f}" in card
    assert f"{held_out['newsAtHalf']:.2%}".replace("%", " %") + f" of {held_out['news']:,} news texts" in card
    assert f"Seed {description['training']['seed']}" in card


def test_the_folder_is_small() -> None:
    assert sum(file.stat().st_size for file in MODEL.rglob("*") if file.is_file()) < 3e6


def test_training_leaves_the_sample_corpus_out_and_gives_the_shipped_weights(description: dict) -> None:
    pytest.importorskip("sklearn", reason="the recipe needs scikit-learn")
    if not (DATA / "tox_mpold").exists():
        pytest.skip("needs the test data: set NASAQ_TEST_DATA")
    import train_toxicity as recipe

    comments, in_sample = recipe.read_comments(DATA)
    held_out = comments.take(np.flatnonzero(in_sample))
    assert held_out.features.shape[0] == len(read_jsonl(ROOT / "resources" / "samples" / "comments.jsonl"))
    kept, used = recipe.training_texts(DATA)
    assert not set(held_out.keys) & (set(kept.keys) | set(used.keys))
    news = {recipe.key_of(row["text"][: recipe.NEWS_LENGTH]) for row in read_jsonl(ROOT / "resources" / "samples" / "news.jsonl")}
    assert not news & set(used.keys)
    assert kept.features.shape[0] == description["training"]["comments"]
    model = recipe.train(kept, used)
    shipped = load_file(MODEL / "model.safetensors")
    # Solvers differ in the last bits from machine to machine; a float16 step at these sizes is below 1e-2.
    np.testing.assert_allclose(model.weights, shipped["weights"].astype(float), atol=2e-2)
    assert model.bias == pytest.approx(float(shipped["bias"][0]), abs=1e-3)


def test_no_copy_of_a_comment_is_in_training_and_test() -> None:
    pytest.importorskip("sklearn", reason="the recipe needs scikit-learn")
    if not (DATA / "tox_mpold").exists():
        pytest.skip("needs the test data: set NASAQ_TEST_DATA")
    import train_toxicity as recipe

    comments, _ = recipe.read_comments(DATA)
    assert len(set(comments.keys)) < len(comments.keys)
    for seen, rest in recipe.folds_of(comments, recipe.SEED):
        assert not set(comments.keys[seen]) & set(comments.keys[rest])
