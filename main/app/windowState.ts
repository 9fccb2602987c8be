import { app, screen } from 'electron';
import fs from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

const windowStateSchema = z.object({
  x: z.int().optional(),
  y: z.int().optional(),
  width: z.int().min(640).max(20_000),
  height: z.int().min(480).max(20_000),
  maximized: z.boolean(),
});
export type WindowState = z.infer<typeof windowStateSchema>;

const DEFAULT: WindowState = { width: 1440, height: 900, maximized: false };
const stateFile = () => path.join(app.getPath('userData'), 'window.json');

/** Where the window was last time, if that place is still on a screen. A missing or broken file gives the default. */
export function readWindowState(): WindowState {
  try {
    const { x, y, ...size } = windowStateSchema.parse(JSON.parse(fs.readFileSync(stateFile(), 'utf8')));
    if (x === undefined || y === undefined) return size;
    const shown = screen.getAllDisplays().some(({ workArea }) => {
      const across = Math.min(x + size.width, workArea.x + workArea.width) - Math.max(x, workArea.x);
      const down = Math.min(y + size.height, workArea.y + workArea.height) - Math.max(y, workArea.y);
      return across > 100 && down > 100;
    });
    return shown ? { x, y, ...size } : size;
  } catch {
    return DEFAULT;
  }
}

export function writeWindowState(state: WindowState): void {
  try {
    fs.writeFileSync(stateFile(), JSON.stringify(state));
  } catch (error) {
    console.error('The window’s place could not be kept:', error);
  }
}
