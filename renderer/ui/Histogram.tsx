import { ChartLegend } from './ChartLegend.tsx';
import { formatNumber } from './formatQuantity.ts';

/** Before and after: the first is the quiet one. */
const SEVERAL = ['--report', '--pairs', '--model', '--scores'] as const;
const SINGLE = ['--pairs'] as const;
const WIDTH = 420;
const HEIGHT = 190;
const LEFT = 40;
const BOTTOM = 34;
const TOP = 8;

interface Props {
  readonly x: string;
  readonly y: string;
  /** Points are (left edge or centre of a bin, height). */
  readonly series: readonly { readonly name: string; readonly points: readonly (readonly [number, number])[] }[];
}

/** Bars of one or more distributions over the same bins, side by side within each bin. */
export function Histogram({ x, y, series }: Props) {
  const colours = series.length === 1 ? SINGLE : SEVERAL;
  const bins = [...new Set(series.flatMap(({ points }) => points.map(([at]) => at)))].sort((a, b) => a - b);
  const highest = Math.max(...series.flatMap(({ points }) => points.map(([, value]) => value)), 0) || 1;
  const slot = (WIDTH - LEFT - 6) / bins.length;
  const bar = (slot * 0.82) / series.length;
  const scale = (value: number) => ((HEIGHT - TOP - BOTTOM) * value) / highest;
  const every = Math.ceil(bins.length / 7);
  const base = HEIGHT - BOTTOM;

  return (
    <div className="chart">
      <ChartLegend names={series.map(({ name }) => name)} colours={colours} />
      <svg
        className="histogram"
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={`${y} by ${x}: ${series.map(({ name }) => name).join(', ')}`}
      >
        {[0, 0.5, 1].map((share) => (
          <g key={share}>
            <line className="histogram__grid" x1={LEFT} x2={WIDTH} y1={base - scale(highest * share)} y2={base - scale(highest * share)} />
            <text className="histogram__label" x={LEFT - 6} y={base - scale(highest * share) + 3.5} textAnchor="end">
              {formatNumber(Number((highest * share).toPrecision(2)))}
            </text>
          </g>
        ))}
        {series.map(({ name, points }, index) => (
          <g key={name}>
            {points.map(([at, value]) => (
              <rect
                key={at}
                x={LEFT + bins.indexOf(at) * slot + slot * 0.09 + index * bar}
                y={base - scale(value)}
                width={Math.max(0.75, bar - 0.5)}
                height={Math.max(0, scale(value))}
                rx="1"
                style={{ fill: `var(${colours[index % colours.length]})` }}
              >
                <title>{`${name}, ${formatNumber(at)}: ${formatNumber(value)}`}</title>
              </rect>
            ))}
          </g>
        ))}
        {bins.map((at, index) =>
          index % every === 0 ? (
            <text key={at} className="histogram__label" x={LEFT + index * slot + slot / 2} y={base + 13} textAnchor="middle">
              {formatNumber(at)}
            </text>
          ) : null,
        )}
        <text className="histogram__axis" x={(LEFT + WIDTH) / 2} y={HEIGHT - 4} textAnchor="middle">
          {x}
        </text>
        <text className="histogram__axis" transform={`translate(9 ${(TOP + base) / 2}) rotate(-90)`} textAnchor="middle">
          {y}
        </text>
      </svg>
    </div>
  );
}
