// Reads the settings of the project's namespace and collects what is wrong with them, so that all mistakes are told
// at once.
import * as pulumi from '@pulumi/pulumi';

/** Gives the typed value of a setting, or undefined where the text is not allowed; `allowed` says what is. */
export interface Rule<T> {
  readonly parse: (text: string) => T | undefined;
  readonly allowed: string;
}

/** Text for which `test` holds. */
export function text(allowed: string, test: (text: string) => boolean): Rule<string> {
  return { parse: (given) => (test(given) ? given : undefined), allowed };
}

/** A whole number in decimal digits, from `min` to `max`. */
export function wholeNumber(min: number, max: number): Rule<number> {
  return {
    parse: (given) => {
      const value = /^\d+$/.test(given) ? Number(given) : Number.NaN;
      return value >= min && value <= max ? value : undefined;
    },
    allowed: `a whole number from ${min} to ${max}`,
  };
}

/** One of a few values, as they are written. */
export function oneOf<T extends string | number>(...values: readonly T[]): Rule<T> {
  return { parse: (given) => values.find((value) => String(value) === given), allowed: values.join(', ') };
}

/** What the documentation's table says of a setting. */
export interface Form {
  readonly allowed: string;
  readonly byDefault?: string;
  readonly isSecret?: boolean;
  readonly isRequired?: boolean;
}

export class Settings {
  /** Of each setting that was asked for, in their order. */
  readonly forms = new Map<string, Form>();
  readonly #config = new pulumi.Config();
  readonly #known = new Set<string>();
  readonly #mistakes: string[] = [];

  /** The setting, undefined where it is not set or wrong. */
  optional<T>(key: string, rule: Rule<T>): T | undefined {
    this.#note(key, rule);
    const given = this.#given(key);
    if (given === undefined) return undefined;
    const value = rule.parse(given);
    if (value === undefined) this.mistake(key, `is ${this.shown(key)}, allowed: ${rule.allowed}`);
    return value;
  }

  /** The setting, or its default. */
  withDefault<T>(key: string, rule: Rule<T>, byDefault: T): T {
    const value = this.optional(key, rule);
    this.#note(key, rule, { byDefault: String(byDefault) });
    return value ?? byDefault;
  }

  /** A secret setting. What it holds leaves this file only as a secret output: no message shows it. */
  secret(key: string, rule: Rule<unknown>): pulumi.Output<string> | undefined {
    this.#note(key, rule, { isSecret: true });
    const given = this.#given(key);
    if (given !== undefined && rule.parse(given) === undefined) {
      this.mistake(key, `has a value (a secret, not shown) that is not allowed; allowed: ${rule.allowed}`);
    } else if (given !== undefined && this.#isInClear(key)) {
      this.mistake(
        key,
        `is set in clear (not shown), allowed: a secret; set it again with: ${setSecret(key)}`,
      );
    }
    return this.#config.getSecret(key);
  }

  /** A secret setting that must be there. */
  requiredSecret(key: string, rule: Rule<unknown>): pulumi.Output<string> {
    if (this.#given(key) === undefined) {
      this.mistake(key, `is not set, allowed: ${rule.allowed}; set it with: ${setSecret(key)}`);
    }
    const value = this.secret(key, rule);
    this.#note(key, rule, { isSecret: true, isRequired: true });
    return value ?? pulumi.secret('');
  }

  /** What a rule makes of a secret, for a check that depends on it. */
  classify<T>(key: string, rule: Rule<T>): T | undefined {
    const given = this.#given(key);
    return given === undefined ? undefined : rule.parse(given);
  }

  isSet(key: string): boolean {
    return this.#given(key) !== undefined;
  }

  /** The value of a setting, for a message: unless it was set as a secret, though the setting is none. */
  shown(key: string): string {
    return this.#isInClear(key) === false ? '(a secret, not shown)' : JSON.stringify(this.#given(key));
  }

  /** Notes what is wrong with a key; `what` must hold no secret. */
  mistake(key: string, what: string): void {
    this.#mistakes.push(`${this.#config.name}:${key} ${what}`);
  }

  /** Throws one error that names every mistake. A key that nobody asked for is one: it would be silently ignored. */
  refuseMistakes(): void {
    for (const name of Object.keys(pulumi.runtime.allConfig())) {
      const key = name.slice(this.#config.name.length + 1);
      if (name !== `${this.#config.name}:${key}` || this.#known.has(key)) continue;
      this.mistake(key, `is not a setting of this program, which has: ${[...this.#known].join(', ')}`);
    }
    if (this.#mistakes.length === 0) return;
    const list = this.#mistakes.map((mistake) => `\n  - ${mistake}`).join('');
    throw new pulumi.RunError(`The configuration of the stack ${pulumi.getStack()} is wrong:${list}`);
  }

  /**
   * Whether a setting stands unencrypted in the stack's configuration. The engine tells which do not, in the variable that
   * every language's SDK reads; the SDK for Node.js only keeps it to itself. Without it, under mocks, nobody knows: undefined.
   */
  #isInClear(key: string): boolean | undefined {
    const told = process.env.PULUMI_CONFIG_SECRET_KEYS;
    const secrets: unknown = told ? JSON.parse(told) : undefined;
    return Array.isArray(secrets) ? !secrets.includes(`${this.#config.name}:${key}`) : undefined;
  }

  #note(key: string, { allowed }: Rule<unknown>, more: Omit<Form, 'allowed'> = {}): void {
    this.forms.set(key, { allowed, ...more });
  }

  #given(key: string): string | undefined {
    this.#known.add(key);
    return this.#config.get(key);
  }
}

/** The command; the value comes from its prompt, and so into no shell's history. */
function setSecret(key: string): string {
  return `pulumi config set --secret ${key} --stack ${pulumi.getStack()}`;
}
