import { eventsPortSchema } from '../../main/contract/api.ts';
import { EVENTS_PORT } from '../../main/contract/channels.ts';
import { runEventSchema, type RunEvent } from '../../main/contract/runEvents.ts';
import type { RunStore } from './runStore.ts';

/** Takes run events from the MessagePort that the preload script hands over, checks them, and gives them to the store once a frame. */
export function receiveRunEvents(runs: RunStore): void {
  let port: MessagePort | undefined;
  let waiting: RunEvent[] = [];
  const deliver = () => {
    const events = waiting;
    waiting = [];
    runs.getState().receive(events);
  };

  window.addEventListener('message', (message) => {
    if (message.source !== window || (message.data as { tag?: unknown } | null)?.tag !== EVENTS_PORT) return;
    const { lost } = eventsPortSchema.parse(message.data);
    port?.close();
    port = message.ports[0];
    if (lost !== null) runs.getState().lost(lost);
    if (!port) return;
    port.onmessage = ({ data }) => {
      const event = runEventSchema.safeParse(data);
      if (!event.success) {
        console.error('An event of the run was not understood:', event.error.message);
        return;
      }
      // A hidden window gets no frames; a timer is late there, but comes.
      if (waiting.length === 0) setTimeout(deliver, 16);
      waiting.push(event.data);
    };
  });
}
