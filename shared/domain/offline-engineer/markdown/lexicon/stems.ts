/**
 * Brings `cancelled`, `cancelling`, `cancellation` and `cancel` to one stem, and knows which verbs and nouns of
 * everyday business speak of the same thing (`borrow` and `loan`).
 */

const IRREGULAR: Readonly<Record<string, string>> = {
  paid: 'pay',
  sent: 'send',
  sold: 'sell',
  bought: 'buy',
  lent: 'lend',
  written: 'write',
  wrote: 'write',
  taken: 'take',
  took: 'take',
  given: 'give',
  gave: 'give',
  made: 'make',
  begun: 'begin',
  began: 'begin',
  held: 'hold',
  kept: 'keep',
  left: 'leave',
  found: 'find',
  put: 'put',
  set: 'set',
  won: 'win',
  lost: 'lose',
  done: 'do',
  gone: 'go',
  been: 'be',
  withdrawn: 'withdraw',
  frozen: 'freeze',
  chosen: 'choose',
  driven: 'drive',
  spent: 'spend',
  met: 'meet',
  built: 'build',
  brought: 'bring',
  overdue: 'overdue',
  voided: 'void',
  redeemed: 'redeem',
  purchase: 'buy',
  purchased: 'buy',
  delivery: 'deliver',
  deliveries: 'deliver',
  approval: 'approve',
  arrival: 'arrive',
  renewal: 'renew',
  rental: 'rent',
  loaned: 'loan',
  loaning: 'loan',
  rejection: 'reject',
  payment: 'pay',
  booking: 'book',
  enrolment: 'enrol',
  enrollment: 'enrol',
  enroll: 'enrol',
  enrolled: 'enrol',
  enrols: 'enrol',
  enrolls: 'enrol',
  signup: 'signup',
  reservation: 'reserve',
  registration: 'register',
  subscription: 'subscribe',
  cancellation: 'cancel',
  application: 'apply',
  completion: 'complete',
  resolution: 'resolution',
  resolved: 'resolve',
  publication: 'publish',
  submission: 'submit',
  closure: 'close',
  assignment: 'assign',
  assignee: 'assign',
  shipment: 'ship',
  inspection: 'inspect',
  donation: 'donate',
  reply: 'reply',
  replies: 'reply',
  replied: 'reply',
  start: 'start',
  end: 'end',
};

const endings: readonly (readonly [RegExp, string])[] = [
  [/ies$/, 'y'],
  [/ied$/, 'y'],
  [/(?:ss|sh|ch|x|zz)es$/, ''],
  [/ing$/, ''],
  [/ed$/, ''],
  [/s$/, ''],
];

const cutEnding = (word: string): string => {
  for (const [pattern, replacement] of endings) {
    if (!pattern.test(word)) continue;
    if (pattern.source === 's$' && (word.endsWith('ss') || word.endsWith('us') || word.endsWith('is'))) continue;
    if (pattern.source.startsWith('(?:ss')) return word.slice(0, -2);
    const cut = word.replace(pattern, replacement);
    if (cut.length < 2 || !/[aeiouy]/.test(cut)) continue;
    return cut;
  }
  return word;
};

/** A stem for comparison only; it is not a word. */
export const stem = (word: string): string => {
  const known = Object.hasOwn(IRREGULAR, word) ? IRREGULAR[word] : undefined;
  let base = known ?? cutEnding(word);
  const again = Object.hasOwn(IRREGULAR, base) ? IRREGULAR[base] : undefined;
  base = again ?? base;
  if (/([bdglmnprt])\1$/.test(base) && base.length > 3) base = base.slice(0, -1);
  return base.length > 3 && base.endsWith('e') ? base.slice(0, -1) : base;
};

export const sameStem = (left: string, right: string): boolean => stem(left) === stem(right);

/** Verbs and nouns that speak of the same happening; the first of each row is the head. */
const FAMILIES: readonly (readonly string[])[] = [
  ['loan', 'borrow', 'lend', 'checkout', 'lending', 'issue out', 'take out', 'check out', 'lent out', 'borrowing'],
  ['checkout', 'borrow', 'lend', 'loan', 'check out', 'take out', 'take'],
  ['lending', 'borrow', 'lend', 'loan'],
  ['borrowing', 'borrow', 'lend', 'loan'],
  ['hire', 'rent', 'hire'],
  ['rental', 'rent', 'hire', 'lease'],
  ['booking', 'book', 'reserve', 'reservation', 'appointment'],
  ['enrolment', 'enrol', 'enroll', 'enrollment', 'sign up', 'signup', 'registration', 'register', 'join'],
  ['rating', 'rate'],
  ['review', 'review', 'rate'],
  ['vote', 'vote', 'ballot', 'cast'],
  ['order', 'order', 'buy', 'purchase', 'place'],
  ['sale', 'sell', 'buy', 'purchase', 'order'],
  ['purchase', 'buy', 'order'],
  ['ticket', 'buy', 'purchase', 'book'],
  ['payment', 'pay'],
  ['comment', 'comment'],
  ['reply', 'reply', 'answer', 'respond'],
  ['answer', 'answer', 'reply', 'respond'],
  ['response', 'respond', 'answer', 'reply'],
  ['subscription', 'subscribe'],
  ['application', 'apply'],
  ['donation', 'donate', 'give'],
  ['visit', 'visit'],
  ['stay', 'stay', 'book', 'check in'],
  ['trip', 'drive', 'travel', 'use'],
  ['shipment', 'ship'],
  ['delivery', 'deliver'],
  ['submission', 'submit', 'hand in'],
  ['bid', 'bid'],
  ['check in', 'check in', 'checkin', 'tick', 'log', 'complete'],
  ['entry', 'log', 'enter', 'record'],
  ['attendance', 'attend'],
  ['participation', 'participate', 'join'],
  ['membership', 'join'],
  ['assignment', 'assign'],
  ['adoption', 'adopt'],
  ['movement', 'move'],
  ['transfer', 'transfer'],
  ['parking', 'park'],
  ['session', 'park', 'attend'],
  ['registration', 'register'],
];

const familyIndex = new Map<string, Set<string>>();
for (const family of FAMILIES) {
  const [head = ''] = family;
  const key = head.split(' ').map(stem).join(' ');
  const members = familyIndex.get(key) ?? new Set<string>();
  for (const member of family) members.add(member.split(' ').map(stem).join(' '));
  familyIndex.set(key, members);
}

/** Whether doing `verb` (one or two words) brings a record of a resource with this name into being. */
export const verbMakesNoun = (verb: string, nounWords: readonly string[]): boolean => {
  const verbStem = verb.split(' ').map(stem).join(' ');
  const candidates = [nounWords.map(stem).join(' '), stem(nounWords.at(-1) ?? '')];
  const joined = verbStem.replaceAll(' ', '');
  return candidates.some(
    (noun) => noun.replaceAll(' ', '') === joined || (familyIndex.get(noun)?.has(verbStem) ?? false),
  );
};
