import { useState } from 'react';
import type { Param } from '../../nodes/kit/index.ts';
import type { GraphNode } from '../../main/contract/graph.ts';
import { Icon } from '../ui/Icon.tsx';
import { ReportChartFigure } from '../previews/ReportChartFigure.tsx';
import { graphProblems } from '../state/graphProblems.ts';
import { renameNode, setParam } from '../state/graphCommands.ts';
import { useGraph, useRuns, useStores } from '../state/stores.ts';
import { Sentence } from '../ui/Sentence.tsx';
import { ParamField } from './ParamField.tsx';
import { ReasonList } from './ReasonList.tsx';

/** A node's settings, made from its spec. */
export function ParamsPanel({ node }: { node: GraphNode }) {
  const { types, graph } = useStores();
  const workflow = useGraph((state) => state.workflow);
  const run = useRuns(({ current }) => current.nodes[node.id]);
  const [more, setMore] = useState(false);
  const [about, setAbout] = useState(false);
  const spec = types.get(node.type);
  if (!spec) return <p className="panel__text">This Nasaq has no node type “{node.type}”.</p>;

  const problems = graphProblems(workflow, types).filter((problem) => problem.node === node.id);
  const params = Object.entries<Param>(spec.params);
  const advanced = params.filter(([, param]) => param.advanced);
  const hiddenProblem = advanced.some(([key]) => problems.some(({ param }) => param === key));
  const field = ([key, param]: [string, Param]) => (
    <ParamField
      key={key}
      name={key}
      param={param}
      value={node.params[key] ?? param.default}
      changed={key in node.params}
      problem={problems.find((problem) => problem.param === key)?.short}
      onChange={(value) => graph.getState().change((current) => setParam(current, node.id, key, value, types), `param ${node.id} ${key}`)}
    />
  );

  return (
    <div className="params">
      <header className="params__header" data-category={spec.category}>
        <input
          className="params__title"
          aria-label="Title of the node"
          dir="auto"
          value={node.title ?? ''}
          placeholder={spec.title}
          onChange={(event) => graph.getState().change((current) => renameNode(current, node.id, event.target.value), `title ${node.id}`)}
        />
        <p className="params__type">
          <span className="params__dot" /> {spec.title} · <code>{node.id}</code>
        </p>
        <p className="panel__text">{spec.summary}</p>
      </header>
      {run?.error && (
        <p className="panel__error selectable">
          <Icon name="alert" size={14} />
          <Sentence text={run.error} />
        </p>
      )}
      {problems
        .filter(({ port }) => port)
        .map(({ port, sentence }) => (
          <p key={port} className="panel__warning">
            <Icon name="alert" size={14} />
            <Sentence text={sentence} />
          </p>
        ))}
      {params.filter(([, param]) => !param.advanced).map(field)}
      {params.length === 0 && <p className="panel__text">Nothing to set here.</p>}
      {advanced.length > 0 && (
        <>
          <button type="button" className="params__more" aria-expanded={more || hiddenProblem} onClick={() => setMore(!more)}>
            <Icon name="chevron" size={12} /> More
          </button>
          {(more || hiddenProblem) && advanced.map(field)}
        </>
      )}
      <ReasonList node={node.id} />
      <details className="params__about" onToggle={(event) => setAbout(event.currentTarget.open)}>
        <summary>About {spec.title}</summary>
        {spec.help.split(/\n\s*\n/).map((paragraph, index) => (
          <p key={index} className="panel__text selectable">
            <Sentence text={paragraph} />
          </p>
        ))}
        {/* A chart takes its width from what is around it, and that has none while it is closed. */}
        {about && spec.helpChart && <ReportChartFigure chart={spec.helpChart} />}
      </details>
    </div>
  );
}
