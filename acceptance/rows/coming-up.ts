// `pulumi up`: the first, the second, and with tracing switched on and off.
import { GetFunctionConfigurationCommand, UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { type Context, idsOf } from '../context';
import { Undecidable } from '../errors';
import { failed, held, type Row, unless } from '../row';

type Coming = Pick<Context, 'stack' | 'aws'>;

export const firstUp = {
  name: 'first up',
  needs: [],
  async decide({ stack }: Pick<Context, 'stack'>) {
    await stack.set('tracing', 'true'); // for the next row
    const { changes } = await stack.up();
    return held(`the stack is up: ${told(changes)}`);
  },
} satisfies Row;

/** If a program leaves tracing out, the provider does not change it. So this row first switches it on. */
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
    : failed(`it made changes without cause: ${told(changes)}`);
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

/** Whether Lambda switches tracing off when it is called directly. If not, the claim about the program is undecided. */
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
