/** Analytics of one group: takes events and answers questions about them. */
import { createHmac } from 'node:crypto';
import { funnel, retention } from '../../../shared/domain/services/analytics/journeys.ts';
import {
  checkPeriod,
  intervalMs,
  intervalStart,
  intervalStarts,
} from '../../../shared/domain/services/analytics/periods.ts';
import { invalidBecause } from '../../../shared/domain/services/data/schema.ts';
import { err, ok, type Issue, type Result } from '../../../shared/errors/result.ts';
import type { AnalyticsEvent, AnalyticsRpc } from '../../../shared/rpc/services/analytics.ts';
import type { AnalyticsConfiguration } from '../../../shared/schemas/services/declaration.ts';
import { pageLimit } from '../paging.ts';
import { ServiceObject } from '../service-object.ts';
import { analyticsMigrations } from './migrations.ts';
import { AnalyticsStore } from './store.ts';

const dayMs = 24 * 60 * 60_000;
const minuteMs = 60_000;
const maxEvents = 500;
/** Of one group; beyond, new ones are refused until old ones are past their time. */
const maxStored = 5_000_000;
const namePattern = /^[a-z][a-z0-9_.]{0,63}$/;
const propertyPattern = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;

const isProperty = ([name, value]: [string, unknown]): boolean =>
  propertyPattern.test(name) &&
  (typeof value === 'boolean' || Number.isFinite(value) || (typeof value === 'string' && value.length <= 200));

const isName = (name: unknown): boolean => typeof name === 'string' && namePattern.test(name);

const checkEvent = (event: AnalyticsEvent, index: number, oldest: number, newest: number): readonly Issue[] => {
  const at = `events[${index}]`;
  if (typeof event !== 'object' || event === null) return [{ field: at, reason: 'must be an event' }];
  const properties = Object.entries(event.properties ?? {});
  const rules: readonly (readonly [boolean, string, string])[] = [
    [isName(event.name), 'name', 'must be up to 64 of a-z, 0-9, _ and ., starting with a letter'],
    [
      event.actor === undefined || (typeof event.actor === 'string' && event.actor.length <= 500),
      'actor',
      'must be text of at most 500 characters',
    ],
    [
      event.at === undefined || (Number.isSafeInteger(event.at) && event.at >= oldest && event.at <= newest),
      'at',
      'must be a time in milliseconds within the time that events are kept, and at most a day ahead',
    ],
    [
      properties.length <= 10 && properties.every(isProperty),
      'properties',
      'must be at most 10, each text of at most 200 characters, a number or a truth value, by a name of letters, digits and _',
    ],
    [
      event.eventId === undefined || (typeof event.eventId === 'string' && event.eventId.length <= 200),
      'eventId',
      'must be text of at most 200 characters',
    ],
  ];
  return rules.filter(([holds]) => !holds).map(([, field, reason]) => ({ field: `${at}.${field}`, reason }));
};

export class AnalyticsObject extends ServiceObject<unknown, AnalyticsConfiguration> implements AnalyticsRpc {
  readonly #store: AnalyticsStore;
  #secret: string | undefined;

  constructor(ctx: DurableObjectState, env: unknown) {
    super(ctx, env, analyticsMigrations);
    this.#store = new AnalyticsStore(this.storage);
    this.timers.on('sweep', () => {
      const keptDays = this.configuration()?.keptDays;
      if (keptDays !== undefined) this.#store.sweep(this.now() - keptDays * dayMs);
      this.timers.set({ name: 'sweep', dueAt: this.now() + dayMs });
    });
  }

