/** How the fields of a resource are declared: their types, their checks and what they start with. */
import type { FieldDesign, ResourceDesign } from '../design.ts';
import { printInline } from '../literal.ts';
import type { SourceFile } from '../source-file.ts';
import { valuesName, wordType } from '../symbols.ts';

const textLimits = ({ field }: FieldDesign): Readonly<Record<string, unknown>> => ({
  notBlank: field.required && field.pattern === undefined ? true : undefined,
  minLength: field.minLength,
  maxLength: field.maxLength,
});

const numberLimits = ({ field }: FieldDesign): Readonly<Record<string, unknown>> => ({
  ...(field.exclusiveMinimum === true ? { above: field.minimum } : { minimum: field.minimum }),
  ...(field.exclusiveMaximum === true ? { below: field.maximum } : { maximum: field.maximum }),
});

/** A regular expression that matches the whole value, or nothing when the source is not one. */
export const wholePattern = (source: string): RegExp | undefined => {
  const isAnchored = source.startsWith('^') && source.endsWith('$') && !source.includes('|');
  const whole = isAnchored ? source : `^(?:${source})$`;
  for (const flags of ['u', '']) {
    try {
      return new RegExp(whole, flags);
    } catch {
      // Not a pattern under these flags; the next ones may take it.
      continue;
    }
  }
  return undefined;
};

const withLimits = (name: string, limits: Readonly<Record<string, unknown>>, pattern?: RegExp): string => {
  const entries = Object.entries(limits).filter(([, value]) => value !== undefined);
  const parts = entries.map(([key, value]) => `${key}: ${printInline(value)}`);
  if (pattern) parts.push(`pattern: /${pattern.source}/${pattern.flags}`);
  return parts.length === 0 ? `${name}()` : `${name}({ ${parts.join(', ')} })`;
};

const kindNames = { date: 'day', datetime: 'moment', boolean: 'flag', uuid: 'uuid', reference: 'reference' } as const;

/** The kind of value as code: `text({ maxLength: 200 })`. */
const printKind = (design: FieldDesign, resource: ResourceDesign, file: SourceFile): string => {
  const { field } = design;
  switch (field.type) {
    case 'string':
    case 'text': {
      const pattern = field.pattern === undefined ? undefined : wholePattern(field.pattern);
      return withLimits(file.use('text'), textLimits(design), pattern);
    }
    case 'email':
    case 'url':
      return withLimits(file.use(field.type), { minLength: field.minLength, maxLength: field.maxLength });
    case 'integer':
      return withLimits(file.use('integer'), numberLimits(design));
    case 'number':
      return withLimits(file.use('decimal'), numberLimits(design));
    case 'string_list':
      return withLimits(file.use('list'), { minLength: field.minLength, maxLength: field.maxLength });
    case 'enum':
      return `${file.use('choice')}(${valuesName(resource, field.name)})`;
    case 'boolean':
    case 'date':
    case 'datetime':
    case 'uuid':
    case 'reference':
      return `${file.use(kindNames[field.type])}()`;
  }
};

/** Whether a new record must be sent with it. */
export const isDemanded = (field: FieldDesign): boolean =>
  field.isWritable && field.field.required && field.start === undefined;

/** The field as code: `required(text({ maxLength: 200 }))`. */
export const printField = (field: FieldDesign, resource: ResourceDesign, file: SourceFile): string => {
  const isRequired = isDemanded(field) || (!field.isWritable && !field.isNullable && field.field.required);
  const presence = field.isNullable ? 'optional' : isRequired ? 'required' : 'defaulted';
  const kind = `${file.use(presence)}(${printKind(field, resource, file)})`;
  const fixed = field.field.immutable === true ? `${file.use('immutable')}(${kind})` : kind;
  return field.isWritable ? fixed : `${file.use('readOnly')}(${fixed})`;
};

/** The TypeScript type of the field's values, null aside. */
const valueType = (field: FieldDesign, resource: ResourceDesign, use: (name: string) => string): string => {
  switch (field.type) {
    case 'integer':
    case 'number':
      return 'number';
    case 'boolean':
      return 'boolean';
    case 'string_list':
      return 'readonly string[]';
    case 'enum':
      return field.isComputed ? 'string' : use(wordType(resource, field.name));
    case 'string':
    case 'text':
    case 'date':
    case 'datetime':
    case 'email':
    case 'url':
    case 'uuid':
    case 'reference':
      return 'string';
  }
};

/** The type with null, where the field may have no value. */
export const fieldType = (field: FieldDesign, resource: ResourceDesign, use: (name: string) => string): string =>
  `${valueType(field, resource, use)}${field.isNullable ? ' | null' : ''}`;
