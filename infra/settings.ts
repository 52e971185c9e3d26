// Reads the settings of the project's namespace and collects all mistakes, so that they are reported at once.
import * as pulumi from '@pulumi/pulumi';

/** `parse` returns the typed value of a setting, or undefined if the text is not allowed; `allowed` says what is. */
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

/** What the documentation's table says about a setting. */
export interface Form {
  readonly allowed: string;
  readonly byDefault?: string;
  readonly isSecret?: boolean;
  readonly isRequired?: boolean;
}

export class Settings {
  /** The form of each setting that was read, in their order. */
  readonly forms = new Map<string, Form>();
  readonly #config = new pulumi.Config();
  readonly #known = new Set<string>();
  readonly #mistakes: string[] = [];

  /** The setting; undefined if it is unset or wrong. */
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

  /** A secret setting. Its value leaves this file only as a secret output: no message shows it. */
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

  /** A required secret setting. */
  requiredSecret(key: string, rule: Rule<unknown>): pulumi.Output<string> {
    if (this.#given(key) === undefined) {
      this.mistake(key, `is not set, allowed: ${rule.allowed}; set it with: ${setSecret(key)}`);
    }
    const value = this.secret(key, rule);
    this.#note(key, rule, { isSecret: true, isRequired: true });
    return value ?? pulumi.secret('');
  }

  /** The value that a rule gives for a secret, for a check that depends on it. */
  classify<T>(key: string, rule: Rule<T>): T | undefined {
    const given = this.#given(key);
    return given === undefined ? undefined : rule.parse(given);
  }

  isSet(key: string): boolean {
    return this.#given(key) !== undefined;
  }

  /** The value of a setting for a message. It is hidden if the setting was stored as a secret without being one. */
  shown(key: string): string {
    return this.#isInClear(key) === false ? '(a secret, not shown)' : JSON.stringify(this.#given(key));
  }

  /** Notes what is wrong with a key; `what` must contain no secret. */
  mistake(key: string, what: string): void {
    this.#mistakes.push(`${this.#config.name}:${key} ${what}`);
  }

  /** Throws one error that names every mistake. An unknown key is a mistake, because it would be silently ignored. */
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
   * Whether a setting is unencrypted in the stack's configuration. The engine lists the encrypted ones in the variable that
   * every language's SDK reads; the SDK for Node.js does not expose it. Undefined without that variable, as under mocks.
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

/** The command to set a secret. It prompts for the value, which keeps it out of the shell's history. */
function setSecret(key: string): string {
  return `pulumi config set --secret ${key} --stack ${pulumi.getStack()}`;
}
