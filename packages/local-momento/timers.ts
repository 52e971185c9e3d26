// Timers that end together with the server that set them.
export class Timers {
  readonly #running = new Set<NodeJS.Timeout>();
  #stopped = false;

  after(ms: number, run: () => void): void {
    if (this.#stopped) return;
    const timer = setTimeout(() => {
      this.#running.delete(timer);
      run();
    }, ms);
    this.#running.add(timer);
  }

  every(ms: number, run: () => void): void {
    const timer = setInterval(run, ms);
    timer.unref();
    this.#running.add(timer);
  }

  stop(): void {
    this.#stopped = true;
    for (const timer of this.#running) clearTimeout(timer);
    this.#running.clear();
  }
}
