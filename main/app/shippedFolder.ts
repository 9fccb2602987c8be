import { app } from 'electron';

/** What holds `resources/` and `nodes/`: beside the packaged app, or the source tree. */
export const shippedFolder = (): string => (app.isPackaged ? process.resourcesPath : app.getAppPath());
