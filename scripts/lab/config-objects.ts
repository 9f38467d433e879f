/** The objects in a configuration that is a program: read as text, never run. */
import { parse, type AnyNode, type ObjectExpression } from 'acorn';
import { transform } from 'sucrase';

export type Settings = ReadonlyMap<string, AnyNode>;

/** The plain keys of an object. */
export const settingsOf = (node: ObjectExpression): Settings =>
  new Map(
    node.properties.flatMap((property) => {
      if (property.type !== 'Property' || property.computed) return [];
      const { key, value } = property;
      const name = key.type === 'Identifier' ? key.name : key.type === 'Literal' ? String(key.value) : undefined;
      return name === undefined ? [] : [[name, value]];
    }),
  );

/** The objects in a program, outermost first. */
export const objectsIn = (root: unknown): readonly ObjectExpression[] => {
  const found: ObjectExpression[] = [];
  const pending: unknown[] = [root];
  for (const value of pending) {
    if (typeof value !== 'object' || value === null) continue;
    // SAFETY: of the objects in acorn's tree those with this type are object expressions.
    if ('type' in value && value.type === 'ObjectExpression') found.push(value as ObjectExpression);
    pending.push(...Object.values(value));
  }
  return found;
};

/** The plain texts of a setting: one, or a list; what is computed is left out. */
export const textsOf = (node: AnyNode | undefined): readonly string[] => {
  if (node?.type === 'Literal' && typeof node.value === 'string') return [node.value];
  if (node?.type !== 'ArrayExpression') return [];
  return node.elements.flatMap((element) =>
    element?.type === 'Literal' && typeof element.value === 'string' ? [element.value] : [],
  );
};

/** The syntax tree of a program or an expression. */
export const parsed = (text: string): AnyNode | undefined => {
  try {
    const { code } = transform(text, { transforms: ['typescript'], disableESTransforms: true });
    return parse(code, { ecmaVersion: 'latest', sourceType: 'module', allowHashBang: true });
  } catch {
    // A configuration that does not parse says nothing here; its own runner tells what is wrong with it.
    return undefined;
  }
};
