// Server-sent events to every browser that shows the page.
import type { ServerResponse } from 'node:http';

/** A browser with this many unread bytes is disconnected; it connects again by itself. */
const BACKLOG_BYTES = 1024 * 1024;

/** After this time a browser connects again to a stack that ended. */
const CONNECT_AGAIN_MS = 1_000;

export class EventStream {
  readonly #open = new Set<ServerResponse>();

  /** Answers a request with `first` and all later events. */
  add(response: ServerResponse, first: { readonly name: string; readonly data: unknown }): void {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(`retry: ${CONNECT_AGAIN_MS}\n${eventText(first.name, first.data)}`);
    this.#open.add(response);
    response.once('close', () => this.#open.delete(response));
  }

  send(name: string, data: unknown): void {
    const text = eventText(name, data);
    for (const response of this.#open) {
      if (response.writableLength > BACKLOG_BYTES) response.destroy();
      else response.write(text);
    }
  }

  close(): void {
    for (const response of this.#open) response.destroy();
  }
}

/** JSON contains no line break, so it is one line of data. */
function eventText(name: string, data: unknown): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}
