import { shownTheme, type Theme, type ViewStore } from './viewStore.ts';

const KEY = 'theme';

export function rememberedTheme(): Theme | undefined {
  const kept = localStorage.getItem(KEY);
  return kept === 'light' || kept === 'dark' ? kept : undefined;
}

/** Keeps the page in the chosen theme, or in the system's while none is chosen. A choice that equals the system's is no choice. */
export function followTheme(view: ViewStore): void {
  const system = matchMedia('(prefers-color-scheme: dark)');
  const askSystem = () => view.getState().setSystemTheme(system.matches ? 'dark' : 'light');
  const apply = () => {
    const { theme, systemTheme } = view.getState();
    document.documentElement.dataset.theme = shownTheme(view.getState());
    if (theme && theme !== systemTheme) localStorage.setItem(KEY, theme);
    else localStorage.removeItem(KEY);
  };
  askSystem();
  apply();
  system.addEventListener('change', askSystem);
  view.subscribe(apply);
}
