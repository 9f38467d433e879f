/** Prints TypeScript the way prettier would at 120 columns, so that generated files need no formatter. */

export const lineWidth = 120;

const fits = (line: string): boolean => !line.includes('\n') && line.length <= lineWidth;

const pad = (indent: number): string => ' '.repeat(indent);

/** A string literal, in whichever quotes need fewer escapes. */
export const quote = (text: string): string => {
  const escaped = text
    .replaceAll('\\', '\\\\')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    // Characters that an editor would not show, or that end a line.
    .replaceAll(/[\p{Cc}\u2028\u2029]/gu, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
  const singles = text.split("'").length;
  const doubles = text.split('"').length;
  return singles > doubles ? `"${escaped.replaceAll('"', '\\"')}"` : `'${escaped.replaceAll("'", "\\'")}'`;
};

const identifier = /^[\p{L}_$][\p{L}\p{N}_$]*$/u;

/** A property name, quoted only where it must be. */
export const propertyName = (name: string): string => (identifier.test(name) ? name : quote(name));

/** `owner.name`, or `owner['name']` where the name is not an identifier. */
export const member = (owner: string, name: string): string =>
  identifier.test(name) ? `${owner}.${name}` : `${owner}[${quote(name)}]`;

/** A comment for people: one line when it fits. */
export const docComment = (text: string, indent = 0): string => {
  const safe = text
    .replaceAll('*/', '* /')
    .replaceAll(/[ \t]+/gu, ' ')
    .trim();
  const single = `${pad(indent)}/** ${safe} */`;
  if (fits(single)) return `${single}\n`;
  const lines = safe.split('\n').flatMap((line) => wrapText(line.trim(), lineWidth - indent - 3));
  const body = lines.map((line) => `${pad(indent)} * ${line}`.trimEnd()).join('\n');
  return `${pad(indent)}/**\n${body}\n${pad(indent)} */\n`;
};

/** Breaks a text into lines of at most this many characters, at spaces. */
const wrapText = (text: string, width: number): readonly string[] => {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
};

/** `open item, item close` on one line when it fits behind `before`, or one item a line. */
export const printList = (
  items: readonly string[],
  [open, close]: readonly [string, string],
  place: { readonly indent: number; readonly before: string; readonly after?: string },
): string => {
  const inner = open === '{' && items.length > 0 ? ` ${items.join(', ')} ` : items.join(', ');
  const single = `${open}${inner}${close}`;
  if (fits(`${place.before}${single}${place.after ?? ''}`)) return single;
  const lines = items.map((item) => `${pad(place.indent + 2)}${item},\n`).join('');
  return `${open}\n${lines}${pad(place.indent)}${close}`;
};

/** A call with a text and a list of objects: the list is opened at the end of the line where the text leaves room. */
export const printRefusal = (name: string, text: string, objects: readonly string[], indent: number): string => {
  const before = `${pad(indent)}throw ${name}(`;
  const list = objects.length === 0 ? [] : [`[${objects.join(', ')}]`];
  const single = `${name}(${[text, ...list].join(', ')})`;
  if (fits(`${pad(indent)}throw ${single};`)) return single;
  const inner = objects.map((object) => `${pad(indent + 2)}${object},\n`).join('');
  if (objects.length > 0 && fits(`${before}${text}, [`)) return `${name}(${text}, [\n${inner}${pad(indent)}])`;
  return printCall(name, [text, ...list], `${pad(indent)}throw `, indent);
};

/** A call whose arguments stand on one line, or one a line. */
export const printCall = (
  name: string,
  parts: readonly string[],
  before: string,
  indent: number,
  after = ';',
): string => `${name}${printList(parts, ['(', ')'], { indent, before: `${before}${name}`, after })}`;

/** `export const name = (parameters): result =>` with one parameter a line where they do not fit. */
export const printHead = (name: string, parameters: readonly string[], result: string, after = ' {'): string => {
  const before = `export const ${name} = `;
  const end = `: ${result} =>`;
  return `${before}${printList(parameters, ['(', ')'], { indent: 0, before, after: `${end}${after}` })}${end}`;
};

/** `head && tail && …`: on one line behind `before`, or one operand a line, indented. */
export const printChain = (
  operands: readonly string[],
  operator: string,
  place: { readonly indent: number; readonly before: string; readonly after: string },
): string => {
  const single = operands.join(` ${operator} `);
  if (fits(`${place.before}${single}${place.after}`)) return single;
  const next = `${pad(place.indent + 2)}${single}${place.after}`;
  if (fits(next)) return `\n${pad(place.indent + 2)}${single}`;
  return `\n${operands.map((operand) => `${pad(place.indent + 2)}${operand}`).join(` ${operator}\n`)}`;
};

/** `head.a(…).b(…)` on one line behind `before`, or one call a line. */
export const printCalls = (
  head: string,
  calls: readonly { readonly name: string; readonly argument: string }[],
  place: { readonly indent: number; readonly before: string; readonly after: string },
): string => {
  const single = `${head}${calls.map(({ name, argument }) => `.${name}(${argument})`).join('')}`;
  if (fits(`${place.before}${single}${place.after}`)) return single;
  const lines = calls.map(({ name, argument }) => `${pad(place.indent + 2)}.${name}(${argument})`);
  return calls.length < 2 ? single : `${head}\n${lines.join('\n')}`;
};
