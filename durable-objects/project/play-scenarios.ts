/** Runs scenarios against a slot, each on emptied data, so that none depends on another. */
import type { CheckRecord } from '../../shared/domain/quality/behaviour/criteria.ts';
import {
  emptyMemory,
  judgeStep,
  remember,
  requestOf,
  type Answer,
  type Memory,
  type Request,
} from '../../shared/domain/quality/behaviour/play.ts';
import type { Scenario, ScenarioStep } from '../../shared/domain/quality/behaviour/scenario.ts';
import { ok, type Result } from '../../shared/errors/result.ts';
import type { Slot } from '../../shared/rpc/sandbox.ts';
import type { ReleasingParts } from './release.ts';

export type PlayingParts = Pick<ReleasingParts, 'sandbox' | 'app' | 'permit'>;

/** How often a scenario begins anew when the sandbox dies under it. */
const rounds = 3;
const longestEvidence = 500;

type Send = (request: Request) => Promise<Result<Answer>>;

interface Played {
  /** Undefined when every step held. */
  readonly failure?: string;
  /** What was asked and answered, in order. */
  readonly exchanges: readonly string[];
}

const playStep = async (
  { text, action }: ScenarioStep,
  memory: Memory,
  send: Send,
): Promise<Result<{ readonly memory: Memory; readonly failure?: string; readonly exchange?: string }>> => {
  if (action.kind === 'send_header')
    return ok({ memory: { ...memory, headers: { ...memory.headers, [action.name]: action.value } } });
  if (action.kind !== 'request') {
    const failure = judgeStep(action, memory);
    return ok({ memory, ...(failure === undefined ? {} : { failure: `“${text}”: ${failure}` }) });
  }
  const request = requestOf(action, memory);
  if (!request.ok) return ok({ memory, failure: `“${text}”: ${request.error}` });
  const answer = await send(request.value);
  if (!answer.ok) return answer;
  const { status, body } = answer.value;
  const exchange = `${request.value.method} ${request.value.path} → ${status}`;
  const next = remember(action, answer.value, memory);
  return action.mustSucceed && (status < 200 || status > 299)
    ? ok({ memory: next, exchange, failure: `“${text}” is given, but was answered ${status}: ${body.slice(0, 300)}` })
    : ok({ memory: next, exchange });
};

const play = async (scenario: Scenario, send: Send): Promise<Result<Played>> => {
  let memory = emptyMemory;
  const exchanges: string[] = [];
  for (const step of scenario.steps) {
    const played = await playStep(step, memory, send);
    if (!played.ok) return played;
    ({ memory } = played.value);
    if (played.value.exchange !== undefined) exchanges.push(played.value.exchange);
    if (played.value.failure !== undefined) return ok({ failure: played.value.failure, exchanges });
  }
  return ok({ exchanges });
};

const playOnce = async (
  { sandbox, app, permit }: PlayingParts,
  slot: Slot,
  scenario: Scenario,
): Promise<Result<Played>> => {
  const emptied = await sandbox.reset(app, slot);
  if (!emptied.ok) return emptied;
  return play(scenario, async (request) => {
    const permitted = permit();
    return permitted.ok ? sandbox.request({ app, slot, ...request }) : permitted;
  });
};

/** One record for each scenario. Answers an error when the slot cannot be asked at all. */
export const playScenarios = async (
  parts: PlayingParts,
  at: { readonly slot: Slot; readonly commit: string; readonly now: () => number },
  scenarios: readonly Scenario[],
): Promise<Result<readonly CheckRecord[]>> => {
  const records: CheckRecord[] = [];
  for (const scenario of scenarios) {
    let played = await playOnce(parts, at.slot, scenario);
    for (let round = 1; !played.ok && played.error.type === 'service.unavailable' && round < rounds; round += 1)
      played = await playOnce(parts, at.slot, scenario);
    if (!played.ok) return played;
    const { failure, exchanges } = played.value;
    records.push({
      checkId: scenario.checkId,
      kind: 'scenario',
      name: scenario.title,
      criterionId: scenario.criterionId,
      passed: failure === undefined,
      commit: at.commit,
      slot: at.slot,
      evidence: (failure ?? exchanges.join('; ')).slice(0, longestEvidence),
      checkedAt: at.now(),
    });
  }
  return ok(records);
};
