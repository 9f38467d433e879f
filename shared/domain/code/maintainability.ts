/** One figure for how well a file can be changed. */
import type { FileFacts } from './facts.ts';

/**
 * Maintainability index from 0 to 100, as Visual Studio computes it: max(0, (171 - 5.2 ln V - 0.23 G - 16.2 ln L) 100 / 171)
 * with V Halstead's volume, G the cyclomatic complexity of the file and L its lines of code. Undefined for a file that
 * was not parsed or holds no code.
 */
export const maintainabilityOf = (facts: FileFacts): number | undefined => {
  if (facts.depth === 'plain' || facts.lines.code === 0 || facts.halsteadVolume <= 0) return undefined;
  const complexity = facts.functions.reduce((sum, { cyclomatic }) => sum + cyclomatic, 0);
  const index = 171 - 5.2 * Math.log(facts.halsteadVolume) - 0.23 * complexity - 16.2 * Math.log(facts.lines.code);
  return Math.max(0, Math.min(100, (index * 100) / 171));
};
