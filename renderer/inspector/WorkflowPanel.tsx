import { Icon } from '../ui/Icon.tsx';
import { Sentence } from '../ui/Sentence.tsx';
import { formatDuration } from '../ui/formatQuantity.ts';
import { graphProblems } from '../state/graphProblems.ts';
import { setDetails } from '../state/graphCommands.ts';
import { useGraph, useRuns, useStores } from '../state/stores.ts';

/** The workflow itself: notes, seed, what still keeps it from running, and what the next run would do. */
export function WorkflowPanel() {
  const { types, graph } = useStores();
  const workflow = useGraph((state) => state.workflow);
  const { plan, planError } = useRuns((state) => state);
  const problems = graphProblems(workflow, types);
  const runs = plan?.nodes.filter(({ decision }) => decision === 'run' || decision === 'pending') ?? [];
  const reused = plan?.nodes.filter(({ decision }) => decision === 'reused') ?? [];
  const seconds = runs.reduce((sum, { lastSeconds }) => sum + (lastSeconds ?? 0), 0);

  return (
    <div className="params">
      <header className="params__header">
        <p className="eyebrow">Workflow</p>
        <input
          className="params__title"
          aria-label="Title of the workflow"
          dir="auto"
          value={workflow.title}
          placeholder="Untitled"
          onChange={(event) => graph.getState().change((current) => setDetails(current, { title: event.target.value }), 'workflow title')}
        />
      </header>
      <div className="field">
        <label className="field__title" htmlFor="workflow-notes">
          Notes
        </label>
        <textarea
          id="workflow-notes"
          className="input input--area"
          rows={5}
          dir="auto"
          placeholder="What this workflow is for"
          value={workflow.notes ?? ''}
          onChange={(event) =>
            graph.getState().change((current) => setDetails(current, { notes: event.target.value || undefined }), 'workflow notes')
          }
        />
      </div>
      <div className="field">
        <label className="field__title" htmlFor="workflow-seed">
          Seed
        </label>
        <input
          id="workflow-seed"
          className="input input--number"
          inputMode="numeric"
          value={workflow.seed}
          onChange={(event) => {
            const seed = Number(event.target.value);
            if (Number.isSafeInteger(seed) && seed >= 0)
              graph.getState().change((current) => setDetails(current, { seed }), 'workflow seed');
          }}
        />
        <p className="field__below">Every source of chance starts from it: the same seed gives the same results.</p>
      </div>
      {workflow.nodes.length > 0 && (
        <section className="reasons">
          <h3 className="eyebrow">Next run</h3>
          {problems.length > 0 ? (
            <ul className="problem-list">
              {problems.map(({ node, port, param, sentence }) => (
                <li key={`${node} ${port} ${param}`}>
                  <button type="button" className="problem-list__item" onClick={() => graph.getState().select({ nodes: new Set([node]) })}>
                    <Icon name="alert" size={13} />
                    <Sentence text={sentence} />
                  </button>
                </li>
              ))}
            </ul>
          ) : planError ? (
            <p className="panel__error selectable">
              <Icon name="alert" size={14} />
              <Sentence text={planError} />
            </p>
          ) : plan ? (
            <p>
              {reused.length} of {plan.nodes.length} nodes are in the cache
              {runs.length > 0 && `, ${runs.length} will run`}
              {seconds >= 1 && ` (they took ${formatDuration(seconds)} last time)`}.
            </p>
          ) : (
            <p>Looking at what is in the cache…</p>
          )}
        </section>
      )}
    </div>
  );
}
