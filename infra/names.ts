// The physical names of AWS resources, which Pulumi makes by the pattern `pulumi:autonaming` (Pulumi.yaml).
import * as pulumi from '@pulumi/pulumi';

/** The longest logical name of a function or a role. */
export const LONGEST_NAME = 'relay-execution';
/** Of a function (Lambda, CreateFunction) and of a role (IAM, CreateRole); other names may be longer. */
const MOST_CHARACTERS = 64;
/** In a function's name. */
const ALLOWED = /^[\w-]+$/;

interface Autonaming {
  readonly pattern?: string;
}

/** Throws a RunError if project and stack make names that AWS refuses. Otherwise AWS would say so, for each resource alone. */
export function checkNames(): void {
  const { pattern } = new pulumi.Config('pulumi').getObject<Autonaming>('autonaming') ?? {};
  if (pattern === undefined) return;
  const [project, stack] = [pulumi.getProject(), pulumi.getStack()];
  const known: Readonly<Record<string, string>> = { project, stack, name: LONGEST_NAME };
  const name = pattern.replace(/\$\{(\w+)(?:\((\d+)\))?\}/g, (whole, word: string, length?: string) =>
    length === undefined ? (known[word] ?? whole) : '0'.repeat(Number(length)),
  );
  if (name.includes('$')) return; // an expression that only the engine knows
  if (name.length <= MOST_CHARACTERS && ALLOWED.test(name)) return;
  const why =
    name.length > MOST_CHARACTERS
      ? `the longest would have ${name.length} characters, allowed: ${MOST_CHARACTERS}`
      : 'a character in it is not allowed there, allowed: letters, digits, - and _';
  throw new pulumi.RunError(
    `The names of AWS resources begin with the project and the stack, ${project}-${stack}: ${why}. Use a stack with another ` +
      'name, or leave both out of the names: ' +
      `pulumi config set --path 'pulumi:autonaming.pattern' '\${name}-\${hex(7)}' --stack ${stack}`,
  );
}
