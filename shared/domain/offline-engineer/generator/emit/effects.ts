/** Prints the effects of rules: fields that are set on the record itself or on one that it refers to. */
import { findField } from '../design.ts';
import type { Design, EffectRule, ResourceDesign } from '../design.ts';
import { compileExpression } from '../expression/compile.ts';
import { asCondition } from '../expression/compiled.ts';
import type { Root, Scope } from '../expression/compiled.ts';
import { fitExpression } from '../fitting.ts';
import { camelCase } from '../names.ts';
import { docComment, member, printChain, printHead, printList, propertyName, quote } from '../print.ts';
import { compileBody, createScope, rootOf } from '../scopes.ts';
import type { SourceFile } from '../source-file.ts';
import { fitCompiled } from './derived.ts';
import { parameterNames, printParameters } from './parameters.ts';
import type { RuleFunction } from './parameters.ts';

type Assignment = EffectRule['assign'][number];

/** The values to set, as the entries of an object literal. */
export const printAssignments = (
  assign: readonly { readonly field: string; readonly value: Assignment['value'] }[],
  target: Root,
  scope: Scope,
): readonly string[] =>
  assign.map(({ field: name, value }) => {
    const field = findField(target.resource, name);
    if (!field) throw new Error(`${target.resource.name} has no field ${name}.`);
    const compiled = compileExpression(fitExpression(value, field.field), scope);
    return `${propertyName(name)}: ${fitCompiled(compiled, field, scope, member(target.code, name)).code}`;
  });

const printChanges = (assign: readonly Assignment[], target: Root, name: string, scope: Scope): string => {
  const before = `  const ${name}: Partial<${scope.use(target.resource.entity)}> = `;
  const entries = printAssignments(assign, target, { ...scope, item: target });
  const { resource } = target;
  const fields = scope.use(`${resource.camel}Fields`);
  return [
    `${before}${printList(entries, ['{', '}'], { indent: 2, before, after: ';' })};\n`,
    `  ${scope.use('refuseOutOfBounds')}(${quote(resource.words)}, ${fields}, ${name});\n`,
  ].join('');
};

/** Sets fields of the record that a reference leads to. */
const printThrough = (
  through: string,
  assign: readonly Assignment[],
  index: number,
  resource: ResourceDesign,
  scope: Scope,
): string => {
  const field = findField(resource, through);
  const target = scope.design.resource(field?.field.reference?.resource ?? through);
  const suffix = index === 0 ? '' : String(index + 1);
  const variable = `${target.variable}${suffix}`;
  const finder = field?.isNullable === true ? 'at' : 'require';
  scope.mentions.add('record').add('context');
  const store = member('context.stores', target.store);
  const changes = `${camelCase(`${target.name}-changes`)}${suffix}`;
  const lines = [
    `  const ${variable} = ${store}.${finder}(${member('record', through)});\n`,
    printChanges(assign, rootOf(target, variable), changes, scope),
    `  ${store}.put({ ...${variable}, ...${changes}, updatedAt: context.now });\n`,
  ];
  if (finder === 'require') return lines.join('');
  const [find = '', ...rest] = lines;
  const inner = rest.join('').replaceAll(/^(?=.)/gmu, '  ');
  return `${find}  if (${variable}) {\n${inner}  }\n`;
};

const printSelf = (assign: readonly Assignment[], resource: ResourceDesign, scope: Scope): string => {
  scope.mentions.add('record').add('context');
  const store = member('context.stores', resource.store);
  return [
    printChanges(assign, rootOf(resource, 'record'), 'changes', scope),
    `  const changed: ${resource.entity} = { ...record, ...changes, updatedAt: context.now };\n`,
    `  ${store}.put(changed);\n  return changed;\n`,
  ].join('');
};

/** One effect as a function; when it changes the record itself, the function gives back the changed record. */
export const printEffect = (
  design: Design,
  resource: ResourceDesign,
  rule: EffectRule,
  name: string,
  file: SourceFile,
): RuleFunction => {
  const previous = rootOf(resource, 'previous', rule.on.includes('create'));
  const scope = createScope(design, file, { record: rootOf(resource, 'record'), previous });
  const own = rule.assign.filter(({ through }) => through === undefined);
  const throughs = [...new Set(rule.assign.flatMap(({ through }) => through ?? []))];
  const givesRecord = own.length > 0 && rule.on.some((occasion) => occasion !== 'delete');
  const lines: string[] = [];
  if (rule.when) {
    const { statements, value } = compileBody(rule.when, scope);
    const condition = asCondition(value);
    const chain = condition.chain ?? { operands: [condition.code], operator: '&&' };
    const before = '  const applies = ';
    const code = printChain(chain.operands, chain.operator, { indent: 2, before, after: ';' });
    lines.push(`${statements}${`${before}${code}`.replace('= \n', '=\n')};\n`);
    lines.push(givesRecord ? '  if (!applies) return record;\n' : '  if (!applies) return;\n');
  }
  for (const [index, through] of throughs.entries()) {
    const assign = rule.assign.filter((assignment) => assignment.through === through);
    lines.push(printThrough(through, assign, index, resource, scope));
  }
  if (givesRecord) lines.push(printSelf(own, resource, scope));
  const result = givesRecord ? file.use(resource.entity) : 'void';
  const head = printHead(name, printParameters(resource, scope, file), result);
  file.add(`${docComment(`"${rule.source.trim()}"`)}${head} {\n${lines.join('')}};`);
  return { name, parameters: parameterNames(scope), givesRecord };
};
