/**
 * The one door to a model for every wire of `/v1`: rates, cache, budget, ledger and log of a call.
 *
 *     const answer = await answerCall(context, plan, async (call) => { … });
 *
 * The answerer is given a `call` and settles it once, whatever happens: by hand (`call.settle`) where bytes are passed
 * on, or by giving its model's client to `metered(client, call)`, which settles by itself. Where it refuses the request
 * before it asked a model, it just answers the refusal: a status of 400 or above without a settlement costs nothing.
 */
import { describeExhaustion } from '../../../shared/domain/budget/exhaustion.ts';
import { largestCost } from '../../../shared/domain/model/call-cost.ts';
import { createFailure } from '../../../shared/domain/model/failure.ts';
import { fromAppError } from '../../../shared/protocol/openai/app-error.ts';
import {
  budgetSetAside,
  budgetUsedUp,
  invalidValue,
  rateLimitExceeded,
  type OpenAiRefusal,
} from '../../../shared/protocol/openai/error.ts';
import { rateHeaders } from '../../../shared/protocol/openai/rate-headers.ts';
import type { AppContext } from '../app-environment.ts';
import { openAiError } from '../errors/openai-error.ts';
import type { Reservation } from './account.ts';
import { backgroundOf } from './background.ts';
import { cacheKeyOf, type RequestBody } from './cache-key.ts';
import { cacheHitRow, logCall, OpenCall, type Call, type CallOutcome, type CallParts, type CallPlan } from './call.ts';
import { keepingAnswer, keptAnswer } from './kept-answer.ts';

/** A call as its route describes it. */
export interface PlannedCall extends CallPlan {
  /** For the cache, where the client asks for it. */
  readonly body: RequestBody;
  /** Renders a refusal in the shape of the wire; OpenAI's by default. */
  readonly refuse?: (refusal: OpenAiRefusal) => Response;
}

type Answerer = (call: Call) => Promise<Response>;

/** The most that a kept answer may be asked to be old, in seconds: a day. */
const maxCacheSeconds = 86_400;

/** Four bytes a token: what the rates are charged with until the truth is known. */
const likelyTokens = ({ requestBytes }: CallPlan): number => Math.ceil(requestBytes / 4);

const refusalOf = (reservation: Exclude<Reservation, { status: 'reserved' }>): OpenAiRefusal => {
  switch (reservation.status) {
    case 'exhausted':
      return budgetUsedUp(describeExhaustion(reservation.exhaustion));
    case 'busy':
      return budgetSetAside;
    case 'failed':
      return fromAppError(reservation.error);
  }
};

const notAsked: CallOutcome = {
  status: 'failed',
  usage: undefined,
  outputTokens: 0,
  failure: { ...createFailure('invalid_request', 'The request was refused.'), withheld: true },
};

/** Sets aside what the call may cost, has it answered, and sees to it that a failure leaves nothing set aside. */
const answerWithin = async (
  context: AppContext,
  plan: PlannedCall,
  parts: Omit<CallParts, 'reserved'>,
  refuse: (refusal: OpenAiRefusal) => Response,
  answer: Answerer,
): Promise<Response> => {
  const largest = largestCost(plan);
  const { account, background } = parts;
  if (!account.tryReserve(largest)) {
    const reservation = await account.reserve(largest, background);
    if (reservation.status !== 'reserved') return refuse(refusalOf(reservation));
  }
  context.set('hasCallLog', true);
  const call = new OpenCall(plan, { ...parts, reserved: largest.need });
  // So that a client that leaves does not end the request before the call is settled.
  background(call.done);
  try {
    const response = await answer(call);
    if (response.status >= 400) call.settle(notAsked);
    return response;
  } catch (error) {
    call.settle({ status: 'failed', usage: undefined, outputTokens: 0 });
    throw error;
  }
};

/** Seconds that the client takes a kept answer for; undefined when it wants none, null when it says nonsense. */
const cacheSecondsOf = (header: string | undefined): number | undefined | null => {
  if (header === undefined) return undefined;
  const seconds = /^\d{1,5}$/.test(header) ? Number(header) : 0;
  return seconds >= 1 && seconds <= maxCacheSeconds ? seconds : null;
};

const withCache = async (
  context: AppContext,
  plan: PlannedCall,
  parts: Omit<CallParts, 'reserved'>,
  seconds: number,
  make: (answer: (made: Response, call: Call) => Response) => Promise<Response>,
): Promise<Response> => {
  const { clock, modelCalls } = context.get('services');
  const key = await cacheKeyOf(parts.rated.workspaceId, plan, plan.body);
  const found = await modelCalls.cache.find(key, seconds * 1_000);
  if (found.type === 'hit') {
    const now = clock.now();
    parts.account.note(cacheHitRow(parts.rated, now), parts.background);
    logCall(parts, plan, { status: 'answered', cache: 'hit', inputTokens: 0, outputTokens: 0, costMicros: 0 });
    const kept = keptAnswer(found.answer, now);
    kept.headers.set('x-aidevos-cache', 'hit');
    return kept;
  }
  let isKept = false;
  try {
    const answer = await make((made, call) => {
      isKept = true;
      return keepingAnswer(made, found.publish, () => call.status === 'answered', clock.now);
    });
    answer.headers.set('x-aidevos-cache', 'miss');
    return answer;
  } finally {
    // Those who wait for this answer are not to wait for one that never begins.
    if (!isKept) found.publish(undefined);
  }
};

/** Answers a call of a model. Every route of `/v1` that asks one goes through here. */
export const answerCall = async (context: AppContext, plan: PlannedCall, answer: Answerer): Promise<Response> => {
  const { clock, log, modelCalls } = context.get('services');
  const principal = context.get('principal');
  const requestId = context.get('requestId');
  const refuse = plan.refuse ?? ((refusal) => openAiError(context, refusal));
  const startedAt = clock.now();
  const rated = { workspaceId: principal.workspaceId, keyId: principal.keyId, model: plan.model };
  const charged = likelyTokens(plan);
  const admission = modelCalls.limiter.admit(rated, charged, startedAt);
  context.set('callHeaders', rateHeaders(admission.standings));
  if (!admission.admitted) {
    const { scope, unit, limit, retryAfterMs } = admission;
    const message = `Rate limit reached for this ${scope}: ${limit} ${unit} per minute. Please try again in ${Math.ceil(retryAfterMs)}ms.`;
    return refuse(rateLimitExceeded(message, unit, retryAfterMs));
  }
  const seconds = cacheSecondsOf(context.req.header('x-aidevos-cache'));
  if (seconds === null) {
    return refuse(
      invalidValue(
        'x-aidevos-cache',
        `'x-aidevos-cache' must be a whole number of seconds from 1 to ${maxCacheSeconds}.`,
      ),
    );
  }
  const account = modelCalls.accountOf(principal.workspaceId);
  const parts = {
    clock,
    log,
    requestId,
    account,
    limiter: modelCalls.limiter,
    rated,
    charged,
    startedAt,
    background: backgroundOf(context),
  };
  if (seconds === undefined) return await answerWithin(context, plan, parts, refuse, answer);
  return await withCache(context, plan, parts, seconds, (keep) =>
    answerWithin(context, plan, parts, refuse, async (call) => keep(await answer(call), call)),
  );
};
