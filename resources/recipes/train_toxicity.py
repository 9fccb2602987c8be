"""Train the Arabic toxicity classifier that ships with Nasaq, and measure it.

usage: python resources/recipes/train_toxicity.py [OUT_DIR] [--data ../shared/data]
(OUT_DIR: default resources/models/arabic-toxicity; needs numpy, scipy, scikit-learn, onnx, safetensors)

Logistic regression on hashed character n-grams that are scaled by their naive Bayes log-count ratios (NB-SVM: Wang and Manning,
"Baselines and Bigrams", ACL 2012, section 2.3, with logistic loss). Trains on MPOLD, comments weighted by their annotators' agreement; on
MLMA tweets, lightly; and on news as inoffensive text. The rows of resources/samples are left out of the shipped classifier
and are a held-out test; the cross-validation goes over all of MPOLD.
"""

import argparse
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors.numpy import save
from scipy import sparse, stats
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, roc_auc_score
from sklearn.model_selection import StratifiedGroupKFold
from toxicity_features import BUCKETS, LONGEST, SHORTEST, features_of, words_of
from toxicity_graph import classifier_graph

ROOT = Path(__file__).resolve().parents[2]
SEED = 20241203
FOLDS = 5
AUXILIARY_WEIGHT = 0.1  # of an MLMA tweet or a news text against a comment that all annotators agree on
AGREEMENT_POWER = 2
SMOOTHING = 0.3
INVERSE_REGULARISATION = 5.0
NEWS_TEXTS, NEWS_LENGTH = 1000, 300


@dataclass(frozen=True)
class Texts:
    """Rows that belong together. `keys`: equal for texts of the same words, so that no copy is in training and test both."""

    features: sparse.csr_matrix
    offensive: np.ndarray
    weights: np.ndarray
    keys: np.ndarray

    def take(self, rows: np.ndarray) -> "Texts":
        return Texts(self.features[rows], self.offensive[rows], self.weights[rows], self.keys[rows])

    def without(self, keys: np.ndarray) -> "Texts":
        return self.take(np.flatnonzero(~np.isin(self.keys, keys)))

    def __add__(self, other: "Texts") -> "Texts":
        join = np.concatenate
        return Texts(
            sparse.vstack([self.features, other.features]).tocsr(),
            join([self.offensive, other.offensive]),
            join([self.weights, other.weights]),
            join([self.keys, other.keys]),
        )


@dataclass(frozen=True)
class Linear:
    """Logit of a text = features · weights + bias."""

    weights: np.ndarray
    bias: float

    def logits(self, features: sparse.csr_matrix) -> np.ndarray:
        return features @ self.weights + self.bias

    def probabilities(self, features: sparse.csr_matrix) -> np.ndarray:
        return 1 / (1 + np.exp(-self.logits(features)))


def read_jsonl(path: Path) -> list[dict]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def key_of(text: str) -> str:
    """Its letters; a text of emoji only, or of nothing, keeps itself."""
    return " ".join(word for word in words_of(text) if word[0].isalpha()) or text.strip()


def texts_of(texts: list[str], offensive: list[bool], weights: list[float], strip_artefacts: bool) -> Texts:
    rows = [features_of(text, strip_artefacts) for text in texts]
    indptr = np.cumsum([0] + [len(ids) for ids, _ in rows])
    values = np.concatenate([np.full(len(ids), value, np.float32) for ids, value in rows])
    matrix = sparse.csr_matrix((values, np.concatenate([ids for ids, _ in rows]), indptr), shape=(len(rows), BUCKETS))
    return Texts(matrix, np.array(offensive, int), np.array(weights, float), np.array([key_of(text) for text in texts]))


def read_comments(data: Path, strip_artefacts: bool = True) -> tuple[Texts, np.ndarray]:
    """MPOLD, and which of its rows are in the sample corpus."""
    rows = read_jsonl(data / "tox_mpold" / "mpold.jsonl")
    sample = {row["id"] for row in read_jsonl(ROOT / "resources" / "samples" / "comments.jsonl")}
    agreement = [(float(row["Agreement"]) / 100) ** AGREEMENT_POWER for row in rows]
    offensive = [row["Majority_Label"] == "Offensive" for row in rows]
    comments = texts_of([row["Comment"] for row in rows], offensive, agreement, strip_artefacts)
    return comments, np.array([f"mpold-{row['Id']}" in sample for row in rows])


def read_tweets(data: Path, strip_artefacts: bool = True) -> Texts:
    """MLMA; any label beside `normal` counts as offensive."""
    rows = read_jsonl(data / "tox_mlma" / "mlma_ar.jsonl")
    return texts_of(
        [row["tweet"] for row in rows],
        [row["sentiment"] != "normal" for row in rows],
        [AUXILIARY_WEIGHT] * len(rows),
        strip_artefacts,
    )


