// Reads what the program declares as AWS would: functions, URLs, roles, permissions and secrets.
import * as v from 'valibot';
import { type Decision, decide, parsePolicy, type Statement } from './iam';

/** A resource that the program's mocks recorded; see `local/program/`. */
export interface Resource {
  type: string;
  name: string;
  id: string;
  inputs: Record<string, unknown>;
  state: Record<string, unknown>;
}

export interface DeclaredFunction {
  name: string;
  arn: string;
  roleArn: string;
  handler: string;
  runtime: string;
  files: Record<string, string | Uint8Array>;
  memoryMb: number;
  timeoutSeconds: number;
  environment: Record<string, string>;
  reservedConcurrency: number | undefined;
  logGroup: string;
  logFormat: 'JSON' | 'Text';
  logLevel: string;
}

export interface DeclaredUrl {
  /** the resource's name in the program */
  name: string;
  functionName: string;
  auth: 'NONE' | 'AWS_IAM';
}

export interface DeclaredRole {
  name: string;
  arn: string;
  trust: Statement[];
  statements: Statement[];
}

export interface DeclaredSecret {
  arn: string;
  name: string;
  /** in the order of the program; undefined until a value is declared */
  value: string | Uint8Array | undefined;
}

export interface DeclaredAws {
  functions: DeclaredFunction[];
  urls: DeclaredUrl[];
  roles: DeclaredRole[];
  secrets: DeclaredSecret[];
  /** by function name: its resource policy */
  resourcePolicies: Map<string, Statement[]>;
}

const bytes = v.instance(Uint8Array);
const functionShape = v.object({
  name: v.string(),
  arn: v.string(),
  role: v.string(),
  handler: v.string(),
  runtime: v.string(),
  code: v.record(v.string(), v.union([v.string(), bytes])),
  memorySize: v.optional(v.number(), 128),
  timeout: v.optional(v.number(), 3),
  environment: v.optional(v.object({ variables: v.optional(v.record(v.string(), v.string()), {}) })),
  reservedConcurrentExecutions: v.optional(v.number(), -1),
  loggingConfig: v.optional(
    v.object({
      logFormat: v.optional(v.picklist(['JSON', 'Text']), 'Text'),
      applicationLogLevel: v.optional(v.string(), 'INFO'),
      logGroup: v.optional(v.string()),
    }),
  ),
});
const urlShape = v.object({ functionName: v.string(), authorizationType: v.picklist(['NONE', 'AWS_IAM']) });
const roleShape = v.object({
  name: v.string(),
  arn: v.string(),
  assumeRolePolicy: v.unknown(),
  inlinePolicies: v.optional(v.array(v.object({ policy: v.unknown() })), []),
  managedPolicyArns: v.optional(v.array(v.string()), []),
});
const rolePolicyShape = v.object({ role: v.string(), policy: v.unknown() });
const attachmentShape = v.object({ role: v.string(), policyArn: v.string() });
const policyShape = v.object({ arn: v.string(), policy: v.unknown() });
const permissionShape = v.object({
  function: v.string(),
  action: v.string(),
  principal: v.string(),
  functionUrlAuthType: v.optional(v.string()),
  invokedViaFunctionUrl: v.optional(v.boolean()),
  sourceArn: v.optional(v.string()),
});
const secretShape = v.object({ name: v.string(), arn: v.string() });
const secretVersionShape = v.object({
  secretId: v.string(),
  secretString: v.optional(v.string()),
  secretBinary: v.optional(v.string()),
});

/** Throws if AWS would refuse a resource. The error names the resource and the property. */
export function readDeclared(resources: readonly Resource[]): DeclaredAws {
  return {
    functions: read(resources, 'aws:lambda/function:Function', functionShape).map(({ value }) => ({
      name: value.name,
      arn: value.arn,
      roleArn: value.role,
      handler: value.handler,
      runtime: value.runtime,
      files: value.code,
      memoryMb: value.memorySize,
      timeoutSeconds: value.timeout,
      environment: value.environment?.variables ?? {},
      reservedConcurrency:
        value.reservedConcurrentExecutions < 0 ? undefined : value.reservedConcurrentExecutions,
      logGroup: value.loggingConfig?.logGroup ?? `/aws/lambda/${value.name}`,
      logFormat: value.loggingConfig?.logFormat ?? 'Text',
      logLevel: value.loggingConfig?.applicationLogLevel ?? 'INFO',
    })),
    urls: read(resources, 'aws:lambda/functionUrl:FunctionUrl', urlShape).map(({ name, value }) => ({
      name,
      functionName: functionNameOf(value.functionName),
      auth: value.authorizationType,
    })),
    roles: readRoles(resources),
    secrets: readSecrets(resources),
    resourcePolicies: readPermissions(resources),
  };
}

/**
 * Whether a Function URL accepts unsigned calls: since October 2025 that needs two statements in the function's
 * resource policy. https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
 */
