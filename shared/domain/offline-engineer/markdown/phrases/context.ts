/**
 * What readers of phrases share. Conditions contain nouns, nouns contain conditions ("books whose genre is …"),
 * so the readers meet through this interface instead of importing each other.
 */

import type { Expression } from '../../app-model.ts';
import type { Draft, DraftField, DraftResource, Entity } from '../draft/draft.ts';

/** From where a phrase is read. */
export interface Frame {
  /** The record at hand; nouns are looked up from it. Absent in statements about the whole app. */
  readonly self?: Entity;
  /** What `it`, `they` and `its` stand for; `self` when absent. */
  readonly it?: Entity;
  /** The record a rule is about, when `self` is an item of a list. */
  readonly outer?: Entity;
  /** How deep phrases are nested; reading stops at a limit. */
  readonly depth: number;
}

export interface NounPhrase {
  readonly resource: DraftResource;
  readonly entity: Entity;
  /** What must hold for a record to be meant, of `entity`. */
  readonly conditions: readonly Expression[];
  /** True when the phrase says `other`, `another`. */
  readonly other: boolean;
  /** True when the phrase itself links the records to the outer record ("of the same room"). */
  readonly linked: boolean;
}

export interface FieldReference {
  readonly entity: Entity;
  readonly field: DraftField;
  readonly expression: Expression;
}

export interface Phrases {
  readonly draft: Draft;
  condition(text: string, frame: Frame): Expression | undefined;
  value(text: string, frame: Frame, target?: DraftField): Expression | undefined;
  noun(text: string, frame: Frame, as?: (resource: DraftResource) => Entity): NounPhrase | undefined;
  /** What an adjective or participle says of a record ("open", "on loan", "overdue"). */
  state(text: string, entity: Entity, frame: Frame): Expression | undefined;
  field(text: string, frame: Frame): FieldReference | undefined;
}

export const DEEPEST_PHRASE = 7;

/** The frame for reading a phrase about an item of a list inside this frame. */
export const inside = (frame: Frame, item: Entity): Frame => {
  const outer = frame.self?.of === 'item' ? frame.outer : frame.self;
  return outer === undefined
    ? { self: item, it: item, depth: frame.depth + 1 }
    : { self: item, it: item, outer, depth: frame.depth + 1 };
};

export const deeper = (frame: Frame): Frame => ({ ...frame, depth: frame.depth + 1 });

export const isPronoun = (text: string): boolean =>
  /^(?:it|they|he|she|them|him|her|this|that|one|these|those|which|who)$/.test(text);
