import { useState } from 'react';
import { useReactFlow } from '@xyflow/react';
import { CATEGORIES, type Category, type NodeSpec } from '../../nodes/kit/index.ts';
import { Icon } from '../ui/Icon.tsx';
import { addNode } from '../state/graphCommands.ts';
import { useStores } from '../state/stores.ts';
import './palette.css';

/** What a drag from the palette carries: a node type's name. */
export const NODE_TYPE_MIME = 'application/x-nasaq-node-type';

const TITLES: Record<Category, string> = { data: 'Data', align: 'Alignment', train: 'Training', measure: 'Measuring' };

export function Palette() {
  const { types, graph } = useStores();
  const flow = useReactFlow();
  const [query, setQuery] = useState('');
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const found = [...types.values()].filter(({ type, title, summary, category }) => {
    const text = `${type} ${title} ${summary} ${TITLES[category]}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });

  const add = (spec: NodeSpec) => {
    const pane = document.querySelector('.canvas')!.getBoundingClientRect();
    const centre = flow.screenToFlowPosition({ x: pane.x + pane.width / 2, y: pane.y + pane.height / 2 }, { snapToGrid: true });
    // One added after another would lie exactly on top of it.
    const taken = graph.getState().workflow.nodes;
    let place = { x: centre.x - 120, y: centre.y - 60 };
    while (taken.some(({ position }) => Math.abs(position.x - place.x) < 16 && Math.abs(position.y - place.y) < 16)) {
      place = { x: place.x + 32, y: place.y + 32 };
    }
    graph.getState().change((current) => addNode(current, spec, place).workflow);
    graph.getState().select({ nodes: new Set([graph.getState().workflow.nodes.at(-1)!.id]) });
  };

  return (
    <nav className="palette" aria-label="Node types">
      <label className="palette__search">
        <Icon name="search" size={14} />
        <input
          type="search"
          placeholder="Find a node type"
          value={query}
          dir="auto"
          onChange={(event) => setQuery(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && found[0]) add(found[0]);
            if (event.key === 'Escape') setQuery('');
          }}
        />
      </label>
      <div className="palette__groups">
        {CATEGORIES.map((category) => {
          const specs = found.filter((spec) => spec.category === category);
          if (specs.length === 0) return null;
          return (
            <section key={category} className="palette__group" data-category={category}>
              <h2 className="eyebrow">{TITLES[category]}</h2>
              {specs.map((spec) => (
                <button
                  key={spec.type}
                  type="button"
                  className="palette__item"
                  draggable
                  title={`${spec.summary}\nDrag onto the canvas, or press Enter.`}
                  data-type={spec.type}
                  onDragStart={(event) => {
                    event.dataTransfer.setData(NODE_TYPE_MIME, spec.type);
                    event.dataTransfer.effectAllowed = 'copy';
                  }}
                  onDoubleClick={() => add(spec)}
                  onClick={({ detail }) => {
                    // From the keyboard or a screen reader, not the pointer.
                    if (detail === 0) add(spec);
                  }}
                >
                  <span className="palette__icon">
                    <Icon name={spec.category} />
                  </span>
                  <span className="palette__words">
                    <span className="palette__title">{spec.title}</span>
                    <span className="palette__summary">{spec.summary}</span>
                  </span>
                </button>
              ))}
            </section>
          );
        })}
        {found.length === 0 && (
          <p className="palette__none">{query ? `No node type matches “${query}”.` : 'No node types are installed.'}</p>
        )}
      </div>
    </nav>
  );
}
