/** Actions that a sentence implies without naming an endpoint: `bookings can be cancelled`. */

import type { Expression } from '../../app-model.ts';
import type { DraftResource } from '../draft/draft.ts';
import { newField } from '../draft/draft.ts';
import { literal } from '../draft/expressions.ts';
import { wordsOf } from '../lexicon/names.ts';
import { stem } from '../lexicon/stems.ts';
import type { Rules, Sentence } from './context.ts';
import { enteredValue, findAction } from './happenings.ts';

/** Adds the action that a permission implies, with what it sets, unless there is one. */
export const ensureAction = (
  rules: Rules,
  sentence: Sentence,
  resource: DraftResource,
  verb: string,
): string | undefined => {
  const existing = findAction(rules.draft, resource, verb);
  if (existing !== undefined) return existing;
  const enters = enteredValue(resource, verb);
  const flag = resource.fields.find(
    (field) => field.type === 'boolean' && field.words.some((word) => stem(word) === stem(verb)),
  );
  const stamp = resource.fields.find(
    (field) =>
      (field.type === 'date' || field.type === 'datetime') &&
      field.required !== true &&
      field.words.some((word) => stem(word) === stem(verb)),
  );
  const name = wordsOf(baseVerb(verb)).join('-');
  const assign =
    enters !== undefined
      ? [{ field: enters.field.name, value: literal(enters.value) }]
      : flag !== undefined
        ? [{ field: flag.name, value: literal(true) }]
        : stamp !== undefined
          ? [{ field: stamp.name, value: (stamp.type === 'date' ? { kind: 'today' } : { kind: 'now' }) as Expression }]
          : undefined;
  if (assign === undefined || name === '') return undefined;
  rules.draft.endpoints.push({
    kind: 'action',
    method: 'POST',
    path: `/${resource.plural}/:id/${name}`,
    name,
    resource: resource.name,
    body: [],
    assign,
    source: sentence.source,
  });
  return name;
};

const IRREGULAR_BASE: Readonly<Record<string, string>> = {
  paid: 'pay',
  sent: 'send',
  sold: 'sell',
  done: 'finish',
  taken: 'take',
  given: 'give',
  lent: 'lend',
  withdrawn: 'withdraw',
  put: 'put',
  cancelled: 'cancel',
  canceled: 'cancel',
  shipped: 'ship',
  submitted: 'submit',
  stopped: 'stop',
  dropped: 'drop',
  planned: 'plan',
  confirmed: 'confirm',
  closed: 'close',
  archived: 'archive',
  completed: 'complete',
  approved: 'approve',
  resolved: 'resolve',
  solved: 'solve',
  released: 'release',
  activated: 'activate',
  deactivated: 'deactivate',
  declined: 'decline',
  reserved: 'reserve',
  used: 'use',
  paused: 'pause',
  resumed: 'resume',
  voided: 'void',
  renewed: 'renew',
  fulfilled: 'fulfil',
  invoiced: 'invoice',
  retired: 'retire',
  reimbursed: 'reimburse',
  acknowledged: 'acknowledge',
  redeemed: 'redeem',
  enabled: 'enable',
  disabled: 'disable',
  scheduled: 'schedule',
  settled: 'settle',
  produced: 'produce',
  escalated: 'escalate',
  closing: 'close',
};

/** The base form of a participle: `cancelled` → `cancel`. */
export const baseVerb = (verb: string): string => {
  const [first = '', ...rest] = verb.split(' ');
  const known = Object.hasOwn(IRREGULAR_BASE, first) ? IRREGULAR_BASE[first] : undefined;
  const base = known ?? regularBase(first);
  return [base, ...rest].join(' ');
};

/** The other way round, for a sentence of the application's own: `ship` → `shipped`. */
export const participleOf = (verb: string): string => {
  const [first = '', ...rest] = verb.split(' ');
  const known = Object.keys(IRREGULAR_BASE).find((participle) => IRREGULAR_BASE[participle] === first);
  const regular = first
    .replace(/([^aeiou])y$/, '$1ie')
    .replace(/e?$/, 'ed')
    .replace(/ieed$/, 'ied');
  return [known ?? regular, ...rest].join(' ');
};

const regularBase = (verb: string): string => {
  if (verb.endsWith('ied')) return `${verb.slice(0, -3)}y`;
  if (/(?:at|iv|os|is|eiv|u|c|v|g|rs|s|r|iz|yz)ed$/.test(verb) && !/(?:ss|er|or|ow|ew|ur)ed$/.test(verb))
    return verb.slice(0, -1);
  if (verb.endsWith('ed')) return verb.slice(0, -2).replace(/([bdgmnprt])\1$/, '$1');
  if (verb.endsWith('ing')) return verb.slice(0, -3).replace(/([bdgmnprt])\1$/, '$1');
  return verb;
};

/** A status field for a resource that can be cancelled, archived and the like but has no place to keep it. */
export const ensurePlace = (rules: Rules, sentence: Sentence, resource: DraftResource, verb: string): void => {
  if (
    !/^(?:cancel(?:l?ed)?|archived?|deactivated?|closed?|completed?|finished|approved?|paid|confirmed?|returned?|blocked?)$/.test(
      verb,
    )
  )
    return;
  if (enteredValue(resource, verb) !== undefined || findAction(rules.draft, resource, verb) !== undefined) return;
  if (resource.fields.some((field) => field.words.some((word) => stem(word) === stem(verb)))) return;
  const word = verb.startsWith('cancel') ? 'cancelled' : /ed$|paid/.test(verb) ? verb : `${verb}ed`;
  resource.fields.push({
    ...newField([word], sentence.source, resource.line),
    type: 'boolean',
    required: false,
    default: literal(false),
  });
};
