import {
  Background,
  BackgroundVariant,
  ReactFlow,
  useReactFlow,
  type Connection,
  type Edge,
  type EdgeChange,
  type FinalConnectionState,
  type Node,
  type NodeChange,
} from '@xyflow/react';
import '@xyflow/react/dist/base.css';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { GraphEdge } from '../../main/contract/graph.ts';
import { Button } from '../ui/Button.tsx';
import { connectionProblem } from '../state/connectionProblem.ts';
import { addNode, connect, edgeId, moveNodes, type Position } from '../state/graphCommands.ts';
import { useGraph, useStores } from '../state/stores.ts';
import { createCanvasStore } from './canvasStore.ts';
import { NODE_TYPE_MIME } from './Palette.tsx';
import { KindEdge } from './KindEdge.tsx';
import { NodeCard } from './NodeCard.tsx';
import './canvas.css';

const NODE_TYPES = { card: NodeCard };
const EDGE_TYPES = { kind: KindEdge };
const GRID: [number, number] = [8, 8];
const FIT = { padding: 0.07, maxZoom: 1, minZoom: 0.3 };

const asEdge = (connection: Connection | Edge): GraphEdge => ({
  from: { node: connection.source, port: connection.sourceHandle ?? '' },
  to: { node: connection.target, port: connection.targetHandle ?? '' },
});

/** The graph, drawn and edited through React Flow; every change goes to the graph store as a command. */
export function Canvas() {
  const { types, graph, view } = useStores();
  const workflow = useGraph((state) => state.workflow);
  const selection = useGraph((state) => state.selection);
  const file = useGraph((state) => state.file);
  const [canvas] = useState(createCanvasStore);
  const { dragged, measured } = useStore(canvas);
  const flow = useReactFlow();
  const refusal = useRef<string | undefined>(undefined);

  const nodes = useMemo(
    () =>
      workflow.nodes.map(({ id, position }): Node => ({
        id,
        type: 'card',
        position: dragged[id] ?? position,
        selected: selection.nodes.has(id),
        data: {},
        ...(measured[id] && { measured: measured[id] }),
      })),
    [workflow.nodes, selection.nodes, dragged, measured],
  );
  const edges = useMemo(
    () =>
      workflow.edges.map((edge): Edge => {
        const id = edgeId(edge);
        return {
          id,
          type: 'kind',
          source: edge.from.node,
          sourceHandle: edge.from.port,
          target: edge.to.node,
          targetHandle: edge.to.port,
          selected: selection.edges.has(id),
        };
      }),
    [workflow.edges, selection.edges],
  );

  const onNodesChange = useCallback(
    (changes: NodeChange[]) => {
      const sizes: Record<string, { width: number; height: number }> = {};
      const dragging: Record<string, Position> = {};
      const settled = new Map<string, Position>();
      const selected = new Set(graph.getState().selection.nodes);
      for (const change of changes) {
        if (change.type === 'dimensions' && change.dimensions) sizes[change.id] = change.dimensions;
        else if (change.type === 'position' && change.position) {
          if (change.dragging) dragging[change.id] = change.position;
          else settled.set(change.id, change.position);
        } else if (change.type === 'select') {
          if (change.selected) selected.add(change.id);
          else selected.delete(change.id);
        }
      }
      if (Object.keys(sizes).length > 0) canvas.setState((state) => ({ measured: { ...state.measured, ...sizes } }));
      if (Object.keys(dragging).length > 0) canvas.setState((state) => ({ dragged: { ...state.dragged, ...dragging } }));
      if (settled.size > 0) {
        canvas.setState({ dragged: {} });
        graph.getState().change((current) => moveNodes(current, settled));
      }
      if (changes.some(({ type }) => type === 'select'))
        graph.getState().select({ nodes: selected, edges: graph.getState().selection.edges });
    },
    [canvas, graph],
  );
  const onEdgesChange = useCallback(
    (changes: EdgeChange[]) => {
      const selected = new Set(graph.getState().selection.edges);
      for (const change of changes) {
        if (change.type !== 'select') continue;
        if (change.selected) selected.add(change.id);
        else selected.delete(change.id);
      }
      graph.getState().select({ edges: selected, nodes: graph.getState().selection.nodes });
    },
    [graph],
  );

  const isValidConnection = useCallback(
    (connection: Connection | Edge) => {
      refusal.current = connectionProblem(graph.getState().workflow, asEdge(connection), types);
      return refusal.current === undefined;
    },
    [graph, types],
  );
  const onConnectEnd = useCallback(
    (_event: MouseEvent | TouchEvent, state: FinalConnectionState) => {
      if (state.isValid === false && state.toHandle && refusal.current) view.getState().toast('refused', refusal.current);
    },
    [view],
  );

  // A workflow that was just opened is shown whole.
  useEffect(() => {
    const frame = requestAnimationFrame(() => requestAnimationFrame(() => void flow.fitView(FIT)));
    return () => cancelAnimationFrame(frame);
  }, [file, flow]);

  const drop = (event: React.DragEvent) => {
    const spec = types.get(event.dataTransfer.getData(NODE_TYPE_MIME));
    if (!spec) return;
    event.preventDefault();
    const position = flow.screenToFlowPosition({ x: event.clientX, y: event.clientY }, { snapToGrid: true });
    graph.getState().change((current) => addNode(current, spec, { x: position.x - 120, y: position.y - 24 }).workflow);
    graph.getState().select({ nodes: new Set([graph.getState().workflow.nodes.at(-1)!.id]) });
  };

  return (
    <div className="canvas" onDrop={drop} onDragOver={(event) => event.preventDefault()}>
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={NODE_TYPES}
        edgeTypes={EDGE_TYPES}
        onNodesChange={onNodesChange}
        onEdgesChange={onEdgesChange}
        isValidConnection={isValidConnection}
        onConnect={(connection) => graph.getState().change((current) => connect(current, asEdge(connection), types))}
        onConnectEnd={onConnectEnd}
        connectionRadius={28}
        snapToGrid
        snapGrid={GRID}
        minZoom={0.2}
        maxZoom={2}
        fitView
        fitViewOptions={FIT}
        deleteKeyCode={null}
        selectionKeyCode="Shift"
        multiSelectionKeyCode={['Control', 'Meta']}
        proOptions={{ hideAttribution: true }}
        aria-label="Workflow"
      >
        <Background variant={BackgroundVariant.Dots} gap={24} size={1.6} color="var(--canvas-dot)" bgColor="var(--canvas)" />
      </ReactFlow>
      {workflow.nodes.length === 0 && <EmptyCanvas />}
      <div className="canvas__zoom" role="group" aria-label="Zoom">
        <Button icon="plus" tone="quiet" small label="Zoom in" onClick={() => void flow.zoomIn({ duration: 120 })} />
        <Button icon="minus" tone="quiet" small label="Zoom out" onClick={() => void flow.zoomOut({ duration: 120 })} />
        <Button icon="fit" tone="quiet" small label="Zoom to fit (Shift+1)" onClick={() => void flow.fitView({ ...FIT, duration: 160 })} />
      </div>
    </div>
  );
}

function EmptyCanvas() {
  const { session } = useStores();
  return (
    <div className="canvas__empty">
      <h2>Start with a corpus</h2>
      <p>Drag node types from the left onto the canvas and wire what comes out of one into the next.</p>
      <div className="canvas__empty-actions">
        <Button tone="primary" onClick={() => void session.open({ sample: true })}>
          Open the sample
        </Button>
        <Button onClick={() => void session.open()}>Open a workflow…</Button>
      </div>
    </div>
  );
}
