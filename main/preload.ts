import { contextBridge, ipcRenderer } from 'electron';
import { CHANNELS, EVENTS_PORT } from './contract/channels.ts';
import type { MenuCommand, NasaqBridge } from './contract/api.ts';

/** The one part of the page's window that is used here; this file is typed with Node's library, as the rest of `main`. */
declare const window: {
  readonly location: { readonly origin: string };
  postMessage(message: unknown, origin: string, ports: unknown[]): void;
};

const bridge: NasaqBridge = {
  call: (name, request) => ipcRenderer.invoke(CHANNELS.call, name, request),
  onCommand: (listener) => {
    const receive = (_event: unknown, command: MenuCommand) => listener(command);
    ipcRenderer.on(CHANNELS.command, receive);
    return () => ipcRenderer.off(CHANNELS.command, receive);
  },
};
contextBridge.exposeInMainWorld('nasaq', bridge);

// A MessagePort cannot pass the context bridge; a window message can carry it.
ipcRenderer.on(CHANNELS.events, (event, lost: string | null) => {
  window.postMessage({ tag: EVENTS_PORT, lost }, window.location.origin, [...event.ports]);
});
