// The stations of a message's journey, and what each of them checks.

export const STATIONS = [
  {
    key: 'publisher',
    title: 'Publisher',
    checks: [
      'The caller’s AWS signature: only a backend with the right role gets in.',
      'Each field of the message, and its length: Momento takes 4 KB.',
    ],
  },
  {
    key: 'token',
    title: 'Token',
    checks: [
      'Momento vends it for one user: that user’s id is inside, and nobody can change it.',
      'It may publish to one topic, and nothing else. It expires.',
    ],
  },
  {
    key: 'topic',
    title: 'Topic',
    checks: [
      'Momento checks that the token is genuine, valid, and for this topic.',
      'It puts the token’s user id into the event. What the message says of its author does not count.',
    ],
  },
  {
    key: 'webhook',
    title: 'Webhook',
    checks: [
      'Momento’s signature of every byte, with the current secret or the one before it.',
      'The event: its cache, its topic, each field of the message, and its age.',
    ],
  },
  {
    key: 'outcome',
    title: 'Outcome',
    checks: [
      'The application handles an event once, however often it comes.',
      'What cannot be handled now waits in a queue, and is tried again.',
    ],
  },
];

export function titleOf(key) {
  return STATIONS.find((one) => one.key === key)?.title ?? key;
}

export const SIGNS = {
  todo: '·',
  unneeded: '–',
  unreached: '–',
  done: '✓',
  waiting: '…',
  failed: '✕',
  'given-up': '✕',
};
export const STATES = {
  todo: 'not yet',
  unneeded: 'not needed',
  unreached: 'not reached',
  done: 'done',
  waiting: 'waiting',
  failed: 'failed',
  'given-up': 'given up',
};

/** The state of each station. One without a step comes later, or was passed by, or is never reached. */
export function statesOf({ steps, attack }) {
  const reached = STATIONS.findLastIndex(({ key }) => steps[key]);
  const isOver = attack !== undefined || STATIONS.some(({ key }) => steps[key]?.state === 'failed');
  return STATIONS.map(({ key }, index) => {
    if (steps[key]) return steps[key].state;
    if (index < reached) return 'unneeded';
    return isOver ? 'unreached' : 'todo';
  });
}

/** The step that tells how the journey stands: the one that failed, else the last. Nothing is done before the outcome is. */
export function standing({ steps, attack }) {
  const all = STATIONS.map(({ key }) => steps[key]).filter(Boolean);
  const told = all.find(({ state }) => state === 'failed') ?? all.at(-1);
  const isUnderWay = told?.state === 'done' && !steps.outcome && !attack;
  return isUnderWay ? { ...told, state: 'todo' } : told;
}
