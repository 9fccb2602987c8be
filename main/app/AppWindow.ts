import { BrowserWindow, dialog, nativeTheme, type WebContents } from 'electron';
import path from 'node:path';
import { CHANNELS } from '../contract/channels.ts';
import type { MenuCommand } from '../contract/api.ts';
import { startUrl } from './appProtocol.ts';
import { shippedFolder } from './shippedFolder.ts';
import { readWindowState, writeWindowState } from './windowState.ts';

const DISCARD_ANSWERS = ['save', 'discard', 'cancel'] as const;
export type DiscardAnswer = (typeof DISCARD_ANSWERS)[number];

/** The one window: sandboxed, remembers its place, and does not close over unsaved changes without asking. */
export class AppWindow {
  readonly #window: BrowserWindow;
  #unsaved = false;
  #title = 'Untitled';
  #closing: 'no' | 'asking' | 'saving' = 'no';

  constructor() {
    const { maximized, ...bounds } = readWindowState();
    this.#window = new BrowserWindow({
      ...bounds,
      minWidth: 900,
      minHeight: 600,
      show: false,
      title: 'Nasaq',
      backgroundColor: nativeTheme.shouldUseDarkColors ? '#15181a' : '#f4f3ef',
      ...(process.platform === 'linux' && { icon: path.join(shippedFolder(), 'resources', 'icons', 'icon.png') }),
      webPreferences: {
        preload: path.join(import.meta.dirname, '..', 'preload', 'preload.cjs'),
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        webviewTag: false,
        spellcheck: false,
      },
    });
    if (maximized) this.#window.maximize();
    this.#window.once('ready-to-show', () => this.#window.show());
    this.#window.on('close', (event) => this.#close(event));
    this.#window.on('page-title-updated', (event) => event.preventDefault());
    void this.#window.loadURL(startUrl());
  }

  get contents(): WebContents {
    return this.#window.webContents;
  }
  get browserWindow(): BrowserWindow {
    return this.#window;
  }

  onClosed(listener: () => void): void {
    this.#window.on('closed', listener);
  }
  send(command: MenuCommand): void {
    this.contents.send(CHANNELS.command, command);
  }
  focus(): void {
    if (this.#window.isMinimized()) this.#window.restore();
    this.#window.focus();
  }

  setUnsaved(unsaved: boolean, title: string): void {
    this.#unsaved = unsaved;
    this.#title = title;
    this.#window.setTitle(`${title} – Nasaq`);
    this.#window.setDocumentEdited(unsaved);
    if (this.#closing !== 'saving') return;
    if (!unsaved) this.#window.close();
    // Changed again while it was being saved, or not saved at all: the next close asks again.
    else this.#closing = 'no';
  }
  /** The person closed the save dialog, or saving failed: the window stays. */
  saveEnded(): void {
    if (this.#closing === 'saving' && this.#unsaved) this.#closing = 'no';
  }

  async confirmDiscard(title: string): Promise<DiscardAnswer> {
    const { response } = await dialog.showMessageBox(this.#window, {
      type: 'warning',
      message: `Save changes to “${title}”?`,
      detail: 'Your changes are lost if you don’t save them.',
      buttons: ['Save', 'Don’t save', 'Cancel'],
      defaultId: 0,
      cancelId: 2,
      noLink: true,
    });
    return DISCARD_ANSWERS[response] ?? 'cancel';
  }

  #close(event: Electron.Event): void {
    if (this.#unsaved && !this.contents.isCrashed()) {
      event.preventDefault();
      if (this.#closing === 'no') void this.#askBeforeClosing();
      return;
    }
    writeWindowState({ ...this.#window.getNormalBounds(), maximized: this.#window.isMaximized() });
  }

  async #askBeforeClosing(): Promise<void> {
    this.#closing = 'asking';
    const answer = await this.confirmDiscard(this.#title);
    if (answer === 'save') {
      this.#closing = 'saving';
      this.send('save');
      return;
    }
    this.#closing = 'no';
    if (answer === 'discard') {
      this.#unsaved = false;
      this.#window.close();
    }
  }
}
