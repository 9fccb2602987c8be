/** Names beside their colours, for a chart with more than one series. */
export function ChartLegend({ names, colours }: { names: readonly string[]; colours: readonly string[] }) {
  if (names.length < 2) return null;
  return (
    <ul className="chart__legend">
      {names.map((name, index) => (
        <li key={name} dir="auto">
          <span className="chart__key" style={{ background: `var(${colours[index % colours.length]})` }} />
          {name}
        </li>
      ))}
    </ul>
  );
}