def inoffensive(texts: list[str], strip_artefacts: bool = True) -> Texts:
    return texts_of(texts, [False] * len(texts), [AUXILIARY_WEIGHT] * len(texts), strip_artefacts)


def read_news(data: Path) -> tuple[list[str], list[str]]:
    """The beginnings of news that are trained on, and whole other news to check on; no text begins like one of the other."""
    sample = [row["text"] for row in read_jsonl(ROOT / "resources" / "samples" / "news.jsonl")]
    rows = read_jsonl(data / "ant_corpus" / "ant_v1.1.jsonl")
    by_beginning = {key_of(text[:NEWS_LENGTH]): text for text in [row["text"] for row in rows if row["text"].strip()] + sample}
    shipped = {key_of(text[:NEWS_LENGTH]) for text in sample}
    rest = sorted(text for key, text in by_beginning.items() if key not in shipped)
    np.random.default_rng(SEED).shuffle(rest)
    return [text[:NEWS_LENGTH] for text in rest[:NEWS_TEXTS]], rest[NEWS_TEXTS:] + sorted(set(sample))


def training_texts(data: Path) -> tuple[Texts, Texts]:
    """Comments and auxiliary texts of the shipped classifier: nothing of the sample corpus, nor a copy of it."""
    comments, in_sample = read_comments(data)
    held_out = comments.keys[in_sample]
    auxiliary = read_tweets(data) + inoffensive(read_news(data)[0])
    return comments.take(np.flatnonzero(~in_sample)).without(held_out), auxiliary.without(held_out)


def fit_linear(train: Texts) -> Linear:
    """NB-weighted logistic regression; both classes of equal weight."""
    present = (train.features > 0).astype(float)

    def frequencies(of_class: np.ndarray) -> np.ndarray:
        counts = present.T @ (of_class * train.weights) + SMOOTHING
        return counts / counts.sum()

    ratio = np.abs(np.log(frequencies(train.offensive) / frequencies(1 - train.offensive)))
    # In a bucket that training never met the ratio is not 0, but the regression's coefficient is: it changes no score.
    regression = LogisticRegression(C=INVERSE_REGULARISATION, class_weight="balanced", solver="liblinear", random_state=SEED)
    regression.fit((train.features @ sparse.diags(ratio)).tocsr(), train.offensive, sample_weight=train.weights)
    return Linear(regression.coef_[0] * ratio, float(regression.intercept_[0]))


def folds_of(comments: Texts, seed: int) -> list[tuple[np.ndarray, np.ndarray]]:
    folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=seed)
    return list(folds.split(comments.features, comments.offensive, comments.keys))


def train(comments: Texts, auxiliary: Texts) -> Linear:
    """The whole recipe. The logits of comments that a fold has not seen are fitted to their labels (Platt scaling), so that
    scores are probabilities at the comments' own share of offensive ones."""
    unseen = np.zeros(len(comments.offensive))
    for seen, rest in folds_of(comments, SEED + 1):
        part = fit_linear(comments.take(seen) + auxiliary.without(comments.keys[rest]))
        unseen[rest] = part.logits(comments.features[rest])
    platt = LogisticRegression(C=1e6).fit(unseen[:, None], comments.offensive)
    slope, intercept = float(platt.coef_[0, 0]), float(platt.intercept_[0])
    model = fit_linear(comments + auxiliary)
    return Linear(model.weights * slope, model.bias * slope + intercept)


def mean_and_interval(scores: list[float]) -> dict:
    """Mean over folds, with the 95 % interval of Student's t."""
    half = stats.t.ppf(0.975, len(scores) - 1) * np.std(scores, ddof=1) / np.sqrt(len(scores))
    return {"mean": np.mean(scores), "interval": [np.mean(scores) - half, np.mean(scores) + half], "folds": scores}


def baseline_scores(texts: list[str], comments: Texts) -> list[float]:
    """AUC by fold of TF-IDF of character 2- to 5-grams of the raw comments with logistic regression, on the same folds."""
    scores = []
    for seen, rest in folds_of(comments, SEED):
        vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=(SHORTEST, LONGEST), sublinear_tf=True, min_df=2)
        features = vectorizer.fit_transform([texts[row] for row in seen])
        regression = LogisticRegression(C=INVERSE_REGULARISATION, class_weight="balanced", solver="liblinear", random_state=SEED)
        regression.fit(features, comments.offensive[seen])
        guess = regression.decision_function(vectorizer.transform([texts[row] for row in rest]))
        scores.append(roc_auc_score(comments.offensive[rest], guess))
    return scores


