"""What the toxicity classifier sees of a text: the character 2- to 5-grams of its words, hashed into buckets.

Written again, and to be kept equal, in main/engine/text/toxicityFeatures.ts. Who is spoken to, links, quotation marks,
digits, punctuation, spacing, case, diacritics, tatweel and repeated letters or emoji leave no trace: they tell the platform that
a text comes from, and tidying a text must not move its score.
"""

import re
import unicodedata

import numpy as np

BUCKETS = 1 << 18
SHORTEST, LONGEST = 2, 5

# Runs after lower(); ASCII classes only, for what \w and \s match differs between Python and JavaScript.
ARTEFACTS = re.compile(r"https?://[!-~]*|www\.[!-~]+|@ ?[a-z0-9_][a-z0-9_.]*|[<\[](?:url|user)[>\]]|&[a-z]+;")
ARTEFACT_WORDS = {"rt", "url", "user"}
# Diacritics, tatweel, Quranic signs, invisible and bidirectional controls, emoji variation and skin tone.
INVISIBLE = re.compile(
    "[\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufe0f\ufeff\U0001f3fb-\U0001f3ff]"
)
SPELLING = str.maketrans("أإآٱىةؤئگکیچپڤ", "ااااي" + "هوي" + "ككيجبف")
REPEATED = re.compile(r"(.)\1+")
WORD = re.compile("[\u0621-\u063a\u0641-\u064a\u0671-\u06d3a-z]+|[\u2600-\u27bf\U0001f300-\U0001faff]+")


def words_of(text: str, strip_artefacts: bool = True) -> list[str]:
    """Words (Arabic, Latin) and runs of emoji, in one spelling. `strip_artefacts=False` is for measuring what that costs."""
    text = unicodedata.normalize("NFKC", text).lower()
    if strip_artefacts:
        text = ARTEFACTS.sub(" ", text)
    text = INVISIBLE.sub("", text).translate(SPELLING)
    words = WORD.findall(REPEATED.sub(r"\1", text))
    return [word for word in words if word not in ARTEFACT_WORDS] if strip_artefacts else words


def bucket_ids(words: list[str]) -> np.ndarray:
    """Ascending distinct buckets, int64 [features]: FNV-1a over code points of every n-gram of " word ", halves folded."""
    found: set[int] = set()
    for word in set(words):
        codes = [32, *map(ord, word), 32]
        for start in range(len(codes) - SHORTEST + 1):
            state = 0x811C9DC5
            for length, code in enumerate(codes[start : start + LONGEST], 1):
                state = ((state ^ code) * 0x01000193) & 0xFFFFFFFF
                if length >= SHORTEST:
                    found.add((state ^ (state >> 15)) & (BUCKETS - 1))
    return np.array(sorted(found), dtype=np.int64)


def features_of(text: str, strip_artefacts: bool = True) -> tuple[np.ndarray, float]:
    """Buckets of a text and the value that each has, 1 / sqrt(number of buckets); (empty, 0.0) for a text without words."""
    ids = bucket_ids(words_of(text, strip_artefacts))
    return ids, float(1 / np.sqrt(len(ids))) if len(ids) else 0.0
