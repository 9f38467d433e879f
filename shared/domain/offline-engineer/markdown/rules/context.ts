/** What every reader of rules works with, and the one way by which rules come into the draft. */

import type { Expression, Rule } from '../../app-model.ts';
import { plainInline, withoutCode } from '../blocks/inline.ts';
import type { Draft, DraftResource, Entity } from '../draft/draft.ts';
import { recordOf } from '../draft/draft.ts';
import type { Frame } from '../phrases/context.ts';
import type { Reader } from '../phrases/reader.ts';

/** A permission to enter a status value only from these values. */
export interface Move {
  readonly resource: string;
  readonly field: string;
  readonly from: readonly string[];
  readonly to: string;
  readonly source: string;
}

/** A chain that names the whole way of a status field: its first value is the only one to begin with. */
export interface Chain {
  readonly resource: string;
  readonly field: string;
  readonly first: string;
}

export interface Rules {
  readonly draft: Draft;
  readonly phrases: Reader;
  readonly moves: Move[];
  readonly chains: Chain[];
}

export interface Sentence {
  /** As written. */
  readonly source: string;
  /** What a refused client reads, where the source alone leaves out its subject. */
  readonly message?: string;
  /** Normal form. */
  readonly text: string;
  /** Speaks of that resource and no other, whatever its words. */
  readonly isAboutOne?: boolean;
  /** The resource that the sentence's section or topic is about. */
  readonly about: DraftResource | undefined;
}

export const frameOf = (resource: DraftResource): Frame => ({
  self: recordOf(resource),
  it: recordOf(resource),
  depth: 0,
});

export const frameFor = (self: Entity, it: Entity = self): Frame => ({ self, it, depth: 0 });

const message = (source: string): string => {
  const text = withoutCode(plainInline(source)).trim();
  return /[.!?]$/.test(text) ? text : `${text}.`;
};

/** Own fields of the record before the change; what follows references and what is counted stays as it is. */
export const beforeChange = (expression: Expression): Expression => {
  switch (expression.kind) {
    case 'field':
      return expression.of === 'record' && expression.path.length === 1 && expression.path[0] !== 'id'
        ? { ...expression, of: 'previous' }
        : expression;
    case 'binary':
      return { ...expression, left: beforeChange(expression.left), right: beforeChange(expression.right) };
    case 'not':
    case 'one_of':
    case 'length':
      return { ...expression, operand: beforeChange(expression.operand) };
    case 'date_add':
      return { ...expression, base: beforeChange(expression.base), amount: beforeChange(expression.amount) };
    case 'literal':
    case 'now':
    case 'today':
    case 'aggregate':
      return expression;
  }
};

/** The first own field that the expression speaks of. */
export const firstField = (expression: Expression): string | undefined => {
  switch (expression.kind) {
    case 'field':
      return expression.of === 'record' && expression.path[0] !== 'id' ? expression.path[0] : undefined;
    case 'binary':
      return firstField(expression.left) ?? firstField(expression.right);
    case 'not':
    case 'one_of':
    case 'length':
      return firstField(expression.operand);
    case 'date_add':
      return firstField(expression.base);
    case 'literal':
    case 'now':
    case 'today':
    case 'aggregate':
      return undefined;
  }
};

interface Forbidding {
  readonly resource: DraftResource;
  readonly on: readonly string[];
  readonly when: Expression;
  readonly status: 409 | 422;
  readonly field?: string | undefined;
}

export const addRule = (rules: Rules, rule: Rule): true => {
  const key = JSON.stringify({ ...rule, source: '', message: '' });
  if (!rules.draft.rules.some((existing) => JSON.stringify({ ...existing, source: '', message: '' }) === key))
    rules.draft.rules.push(rule);
  return true;
};

/** Adds a refusal; an occasion that the resource does not offer is left out. */
export const forbid = (rules: Rules, sentence: Sentence, forbidding: Forbidding): true => {
  const { resource, on, when, status, field } = forbidding;
  return addRule(rules, {
    kind: 'forbid',
    resource: resource.name,
    on: [...new Set(on)],
    when,
    status,
    message: message(sentence.message ?? sentence.source),
    source: sentence.source,
    ...(field === undefined ? {} : { field }),
  });
};

/** Names of the actions of a resource. */
export const actionsOf = (draft: Draft, resource: DraftResource): readonly string[] =>
  draft.endpoints.flatMap((endpoint) =>
    endpoint.kind === 'action' && endpoint.resource === resource.name ? [endpoint.name] : [],
  );
