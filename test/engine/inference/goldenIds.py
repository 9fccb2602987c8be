"""Write tokenizer.golden.json: ids of the shipped tokenizer by Hugging Face's own `tokenizers`.

usage: python test/engine/inference/goldenIds.py
"""

import hashlib
import json
from pathlib import Path

from tokenizers import Tokenizer

ROOT = Path(__file__).resolve().parents[3]
SOURCE = ROOT / "resources" / "models" / "tiny-arabic-llama" / "tokenizer.json"
PLAIN = [
    "مرحبا بالعالم",
    "مُحَمَّدٌ  رسولُ\t\n x  ",
    "ـــ ١٢٣٤٥ 123456 ٪ ؟ ، ؛",
    "👨‍👩‍👧‍👦 \u200f\u200e\ufeffx",
    "a\u0301e\u00a0b\u2028c\u0085d",
    "   ",
    "<s><|user|>نص<|assistant|>",
    " قال:</s> <s>ثم <|assistant|>x<pad><|user|><|user|>\n",
]


def main() -> None:
    tokenizer = Tokenizer.from_file(str(SOURCE))
    tokenizer.encode_special_tokens = True  # as text
    samples = ROOT / "resources" / "samples"
    texts = [
        json.loads(line)["text"]
        for name in ("news", "comments")
        for line in (samples / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    ids = [tokenizer.encode(text, add_special_tokens=False).ids for text in texts]
    golden = {
        "tokenizer": hashlib.sha256(SOURCE.read_bytes()).hexdigest(),
        "samples": {"tokens": sum(map(len, ids)), "sha256": hashlib.sha256(json.dumps(ids, separators=(",", ":")).encode()).hexdigest()},
        "plain": [{"text": text, "ids": tokenizer.encode(text, add_special_tokens=False).ids} for text in PLAIN],
    }
    Path(__file__).with_name("tokenizer.golden.json").write_text(json.dumps(golden, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
