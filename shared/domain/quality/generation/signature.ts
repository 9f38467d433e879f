/** What a function of a project takes and gives, as far as values for it can be made. */

export type Shape =
  | { readonly kind: 'string' | 'number' | 'boolean' | 'bigint' | 'null' | 'undefined' | 'date' | 'unknown' }
  | { readonly kind: 'literal'; readonly value: string | number | boolean }
  | { readonly kind: 'array'; readonly item: Shape }
  | { readonly kind: 'tuple'; readonly items: readonly Shape[] }
  | { readonly kind: 'object'; readonly fields: readonly Field[] }
  | { readonly kind: 'dictionary'; readonly value: Shape }
  | { readonly kind: 'union'; readonly members: readonly Shape[] }
  /** No value of it can be made or compared: a class, a function, a stream. */
  | { readonly kind: 'opaque'; readonly text: string };

export interface Field {
  readonly name: string;
  readonly shape: Shape;
  readonly isOptional: boolean;
}

export interface Parameter extends Field {
  readonly isRest: boolean;
}

/** An exported function, by the type checker. */
export interface FunctionSignature {
  readonly file: string;
  /** As it is exported. */
  readonly name: string;
  readonly line: number;
  readonly parameters: readonly Parameter[];
  readonly returns: Shape;
  readonly isAsync: boolean;
  /** Numbers and texts that stand in its file: inputs worth trying. */
  readonly constants: readonly (string | number)[];
}

/** True when no part of a shape is out of reach. */
export const isMakeable = (shape: Shape): boolean => {
  switch (shape.kind) {
    case 'opaque':
      return false;
    case 'array':
      return isMakeable(shape.item);
    case 'dictionary':
      return isMakeable(shape.value);
    case 'tuple':
      return shape.items.every(isMakeable);
    case 'union':
      return shape.members.every(isMakeable);
    case 'object':
      return shape.fields.every((field) => field.isOptional || isMakeable(field.shape));
    default:
      return true;
  }
};
