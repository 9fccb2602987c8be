/** The app's mark: bars that start uneven and end in order. */
export function Mark({ size = 24 }: { size?: number }) {
  return (
    <svg className="mark" width={size} height={size} viewBox="0 0 24 24" aria-hidden="true">
      <rect width="24" height="24" rx="6" fill="var(--accent)" />
      <g fill="var(--accent-ink)">
        <rect x="8" y="5.2" width="11" height="2.6" rx="1.3" />
        <rect x="4.5" y="10.7" width="14.5" height="2.6" rx="1.3" />
        <rect x="11" y="16.2" width="8" height="2.6" rx="1.3" />
        <circle cx="6.2" cy="17.5" r="1.5" opacity="0.55" />
      </g>
    </svg>
  );
}
