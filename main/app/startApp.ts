import { app, type BrowserWindow, dialog } from 'electron';
import path from 'node:path';
import { AppWindow } from './AppWindow.ts';
import { parseLaunch, type Launch } from './parseLaunch.ts';
import { registerAppScheme, serveApp } from './appProtocol.ts';
import { EngineSupervisor } from './EngineSupervisor.ts';
import { handleCalls } from './handleCalls.ts';
import { KeyStore } from './KeyStore.ts';
import { setAppMenu } from './setAppMenu.ts';
import { systemCipher } from './systemCipher.ts';

/** Starts the one instance of the app; a second start hands its arguments over and ends. */
export function startApp(): void {
  const launch = parseLaunch(process.argv, app.isPackaged, process.cwd());
  if (!app.requestSingleInstanceLock(launch)) {
    app.quit();
    return;
  }
  registerAppScheme();

  let window: AppWindow | undefined;
  let pending: Launch | undefined = launch;
  const keys = new KeyStore(path.join(app.getPath('userData'), 'keys.json'), systemCipher);
  const engine = new EngineSupervisor((name, origin) => keys.read(name, origin));
  const open = () => {
    window = new AppWindow();
    engine.attach(window.contents);
    window.onClosed(() => (window = undefined));
  };
  const show = (next: Launch) => {
    pending = next;
    if (!window) open();
    else {
      window.send('open-launched');
      window.focus();
    }
  };

  app.on('second-instance', (_event, _argv, _folder, data) => show(data as Launch));
  app.on('open-file', (event, path) => {
    event.preventDefault();
    if (app.isReady()) show({ sample: false, path });
    else pending = { sample: false, path };
  });
  app.on('activate', () => app.isReady() && !window && open());
  app.on('window-all-closed', () => app.quit());

  let closed = false;
  app.on('will-quit', (event) => {
    if (closed) return;
    event.preventDefault();
    void engine.close().finally(() => {
      closed = true;
      app.quit();
    });
  });

  app
    .whenReady()
    .then(() => {
      serveApp();
      handleCalls({
        engine,
        keys,
        window: () => window,
        takeLaunch: () => {
          const taken = pending;
          pending = undefined;
          return taken ?? { sample: false };
        },
      });
      setAppMenu((command) => window?.send(command));
      engine.start();
      open();
    })
    .catch((error: unknown) => {
      dialog.showErrorBox('Nasaq could not start', error instanceof Error ? error.message : String(error));
      app.exit(1);
    });

  // Nothing that the page loads may open windows, leave the app's origin or embed other pages.
  app.on('web-contents-created', (_event, contents) => {
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
    contents.on('will-navigate', (event) => event.preventDefault());
    contents.on('will-redirect', (event) => event.preventDefault());
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
    contents.session.setPermissionCheckHandler(() => false);
  });
  app.on('browser-window-created', (_event, created: BrowserWindow) => created.setMenuBarVisibility(true));
}
