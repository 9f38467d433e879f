/** `npm run bench -- quality [part …]`: what the test lab and its measurements cost, beside the usual tools. */
import { measureCode } from './code.ts';
import { measureCoverage } from './coverage.ts';
import { measureMutation } from './mutation.ts';
import type { QualityPart } from './part.ts';
import { testRuns } from './test-runs.ts';

const parts: readonly QualityPart[] = [
  testRuns,
  { name: 'coverage', measure: measureCoverage },
  { name: 'mutation', measure: measureMutation },
  { name: 'code', measure: measureCode },
];

/** Names of the parts, for the usage. */
export const qualityUsage = `npm run bench -- quality    ${parts.map(({ name }) => name).join(', ')}; or only the parts that are named`;

/** Measures the parts that are named, or all. Throws when there is no part of a name. */
export const measureQuality = async (names: readonly string[], tell: (line: string) => void): Promise<object> => {
  const unknown = names.find((name) => !parts.some((part) => part.name === name));
  if (unknown !== undefined)
    throw new Error(`there is no part "${unknown}"; there are ${parts.map(({ name }) => name).join(', ')}`);
  const figures: Record<string, object> = {};
  for (const part of parts) {
    if (names.length > 0 && !names.includes(part.name)) continue;
    tell(`quality: ${part.name}`);
    figures[part.name] = await part.measure(tell);
  }
  return figures;
};
