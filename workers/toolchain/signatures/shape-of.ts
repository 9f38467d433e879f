/** A type of the checker as a shape that values can be made for. */
import type { Node, Type, TypeChecker } from 'typescript6';
import type { Shape } from '../../../shared/domain/quality/generation/signature.ts';
import type { TypeScript } from '../check/typescript.ts';

export interface ShapeParts {
  readonly ts: TypeScript;
  readonly checker: TypeChecker;
  /** Where the type is looked at. */
  readonly at: Node;
}

const deepest = 6;
const mostMembers = 40;

const opaque = ({ checker }: ShapeParts, type: Type): Shape => ({ kind: 'opaque', text: checker.typeToString(type) });

const primitiveOf = ({ ts }: ShapeParts, type: Type): Shape | undefined => {
  const has = (flags: number): boolean => (type.flags & flags) !== 0;
  const { TypeFlags } = ts;
  if (type.isStringLiteral() || type.isNumberLiteral()) return { kind: 'literal', value: type.value };
  if (has(TypeFlags.String) || has(TypeFlags.TemplateLiteral)) return { kind: 'string' };
  if (has(TypeFlags.Number)) return { kind: 'number' };
  if (has(TypeFlags.Boolean)) return { kind: 'boolean' };
  if (has(TypeFlags.BigIntLike)) return { kind: 'bigint' };
  if (has(TypeFlags.Null)) return { kind: 'null' };
  if (has(TypeFlags.Undefined | TypeFlags.Void)) return { kind: 'undefined' };
  return has(TypeFlags.Unknown | TypeFlags.Any) ? { kind: 'unknown' } : undefined;
};

const objectOf = (parts: ShapeParts, type: Type, depth: number): Shape => {
  const { ts, checker, at } = parts;
  const symbolName = type.getSymbol()?.name;
  if (symbolName === 'Date') return { kind: 'date' };
  if (type.getCallSignatures().length > 0 || type.getConstructSignatures().length > 0) return opaque(parts, type);
  if (type.isClass() || ((type.getSymbol()?.flags ?? 0) & ts.SymbolFlags.Class) !== 0) return opaque(parts, type);
  const properties = type.getProperties();
  const index = type.getStringIndexType();
  if (properties.length === 0)
    return index === undefined ? opaque(parts, type) : { kind: 'dictionary', value: shapeOf(parts, index, depth + 1) };
  if (properties.length > mostMembers) return opaque(parts, type);
  return {
    kind: 'object',
    fields: properties.map((property) => ({
      name: property.name,
      shape: shapeOf(parts, checker.getTypeOfSymbolAtLocation(property, at), depth + 1),
      isOptional: (property.flags & ts.SymbolFlags.Optional) !== 0,
    })),
  };
};

/** Opaque where no value can be made; types that hold themselves end in one. */
export const shapeOf = (parts: ShapeParts, type: Type, depth = 0): Shape => {
  const { ts, checker } = parts;
  if (depth > deepest) return opaque(parts, type);
  const primitive = primitiveOf(parts, type);
  if (primitive !== undefined) return primitive;
  if ((type.flags & ts.TypeFlags.BooleanLiteral) !== 0)
    return { kind: 'literal', value: checker.typeToString(type) === 'true' };
  if (type.isUnion()) {
    if (type.types.length > mostMembers) return opaque(parts, type);
    return { kind: 'union', members: type.types.map((member) => shapeOf(parts, member, depth + 1)) };
  }
  if (checker.isTupleType(type)) {
    // SAFETY: the checker says that it is a tuple, which is a reference with its items as arguments.
    const items = checker.getTypeArguments(type as Parameters<TypeChecker['getTypeArguments']>[0]);
    return { kind: 'tuple', items: items.map((item) => shapeOf(parts, item, depth + 1)) };
  }
  if (checker.isArrayType(type)) {
    const item = type.getNumberIndexType();
    return item === undefined ? opaque(parts, type) : { kind: 'array', item: shapeOf(parts, item, depth + 1) };
  }
  return objectOf(parts, type, depth);
};