export function decideFunctionUrl(
  auth: 'NONE' | 'AWS_IAM',
  arn: string,
  statements: readonly Statement[],
): Decision {
  const context = { 'lambda:FunctionUrlAuthType': auth, 'lambda:InvokedViaFunctionUrl': 'true' };
  const [url, invoke] = ['lambda:InvokeFunctionUrl', 'lambda:InvokeFunction'].map((action) =>
    decide(statements, { action, resource: arn, context }),
  );
  return url === 'allowed' && invoke !== undefined ? invoke : (url ?? 'implicit-deny');
}

function readRoles(resources: readonly Resource[]): DeclaredRole[] {
  const inline = read(resources, 'aws:iam/rolePolicy:RolePolicy', rolePolicyShape);
  const attached = read(resources, 'aws:iam/rolePolicyAttachment:RolePolicyAttachment', attachmentShape);
  const managed = new Map(
    read(resources, 'aws:iam/policy:Policy', policyShape).map(({ value }) => [value.arn, value.policy]),
  );
  return read(resources, 'aws:iam/role:Role', roleShape).map(({ name, value: role }) => {
    const arns = [
      ...role.managedPolicyArns,
      ...attached.filter(({ value }) => value.role === role.name).map(({ value }) => value.policyArn),
    ];
    const documents = [
      ...role.inlinePolicies.map(({ policy }) => policy),
      ...inline.filter(({ value }) => value.role === role.name).map(({ value }) => value.policy),
      ...arns.map((arn) => {
        if (!managed.has(arn)) throw new Error(`role ${name}: the program declares no policy ${arn}`);
        return managed.get(arn);
      }),
    ];
    return {
      name: role.name,
      arn: role.arn,
      trust: parsePolicy(role.assumeRolePolicy, `role ${name}, assumeRolePolicy`),
      statements: documents.flatMap((document) => parsePolicy(document, `role ${name}`)),
    };
  });
}

function readPermissions(resources: readonly Resource[]): Map<string, Statement[]> {
  const policies = new Map<string, Statement[]>();
  for (const { name, value } of read(resources, 'aws:lambda/permission:Permission', permissionShape)) {
    if (value.functionUrlAuthType !== undefined && value.action !== 'lambda:InvokeFunctionUrl') {
      throw new Error(
        `permission ${name}: FunctionUrlAuthType is only supported for lambda:InvokeFunctionUrl`,
      );
    }
    const conditions: Statement['conditions'] = {};
    if (value.functionUrlAuthType) {
      conditions.StringEquals = { 'lambda:FunctionUrlAuthType': [value.functionUrlAuthType] };
    }
    if (value.invokedViaFunctionUrl) conditions.Bool = { 'lambda:InvokedViaFunctionUrl': ['true'] };
    if (value.sourceArn) conditions.ArnLike = { 'aws:SourceArn': [value.sourceArn] };
    const functionName = functionNameOf(value.function);
    policies.set(functionName, [
      ...(policies.get(functionName) ?? []),
      {
        effect: 'Allow',
        actions: [value.action],
        notActions: [],
        resources: ['*'], // a resource policy applies only to its own function
        notResources: [],
        conditions,
        principals: { '*': [value.principal] },
      },
    ]);
  }
  return policies;
}

function readSecrets(resources: readonly Resource[]): DeclaredSecret[] {
  const versions = read(resources, 'aws:secretsmanager/secretVersion:SecretVersion', secretVersionShape);
  return read(resources, 'aws:secretsmanager/secret:Secret', secretShape).map(({ value: { name, arn } }) => {
    const version = versions.findLast(
      ({ value }) => value.secretId === arn || value.secretId === name,
    )?.value;
    const binary = version?.secretBinary;
    return { name, arn, value: binary ? Buffer.from(binary, 'base64') : version?.secretString };
  });
}

/** A function is given by its name, its ARN, or an ARN with a qualifier. */
export function functionNameOf(nameOrArn: string): string {
  return nameOrArn.startsWith('arn:') ? (nameOrArn.split(':')[6] ?? nameOrArn) : nameOrArn;
}

export function read<Shape extends v.GenericSchema>(
  resources: readonly Resource[],
  type: string,
  shape: Shape,
): { name: string; value: v.InferOutput<Shape> }[] {
  return resources
    .filter((resource) => resource.type === type)
    .map(({ name, inputs, state }) => {
      const parsed = v.safeParse(shape, { ...state, ...inputs, ...identity(state) });
      if (parsed.success) return { name, value: parsed.output };
      const [issue] = parsed.issues;
      throw new Error(`${type} ${name}: ${v.getDotPath(issue) ?? 'inputs'}: ${issue.message}`);
    });
}

/** Properties that AWS returns, and does not accept. */
function identity({ name, arn }: Record<string, unknown>): Record<string, unknown> {
  return { ...(name === undefined ? {} : { name }), ...(arn === undefined ? {} : { arn }) };
}
