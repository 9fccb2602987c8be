"""rensa: R-MinHash sketches and its own index of bands; candidates are kept if their sketches are similar enough.

Its quicker sketches ("rho") give a flag a document and no pairs, and save nothing here: most of the time makes the n-grams' strings.
"""

from contest import Contest
from rensa import RMinHash, RMinHashLSH

SEED = 42
# Its batch call is fastest; so many documents' n-grams are in memory at once.
BATCH = 5000

contest = Contest.from_arguments()
texts = contest.texts()
sketches: list[RMinHash] = []
for start in range(0, len(texts), BATCH):
    ngrams = [contest.ngrams(text) for text in texts[start : start + BATCH]]
    sketches += RMinHash.from_token_sets(ngrams, num_perm=contest.permutations, seed=SEED)

index = RMinHashLSH(threshold=contest.threshold, num_perm=contest.permutations, num_bands=contest.bands)
index.insert_many(sketches, 0)
pairs = []
for a, candidates in enumerate(index.query_all(sketches)):
    for b in candidates:
        if b > a:
            similarity = sketches[a].jaccard(sketches[b])
            if similarity >= contest.threshold:
                pairs.append((a, b, similarity))
contest.write(pairs)
