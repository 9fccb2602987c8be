"""What every peer is given and gives back: JSON lines with a `text` in, pairs of similar documents out."""

import argparse
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import orjson

# As `pairsFile.ts` reads them; a similarity that a peer does not tell is NaN.
PAIR = np.dtype([("a", "<u4"), ("b", "<u4"), ("similarity", "<f8")])


@dataclass(frozen=True)
class Contest:
    corpus: str
    pairs: str
    words: int
    threshold: float
    permutations: int
    bands: int

    @staticmethod
    def from_arguments() -> "Contest":
        parser = argparse.ArgumentParser()
        parser.add_argument("corpus", help="JSON lines with a `text`")
        parser.add_argument("pairs", help="the file to write")
        parser.add_argument("--words", type=int, required=True, help="words in an n-gram")
        parser.add_argument("--threshold", type=float, required=True, help="least Jaccard similarity")
        parser.add_argument("--permutations", type=int, required=True, help="length of a sketch")
        parser.add_argument("--bands", type=int, required=True, help="for peers that let one choose")
        return Contest(**vars(parser.parse_args()))

    def texts(self) -> list[str]:
        with open(self.corpus, "rb") as lines:
            return [orjson.loads(line)["text"] for line in lines]

    def ngrams(self, text: str) -> list[str]:
        """Those of white space's words; a text of fewer words is one n-gram."""
        words = text.split()
        if len(words) < self.words:
            return [" ".join(words)]
        return [" ".join(words[at : at + self.words]) for at in range(len(words) - self.words + 1)]

    def write(self, pairs: Iterable[tuple[int, int, float]]) -> None:
        """Pairs of rows, from 0, with the similarity as the peer estimates it."""
        np.array(list(pairs), dtype=PAIR).tofile(self.pairs)
