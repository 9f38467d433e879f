/**
 * Path patterns: `*` within a name, `**` across folders, `?` one character, `[abc]`, `{one,two}`. They become patterns
 * of linear time, so that no pattern can hold the repository up.
 */
import { err, type Result } from '../../errors/result.ts';
import { compileLinearPattern } from './linear-pattern.ts';

const maximumGlobLength = 300;

const escape = (character: string): string => (/[A-Za-z0-9_/ -]/u.test(character) ? character : `\\${character}`);

/** The class from `[` on, and where it ends; undefined when it is never closed. */
const readClass = (glob: string, start: number): { readonly source: string; readonly end: number } | undefined => {
  const end = glob.indexOf(']', start + 2);
  if (end === -1) return undefined;
  const inside = glob.slice(start + 1, end).replace(/^!/, '^');
  return { source: `[${inside.replaceAll(/[\\[]/gu, '\\$&')}]`, end };
};

const stars = (glob: string, at: number): { readonly source: string; readonly length: number } => {
  if (glob[at + 1] !== '*') return { source: '[^/]*', length: 1 };
  // Between two slashes, and at the beginning, also no folder at all.
  return glob[at + 2] === '/' && (at === 0 || glob[at - 1] === '/')
    ? { source: '(.*/)?', length: 3 }
    : { source: '.*', length: 2 };
};

const toPattern = (glob: string): string | undefined => {
  let source = '';
  let depth = 0;
  for (let at = 0; at < glob.length;) {
    const character = glob.charAt(at);
    if (character === '*') {
      const found = stars(glob, at);
      source += found.source;
      at += found.length;
      continue;
    }
    if (character === '[') {
      const found = readClass(glob, at);
      if (found === undefined) return undefined;
      source += found.source;
      at = found.end + 1;
      continue;
    }
    if (character === '{') depth += 1;
    if (character === '}') depth -= 1;
    if (depth < 0) return undefined;
    if (character === '{') source += '(';
    else if (character === '}') source += ')';
    else if (character === ',' && depth > 0) source += '|';
    else source += character === '?' ? '[^/]' : escape(character);
    at += 1;
  }
  return depth === 0 ? `^${source}$` : undefined;
};

/**
 * Tells whether a path fits. A pattern without a slash is about the name alone, in any folder.
 * @returns the test, or what is wrong with the pattern as the rest of a sentence
 */
export const compileGlob = (glob: string): Result<(path: string) => boolean, string> => {
  if (glob === '') return err('is empty');
  if (glob.length > maximumGlobLength) return err(`is longer than ${maximumGlobLength} characters`);
  if (/[\n\r]/u.test(glob)) return err('contains a line break');
  const pattern = toPattern(glob.includes('/') ? glob.replace(/^\.?\//u, '') : `**/${glob}`);
  if (pattern === undefined) return err('has a bracket that is not closed');
  return compileLinearPattern(pattern);
};
