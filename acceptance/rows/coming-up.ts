// What `pulumi up` does: the first time, again, and with tracing switched on and off.
import { GetFunctionConfigurationCommand, UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { type Context, idsOf } from '../context';
import { Undecidable } from '../errors';
import { failed, held, type Row, unless } from '../row';

type Coming = Pick<Context, 'stack' | 'aws'>;

export const firstUp = {
  name: 'first up',
  needs: [],
  async decide({ stack }: Pick<Context, 'stack'>) {
    await stack.set('tracing', 'true'); // for the row after this one
    const { changes } = await stack.up();
    return held(`the stack is up: ${told(changes)}`);
  },
} satisfies Row;

/** The provider keeps tracing as it was where a program leaves it out, so that only one that was on shows it. */
export const tracingOff = {
  name: 'tracing off',
  needs: ['first up'],
  async decide(context: Coming) {
    await context.stack.set('tracing', 'true');
    await context.stack.up();
    const on = await otherThan('Active', context);
    if (on.length > 0) return failed(`tracing is set, and ${on.join(', ')}`);
    await context.stack.set('tracing', 'false');
    await context.stack.up();
    const off = await otherThan('PassThrough', context);
    if (off.length > 0) await refuseWhereItStaysOn(context);
    return unless(off, 'every function went from Active to PassThrough');
  },
} satisfies Row;

export const secondUp = { name: 'second up', needs: ['first up'], decide: changesNothing } satisfies Row;
export const secondUpOfRelay = {
  name: 'second up with the relay',
  needs: ['the relay'],
  decide: changesNothing,
} satisfies Row;

async function changesNothing({ stack }: Pick<Context, 'stack'>) {
  const { changes } = await stack.up();
  return Object.keys(changes).length === 0
    ? held('nothing changed')
    : failed(`it changed what nobody did: ${told(changes)}`);
}

async function otherThan(mode: string, { stack, aws }: Coming): Promise<string[]> {
  const names = [...(await idsOf(stack, 'function')).values()];
  const all = await Promise.all(
    names.map((FunctionName) => aws.lambda.send(new GetFunctionConfigurationCommand({ FunctionName }))),
  );
  return all
    .filter(({ TracingConfig }) => TracingConfig?.Mode !== mode)
    .map(({ FunctionName, TracingConfig }) => `${FunctionName} is ${TracingConfig?.Mode}`);
}

/** Whether Lambda follows who tells it directly: if it does not, nothing is said about the program. */
async function refuseWhereItStaysOn(context: Coming): Promise<void> {
  for (const FunctionName of (await idsOf(context.stack, 'function')).values()) {
    const off = { FunctionName, TracingConfig: { Mode: 'PassThrough' } } as const;
    await context.aws.lambda.send(new UpdateFunctionConfigurationCommand(off));
  }
  const still = await otherThan('PassThrough', context);
  if (still.length > 0) throw new Undecidable(`this Lambda does not switch tracing off: ${still.join(', ')}`);
}

function told(changes: Readonly<Record<string, number>>): string {
  const all = Object.entries(changes).map(([op, count]) => `${count} ${op}`);
  return all.join(', ') || 'nothing changed';
}
