import { formatDuration } from '../ui/formatQuantity.ts';
import { Sentence } from '../ui/Sentence.tsx';
import { useRuns } from '../state/stores.ts';

const DECISIONS = {
  reused: 'Its outputs are in the cache and will be reused',
  run: 'It will run',
  pending: 'It runs, unless its inputs come out the same',
  blocked: 'It cannot run',
  skipped: 'Not needed',
} as const;

/** What the next run will do with a node, and why. */
export function ReasonList({ node }: { node: string }) {
  const planned = useRuns((state) => state.plan?.nodes.find((candidate) => candidate.node === node));
  if (!planned) return null;
  return (
    <section className="reasons">
      <h3 className="eyebrow">Next run</h3>
      <p>
        {DECISIONS[planned.decision]}
        {planned.lastSeconds !== undefined && planned.decision !== 'reused' && ` – took ${formatDuration(planned.lastSeconds)} last time`}.
      </p>
      {planned.reasons.length > 0 && (
        <ul>
          {planned.reasons.map((reason) => (
            <li key={reason}>
              <Sentence text={reason} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
