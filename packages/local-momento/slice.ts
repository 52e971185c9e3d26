// Momento's ranges over lists and sorted sets: the start is inclusive, the end exclusive, negative ones count from the
// end, and what lies outside is cut (momentohq/client-protos, cacheclient.proto, "ListFetch and ListRetain").

/** The positions [from, to) that a range of `length` elements means; empty ones give from = to. */
export function slice(
  length: number,
  start: number | undefined,
  end: number | undefined,
): [from: number, to: number] {
  const at = (index: number): number => Math.min(length, Math.max(0, index < 0 ? length + index : index));
  const from = at(start ?? 0);
  return [from, Math.max(from, at(end ?? length))];
}
