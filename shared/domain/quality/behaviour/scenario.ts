/**
 * Acceptance criteria that a machine can try: scenarios of given, when and then, as steps over HTTP. They stand in the
 * specification as Gherkin (https://cucumber.io/docs/gherkin/reference); which steps are understood says `read-step.ts`.
 */

/** Any JSON value; texts in it may hold `{name.path}`, which stands for a value of an earlier answer. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

export const relations = [
  'is',
  'is not',
  'is at least',
  'is at most',
  'is greater than',
  'is less than',
  'contains',
  'does not contain',
  'has length',
  'is there',
  'is missing',
] as const;

export type Relation = (typeof relations)[number];

export type StepAction =
  | {
      readonly kind: 'request';
      readonly method: string;
      /** From the root of the app; may hold `{name.path}`. */
      readonly path: string;
      readonly body?: Json;
      /** The answer's JSON is remembered under this name. */
      readonly keepAs?: string;
      /** What is given has to be there: any answer but a success fails the scenario. */
      readonly mustSucceed: boolean;
    }
  /** Goes with every request from here on. */
  | { readonly kind: 'send_header'; readonly name: string; readonly value: string }
  | { readonly kind: 'status'; readonly from: number; readonly to: number }
  | { readonly kind: 'field'; readonly path: string; readonly relation: Relation; readonly value: Json }
  | { readonly kind: 'text'; readonly text: string; readonly isThere: boolean }
  | { readonly kind: 'header'; readonly name: string; readonly relation: 'is' | 'contains'; readonly value: string };

export interface ScenarioStep {
  /** As it is written, without the keyword. */
  readonly text: string;
  readonly action: StepAction;
}

/** One scenario, or one row of an outline. */
export interface Scenario {
  /** Unique in the specification; the id of its criterion, with `#2` for the second row of an outline. */
  readonly checkId: string;
  readonly criterionId: string;
  readonly title: string;
  readonly steps: readonly ScenarioStep[];
}

/** A criterion of the specification. */
export interface SpecifiedCriterion {
  /** The first tag with a digit in it (`@AC-1` gives `AC-1`), or made of the title. */
  readonly criterionId: string;
  readonly title: string;
  /** One-based line of the specification. */
  readonly line: number;
  /** Why the platform cannot try it itself; a check of an agent or a test may still prove it. */
  readonly unreadable?: string;
}

/** A place of the specification that is no Gherkin. */
export interface CriteriaFault {
  readonly line: number;
  readonly reason: string;
}

export interface SpecifiedBehaviour {
  readonly criteria: readonly SpecifiedCriterion[];
  readonly scenarios: readonly Scenario[];
  readonly faults: readonly CriteriaFault[];
}
