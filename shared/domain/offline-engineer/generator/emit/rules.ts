/** Prints `src/resources/<plural>/rules.ts`: each rule of the specification as a function that quotes its sentence. */
import type { Design, EffectRule, ForbidRule, ResourceDesign, TransitionRule } from '../design.ts';
import { findField } from '../design.ts';
import { asCondition } from '../expression/compiled.ts';
import { camelCase, nameFromSentence, pascalCase, takeName } from '../names.ts';
import { docComment, member, printHead, printList, printRefusal, propertyName, quote } from '../print.ts';
import { forbidsOn } from '../occasions.ts';
import { compileBody, createScope, rootOf } from '../scopes.ts';
import { createSourceFile } from '../source-file.ts';
import type { SourceFile } from '../source-file.ts';
import type { SymbolTable } from '../symbols.ts';
import { printEffect } from './effects.ts';
import { wordType } from '../symbols.ts';
import { parameterNames, printParameters } from './parameters.ts';
import type { RuleFunction } from './parameters.ts';

export interface RulesFile {
  readonly file: SourceFile;
  readonly forbid: (rule: ForbidRule) => RuleFunction;
  readonly effect: (rule: EffectRule) => RuleFunction;
  readonly start: (rule: TransitionRule) => RuleFunction;
  readonly move: (rule: TransitionRule) => RuleFunction;
}

export const rulesPath = (resource: ResourceDesign): string => `src/resources/${resource.plural}/rules.ts`;

/** Occasions at which the rule is checked without a record from before. */
const hasNoPrevious = (on: readonly string[]): boolean => on.includes('create');

const printForbid = (design: Design, resource: ResourceDesign, rule: ForbidRule, name: string, file: SourceFile) => {
  const roots = {
    record: rootOf(resource, 'record'),
    previous: rootOf(resource, 'previous', hasNoPrevious(rule.on)),
  };
  const scope = createScope(design, file, roots);
  const { statements, value } = compileBody(rule.when, scope);
  const condition = asCondition(value);
  const single = `  if (${condition.code}) {`;
  const operands = condition.chain?.operands ?? [condition.code];
  const broken = `  if (\n${operands.map((operand) => `    ${operand}`).join(` ${condition.chain?.operator ?? '&&'}\n`)}\n  ) {`;
  const refuse = file.use(rule.status === 409 ? 'conflict' : 'unprocessable');
  const errors = rule.field === undefined ? [] : [`{ field: ${quote(rule.field)}, message: ${quote(rule.message)} }`];
  const refusal = printRefusal(refuse, quote(rule.message), errors, 4);
  const head = `${printHead(name, printParameters(resource, scope, file), 'void')} {`;
  const test = single.length <= 120 ? single : broken;
  file.add(`${docComment(`"${rule.source.trim()}"`)}${head}\n${statements}${test}\n    throw ${refusal};\n  }\n};`);
  return { name, parameters: parameterNames(scope), givesRecord: false };
};

const printTransition = (resource: ResourceDesign, rule: TransitionRule, file: SourceFile) => {
  const field = findField(resource, rule.field);
  if (!field) throw new Error(`${resource.name} has no field ${rule.field}.`);
  const base = `${resource.pascal}${pascalCase(rule.field)}`;
  const type = file.use(wordType(resource, field.name));
  const words = field.field.values ?? [];
  const moves = words.map((word) => {
    const key = `  ${propertyName(word)}: `;
    const targets = (rule.moves[word] ?? []).map(quote);
    return `${key}${printList(targets, ['[', ']'], { indent: 2, before: key, after: ',' })},\n`;
  });
  const movesName = `${camelCase(base)}Moves`;
  const record = `record: ${file.use(resource.entity)}`;
  const access = (owner: string): string => member(owner, rule.field);
  file.add(
    `${docComment(`"${rule.source.trim()}"`)}export const ${movesName}: Readonly<Record<${type}, readonly ${type}[]>> = {\n${moves.join('')}};`,
    `${docComment(`Refuses a change of ${field.label.toLowerCase()} that is not among the allowed ones.`)}export const refuse${base}Move = (${record}, previous: ${resource.entity}): void => {\n  ${file.use('refuseMove')}(${quote(rule.field)}, ${movesName}, ${access('previous')}, ${access('record')});\n};`,
  );
  if (rule.initial.length === 0) return base;
  const starts = printList(rule.initial.map(quote), ['[', ']'], {
    indent: 2,
    before: `  refuseStart(${quote(rule.field)}, `,
    after: `, ${access('record')});`,
  });
  file.add(
    `${docComment(`Refuses a new ${resource.words} that starts with another ${field.label.toLowerCase()} than the first.`)}export const refuse${base}Start = (${record}): void => {\n  ${file.use('refuseStart')}<${type}>(${quote(rule.field)}, ${starts}, ${access('record')});\n};`,
  );
  return base;
};

const forbidName = (rule: ForbidRule, resource: ResourceDesign): string => {
  const sentence = nameFromSentence(rule.source);
  return `refuse${sentence === '' ? resource.pascal : sentence}`;
};

const effectName = (rule: EffectRule, resource: ResourceDesign): string => {
  const sentence = nameFromSentence(rule.source);
  return `apply${sentence === '' ? resource.pascal : sentence}`;
};

/** Whether any occasion makes use of the rule; one that nothing triggers is not printed. */
const isUsed = (resource: ResourceDesign, rule: ForbidRule): boolean =>
  ['create', 'update', 'delete', ...resource.actions.map(({ name }) => name)].some((occasion) =>
    forbidsOn(resource, occasion).includes(rule),
  );

const lookUp = <Rule>(functions: ReadonlyMap<Rule, RuleFunction>, rule: Rule): RuleFunction => {
  const found = functions.get(rule);
  if (!found) throw new Error('A rule has no function.');
  return found;
};

/** The rules of one resource, or nothing when it has none. */
export const printRules = (design: Design, resource: ResourceDesign, symbols: SymbolTable): RulesFile => {
  const title = resource.pluralWords;
  const header = docComment(`What the specification allows and demands of ${title}, one function for each rule.`);
  const file = createSourceFile(rulesPath(resource), symbols, header);
  const taken = new Set<string>();
  const bases = new Map(resource.transitions.map((rule) => [rule, printTransition(resource, rule, file)]));
  const forbids = new Map<ForbidRule, RuleFunction>();
  for (const rule of resource.forbids.filter((candidate) => isUsed(resource, candidate))) {
    const name = takeName(taken, forbidName(rule, resource));
    forbids.set(rule, printForbid(design, resource, rule, name, file));
  }
  const effects = new Map<EffectRule, RuleFunction>();
  for (const rule of resource.effects) {
    const name = takeName(taken, effectName(rule, resource));
    effects.set(rule, printEffect(design, resource, rule, name, file));
  }
  const base = (rule: TransitionRule): string => bases.get(rule) ?? '';
  return {
    file,
    forbid: (rule) => lookUp(forbids, rule),
    effect: (rule) => lookUp(effects, rule),
    start: (rule) => ({ name: `refuse${base(rule)}Start`, parameters: ['record'], givesRecord: false }),
    move: (rule) => ({ name: `refuse${base(rule)}Move`, parameters: ['record', 'previous'], givesRecord: false }),
  };
};
