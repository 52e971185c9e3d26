// The clock of a thread or process of the stack. It is compiled into each, so it imports nothing.

/** Sets `Date` forward for all code that runs here. Each read adds the milliseconds that `ahead` returns. */
export function setDateAhead(ahead: () => number): void {
  const realNow = Date.now;
  Date.now = () => realNow() + ahead();
  globalThis.Date = new Proxy(Date, {
    construct: (target, given, as) => Reflect.construct(target, given.length > 0 ? given : [Date.now()], as),
    apply: () => new Date().toString(),
  });
}
