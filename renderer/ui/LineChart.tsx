import { useEffect, useRef } from 'react';
import UPlot, { type AlignedData, type Options } from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { ChartLegend } from './ChartLegend.tsx';

export interface LineSeries {
  readonly name: string;
  readonly steps: readonly number[];
  readonly values: readonly number[];
}

/** Tokens of the series' colours, told apart also in lightness; the dash tells them apart without colour. */
const COLOURS = ['--running', '--model', '--pairs', '--scores'] as const;
const DASHES: readonly number[][] = [[], [6, 3], [2, 3], [8, 3, 2, 3]];

/** Lines over steps, drawn point by point; new points of the same series are added without building the chart again. */
export function LineChart({ x, y, series, height = 190 }: { x: string; y: string; series: readonly LineSeries[]; height?: number }) {
  const holder = useRef<HTMLDivElement>(null);
  const chart = useRef<UPlot>(undefined);
  const names = series.map(({ name }) => name).join('\n');
  const data = useRef<AlignedData>([[]]);
  data.current = aligned(series);

  useEffect(() => {
    const element = holder.current!;
    const build = () => {
      chart.current?.destroy();
      chart.current = new UPlot(options(element, x, y, names.split('\n'), height), data.current, element);
    };
    build();
    const resize = new ResizeObserver(() => chart.current?.setSize({ width: element.clientWidth, height }));
    resize.observe(element);
    const theme = new MutationObserver(build);
    theme.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
    return () => {
      resize.disconnect();
      theme.disconnect();
      chart.current?.destroy();
      chart.current = undefined;
    };
  }, [x, y, names, height]);

  useEffect(() => chart.current?.setData(data.current));

  return (
    <div className="chart">
      <ChartLegend names={series.map(({ name }) => name)} colours={COLOURS} />
      <div className="chart__plot" ref={holder} role="img" aria-label={`${y} over ${x}: ${series.map(({ name }) => name).join(', ')}`} />
    </div>
  );
}

function aligned(series: readonly LineSeries[]): AlignedData {
  const [first] = series;
  if (series.length === 1 && first) return [first.steps as number[], first.values as number[]];
  return UPlot.join(series.map(({ steps, values }) => [steps as number[], values as number[]]));
}

const formatTick = (value: number): string => (value === 0 ? '0' : String(Number(value.toPrecision(4))));

function options(element: HTMLElement, x: string, y: string, names: readonly string[], height: number): Options {
  const style = getComputedStyle(element);
  const colour = (token: string) => style.getPropertyValue(token).trim();
  const font = `11px ${style.fontFamily}`;
  const axis = {
    values: (_chart: UPlot, ticks: number[]) => ticks.map(formatTick),
    stroke: colour('--ink-faint'),
    font,
    labelFont: font,
    labelSize: 16,
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { stroke: colour('--line'), width: 1, size: 4 },
  };
  return {
    width: Math.max(160, element.clientWidth),
    height,
    legend: { show: false },
    cursor: { drag: { x: true, y: false }, points: { size: 6 } },
    scales: { x: { time: false } },
    axes: [
      { ...axis, label: x, size: 26 },
      { ...axis, label: y, size: 44 },
    ],
    series: [
      {},
      ...names.map((label, index) => ({
        label,
        stroke: colour(COLOURS[index % COLOURS.length]!),
        dash: DASHES[index % DASHES.length]!,
        width: 1.75,
        spanGaps: true,
        points: { show: false },
      })),
    ],
  };
}
