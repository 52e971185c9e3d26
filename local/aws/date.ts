// The clock of a thread or process of the stack. It is compiled into both, so it imports nothing.

/** Sets `Date` forward, for all code that runs here, by as many milliseconds as `ahead` gives whenever it is asked. */
export function setDateAhead(ahead: () => number): void {
  const realNow = Date.now;
  Date.now = () => realNow() + ahead();
  globalThis.Date = new Proxy(Date, {
    construct: (target, given, as) => Reflect.construct(target, given.length > 0 ? given : [Date.now()], as),
    apply: () => new Date().toString(),
  });
}
