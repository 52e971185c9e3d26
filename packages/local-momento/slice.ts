// Momento's ranges over lists and sorted sets: the start is inclusive, the end exclusive. Negative positions count from
// the end; positions outside are cut (momentohq/client-protos, cacheclient.proto, "ListFetch and ListRetain").

/** The positions [from, to) of a range over `length` elements; from = to if it is empty. */
export function slice(
  length: number,
  start: number | undefined,
  end: number | undefined,
): [from: number, to: number] {
  const at = (index: number): number => Math.min(length, Math.max(0, index < 0 ? length + index : index));
  const from = at(start ?? 0);
  return [from, Math.max(from, at(end ?? length))];
}
