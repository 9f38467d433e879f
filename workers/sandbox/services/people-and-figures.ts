/** What declared routes do with User and Analytics: always about the person who is signed in, and figures up to now. */
import { fill } from '../../../shared/domain/services/api/fill.ts';
import type { Result } from '../../../shared/errors/result.ts';
import type { AnalyticsRpc } from '../../../shared/rpc/services/analytics.ts';
import type { JsonObject } from '../../../shared/rpc/services/service-object.ts';
import type { UserRpc } from '../../../shared/rpc/services/user.ts';
import type { RouteAction } from '../../../shared/schemas/services/actions.ts';

type AnalyticsAction = Extract<RouteAction, { do: `analytics.${string}` }>;
type UserAction = Extract<RouteAction, { do: `user.${string}` }>;

const dayMs = 24 * 60 * 60_000;
const minuteMs = 60_000;

export const isOfAnalytics = (action: RouteAction): action is AnalyticsAction => action.do.startsWith('analytics.');

export const isOfUser = (action: RouteAction): action is UserAction => action.do.startsWith('user.');

/** The figures that the action names, of the days up to `now`. */
export const askAnalytics = async (
  analytics: AnalyticsRpc,
  action: AnalyticsAction,
  now: number,
): Promise<Result<unknown>> => {
  if (action.do === 'analytics.live') return await analytics.live({ minutes: action.minutes });
  const period = { from: now - action.days * dayMs, to: now + 1 };
  switch (action.do) {
    case 'analytics.totals':
      return await analytics.totals(period);
    case 'analytics.series':
      return await analytics.series({ ...period, name: action.name, interval: action.interval });
    case 'analytics.funnel':
      return await analytics.funnel({ ...period, steps: action.steps, withinMs: action.withinMinutes * minuteMs });
    case 'analytics.retention': {
      const { first, returning, interval } = action;
      return await analytics.retention({ ...period, first, returning, interval });
    }
  }
};

/** What of a profile is given; that it is text and an object is User's to say. */
const profileOf = (action: Extract<UserAction, { do: 'user.saveProfile' }>, values: unknown) => {
  const displayName = action.displayName === undefined ? null : fill(action.displayName, values);
  const fields = action.fields === undefined ? null : fill(action.fields, values);
  return {
    // SAFETY: User itself refuses what is neither.
    ...(displayName === null ? {} : { displayName: displayName as string }),
    ...(fields === null ? {} : { fields: fields as JsonObject }),
  };
};

/** What the action does for one person. */
export const askUser = async (
  user: UserRpc,
  action: UserAction,
  accountId: string,
  values: unknown,
): Promise<Result<unknown>> => {
  switch (action.do) {
    case 'user.profile':
      return await user.profile({ accountId });
    case 'user.saveProfile':
      return await user.saveProfile({ accountId, ...profileOf(action, values) });
    case 'user.preferences':
      return await user.preferences({ accountId });
    case 'user.setPreferences':
      // SAFETY: User itself refuses what is no object.
      return await user.setPreferences({ accountId, values: fill(action.values, values) as JsonObject });
  }
};
