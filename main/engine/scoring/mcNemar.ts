/**
 * Two-sided exact McNemar test (McNemar 1947): the chance of a split at least as uneven as this one when two models
 * are equally likely to be the only one that is right. `onlyFirst`, `onlySecond`: questions that just one got right.
 */
export function mcNemar(onlyFirst: number, onlySecond: number): number {
  const count = onlyFirst + onlySecond;
  const fewer = Math.min(onlyFirst, onlySecond);
  let logTerm = -count * Math.LN2;
  let tail = 0;
  for (let successes = 0; successes <= fewer; successes++) {
    tail += Math.exp(logTerm);
    logTerm += Math.log(count - successes) - Math.log(successes + 1);
  }
  return Math.min(1, 2 * tail);
}
