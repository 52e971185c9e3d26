// Decides whether a disposable token or an API key allows a call, from Momento's permission messages
// (momentohq/client-protos, permissionmessages.proto; docs "Permissions and access control").
import { permission_messages as grpc } from '@gomomento/generated-types/dist/permissionmessages';
import { invalidArgument } from './errors';

/** The access that one call needs. */
export type Access =
  | {
      kind: 'cache';
      /** `conditional`: a write whose outcome reveals the old value, which a write-only role may not do. */
      verb: 'read' | 'write' | 'conditional';
      cache: string;
      keys: readonly Uint8Array[];
      /** Keys that a write only reads. */
      sources?: readonly Uint8Array[];
    }
  | { kind: 'topic'; verb: 'publish' | 'subscribe'; cache: string; topic: string }
  /** Managing caches, webhooks, keys and tokens: for API keys without restriction. */
  | { kind: 'manage' }
  | { kind: 'none' };

type CachePermissions = grpc.PermissionsType.CachePermissions;
type TopicPermissions = grpc.PermissionsType.TopicPermissions;
type FunctionPermissions = grpc.PermissionsType.FunctionPermissions;

/** Whether one of the permissions allows all that the call needs. */
export function allows(permissions: grpc.ExplicitPermissions, access: Access): boolean {
  switch (access.kind) {
    case 'none':
      return true;
    case 'manage':
      return false;
    case 'topic':
      return permissions.permissions.some(
        (one) => one.kind === 'topic_permissions' && allowsTopic(one.topic_permissions, access),
      );
    case 'cache':
      return (
        allowsItems(permissions, access, access.keys) &&
        allowsItems(permissions, { ...access, verb: 'read' }, access.sources ?? [])
      );
  }
}

/**
 * Each cache, item, topic and function may be named once, whatever the role.
 * @throws MomentoError (INVALID_ARGUMENT) if one is named twice, or none at all.
 */
export function checkPermissions({ permissions }: grpc.ExplicitPermissions): void {
  if (permissions.length === 0) throw invalidArgument('There must be at least one permission');
  if (new Set(permissions.map(subjectOf)).size === permissions.length) return;
  throw invalidArgument('Two permissions are for the same caches, items, topics or functions');
}

/** What a permission is for, without its role; null stands for all. */
function subjectOf(one: grpc.PermissionsType): string {
  const cacheOf = (of: CachePermissions | TopicPermissions | FunctionPermissions): string | null =>
    of.cache === 'cache_selector' ? of.cache_selector.cache_name : null;
  const subject = (): unknown[] => {
    switch (one.kind) {
      case 'cache_permissions': {
        const { cache_item, item_selector } = one.cache_permissions;
        const item = cache_item === 'item_selector' ? item_selector.toObject() : null;
        return [cacheOf(one.cache_permissions), item];
      }
      case 'topic_permissions': {
        const { topic, topic_selector } = one.topic_permissions;
        return [
          cacheOf(one.topic_permissions),
          topic === 'topic_selector' ? topic_selector.toObject() : null,
        ];
      }
      case 'function_permissions': {
        const { function: of, function_selector } = one.function_permissions;
        return [
          cacheOf(one.function_permissions),
          of === 'function_selector' ? function_selector.toObject() : null,
        ];
      }
      case 'none':
        throw invalidArgument('A permission must be for caches, topics or functions');
    }
  };
  return JSON.stringify([one.kind, subject()]);
}

function allowsItems(
  { permissions }: grpc.ExplicitPermissions,
  access: Access & { kind: 'cache' },
  keys: readonly Uint8Array[],
): boolean {
  return keys.every((key) =>
    permissions.some(
      (one) => one.kind === 'cache_permissions' && allowsItem(one.cache_permissions, access, key),
    ),
  );
}

function allowsTopic(one: TopicPermissions, access: Access & { kind: 'topic' }): boolean {
  const { TopicReadWrite, TopicReadOnly, TopicWriteOnly } = grpc.TopicRole;
  const only = access.verb === 'publish' ? TopicWriteOnly : TopicReadOnly;
  if (one.role !== TopicReadWrite && one.role !== only) return false;
  if (!allowsCache(one, access.cache)) return false;
  if (one.topic === 'all_topics') return true;
  if (one.topic === 'none') return false;
  const { kind, topic_name, topic_name_prefix } = one.topic_selector;
  if (kind === 'topic_name') return topic_name === access.topic;
  return kind === 'topic_name_prefix' && access.topic.startsWith(topic_name_prefix);
}

function allowsItem(one: CachePermissions, access: Access & { kind: 'cache' }, key: Uint8Array): boolean {
  const { CacheReadWrite, CacheReadOnly, CacheWriteOnly } = grpc.CacheRole;
  const only = { read: CacheReadOnly, write: CacheWriteOnly, conditional: undefined }[access.verb];
  if (one.role !== CacheReadWrite && one.role !== only) return false;
  if (!allowsCache(one, access.cache)) return false;
  if (one.cache_item !== 'item_selector') return true;
  const { kind, key: exact, key_prefix } = one.item_selector;
  if (kind === 'key') return Buffer.compare(key, exact) === 0;
  return kind === 'key_prefix' && Buffer.compare(key.subarray(0, key_prefix.length), key_prefix) === 0;
}

function allowsCache(one: CachePermissions | TopicPermissions, cache: string): boolean {
  if (one.cache === 'all_caches') return true;
  return one.cache === 'cache_selector' && one.cache_selector.cache_name === cache;
}
