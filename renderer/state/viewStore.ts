import { createStore } from 'zustand/vanilla';

export type Theme = 'light' | 'dark';
export type PanelTab = 'params' | 'log' | 'outputs';

export interface Toast {
  readonly id: number;
  readonly tone: 'refused' | 'failed' | 'done';
  readonly sentence: string;
}
/** The output shown in the bottom inspector. */
export interface Inspected {
  readonly node: string;
  readonly port: string;
}

export interface ViewState {
  /** undefined: as the system is. */
  readonly theme: Theme | undefined;
  readonly systemTheme: Theme;
  readonly tab: PanelTab;
  readonly inspected: Inspected | undefined;
  readonly toasts: readonly Toast[];
  setTheme(theme: Theme | undefined): void;
  setSystemTheme(theme: Theme): void;
  showTab(tab: PanelTab): void;
  inspect(inspected: Inspected | undefined): void;
  toast(tone: Toast['tone'], sentence: string): void;
  dismiss(id: number): void;
}

export const shownTheme = ({ theme, systemTheme }: Pick<ViewState, 'theme' | 'systemTheme'>): Theme => theme ?? systemTheme;

let nextToast = 1;

/** What the window shows beside the graph and the run. */
export const createViewStore = (theme?: Theme) =>
  createStore<ViewState>()((set) => ({
    theme,
    systemTheme: 'light',
    tab: 'params',
    inspected: undefined,
    toasts: [],
    setTheme: (next) => set({ theme: next }),
    setSystemTheme: (systemTheme) => set({ systemTheme }),
    showTab: (tab) => set({ tab }),
    inspect: (inspected) => set({ inspected }),
    toast: (tone, sentence) =>
      set(({ toasts }) => ({
        toasts: [...toasts.filter((toast) => toast.sentence !== sentence), { id: nextToast++, tone, sentence }].slice(-3),
      })),
    dismiss: (id) => set(({ toasts }) => ({ toasts: toasts.filter((toast) => toast.id !== id) })),
  }));

export type ViewStore = ReturnType<typeof createViewStore>;
