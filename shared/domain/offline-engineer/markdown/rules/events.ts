/** What happens first in a sentence about effects: `when a loan is returned`, `placing an order`. */

import type { Expression } from '../../app-model.ts';
import type { DraftResource, Entity } from '../draft/draft.ts';
import { recordOf } from '../draft/draft.ts';
import { withoutArticles } from '../lexicon/normal.ts';
import { readRest, readVerbs } from './clauses.ts';
import type { Rules, Sentence } from './context.ts';
import { frameFor } from './context.ts';
import type { Happening } from './happenings.ts';
import { enteredValue, readHappening } from './happenings.ts';
import { baseVerb, ensureAction } from './implied-actions.ts';
import { readSubject, subjectConditions } from './subjects.ts';

export interface Event {
  readonly happening: Happening;
  readonly conditions: readonly Expression[];
  /** What "it" means in the effect: the record the sentence speaks of. */
  readonly topic: Entity;
}

const statusEvent = (rules: Rules, sentence: Sentence, text: string): Event | undefined => {
  const match =
    /^(?:the |its )?(?:status|state)(?: of (.+?))? (?:is|becomes|changes to|is set to|is changed to|goes to|turns) (.+)$/.exec(
      text,
    ) ?? /^(.+?) (?:becomes|turns|gets|reaches|is set to|goes to|moves to)(?: the)?(?: status)? (.+)$/.exec(text);
  if (match === null) return undefined;
  const subject = match[1] === undefined ? undefined : readSubject(rules, sentence, match[1]);
  const resource = subject?.resource ?? sentence.about;
  const entered = resource === undefined ? undefined : enteredValue(resource, withoutArticles(match[2] ?? ''));
  const happening =
    resource === undefined || entered === undefined
      ? undefined
      : readHappening(rules.draft, resource, withoutArticles(match[2] ?? ''));
  return happening === undefined || resource === undefined
    ? undefined
    : { happening, conditions: [], topic: recordOf(resource) };
};

const readEvent = (rules: Rules, sentence: Sentence, raw: string): Event | undefined => {
  const text = raw.replace(/^(?:a user |someone |somebody |the user |you |we |people )/, '');
  const passive = /^(.+?) (?:is|are|has been|have been|was|were|gets?)(?: successfully| newly)? (.+)$/.exec(text);
  if (passive !== null) {
    const found = passiveEvent(rules, sentence, passive[1] ?? '', passive[2] ?? '');
    if (found !== undefined) return found;
  }
  const status = statusEvent(rules, sentence, text);
  if (status !== undefined) return status;
  const active = /^(?:(.+?) )?([a-z]+(?:ing|es|s)?) (?:a |an |the |another |any |some |its )(.+)$/.exec(text);
  if (active !== null) return activeEvent(rules, sentence, active);
  const intransitive = /^(.+?) ([a-z]+s)$/.exec(text);
  return intransitive === null
    ? undefined
    : passiveEvent(rules, sentence, intransitive[1] ?? '', baseVerb((intransitive[2] ?? '').replace(/s$/, '')));
};

const activeEvent = (rules: Rules, sentence: Sentence, match: RegExpExecArray): Event | undefined => {
  const [, doer = '', rawVerb = '', object = ''] = match;
  const verb = rawVerb.endsWith('ing') ? rawVerb : rawVerb.replace(/(?:([sxz]|ch|sh)es|s)$/, '$1');
  if (doer !== '' && !/^(?:a|an|the|any|each|every)? ?(?:[a-z]+)(?: [a-z]+)?$/.test(doer)) return undefined;
  return passiveEvent(rules, sentence, object, verb);
};

/** All events that a clause names: `a deal is won or lost` names two. */
export const readEvents = (rules: Rules, sentence: Sentence, text: string): readonly Event[] => {
  const several =
    /^(.+?) (is|are|has been|have been|was|were|gets?) ([a-z]+(?: (?:out|in|up))?) or ([a-z]+(?: (?:out|in|up))?)$/.exec(
      text,
    );
  if (several !== null) {
    const [, subject = '', verb = '', first = '', second = ''] = several;
    const events = [first, second].map((word) => readEvent(rules, sentence, `${subject} ${verb} ${word}`));
    const known = events.filter((event) => event !== undefined);
    if (known.length === 2) return known;
  }
  const event = readEvent(rules, sentence, text);
  return event === undefined ? [] : [event];
};

export const passiveEvent = (
  rules: Rules,
  sentence: Sentence,
  subjectText: string,
  predicate: string,
): Event | undefined => {
  const bare = withoutArticles(subjectText);
  const subject = readSubject(rules, sentence, bare);
  if (subject === undefined) return undefined;
  for (const { verbs, rest } of readVerbs(predicate)) {
    const [verb = ''] = verbs;
    const happening =
      readHappening(rules.draft, subject.resource, verb) ?? impliedAction(rules, sentence, subject.resource, verb);
    if (happening === undefined || verbs.length > 1 || /^(?:or|and) /.test(rest)) continue;
    const own = subjectConditions(rules, subject, happening.object, happening.resource);
    const after = readRest(rules.phrases, rest, frameFor(recordOf(happening.resource), happening.object), {
      resource: happening.resource,
      entity: recordOf(happening.resource),
    });
    if (own === undefined || after === undefined) continue;
    return { happening, conditions: [...own, ...after], topic: happening.object };
  }
  return undefined;
};

/** A verb that no field or endpoint knows yet, but that clearly is an action: it becomes one. */
const impliedAction = (
  rules: Rules,
  sentence: Sentence,
  resource: DraftResource,
  verb: string,
): Happening | undefined => {
  if (!/(?:ed|en|paid|sent|sold|lent|ing)$/.test(verb) && !ACTION_VERBS.test(verb)) return undefined;
  if (!ACTION_VERBS.test(baseVerb(verb))) return undefined;
  const action = ensureAction(rules, sentence, resource, verb) ?? bareAction(rules, sentence, resource, verb);
  return { resource, on: [action], object: recordOf(resource) };
};

const ACTION_VERBS =
  /^(?:return|close|reopen|submit|cancel|archive|pay|ship|complete|assign|publish|approve|reject|resolve|solve|confirm|finish|deliver|send|void|refund|renew|extend|start|stop|pause|resume|activate|deactivate|accept|decline|release|unpublish|restore|restock|reimburse|check in|check out|redeem|settle|escalate|invoice|unarchive|lock|unlock|suspend|block|unblock|retire|fulfil|fulfill|collect|pick up|hand out|receive|discharge|admit|park|leave|exit)$/;

const bareAction = (rules: Rules, sentence: Sentence, resource: DraftResource, verb: string): string => {
  const name = baseVerb(verb).replace(/ /g, '-');
  rules.draft.endpoints.push({
    kind: 'action',
    method: 'POST',
    path: `/${resource.plural}/:id/${name}`,
    name,
    resource: resource.name,
    body: [],
    assign: [],
    source: sentence.source,
  });
  return name;
};
