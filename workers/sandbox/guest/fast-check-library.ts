/** `fast-check` for tests that import it: the package as it is, with the generators of random numbers that it asks for. */
// With `?raw` a file's default export is its text, which the linter cannot know.
/* oxlint-disable import/default, import/no-named-as-default */
import fastCheck from 'fast-check?raw';
import uniformBigInt from 'pure-rand/distribution/uniformBigInt?raw';
import uniformInt from 'pure-rand/distribution/uniformInt?raw';
import congruential32 from 'pure-rand/generator/congruential32?raw';
import mersenne from 'pure-rand/generator/mersenne?raw';
import xoroshiro128plus from 'pure-rand/generator/xoroshiro128plus?raw';
import xorshift128plus from 'pure-rand/generator/xorshift128plus?raw';
import skipN from 'pure-rand/utils/skipN?raw';
import { guestModuleNames, reservedFolder } from './module-names.ts';

const parts: Readonly<Record<string, string>> = {
  'distribution/uniformBigInt': uniformBigInt,
  'distribution/uniformInt': uniformInt,
  'generator/congruential32': congruential32,
  'generator/mersenne': mersenne,
  'generator/xoroshiro128plus': xoroshiro128plus,
  'generator/xorshift128plus': xorshift128plus,
  'utils/skipN': skipN,
};

/** What the package's own bundler keeps in a file beside it. */
const exportAll =
  'const __exportAll = (all) => { const target = {}; for (const name in all) Object.defineProperty(target, name, { get: all[name], enumerable: true }); return target; };';

const moduleOf = (part: string): string => `${reservedFolder}pure-rand/${part}.js`;

/** Code by module name. */
export const fastCheckModules: Readonly<Record<string, string>> = {
  [guestModuleNames.fastCheck]: fastCheck
    .replace(/^import \{ t as __exportAll \} from "\.\/rolldown-runtime[^"]*";/m, exportAll)
    .replaceAll(/from "pure-rand\/([A-Za-z0-9/]+)"/g, (_, part: string) => `from "/${moduleOf(part)}"`),
  ...Object.fromEntries(Object.entries(parts).map(([part, code]) => [moduleOf(part), code])),
};
