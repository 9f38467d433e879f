/** `npm run bench -- quality [part …]`: the parts of the test lab next to the tools that do the same elsewhere, and how often a verdict is wrong. */
import { measureCode } from './code.ts';
import { measureCoverage } from './coverage.ts';
import { measureMutation } from './mutation.ts';
import { measurePerformance } from './performance.ts';
import { measureTestRuns } from './test-runs.ts';

type Tell = (line: string) => void;

const parts: Readonly<Record<string, (tell: Tell) => Promise<object>>> = {
  'test-runs': measureTestRuns,
  coverage: measureCoverage,
  mutation: measureMutation,
  code: measureCode,
  performance: measurePerformance,
};

export const qualityUsage = `npm run bench -- quality [part …]   parts: ${Object.keys(parts).join(', ')}`;

/** The figures of the named parts, or of all; undefined for a name that is no part. */
export const measureQuality = async (
  names: readonly string[],
  tell: Tell,
): Promise<Readonly<Record<string, object>> | undefined> => {
  const wanted = names.length === 0 ? Object.keys(parts) : names;
  const figures: Record<string, object> = {};
  for (const name of wanted) {
    const part = Object.hasOwn(parts, name) ? parts[name] : undefined;
    if (part === undefined) return undefined;
    figures[name] = await part(tell);
  }
  return figures;
};
