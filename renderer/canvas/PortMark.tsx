import type { ArtifactKind } from '../../nodes/kit/index.ts';

/** Each kind has a shape beside its colour, so that ports can be told apart without seeing colours. */
const SHAPES: Record<ArtifactKind, string> = {
  corpus: 'M6 1.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9z',
  pairs: 'M1.5 2h4v8h-4zM6.5 2h4v8h-4z',
  model: 'M6 .8 11.2 6 6 11.2.8 6z',
  scores: 'M1.8 1.8h8.4v8.4H1.8z',
  report: 'M6 1.2 11 10.3H1z',
};

export function PortMark({ kind }: { kind: ArtifactKind }) {
  return (
    <svg className="port-mark" data-kind={kind} width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
      <path d={SHAPES[kind]} />
    </svg>
  );
}
