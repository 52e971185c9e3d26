import { FAULT_ARGUMENTS, FAULT_KINDS } from 'local-momento';
import type { Table } from './table';

/** The kinds of `--fault`. */
export function faultsTable(): Table {
  const rows = FAULT_KINDS.map((kind) => [`\`${kind}\``, FAULT_ARGUMENTS[kind].join(', ')]);
  return { name: 'faults', columns: ['kind', 'takes'], rows, prose: 'what happens', named: 1 };
}
