/** Tag of the window message that brings the run events' MessagePort (`ports[0]`) from the preload script into the page. */
export const EVENTS_PORT = 'nasaq:events';

/** IPC channels between the preload script and the app. No imports here: the preload script stays small. */
export const CHANNELS = { call: 'nasaq:call', command: 'nasaq:command', events: EVENTS_PORT } as const;
