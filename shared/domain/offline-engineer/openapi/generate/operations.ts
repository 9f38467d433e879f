/** `src/operations/<group>/`: one module for each operation, and the list of the group. */

import type { OperationPlan } from '../plan/operations.ts';
import { kebabCase } from '../read/names.ts';
import type { SchemaRegistry } from '../runtime/validation/schema.ts';
import type { Sampler } from '../sample/sampler.ts';
import { contractSource } from './contracts.ts';
import type { SharedResponses } from './contracts.ts';
import { handlerSource } from './handlers.ts';
import type { GeneratedFile } from './schemas.ts';
import { commentText, toSource } from './source.ts';

export interface OperationSurroundings {
  readonly sampler: Sampler;
  readonly schemas: SchemaRegistry;
  readonly shared: SharedResponses;
  /** The name of each operation's module within its group, by the operation's id. */
  readonly fileNames: ReadonlyMap<string, string>;
}

/** The constant that lists a group's operations: `petOperations`. */
export const groupConstant = (group: string): string => {
  const [first = 'general', ...rest] = group.split('-');
  const name = first + rest.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
  return `${/^\d/.test(name) ? `group${name}` : name}Operations`;
};

/** Names for the modules of all operations; unique within their groups. */
export const operationFileNames = (plans: readonly OperationPlan[]): ReadonlyMap<string, string> => {
  const taken = new Set<string>();
  return new Map(
    plans.map(({ operation }) => {
      const wanted = kebabCase(operation.id, 'operation');
      let name = wanted === 'index' ? 'index-operation' : wanted;
      for (let number = 2; taken.has(`${operation.group}/${name}`); number += 1) name = `${wanted}-${number}`;
      taken.add(`${operation.group}/${name}`);
      return [operation.id, name];
    }),
  );
};

/** The modules of one group. */
export const operationFiles = (
  group: string,
  plans: readonly OperationPlan[],
  surroundings: OperationSurroundings,
): readonly GeneratedFile[] => [
  ...plans.map((plan) => ({
    path: `src/operations/${group}/${surroundings.fileNames.get(plan.operation.id) ?? ''}.ts`,
    content: operationModule(plan, surroundings),
  })),
  { path: `src/operations/${group}/index.ts`, content: groupModule(group, plans, surroundings.fileNames) },
];

const operationModule = (plan: OperationPlan, { sampler, schemas, shared }: OperationSurroundings): string => {
  const { operation } = plan;
  const contract = toSource(contractSource(plan, sampler, shared), 0);
  const handler = handlerSource(plan, schemas);
  const sharedNames = [...shared.values()].filter((name) => new RegExp(`: ${name}\\b`).test(contract));
  const imports = [
    ...Object.entries(handler.others).map(([module, names]) => ({ module: `../../${module}`, names })),
    ...(handler.collections.length === 0
      ? []
      : [{ module: '../../store/collections.ts', names: handler.collections.map((one) => one.constant) }]),
    ...(sharedNames.length === 0 ? [] : [{ module: '../../http/declared-responses.ts', names: sharedNames }]),
    { module: '../../http/operation.ts', names: handler.answers },
  ]
    .filter(({ names }) => names.length > 0)
    .sort((left, right) => (left.module < right.module ? -1 : 1))
    .map(({ module, names }) => `import { ${[...names].sort().join(', ')} } from '${module}';\n`);
  const text = commentText(operation.summary || operation.description, 140);
  const parameter = handler.uses.length === 0 ? '' : `{ ${handler.uses.join(', ')} }`;
  const body = handler.lines.map((line) => (line === '' ? '' : `    ${line}`)).join('\n');
  return `import type { Operation } from '../../http/operation.ts';
${imports.join('')}
/** ${operation.method.toUpperCase()} ${commentText(operation.path)}${text === '' ? '' : `: ${text}`} */
export const ${operation.id}: Operation = ${contract.replace(/\n\}$/, '')}
  handle: (${parameter}) => {
${body}
  },
};
`;
};

const groupModule = (group: string, plans: readonly OperationPlan[], names: ReadonlyMap<string, string>): string => {
  const imports = plans
    .map((plan) => `import { ${plan.operation.id} } from './${names.get(plan.operation.id) ?? ''}.ts';\n`)
    .join('');
  return `import type { Operation } from '../../http/operation.ts';
${imports}
export const ${groupConstant(group)}: readonly Operation[] = [
${plans.map((plan) => `  ${plan.operation.id},\n`).join('')}];
`;
};
