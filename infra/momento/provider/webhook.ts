import * as v from 'valibot';
import { Account } from './account';
import { access, check, differing, parse } from './properties';

/** "This is limited to 128 chars" (webhook.proto of Momento's API). */
const MAX_NAME = 128;

const inputs = {
  ...access,
  cacheName: v.pipe(v.string(), v.nonEmpty('is empty')),
  topicName: v.pipe(v.string(), v.nonEmpty('is empty')),
  webhookName: v.pipe(
    v.string(),
    v.nonEmpty('is empty'),
    v.maxLength(MAX_NAME, `is longer than ${MAX_NAME} characters: choose a shorter name for the stack`),
  ),
  url: v.string(),
  rotation: v.optional(v.number(), 0),
};
const wanted = v.object(inputs);
const stored = v.object({ ...inputs, signingSecret: v.optional(v.string()) });

/** The properties that identify a webhook: changing one needs another webhook. */
const IDENTITY = ['webhookName', 'cacheName', 'topicName'];
/** The other properties that Momento must be told of. */
const CHANGEABLE = ['url', 'rotation'];

/** A webhook, and the secret that Momento signs its requests with. */
export const webhookProvider = {
  async check(_olds: unknown, news: unknown) {
    return check(wanted, news);
  },

  async diff(_id: string, olds: unknown, news: unknown) {
    const changed = differing(olds, news, [...IDENTITY, ...CHANGEABLE, 'apiKey', 'endpoint']);
    const { signingSecret } = parse(stored, olds);
    return {
      changes: changed.length > 0 || signingSecret === undefined,
      replaces: changed.filter((key) => IDENTITY.includes(key)),
      // If name and cache stay the same, deleting the old webhook last would delete the new one.
      deleteBeforeReplace: !changed.includes('webhookName') && !changed.includes('cacheName'),
    };
  },

  async create(props: unknown) {
    const made = parse(wanted, props);
    const account = new Account(made);
    await account.putWebhook(made, made);
    const signingSecret = await account.signingSecret(made);
    return { id: `${made.cacheName}/${made.webhookName}`, outs: { ...made, signingSecret } };
  },

  /** Also finds changes made outside Pulumi: another URL, topic or signing secret. */
  async read(id: string, props: unknown) {
    const known = parse(stored, props);
    const account = new Account(known);
    const found = await account.findWebhook(known);
    if (!found) return { id: '' };
    return { id, props: { ...known, ...found, signingSecret: await account.signingSecret(known) } };
  },

  /** A changed key is only stored, without a call to Momento. */
  async update(_id: string, olds: unknown, news: unknown) {
    const was = parse(stored, olds);
    const is = parse(wanted, news);
    const changed = differing(was, is, CHANGEABLE);
    if (changed.length === 0 && was.signingSecret !== undefined) {
      return { outs: { ...is, signingSecret: was.signingSecret } };
    }
    const account = new Account(is);
    if (was.url !== is.url) await account.putWebhook(is, is);
    const isRotated = was.rotation !== is.rotation;
    const signingSecret = isRotated
      ? await rotate(account, is, was.signingSecret)
      : await account.signingSecret(is);
    return { outs: { ...is, signingSecret } };
  },

  async delete(_id: string, props: unknown) {
    const gone = parse(stored, props);
    await new Account(gone).deleteWebhook(gone);
  },
};

/** If the answer to a rotation is lost, the rotation has still happened, and the old secret is useless. */
async function rotate(
  account: Account,
  id: { cacheName: string; webhookName: string },
  old: string | undefined,
): Promise<string> {
  try {
    return await account.rotateSigningSecret(id);
  } catch (error) {
    const secret = await account.signingSecret(id).catch(() => old);
    if (secret === undefined || secret === old) throw error;
    return secret;
  }
}
