// The attacks that the page carries out.

export const ATTACKS = [
  {
    key: 'forged',
    title: 'Forge a signature',
    what: 'Sends an event in taylor’s name, signed with a guessed secret.',
  },
  {
    key: 'tampered',
    title: 'Tamper with a body',
    what: 'Sends a genuine event with its signature, but changes the user.',
  },
  { key: 'replayed', title: 'Replay an event', what: 'Sends a genuine event a second time.' },
  { key: 'stale', title: 'Send a stale event', what: 'Sends a genuine event two minutes late.' },
  {
    key: 'unsigned',
    title: 'Call it unsigned',
    what: 'Calls the publisher in taylor’s name, without an AWS signature.',
  },
];

export function attackTitle(key) {
  return ATTACKS.find((one) => one.key === key)?.title ?? key;
}
