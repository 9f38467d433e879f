/** Prints plain data as TypeScript or JSON text, laid out as prettier would. */
import { lineWidth, propertyName, quote } from './print.ts';

type Style = 'typescript' | 'json';

const printScalar = (value: unknown, style: Style): string =>
  typeof value === 'string' && style === 'typescript' ? quote(value) : JSON.stringify(value);

const printKey = (key: string, style: Style): string => (style === 'json' ? JSON.stringify(key) : propertyName(key));

const printArray = (items: readonly unknown[], style: Style, indent: number, column: number): string => {
  const single = items.map((item) => printValue(item, style, 0, 0));
  const line = `[${single.join(', ')}]`;
  const holdsObjects = items.length > 1 && items.every((item) => typeof item === 'object' && item !== null);
  if (!holdsObjects && !line.includes('\n') && column + line.length <= lineWidth) return line;
  const inner = ' '.repeat(indent + 2);
  const lines = items.map((item) => `${inner}${printValue(item, style, indent + 2, indent + 3)}`);
  const comma = style === 'typescript' ? ',' : '';
  return `[\n${lines.join(',\n')}${comma}\n${' '.repeat(indent)}]`;
};

const printObject = (value: object, style: Style, indent: number): string => {
  const entries = Object.entries(value).filter(([, entry]) => entry !== undefined);
  if (entries.length === 0) return '{}';
  const inner = ' '.repeat(indent + 2);
  const lines = entries.map(([key, entry], index) => {
    const name = `${printKey(key, style)}: `;
    const hasComma = style === 'typescript' || index < entries.length - 1;
    const text = printValue(entry, style, indent + 2, indent + 2 + name.length + Number(hasComma));
    const isLongText = typeof entry === 'string' && indent + 3 + name.length + text.length > lineWidth;
    return isLongText && style === 'typescript'
      ? `${inner}${name.trimEnd()}\n${inner}  ${text}`
      : `${inner}${name}${text}`;
  });
  const comma = style === 'typescript' ? ',' : '';
  return `{\n${lines.join(',\n')}${comma}\n${' '.repeat(indent)}}`;
};

const printValue = (value: unknown, style: Style, indent: number, column: number): string => {
  if (Array.isArray(value)) return printArray(value, style, indent, column);
  if (typeof value === 'object' && value !== null) return printObject(value, style, indent);
  return printScalar(value, style);
};

/** Plain data as a TypeScript literal, at this indentation. */
export const printLiteral = (value: unknown, indent = 0, column = indent): string =>
  printValue(value, 'typescript', indent, column);

/** Small plain data as a TypeScript literal on one line. */
export const printInline = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(printInline).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return printScalar(value, 'typescript');
  const entries = Object.entries(value).filter(([, entry]) => entry !== undefined);
  if (entries.length === 0) return '{}';
  return `{ ${entries.map(([key, entry]) => `${propertyName(key)}: ${printInline(entry)}`).join(', ')} }`;
};

/** Plain data as a JSON document. */
export const printJson = (value: unknown): string => `${printValue(value, 'json', 0, 0)}\n`;
