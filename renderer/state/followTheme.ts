import type { Theme, ViewStore } from './viewStore.ts';

const KEY = 'theme';

export function rememberedTheme(): Theme | undefined {
  const kept = localStorage.getItem(KEY);
  return kept === 'light' || kept === 'dark' ? kept : undefined;
}

/** Keeps the page in the chosen theme, or in the system's while none is chosen. A choice that equals the system's is no choice. */
export function followTheme(view: ViewStore): void {
  const system = matchMedia('(prefers-color-scheme: dark)');
  const apply = () => {
    const { theme } = view.getState();
    const systemTheme: Theme = system.matches ? 'dark' : 'light';
    document.documentElement.dataset.theme = theme ?? systemTheme;
    if (theme && theme !== systemTheme) localStorage.setItem(KEY, theme);
    else localStorage.removeItem(KEY);
  };
  apply();
  system.addEventListener('change', apply);
  view.subscribe(apply);
}