def cross_validate(comments: Texts, auxiliary: Texts) -> dict:
    """AUC by fold; calibration over all folds together."""
    scores, probabilities = [], np.zeros(len(comments.offensive))
    for seen, rest in folds_of(comments, SEED):
        model = train(comments.take(seen), auxiliary.without(comments.keys[rest]))
        probabilities[rest] = model.probabilities(comments.features[rest])
        scores.append(roc_auc_score(comments.offensive[rest], probabilities[rest]))
    return {"auc": mean_and_interval(scores), **calibration(comments.offensive, probabilities)}


def calibration(offensive: np.ndarray, probabilities: np.ndarray) -> dict:
    """Brier score, and expected calibration error over ten groups of equal size."""
    order = np.argsort(probabilities, kind="stable")
    error = sum(
        len(part) / len(order) * abs(probabilities[part].mean() - offensive[part].mean()) for part in np.array_split(order, 10)
    )
    return {"brier": brier_score_loss(offensive, probabilities), "calibrationError": error}


def bootstrap_interval(offensive: np.ndarray, probabilities: np.ndarray) -> list[float]:
    rng = np.random.default_rng(SEED)
    scores = []
    while len(scores) < 2000:
        draw = rng.integers(0, len(offensive), len(offensive))
        if 0 < offensive[draw].sum() < len(draw):
            scores.append(roc_auc_score(offensive[draw], probabilities[draw]))
    return list(np.quantile(scores, [0.025, 0.975]))


def measure(model: Linear, held_out: Texts, news: Texts) -> dict:
    probabilities = model.probabilities(held_out.features)
    flagged = probabilities >= 0.5
    return {
        "comments": len(flagged),
        "offensive": int(held_out.offensive.sum()),
        "auc": roc_auc_score(held_out.offensive, probabilities),
        "interval": bootstrap_interval(held_out.offensive, probabilities),
        **calibration(held_out.offensive, probabilities),
        "precisionAtHalf": held_out.offensive[flagged].mean(),
        "recallAtHalf": flagged[held_out.offensive == 1].mean(),
        "news": news.features.shape[0],
        "newsAtHalf": (model.probabilities(news.features) >= 0.5).mean(),
    }


def rounded(value: object) -> object:
    """Four decimals: what the card can honestly claim, and equal on machines that differ in the last bits."""
    if isinstance(value, dict):
        return {key: rounded(part) for key, part in value.items()}
    if isinstance(value, list):
        return [rounded(part) for part in value]
    return round(float(value), 4) if isinstance(value, float | np.floating) else value


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path, nargs="?", default=ROOT / "resources" / "models" / "arabic-toxicity")
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    args = parser.parse_args()

    comments, in_sample = read_comments(args.data)
    held_out = comments.take(np.flatnonzero(in_sample))
    seen_news, other_news = read_news(args.data)
    auxiliary = read_tweets(args.data) + inoffensive(seen_news)
    kept, used = training_texts(args.data)
    model = train(kept, used)
    weights = model.weights.astype(np.float16)
    shipped = Linear(weights.astype(float), float(np.float32(model.bias)))
    with_artefacts, _ = read_comments(args.data, strip_artefacts=False)
    validated = cross_validate(comments, auxiliary)
    baseline = baseline_scores([row["Comment"] for row in read_jsonl(args.data / "tox_mpold" / "mpold.jsonl")], comments)
    gains = [ours - plain for ours, plain in zip(validated["auc"]["folds"], baseline, strict=True)]
    evaluation = {
        "crossValidation": validated,
        "plainNgrams": {"auc": mean_and_interval(baseline), "gain": mean_and_interval(gains)},
        "crossValidationWithMentionsAndLinks": cross_validate(
            with_artefacts, read_tweets(args.data, strip_artefacts=False) + inoffensive(seen_news, strip_artefacts=False)
        ),
        "heldOut": measure(shipped, held_out, inoffensive(other_news)),
    }

    (args.out / "onnx").mkdir(parents=True, exist_ok=True)
    (args.out / "onnx" / "model.onnx").write_bytes(classifier_graph(weights, model.bias).SerializeToString())
    (args.out / "model.safetensors").write_bytes(save({"weights": weights, "bias": np.array([model.bias], np.float32)}))
    description = {
        "format": 1,
        "positiveClass": "offensive",
        "features": {"buckets": BUCKETS, "shortest": SHORTEST, "longest": LONGEST},
        "emptyProbability": kept.offensive.mean(),
        "training": {
            "seed": SEED, "comments": len(kept.offensive), "offensive": int(kept.offensive.sum()),
            "tweets": len(used.offensive) - len(seen_news), "news": len(seen_news),
        },
        "evaluation": evaluation,
    }  # fmt: skip
    text = json.dumps(rounded(description), indent=2, ensure_ascii=False) + "\n"
    (args.out / "classifier.json").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
