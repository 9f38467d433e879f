/**
 * What the sentence of an endpoint demands besides it: `POST /loans/:id/return returns a loan, which is refused when it
 * was returned before`. Each such part is a sentence of its own and has to be understood like any other.
 */

import type { DraftResource } from '../draft/draft.ts';
import { wordsOf } from '../lexicon/names.ts';
import { normalise } from '../lexicon/normal.ts';
import { findResource } from '../phrases/vocabulary.ts';
import type { Rules } from '../rules/context.ts';
import { participleOf } from '../rules/implied-actions.ts';
import type { EndpointLine } from './lines.ts';

/** What is done to the record by an endpoint without a verb in its path. */
const DEEDS: Readonly<Record<string, string>> = {
  'POST 1': 'created',
  'PUT 2': 'changed',
  'PATCH 2': 'changed',
  'DELETE 2': 'deleted',
};

export interface Rider {
  readonly resource: DraftResource;
  /** The ways to say it as a sentence, in normal form, the likeliest first. */
  readonly readings: readonly string[];
  /** As it stands in the sentence, in normal form. */
  readonly said: string;
  /** It names what it is about, so that it means the same wherever it stands. */
  readonly isWhole: boolean;
}

const PARTS =
  / ?; ?| ?[()] ?|(?: ,)? but (?:also )?| , (?:and |which |where |while )?| and (?=(?:an? |the |it |this |is |fails|answers|returns (?:an? )?(?:409|error|conflict)|refuses|rejects|[a-z]+s? cannot))| - /;

const FAILING =
  '(?:(?:is|are|gets?|will be) (?:refused|rejected|forbidden|impossible|denied|prohibited|blocked|not (?:possible|allowed|permitted|accepted)|an error|a conflict)|(?:fails?|errors?|conflicts?|refuses?|rejects?)|(?:(?:answers?|returns?|responds?|gives?|yields?|results?)(?: with| in)? )?(?:an? )?(?:http )?(?:status )?(?:code )?(?:409|422|conflict|error)(?: conflict| error| status)*)';
const REFUSAL = new RegExp(
  `^(?:which |this |that |it |the (?:request|call|endpoint|action) )?${FAILING}(?: with (?:an? )?(?:409|422|conflict|error)(?: conflict| error)*)?(?: ,)? (if|when|whenever|while|once|unless|for|after|as long as|because) (.+)$`,
);
const ONCE =
  /^(?:(?:it |this )?(?:can|may|is) )?(?:(?:only|just|be done|possible|allowed|works) )*(?:only once|once only|once|at most once)$/;
const DEMAND = /\b(?:cannot|never|only|must not|unless)\b/;

const timeless = (condition: string): string =>
  condition.replace(/ (?:before|earlier|previously|in the past|by then)$/, '').replace(/\bhad been\b/g, 'was');

const targetOf = (rules: Rules, line: EndpointLine): { resource: DraftResource; deed: string } | undefined => {
  const [first, , verb] = line.segments;
  const resource = first === undefined ? undefined : findResource(rules.draft, wordsOf(first));
  const deed =
    verb === undefined || line.segments.length !== 3
      ? DEEDS[`${line.method} ${String(line.segments.length)}`]
      : participleOf(wordsOf(verb).join(' '));
  return resource === undefined || deed === undefined ? undefined : { resource, deed };
};

const readingsOf = (part: string, resource: DraftResource, deed: string): readonly string[] => {
  const name = resource.words.join(' ');
  const refused = REFUSAL.exec(part);
  if (refused !== null) {
    const [, word = '', rest = ''] = refused;
    const condition = timeless(rest);
    if (word === 'for') return [`${condition} cannot be ${deed}`];
    const joint = word === 'unless' ? 'unless' : 'if';
    return [
      `a ${name} cannot be ${deed} ${joint} ${condition}`,
      `a ${name} cannot be ${deed} ${joint} it ${condition}`,
    ];
  }
  if (ONCE.test(part)) return [`a ${name} can be ${deed} only once`];
  if (!DEMAND.test(part)) return [];
  const itself = part.replace(/^(?:it|this|which) /, `a ${name} `);
  return [itself, `a ${name} ${part}`];
};

/** The parts of the endpoint's sentence that forbid something. Lists and figures narrow what they show, so they have none. */
export const ridersOf = (rules: Rules, line: EndpointLine): readonly Rider[] => {
  const target = line.method === 'GET' ? undefined : targetOf(rules, line);
  if (target === undefined) return [];
  const parts = normalise(line.description)
    .split(PARTS)
    .map((part) => part.trim());
  // A condition before its main clause, as in `once it is returned , it cannot be returned`, is kept together with it.
  const joined = parts.map((part, index) =>
    /^(?:once|if|when|after|as soon as|while) /.test(part) && parts[index + 1] !== undefined
      ? `${part} , ${parts[index + 1] ?? ''}`
      : part,
  );
  return joined
    .filter((_part, index) => !(index > 0 && joined[index - 1]?.endsWith(` , ${parts[index] ?? ''}`)))
    .map((said) => ({
      said,
      resource: target.resource,
      readings: readingsOf(said, target.resource, target.deed),
      isWhole: /^(?:once|if|when|an?|the|no|[a-z]+ [a-z]+s)\b.* cannot /.test(said),
    }))
    .filter(({ readings }) => readings.length > 0);
};
