/** Drawn on a 16 × 16 grid with round 1.5 px strokes. */
const PATHS = {
  play: 'M5 3.2v9.6l7.6-4.8z',
  'play-to': 'M3.5 3.5v9l6.3-4.5zM12.5 3.5v9',
  stop: 'M4 4h8v8H4z',
  undo: 'M6 3.5 3 6.5l3 3M3.2 6.5h6a3.5 3.5 0 0 1 0 7H7',
  redo: 'm10 3.5 3 3-3 3M12.8 6.5h-6a3.5 3.5 0 0 0 0 7H9',
  search: 'M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10zM10.7 10.7 14 14',
  plus: 'M8 3v10M3 8h10',
  minus: 'M3 8h10',
  close: 'm4 4 8 8M12 4l-8 8',
  check: 'm3 8.5 3.2 3.2L13 5',
  reuse: 'M13 5.5A5.5 5.5 0 0 0 3 6M3 3v3h3M3 10.5A5.5 5.5 0 0 0 13 10M13 13v-3h-3',
  alert: 'M8 2.2 14.5 13.5H1.5zM8 6.5v3.2M8 11.6v.1',
  clock: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 4.8V8l2.2 1.6',
  skip: 'M3 8h10M10 5l3 3-3 3',
  ban: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM3.9 3.9l8.2 8.2',
  export: 'M8 10V2.5M5 5l3-3 3 3M3 9.5v4h10v-4',
  fit: 'M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10',
  folder: 'M2 4.5h4l1.5 1.5H14v7H2z',
  file: 'M4 2h5l3 3v9H4zM9 2v3h3',
  sun: 'M8 10.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM8 1.5v1.5M8 13v1.5M1.5 8H3M13 8h1.5M3.4 3.4l1 1M11.6 11.6l1 1M3.4 12.6l1-1M11.6 4.4l1-1',
  moon: 'M13 9.5A5.5 5.5 0 1 1 6.5 3a4.5 4.5 0 0 0 6.5 6.5z',
  reset: 'M3 6.5A5.2 5.2 0 1 1 2.8 9.5M3 3v3.5h3.5',
  chevron: 'm6 4 4 4-4 4',
  data: 'M8 2c3.3 0 5.5 1 5.5 2.2S11.3 6.5 8 6.5 2.5 5.5 2.5 4.2 4.7 2 8 2zM2.5 4.2v3.8C2.5 9.3 4.7 10.2 8 10.2s5.5-1 5.5-2.2V4.2M2.5 8v3.8C2.5 13 4.7 14 8 14s5.5-1 5.5-2.2V8',
  align: 'M2.5 3.5h11M5 6.5h8.5M2.5 9.5h11M7 12.5h6.5',
  train: 'M2.5 2.5v11h11M4.5 4.5c1 5 3.5 6.5 8.5 6.5',
  measure: 'M3 13V9M6.3 13V5M9.7 13V7M13 13V3',
} as const;
export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  const filled = name === 'play' || name === 'stop';
  return (
    <svg className="icon" width={size} height={size} viewBox="0 0 16 16" aria-hidden="true">
      <path
        d={PATHS[name]}
        fill={filled ? 'currentColor' : 'none'}
        stroke="currentColor"
        strokeWidth="1.5"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
