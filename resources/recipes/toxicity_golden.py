"""Write what the features and the shipped classifier give for real texts, for the tests that hold Python and TypeScript equal.

usage: python resources/recipes/toxicity_golden.py   (after train_toxicity.py; needs onnxruntime)

One JSON object a line: `name` and, for texts that are not in resources/samples, `text`; `features` their number; `digest` the first 16
hexadecimal digits of the SHA-256 of the buckets as little-endian int32; `probability`.
"""

import hashlib
import json
from pathlib import Path

import numpy as np
import onnxruntime as ort
from toxicity_features import features_of

ROOT = Path(__file__).resolve().parents[2]
NEWS = 100
EDGES = {
    "nothing": "",
    "no words": "@User.IDX https://t.co/abc 123 ... <url> &amp;",
    "plain": "هذا كلام جميل",
    "the same, noisy": '"@User.IDX  هـــذا كلااااام   جَمِيلٌ !!! http://t.co/x9 @user"',
    "presentation forms": "ﻫﺬﺍ ﻛﻼﻡ ﺟﻤﻴﻞ ﷺ",
    "emoji": "😂😂😂 👍🏽 ❤️ 👨‍👩‍👧 ☠",
    "full-width handle": "＠ｕｓｅｒ مرحبا ＷＷＷ.example.com",
    "letters that lower-case oddly": "İstanbul ſhort ΣΑΣ ẞ K Å",
    "line ends": "سطر\r\n\r\nثان\u2028ثالث\u2029رابع\x1cخامس\x85سادس",
    "controls": "\u200fمر\u200cحبا\u202b بكم\u2069 \ufeff",
    "Persian and Urdu letters": "گفتگو چرا پدر ڤيديو ٹوٹا ھے",
    "digits inside": "ab12cd ٣أ٤ب",
    "hashtag": "#كلمة_اخرى RT @a_b.c: نص",
    "CDATA-like": "[URL] <USER> &lt;b&gt; نص",
}


def read_texts() -> dict[str, str]:
    texts = {}
    for file, limit in (("comments", None), ("news", NEWS)):
        lines = (ROOT / "resources" / "samples" / f"{file}.jsonl").read_text(encoding="utf-8").splitlines()
        texts |= {row["id"]: row["text"] for row in map(json.loads, lines[:limit])}
    return texts


def main() -> None:
    model = ROOT / "resources" / "models" / "arabic-toxicity"
    session = ort.InferenceSession(str(model / "onnx" / "model.onnx"), providers=["CPUExecutionProvider"])
    empty = json.loads((model / "classifier.json").read_text(encoding="utf-8"))["emptyProbability"]
    lines = []
    for name, text in {**EDGES, **read_texts()}.items():
        ids, value = features_of(text)
        feeds = {
            "ids": ids,
            "values": np.full(len(ids), value, np.float32),
            "texts": np.zeros(len(ids), np.int64),
            "count": np.array([1]),
        }
        probability = float(session.run(None, feeds)[0][0]) if len(ids) else empty
        digest = hashlib.sha256(ids.astype("<i4").tobytes()).hexdigest()[:16]
        row = {"name": name, **({"text": text} if name in EDGES else {}), "features": len(ids), "digest": digest}
        lines.append(json.dumps({**row, "probability": round(probability, 7)}, ensure_ascii=True) + "\n")
    path = ROOT / "test" / "engine" / "toxicityGolden.jsonl"
    path.write_text("".join(lines), encoding="utf-8")
    print(f"{path.relative_to(ROOT)}: {len(lines)} texts")


if __name__ == "__main__":
    main()
