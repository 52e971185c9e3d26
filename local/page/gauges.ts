// Reads what has no events of its own, such as the depth of a queue, and reports each change.

const LOOK_EVERY_MS = 200;

export class Gauges {
  readonly #last = new Map<string, string>();
  readonly #timer: NodeJS.Timeout;

  /**
   * @param read what there is to see, by name
   * @param tell is called with what changed
   */
  constructor(
    private readonly read: Readonly<Record<string, () => unknown>>,
    tell: (name: string, value: unknown) => void,
  ) {
    this.#timer = setInterval(() => {
      for (const [name, value] of Object.entries(this.now)) {
        const seen = JSON.stringify(value) ?? '';
        if (this.#last.get(name) === seen) continue;
        this.#last.set(name, seen);
        tell(name, value);
      }
    }, LOOK_EVERY_MS);
  }

  get now(): Record<string, unknown> {
    return Object.fromEntries(Object.entries(this.read).map(([name, read]) => [name, read()]));
  }

  close(): void {
    clearInterval(this.#timer);
  }
}
