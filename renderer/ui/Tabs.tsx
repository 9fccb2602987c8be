export interface Tab<K extends string> {
  readonly key: K;
  readonly title: string;
  readonly count?: number | undefined;
}

export function Tabs<K extends string>({ tabs, current, onChange }: { tabs: readonly Tab<K>[]; current: K; onChange: (key: K) => void }) {
  const move = (by: number) => {
    const at = tabs.findIndex(({ key }) => key === current);
    onChange(tabs[(at + by + tabs.length) % tabs.length]!.key);
  };
  return (
    <div
      className="tabs"
      role="tablist"
      onKeyDown={({ key }) => {
        if (key === 'ArrowRight') move(1);
        if (key === 'ArrowLeft') move(-1);
      }}
    >
      {tabs.map(({ key, title, count }) => (
        <button
          key={key}
          type="button"
          role="tab"
          className="tabs__tab"
          aria-selected={key === current}
          tabIndex={key === current ? 0 : -1}
          onClick={() => onChange(key)}
        >
          {title}
          {count !== undefined && count > 0 && <span className="tabs__count">{count}</span>}
        </button>
      ))}
    </div>
  );
}
