"""datasketch: MinHash sketches and an index with bands of its own choice; candidates are kept if their sketches are similar enough."""

from contest import Contest
from datasketch import MinHash, MinHashLSH

SEED = 42

contest = Contest.from_arguments()
texts = contest.texts()
ngrams = ([ngram.encode() for ngram in contest.ngrams(text)] for text in texts)
sketches = list(MinHash.generator(ngrams, num_perm=contest.permutations, seed=SEED))

index = MinHashLSH(threshold=contest.threshold, num_perm=contest.permutations)
with index.insertion_session() as session:
    for row, sketch in enumerate(sketches):
        session.insert(row, sketch, check_duplication=False)

pairs = []
for a, sketch in enumerate(sketches):
    for b in index.query(sketch):
        if b > a:
            similarity = sketch.jaccard(sketches[b])
            if similarity >= contest.threshold:
                pairs.append((a, b, similarity))
contest.write(pairs)
