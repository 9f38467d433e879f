/** The ways in which operations answer. */

import type { Assignment } from './actions.ts';
import type { CollectionPlan } from './collections.ts';
import type { Counting } from './counting.ts';
import type { ListParameters } from './list-parameters.ts';

/** An enclosing resource in the path: the parameter that names it and, when it is stored, its collection. */
export interface ScopePart {
  readonly resource: string;
  readonly parameter: string;
  readonly collection?: CollectionPlan;
  /** True when an unknown enclosing record is answered as not found. */
  readonly isChecked: boolean;
}

export type Behaviour =
  | {
      readonly kind: 'list';
      readonly collection: CollectionPlan;
      readonly parameters: ListParameters;
      readonly wrapper?: string;
    }
  | {
      readonly kind: 'create';
      readonly collection: CollectionPlan;
      readonly bodyWrapper?: string;
      readonly wrapper?: string;
    }
  | {
      readonly kind: 'create_many';
      readonly collection: CollectionPlan;
      readonly bodyWrapper?: string;
      readonly answersList: boolean;
      readonly wrapper?: string;
    }
  | {
      readonly kind: 'read' | 'delete';
      readonly collection: CollectionPlan;
      readonly idParameter: string;
      readonly wrapper?: string;
      /** An unknown id is answered with the example, because the document knows no refusal. */
      readonly isLenient: boolean;
    }
  | {
      readonly kind: 'replace' | 'update';
      readonly collection: CollectionPlan;
      /** Absent: the body's id field names the record. */
      readonly idParameter?: string;
      readonly bodyWrapper?: string;
      readonly wrapper?: string;
      readonly createsMissing: boolean;
    }
  | {
      readonly kind: 'action';
      readonly collection: CollectionPlan;
      readonly idParameter: string;
      readonly fields: readonly string[];
      readonly queryFields: readonly string[];
      readonly assignment?: Assignment;
      readonly wrapper?: string;
    }
  | { readonly kind: 'singleton_read' | 'singleton_write'; readonly name: string; readonly merges: boolean }
  | { readonly kind: 'count'; readonly counting: Counting }
  | { readonly kind: 'echo'; readonly collection?: CollectionPlan; readonly idParameter?: string };
