// What the long proofs' command lines have in common.
import { parseArgs } from 'node:util';

type Given = Readonly<Record<string, string | undefined>>;

/** Runs a proof with its flags; the process exits 1 where the proof fails, and 2 where a flag is wrong. */
export function runProof(
  help: string,
  flags: readonly string[],
  prove: (given: Given) => Promise<boolean>,
): void {
  let given: Given;
  try {
    const options = Object.fromEntries(flags.map((name) => [name, { type: 'string' as const }]));
    const { values } = parseArgs({ options: { ...options, help: { type: 'boolean' as const } } });
    if (values.help) {
      console.log(help);
      return;
    }
    given = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));
  } catch (error) {
    refuse(error);
  }
  prove(given).then((held) => {
    console.log(held ? 'held' : 'FAILED');
    process.exitCode = held ? 0 : 1;
  }, refuse);
}

interface Range {
  readonly min: number;
  readonly max?: number;
  readonly fraction?: boolean;
}

/** A flag's number. Throws where it is none, naming what is allowed. */
export function numberOf(given: Given, name: string, byDefault: number, range: Range): number {
  const { min, max = Number.MAX_SAFE_INTEGER, fraction = false } = range;
  const value = given[name] === undefined ? byDefault : Number(given[name]);
  if (value >= min && value <= max && (fraction || Number.isSafeInteger(value))) return value;
  throw new RangeError(`--${name} must be a ${fraction ? '' : 'whole '}number from ${min} to ${max}`);
}

function refuse(error: unknown): never {
  console.error(error instanceof RangeError || error instanceof TypeError ? error.message : error);
  process.exit(2);
}
