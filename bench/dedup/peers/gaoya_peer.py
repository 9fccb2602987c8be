"""gaoya: MinHash sketches and bands; a query gives the documents whose sketches are similar enough, not how similar."""

import math

from contest import Contest
from gaoya.minhash import MinHashStringIndex

# Its batch calls are fastest; what they give back for so many documents is in memory at once.
BATCH = 5000

contest = Contest.from_arguments()
texts = contest.texts()
index = MinHashStringIndex(
    hash_size=32,
    jaccard_threshold=contest.threshold,
    num_bands=contest.bands,
    band_size=contest.permutations // contest.bands,
    analyzer="word",
    lowercase=False,
    ngram_range=(contest.words, contest.words),
)
for start in range(0, len(texts), BATCH):
    batch = texts[start : start + BATCH]
    index.par_bulk_insert_docs(list(range(start, start + len(batch))), batch)

pairs = []
for start in range(0, len(texts), BATCH):
    for row, similar in enumerate(index.par_bulk_query(texts[start : start + BATCH]), start):
        pairs += [(row, other, math.nan) for other in similar if other > row]
contest.write(pairs)
