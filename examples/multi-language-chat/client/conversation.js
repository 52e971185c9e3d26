// What was said in one language, in order. Each message is there once: by its id, and by its sender's own reference.

export class Conversation {
  #entries = new Map();
  #refs = new Set();

  /**
   * Takes an item of the topic or of the history, as text. Returns it if it is new; undefined if it is known, or is none of
   * the chat's.
   */
  add(text) {
    const item = parsed(text);
    if (item === undefined || this.#entries.has(item.id)) return undefined;
    const own = item.ref === undefined ? undefined : JSON.stringify([item.userId, item.ref]);
    // A message that its sender's page sent twice, because the first try seemed to fail.
    if (own !== undefined && this.#refs.has(own)) return undefined;
    // Of two events, one can be withheld as too many: the other is still to be shown.
    if (own !== undefined && item.withheld === undefined) this.#refs.add(own);
    this.#entries.set(item.id, item);
    return item;
  }
}

function parsed(text) {
  try {
    const item = JSON.parse(text);
    const isItem =
      typeof item.id === 'string' &&
      typeof item.userId === 'string' &&
      Number.isFinite(item.at) &&
      (typeof item.text === 'string' || typeof item.withheld?.reason === 'string');
    return isItem ? item : undefined;
  } catch {
    return undefined;
  }
}
