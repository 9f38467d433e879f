/** Calendar arithmetic in UTC, the same as in generated applications. */

export type TimeUnit = 'minutes' | 'hours' | 'days' | 'weeks' | 'months' | 'years';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const unitMs = { minutes: 60_000, hours: hourMs, days: dayMs, weeks: 7 * dayMs } as const;

const addMonths = (time: Date, amount: number): Date => {
  const [year, month] = [time.getUTCFullYear(), time.getUTCMonth()];
  const lastDay = new Date(Date.UTC(year, month + amount + 1, 0)).getUTCDate();
  const timeOfDayMs = ((time.getTime() % dayMs) + dayMs) % dayMs;
  const first = Date.UTC(year, month + amount, 1);
  return new Date(first + (Math.min(time.getUTCDate(), lastDay) - 1) * dayMs + timeOfDayMs);
};

const addToDate = (time: Date, amount: number, unit: TimeUnit): Date => {
  if (unit === 'months') return addMonths(time, amount);
  if (unit === 'years') return addMonths(time, 12 * amount);
  return new Date(time.getTime() + amount * unitMs[unit]);
};

/** Whether a value is a day such as `2030-01-31`. */
export const isDay = (value: unknown): value is string =>
  typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/u.test(value);

/** Whether a value is a moment such as `2030-01-31T09:30:00.000Z`. */
export const isMoment = (value: unknown): value is string =>
  typeof value === 'string' && /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/u.test(value);

/** The day or moment that much later. */
export const addTime = (base: string, amount: number, unit: TimeUnit): string => {
  const time = addToDate(new Date(base), amount, unit);
  if (Number.isNaN(time.getTime())) return base;
  const later = time.toISOString();
  return base.length === 10 ? later.slice(0, 10) : later;
};

/** Days between two days, or hours between two moments; a mixture counts as days. */
export const difference = (later: string, earlier: string): number => {
  if (isMoment(later) && isMoment(earlier)) return (Date.parse(later) - Date.parse(earlier)) / hourMs;
  return (Date.parse(later.slice(0, 10)) - Date.parse(earlier.slice(0, 10))) / dayMs;
};
