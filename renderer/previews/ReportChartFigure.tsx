import type { ReportChart } from '../../nodes/kit/index.ts';
import { Histogram } from '../ui/Histogram.tsx';
import { LineChart } from '../ui/LineChart.tsx';
import './previews.css';

/** A chart of a report, or of a node type's help, under its title. */
export function ReportChartFigure({ chart: { title, type, x, y, series } }: { chart: ReportChart }) {
  const empty = series.every(({ points }) => points.length === 0);
  return (
    <figure className="report__part">
      <figcaption dir="auto">{title}</figcaption>
      {empty ? (
        <p className="report__none">No points.</p>
      ) : type === 'line' ? (
        <LineChart
          x={x}
          y={y}
          series={series.map(({ name, points }) => ({ name, steps: points.map(([at]) => at), values: points.map(([, value]) => value) }))}
        />
      ) : (
        <Histogram x={x} y={y} series={series} />
      )}
    </figure>
  );
}
