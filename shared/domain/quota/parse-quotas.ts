/** Limits of quotas as a variable says them: `projects=100, agents=2000, storedBytes=50000000000`. */
import { err, ok, type Result } from '../../errors/result.ts';
import { isQuotaName, quotaNames, type QuotaAmounts } from './quotas.ts';

/** The limits, or what is wrong with which entry. */
export const parseQuotas = (text: string): Result<QuotaAmounts, string> => {
  const limits: Record<string, number> = {};
  for (const entry of text.split(',').map((part) => part.trim())) {
    if (entry === '') continue;
    const [, name = '', figure] = /^([A-Za-z]{1,40})\s*=\s*(\d{1,15})$/.exec(entry) ?? [];
    if (!isQuotaName(name) || figure === undefined) {
      return err(`"${entry.slice(0, 80)}" is not <quota>=<number>; the quotas are ${quotaNames.join(', ')}`);
    }
    if (limits[name] !== undefined) return err(`"${name}" is there twice`);
    limits[name] = Number(figure);
  }
  return ok(limits);
};
