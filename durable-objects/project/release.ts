/** Bringing versions into slots: build, deploy, ask the health route, run acceptance checks. Answers what to record. */
import type { GuardedSandbox } from '../../shared/adapters/services/guarded-sandbox.ts';
import { fillIn, judgeCheck, type Captured } from '../../shared/domain/project/acceptance.ts';
import { err, ok, type Result } from '../../shared/errors/result.ts';
import type { CheckRecord } from '../../shared/domain/quality/behaviour/criteria.ts';
import type { Measurement } from '../../shared/protocol/project-events.ts';
import type { AcceptanceCheck } from '../../shared/rpc/project.ts';
import type { RepositoryRpc } from '../../shared/rpc/repository.ts';
import type { AppRequest, Slot } from '../../shared/rpc/sandbox.ts';
import type { ToolchainRpc } from '../../shared/rpc/toolchain.ts';

/** Where a project's repository declares the services that its app uses. */
const servicesFile = 'services.json';

/** The module of a project's repository that exports the Durable Object class `App`. */
export const appEntry = 'src/worker.ts';

const maxFailures = 50;
const longestEvidence = 500;
const healthPath = '/health';

export interface ReleasingParts {
  readonly repository: RepositoryRpc;
  readonly toolchain: ToolchainRpc;
  readonly sandbox: GuardedSandbox;
  readonly app: string;
  /** Asked right before each effect on a slot. */
  readonly permit: () => Result<undefined>;
}

/** Asks the slot's health route. A slot that does not answer measures as status 0. */
export const measureHealth = async (
  { sandbox, app }: Pick<ReleasingParts, 'sandbox' | 'app'>,
  slot: Slot,
  commit: string,
): Promise<Measurement> => {
  const answer = await sandbox.request({ app, slot, method: 'GET', path: healthPath, headers: {} });
  return { kind: 'health', commit, slot, status: answer.ok ? answer.value.status : 0 };
};

/** The head of main. */
export const findHead = async ({ repository }: Pick<ReleasingParts, 'repository'>): Promise<Result<string>> => {
  const entries = await repository.log({ ref: 'main', limit: 1 });
  if (!entries.ok) return entries;
  const [head] = entries.value;
  return head === undefined ? err({ type: 'resource.conflict', detail: 'main has no commit yet.' }) : ok(head.oid);
};

/** Builds a commit of main and puts it into a slot. The same commit again changes nothing. */
export const deployCommit = async (
  parts: ReleasingParts,
  slot: Slot,
  oid: string,
): Promise<Result<{ readonly version: string; readonly health: Measurement }>> => {
  const snapshot = await parts.repository.snapshot({ ref: oid });
  if (!snapshot.ok) return snapshot;
  const { commit, files } = snapshot.value;
  if (files[appEntry] === undefined) {
    return err({ type: 'resource.conflict', detail: `main has no ${appEntry} yet, which exports the class App.` });
  }
  const built = await parts.toolchain.build({ files, entries: [appEntry] });
  if (!built.ok) {
    const first = built.error[0];
    return err({
      type: 'resource.conflict',
      detail: `The version does not build: ${first === undefined ? 'no reason given' : `${first.file}:${first.line}: ${first.message}`}`,
    });
  }
  const services = readServices(files[servicesFile]);
  if (!services.ok) return services;
  const permitted = parts.permit();
  if (!permitted.ok) return permitted;
  const deployed = await parts.sandbox.deploy({
    app: parts.app,
    slot,
    version: commit,
    built: built.value,
    entry: appEntry,
    ...(services.value === undefined ? {} : { services: services.value }),
  });
  return deployed.ok ? ok({ version: commit, health: await measureHealth(parts, slot, commit) }) : deployed;
};

/** What the repository declares; undefined for nothing. */
const readServices = (text: string | undefined): Result<unknown> => {
  if (text === undefined) return ok(undefined);
  try {
    return ok(JSON.parse(text));
  } catch {
    return err({ type: 'resource.conflict', detail: `${servicesFile} is not JSON.` });
  }
};

type CheckingParts = Pick<ReleasingParts, 'sandbox' | 'app' | 'permit'>;
/** What a list of checks came to: the measurement, and each of them. */
export interface Checked {
  readonly measurement: Extract<Measurement, { kind: 'acceptance' }>;
  readonly records: readonly CheckRecord[];
}

/** How often checks begin anew when the sandbox dies under them. */
const checkRounds = 3;

/**
 * Runs the checks on an emptied slot. When the sandbox dies in the middle, which the code of others may do to it, they
 * begin anew on a slot that is emptied again, because nobody knows whether the last exchange took effect.
 */
export const checkSlot = async (
  parts: CheckingParts,
  slot: Slot,
  commit: string,
  checks: readonly AcceptanceCheck[],
): Promise<Result<Checked>> => {
  for (let round = 1; ; round += 1) {
    const checked = await checkOnce(parts, slot, commit, checks);
    if (checked.ok || checked.error.type !== 'service.unavailable' || round === checkRounds) return checked;
  }
};

/** The check's request, with what earlier answers gave in its places. */
const requestOf = (
  check: AcceptanceCheck,
  captured: Captured,
): Pick<AppRequest, 'method' | 'path' | 'headers' | 'body'> => {
  const body = check.body === undefined ? undefined : fillIn(check.body, captured);
  return {
    method: check.method,
    path: fillIn(check.path, captured),
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...Object.fromEntries(
        Object.entries(check.headers ?? {}).map(([name, value]) => [name, fillIn(value, captured)]),
      ),
    },
    ...(body === undefined ? {} : { body }),
  };
};

const checkOnce = async (
  { sandbox, app, permit }: CheckingParts,
  slot: Slot,
  commit: string,
  checks: readonly AcceptanceCheck[],
): Promise<Result<Checked>> => {
  const emptied = await sandbox.reset(app, slot);
  if (!emptied.ok) return emptied;
  const failures: string[] = [];
  const records: CheckRecord[] = [];
  let captured: Captured = {};
  for (const [index, check] of checks.entries()) {
    const permitted = permit();
    if (!permitted.ok) return permitted;
    const answer = await sandbox.request({ app, slot, ...requestOf(check, captured) });
    if (!answer.ok) return answer;
    const outcome = judgeCheck(check, answer.value, captured);
    captured = outcome.captured;
    if (outcome.failure !== undefined) failures.push(outcome.failure);
    records.push({
      checkId: `http:${index + 1}`,
      kind: 'http',
      name: check.criterion,
      passed: outcome.failure === undefined,
      commit,
      slot,
      evidence: (outcome.failure ?? `${check.method} ${check.path} → ${answer.value.status}`).slice(0, longestEvidence),
      checkedAt: Date.now(),
    });
  }
  const measurement = {
    kind: 'acceptance',
    commit,
    slot,
    passed: checks.length - failures.length,
    failed: failures.length,
    failures: failures.slice(0, maxFailures),
  } as const;
  return ok({ measurement, records });
};
