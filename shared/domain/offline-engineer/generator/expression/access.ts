/** Fields of records, and fields of the records that references lead to. */
import type { Expression } from '../../app-model.ts';
import { findField } from '../design.ts';
import type { FieldDesign, ResourceDesign } from '../design.ts';
import { camelCase, pascalCase } from '../names.ts';
import { member, quote } from '../print.ts';
import { computedNeedsContext } from '../needs.ts';
import { precedences, present } from './compiled.ts';
import type { Compiled, Root, Scope } from './compiled.ts';
import { valueTypeOf } from './typing.ts';
import type { ValueType } from './typing.ts';

type FieldExpression = Extract<Expression, { kind: 'field' }>;

/** The function that computes a field: `bookAvailableCopies`. */
export const computedFunction = (resource: ResourceDesign, field: string): string =>
  camelCase(`${resource.name}-${pascalCase(field)}`);

interface Place {
  readonly resource: ResourceDesign;
  readonly code: string;
  readonly guards: readonly string[];
  /** The record may be missing at the end of an optional reference. */
  readonly isNullable: boolean;
  readonly isPlain: boolean;
  readonly read?: Root['read'];
}

const identityType = (name: string): ValueType => (name === 'id' ? 'text' : 'moment');

const optionalMember = (owner: string, name: string): string => {
  const access = member(owner, name);
  return access.startsWith(`${owner}[`) ? `${owner}?.[${quote(name)}]` : `${owner}?.${name}`;
};

const readStored = (place: Place, name: string, field: FieldDesign | undefined): Compiled => {
  const special = place.read?.(name);
  if (special) return special;
  const type = field ? valueTypeOf(field.type) : identityType(name);
  if (place.isNullable) {
    const code = `${optionalMember(place.code, name)} ?? null`;
    return { ...present(code, type, precedences.fallback), guards: place.guards, isNullable: true };
  }
  const compiled = present(member(place.code, name), type);
  return { ...compiled, guards: place.guards, isNullable: field?.isNullable ?? false, isPlain: place.isPlain };
};

const readComputed = (place: Place, field: FieldDesign, scope: Scope): Compiled => {
  const compute = scope.use(computedFunction(place.resource, field.name));
  const type = valueTypeOf(field.type);
  const needsContext = computedNeedsContext(place.resource, field.name, scope.design);
  const context = needsContext ? `, ${scope.context}` : '';
  if (needsContext) scope.mentions.add('context');
  if (place.isNullable) {
    const follow = `(found) => ${compute}(found${context})`;
    const code = `${scope.use('whenPresent')}(${place.code}, ${follow})`;
    return { ...present(code, type), guards: place.guards, isNullable: true };
  }
  const compiled = present(`${compute}(${place.code}${context})`, type);
  return { ...compiled, guards: place.guards, isNullable: field.isNullable };
};

const readField = (place: Place, name: string, scope: Scope): Compiled => {
  const field = findField(place.resource, name);
  return field?.isComputed ? readComputed(place, field, scope) : readStored(place, name, field);
};

/** The record that a reference field leads to. */
const follow = (place: Place, name: string, scope: Scope): Place => {
  const target = findField(place.resource, name)?.field.reference?.resource;
  if (target === undefined) throw new Error(`${place.resource.name}.${name} is not a reference.`);
  const resource = scope.design.resource(target);
  const id = readField(place, name, scope);
  scope.mentions.add('context');
  const finder = id.isNullable ? 'at' : 'require';
  const code = `${member(`${scope.context}.stores`, resource.store)}.${finder}(${id.code})`;
  return { resource, code, guards: id.guards, isNullable: id.isNullable, isPlain: false };
};

/** Compiles a path. Throws when the model speaks of something that does not exist, which its parser must prevent. */
export const compileField = (expression: FieldExpression, scope: Scope): Compiled => {
  const root = scope[expression.of];
  if (!root) throw new Error(`An expression speaks of ${expression.of} where there is none.`);
  scope.mentions.add(expression.of);
  let place: Place = {
    resource: root.resource,
    code: root.code,
    guards: root.isNullable ? [`${root.code} !== null`] : [],
    isNullable: false,
    isPlain: true,
    ...(root.read ? { read: root.read } : {}),
  };
  for (const name of expression.path.slice(0, -1)) place = follow(place, name, scope);
  return readField(place, expression.path.at(-1) ?? 'id', scope);
};
