import { FAULT_KINDS, InvalidFault, parseFault } from 'local-momento';
import type { Table } from './table';

/** The kinds of `--fault`. */
export function faultsTable(): Table {
  const rows = FAULT_KINDS.map((kind) => [`\`${kind}\``, takesMs(kind) ? 'yes' : '']);
  return { name: 'faults', columns: ['kind', 'takes MS'], rows, prose: 'what happens', named: 1 };
}

function takesMs(kind: string): boolean {
  try {
    return Boolean(parseFault(`Subscribe=${kind}:1`));
  } catch (error) {
    if (error instanceof InvalidFault) return false;
    throw error;
  }
}
