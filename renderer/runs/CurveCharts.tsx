import type { NodeRun } from '../state/runState.ts';
import { LineChart } from '../ui/LineChart.tsx';
import './runs.css';

/** `heldOutLoss` → "held out loss". */
const inWords = (name: string): string => name.replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase();

/** A trainer's curves while it runs: losses share one chart, everything else has its own. */
export function CurveCharts({ curves }: { curves: NodeRun['curves'] }) {
  const series = Object.entries(curves).map(([name, { steps, values, length }]) => ({
    name: inWords(name),
    steps: steps.length === length ? steps : steps.slice(0, length),
    values: values.length === length ? values : values.slice(0, length),
  }));
  if (series.length === 0) return null;
  // The training loss has the first, solid line.
  const losses = series.filter(({ name }) => /loss/i.test(name)).sort((a, b) => a.name.length - b.name.length);
  const others = series.filter(({ name }) => !/loss/i.test(name));
  return (
    <div className="curves">
      {losses.length > 0 && <LineChart x="step" y="loss" series={losses} height={180} />}
      {others.map((one) => (
        <LineChart key={one.name} x="step" y={one.name} series={[one]} height={120} />
      ))}
    </div>
  );
}