  async track({ events }: Parameters<AnalyticsRpc['track']>[0]): ReturnType<AnalyticsRpc['track']> {
    return await this.whenDeclared(({ keptDays }) => {
      const now = this.now();
      if (!Array.isArray(events) || events.length > maxEvents)
        return this.#invalid([{ field: 'events', reason: `must be at most ${maxEvents} events` }]);
      const issues = events.flatMap((event, index) => checkEvent(event, index, now - keptDays * dayMs, now + dayMs));
      if (issues.length > 0) return this.#invalid(issues.slice(0, 20));
      return this.transact(() => {
        if (this.#store.count() + events.length > maxStored)
          return err({ type: 'rate.limited', detail: 'No more events can be kept: keep them for fewer days.' });
        this.timers.ensure({ name: 'sweep', dueAt: now + dayMs });
        const fresh = events.filter(({ name, actor, at, properties, eventId }) =>
          this.#store.insert({
            name,
            actor: actor === undefined ? null : this.#hash(actor),
            at: at ?? now,
            properties: JSON.stringify(properties ?? {}),
            eventId: eventId ?? null,
          }),
        );
        return ok({ counted: fresh.length });
      });
    });
  }

  async series(query: Parameters<AnalyticsRpc['series']>[0]): ReturnType<AnalyticsRpc['series']> {
    return await this.whenDeclared(() => {
      const issues = this.#check(query, [query.name], query.interval);
      if (issues.length > 0) return this.#invalid(issues);
      const offset = intervalStart(0, query.interval);
      const rows = this.#store.series(query.name, query, offset, intervalMs[query.interval]);
      const byStart = new Map(rows.map((row) => [row.start, row]));
      return ok(
        intervalStarts(query, query.interval).map((at) => {
          const row = byStart.get(at);
          return { at, count: row?.count ?? 0, actors: row?.actors ?? 0 };
        }),
      );
    });
  }

  async totals(query: Parameters<AnalyticsRpc['totals']>[0]): ReturnType<AnalyticsRpc['totals']> {
    return await this.whenDeclared(() => {
      const { from, to, name, property } = query;
      const issues = [
        ...this.#check(query, name === undefined ? [] : [name]),
        ...(property === undefined || (name !== undefined && propertyPattern.test(property))
          ? []
          : [{ field: 'property', reason: 'must be one of the named event' }]),
      ];
      if (issues.length > 0) return this.#invalid(issues);
      const limit = pageLimit(query.limit);
      if (name === undefined) return ok(this.#store.totals(from, to, limit));
      if (property === undefined) return ok(this.#store.totalOf(name, from, to));
      return ok(this.#store.byProperty(name, property, from, to, limit));
    });
  }

  async funnel(query: Parameters<AnalyticsRpc['funnel']>[0]): ReturnType<AnalyticsRpc['funnel']> {
    return await this.whenDeclared(() => {
      const { steps, withinMs } = query;
      if (!Array.isArray(steps) || steps.length < 2 || steps.length > 10)
        return this.#invalid([{ field: 'steps', reason: 'must be 2 to 10 names' }]);
      const issues = this.#check(query, steps);
      if (issues.length > 0) return this.#invalid(issues);
      if (!(withinMs > 0)) return this.#invalid([{ field: 'withinMs', reason: 'must be more than 0' }]);
      return ok(funnel(this.#store.people(query.from, query.to, steps), steps, withinMs));
    });
  }

  async retention(query: Parameters<AnalyticsRpc['retention']>[0]): ReturnType<AnalyticsRpc['retention']> {
    return await this.whenDeclared(() => {
      const names = [query.first, query.returning];
      const issues = this.#check(query, names, query.interval);
      return issues.length > 0
        ? this.#invalid(issues)
        : ok(retention(this.#store.people(query.from, query.to, names), query));
    });
  }

  async live({ minutes }: Parameters<AnalyticsRpc['live']>[0]): ReturnType<AnalyticsRpc['live']> {
    return await this.whenDeclared(() => {
      if (!Number.isInteger(minutes) || minutes < 1 || minutes > 60)
        return this.#invalid([{ field: 'minutes', reason: 'must be 1 to 60' }]);
      const now = this.now();
      return ok(this.#store.totals(intervalStart(now, 'minute') - (minutes - 1) * minuteMs, now + 1, 200));
    });
  }

  #check(
    period: { from: number; to: number },
    names: readonly string[],
    interval?: 'minute' | 'hour' | 'day' | 'week',
  ) {
    const wrong = names.find((name) => !isName(name));
    return [
      ...checkPeriod(period, interval),
      ...(wrong === undefined ? [] : [{ field: 'name', reason: 'must be the name of an event' }]),
    ];
  }

  #invalid(issues: readonly Issue[]): Result<never> {
    return err(invalidBecause(issues));
  }

  /** Who it was can be told apart, and not told: the key is this object's own and leaves it never. */
  #hash(actor: string): string {
    this.#secret ??= this.#store.secret(() => Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('hex'));
    return createHmac('sha256', this.#secret).update(actor).digest('hex').slice(0, 32);
  }
}
