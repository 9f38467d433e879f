/** The parameters of functions that rules become: only those that their code speaks of. */
import type { ResourceDesign } from '../design.ts';
import type { Scope } from '../expression/compiled.ts';
import type { SourceFile } from '../source-file.ts';

/** A function that a rule became, and the arguments it takes. */
export interface RuleFunction {
  readonly name: string;
  readonly parameters: readonly string[];
  /** An effect that changes the record itself gives back the changed record. */
  readonly givesRecord: boolean;
}

/** The parameters that a function body speaks of, in their usual order, as declarations. */
export const printParameters = (resource: ResourceDesign, scope: Scope, file: SourceFile): readonly string[] => [
  ...(scope.mentions.has('record') ? [`record: ${file.use(resource.entity)}`] : []),
  ...(scope.mentions.has('previous')
    ? [`previous: ${file.use(resource.entity)}${scope.previous?.isNullable === true ? ' | null' : ''}`]
    : []),
  ...(scope.mentions.has('context') ? [`context: ${file.use('Context')}`] : []),
];

/** The names of those parameters. */
export const parameterNames = (scope: Scope): readonly string[] =>
  ['record', 'previous', 'context'].filter((name) => scope.mentions.has(name));
