/**
 * What a person asks for in so many words: one step on a file, or one command. Only explicit sentences are taken, with
 * the texts in quotation marks, between backticks or in a fenced block; everything else is not an instruction.
 */
export type Instruction =
  | { readonly type: 'replace'; readonly path: string; readonly from: string; readonly to: string }
  | { readonly type: 'write'; readonly path: string; readonly content: string }
  | { readonly type: 'read'; readonly path: string }
  | { readonly type: 'run'; readonly command: string }
  | { readonly type: 'list'; readonly path: string };

/** Longer messages hold more than an instruction, and only their end is looked at. */
const longestMessage = 20_000;

const quoted = String.raw`(?:"([^"]*)"|'([^']*)'|“([^”]*)”|‘([^’]*)’|${'`'}([^${'`'}]*)${'`'})`;
const fenced = String.raw`${'```'}[^\n]*\n([\s\S]*?)\n?${'```'}`;
const file = String.raw`(?:the )?(?:file )?(?:"([^"\n]+)"|'([^'\n]+)'|${'`'}([^${'`'}\n]+)${'`'}|((?:[\w@~-]|\.(?=[\w/])){0,200}(?:\/|\.\w)(?:[\w.@~/-]{0,300}[\w/-])?))`;

/** Groups of one text: quotation marks of five kinds. */
const quotedGroups = 5;
const fileGroups = 4;

/** `text`, `file` and `block` stand for what a message says; everything else is a piece of an expression. */
type Shape = readonly string[];

interface Pattern {
  readonly expression: RegExp;
  readonly parts: Shape;
}

/** A space of the source is white space of any kind. All repetitions are bounded: messages are hostile. */
const pattern = (...parts: Shape): Pattern => {
  const source = parts
    .map((part) => (part === 'text' ? quoted : part === 'file' ? file : part === 'block' ? fenced : part))
    .join('')
    .replaceAll(' ', String.raw`\s{1,20}`);
  return { expression: new RegExp(source, 'i'), parts: parts.filter((part) => groupsOf(part) > 0) };
};

const groupsOf = (part: string): number =>
  part === 'text' ? quotedGroups : part === 'file' ? fileGroups : part === 'block' ? 1 : 0;

/** The texts of the parts in their order, or undefined. */
const match = ({ expression, parts }: Pattern, text: string): readonly string[] | undefined => {
  const found = expression.exec(text);
  if (found === null) return undefined;
  const groups: readonly (string | undefined)[] = found.slice(1);
  let offset = 0;
  return parts.map((part) => {
    const own = groups.slice(offset, offset + groupsOf(part));
    offset += groupsOf(part);
    return own.find((group) => group !== undefined) ?? '';
  });
};

const change = String.raw`\b(?:replace|change|substitute|swap) (?:the )?(?:words? |texts? |line )?`;
const becomes = String.raw` (?:with|by|to|into|for) `;
const make = String.raw`\b(?:write|create|make|save|add) (?:an? |the )?(?:new )?`;
const holding = String.raw` (?:with|containing|that (?:contains|says|holds)|holding|so that it (?:contains|says))(?: (?:exactly|only))?(?: (?:the|this))?(?: (?:contents?|text|words?|line))?\s{0,20}:?\s{0,20}`;
const look = String.raw`\b(?:read|show|open|print|cat|display|what is in|what does)(?: me)?(?: the)?(?: contents? of)? `;
const run = String.raw`\b(?:run|execute)(?: the)?(?: (?:shell )?command)?\s{0,20}:?\s{0,20}`;
const list = String.raw`\blist (?:the |all )?(?:files|folder|directory)(?: (?:in|of|under) `;

interface Rule {
  readonly patterns: readonly Pattern[];
  readonly make: (...texts: readonly string[]) => Instruction;
}

const rules: readonly Rule[] = [
  {
    patterns: [pattern(change, 'text', becomes, 'text', ' (?:in|inside|within|of) ', 'file')],
    make: (from = '', to = '', path = '') => ({ type: 'replace', path, from, to }),
  },
  {
    patterns: [
      pattern(
        String.raw`\b(?:in|inside|edit|open) `,
        'file',
        String.raw`[,:]?(?: and)? ${change}`,
        'text',
        becomes,
        'text',
      ),
    ],
    make: (path = '', from = '', to = '') => ({ type: 'replace', path, from, to }),
  },
  {
    patterns: [pattern(make, 'file', holding, 'block'), pattern(make, 'file', holding, 'text')],
    make: (path = '', content = '') => ({ type: 'write', path, content }),
  },
  {
    patterns: [
      pattern(
        String.raw`\b(?:write|save|put) (?:the (?:text|words?|line) )?`,
        'text',
        ' (?:in|into|to) (?:a )?(?:new )?',
        'file',
      ),
    ],
    make: (content = '', path = '') => ({ type: 'write', path, content }),
  },
  {
    patterns: [pattern(run, 'block'), pattern(run, 'text')],
    make: (command = '') => ({ type: 'run', command }),
  },
  { patterns: [pattern(look, 'file')], make: (path = '') => ({ type: 'read', path }) },
  { patterns: [pattern(list, 'file', ')')], make: (path = '') => ({ type: 'list', path }) },
  {
    patterns: [pattern(list, String.raw`(?:here|this folder))?\s*[.?!]?\s*$`)],
    make: () => ({ type: 'list', path: '.' }),
  },
];

/** Some programs hand their argument on as a shell would quote it: all of it in quotation marks, those inside escaped. */
const unquoted = (message: string): string => {
  const inside = /^"([\s\S]*)"$/.exec(message.trim())?.[1];
  return inside?.includes(String.raw`\"`) === true ? inside.replaceAll(/\\(["\\])/g, '$1') : message;
};

/** The instruction of a message, or undefined where there is none that is explicit enough. */
export const readInstruction = (message: string): Instruction | undefined => {
  const text = unquoted(message.slice(-longestMessage));
  for (const { patterns, make } of rules)
    for (const candidate of patterns) {
      const texts = match(candidate, text);
      if (texts !== undefined && texts.every((found, index) => found !== '' || candidate.parts[index] === 'text'))
        return make(...texts);
    }
  return undefined;
};
