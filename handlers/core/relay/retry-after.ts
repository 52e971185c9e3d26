// The header Retry-After (RFC 9110, 10.2.3): seconds, or a date.

/** Milliseconds to wait from `now`; 0 if the header is absent, past or unreadable. */
export function retryAfterMs(header: string | undefined, now: number): number {
  if (header === undefined) return 0;
  if (/^\s*\d{1,9}\s*$/.test(header)) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? 0 : Math.max(0, date - now);
}
