/** Entry of the sandbox Worker: RPC for test runs and deployments, and HTTP for deployed apps. */
import { WorkerEntrypoint } from 'cloudflare:workers';
import type { Result } from '../../shared/errors/result.ts';
import { err, ok } from '../../shared/errors/result.ts';
import type { BenchReport, BenchRequest, LoadBlock, LoadRequest } from '../../shared/rpc/bench.ts';
import type {
  AppRequest,
  AppResponse,
  DeployRequest,
  DriveReport,
  DriveRequest,
  MutantOutcome,
  MutantRunsRequest,
  ProgramCalls,
  ProgramReport,
  ProgramRequest,
  SandboxRpc,
  ShellReport,
  ShellRequest,
  Slot,
  SlotStatus,
  TestReport,
  TestRunRequest,
} from '../../shared/rpc/sandbox.ts';
import type { GroupDeclaration, GroupStatus, ServiceCall } from '../../shared/rpc/services/service-groups.ts';
import type { MemberPlace } from '../../shared/rpc/services/service-states.ts';
import { readResponse, requestForApp, requestOf } from './app-host/exchange.ts';
import type { AppHost } from './app-host/object.ts';
import type { SandboxEnvironment } from './environment.ts';
import { checkBuilt } from './guard/built-modules.ts';
import { DeadlineExceeded, withinDeadline } from './guard/deadline.ts';
import { limits } from './guard/limits.ts';
import { problem } from './guard/problem.ts';
import {
  checkAppRequest,
  checkBench,
  checkDeploy,
  checkGroup,
  checkLoad,
  checkMutantRuns,
  checkProgram,
  checkShell,
  checkSlot,
  checkTestRun,
} from './guard/requests.ts';
import { drive } from './pages/drive.ts';
import { runProgram } from './program/run-program.ts';
import { eraseGroup } from './services/app-services.ts';
import { serveGroup } from './services/front.ts';
import { askMember } from './services/managed-member.ts';
import { callService } from './services/operator-call.ts';
import { runShell } from './shell/run-shell.ts';
import { brokenReport } from './test-run/report.ts';

export {
  AnalyticsObject,
  ApiObject,
  AuthObject,
  ConnectorObject,
  DataObject,
  ServiceGroupObject,
  UiObject,
  UserObject,
} from '../../durable-objects/services/index.ts';
export { AppHost } from './app-host/object.ts';
export {
  AnalyticsCapability,
  ApiCapability,
  AuthCapability,
  ConnectorCapability,
  DataCapability,
  UiCapability,
  UserCapability,
} from './services/capability.ts';
export { TestHost } from './test-run/object.ts';

export class Sandbox extends WorkerEntrypoint<SandboxEnvironment> implements SandboxRpc {
  async runTests(request: TestRunRequest): Promise<TestReport> {
    const checked = checkTestRun(request);
    const problemOfRun = checked.ok ? checkBuilt(request.built) : checked;
    if (!problemOfRun.ok) {
      const issue = problemOfRun.error.issues?.[0];
      const reason = `The run was refused: ${issue === undefined ? problemOfRun.error.detail : `${issue.field}: ${issue.reason}`}`;
      return brokenReport(request.runId, 'crashed', reason, 0);
    }
    try {
      return await this.env.TEST_HOST.getByName(request.host).run(request);
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause);
      return brokenReport(request.runId, 'crashed', `The host of the run ended: ${message.slice(0, 1_000)}`, 0);
    }
  }

  async runMutants(request: MutantRunsRequest): Promise<Result<readonly MutantOutcome[]>> {
    const checked = checkMutantRuns(request);
    if (!checked.ok) return checked;
    const built = checkBuilt(request.built);
    return built.ok ? ok(await this.env.TEST_HOST.getByName(request.host).runMutants(request)) : built;
  }

  async runProgram(request: ProgramRequest, calls: ProgramCalls): Promise<ProgramReport> {
    const checked = checkProgram(request);
    const problemOfProgram = checked.ok ? checkBuilt(request.built) : checked;
    if (problemOfProgram.ok) return await runProgram(this.env.LOADER, request, calls);
    return { status: 'failed', reason: problemOfProgram.error.detail, console: [], calls: 0, durationMs: 0 };
  }

  async runShell(request: ShellRequest): Promise<ShellReport> {
    const checked = checkShell(request);
    if (checked.ok) return await runShell(request);
    return { exitCode: -1, stdout: '', stderr: checked.error.detail, changes: [], binary: [], durationMs: 0 };
  }

  async runBench(request: BenchRequest): Promise<Result<BenchReport>> {
    const checked = checkBench(request);
    if (!checked.ok) return checked;
    for (const side of [request.change, ...(request.before === undefined ? [] : [request.before])]) {
      const built = checkBuilt(side.built);
      if (!built.ok) return built;
    }
    return ok(await this.env.TEST_HOST.getByName(request.host).bench(request));
  }

  async load(request: LoadRequest): Promise<Result<readonly LoadBlock[]>> {
    const checked = checkLoad(request);
    if (!checked.ok) return checked;
    for (const side of request.sides) {
      const built = checkBuilt(side.built);
      if (!built.ok) return built;
    }
    return await this.#app(request.app).load(request);
  }

  async deploy(request: DeployRequest): Promise<Result<SlotStatus>> {
    const checked = checkDeploy(request);
    if (!checked.ok) return checked;
    const built = checkBuilt(request.built);
    return built.ok ? await this.#app(request.app).deploy(request) : built;
  }

  async promote(app: string, from: Slot, to: Slot): Promise<Result<SlotStatus>> {
    const refusal = checkSlot('from', from) ?? checkSlot('to', to);
    return refusal === undefined ? await this.#app(app).promote(from, to) : err(refusal);
  }

  async rollback(app: string, slot: Slot, target?: string): Promise<Result<SlotStatus>> {
    const refusal = checkSlot('slot', slot);
    return refusal === undefined ? await this.#app(app).rollback(slot, target) : err(refusal);
  }

  async reset(app: string, slot: Slot): Promise<Result<SlotStatus>> {
    const refusal = checkSlot('slot', slot);
    if (refusal !== undefined) return err(refusal);
    if (slot === 'production') {
      const reason = 'the data of production is never emptied';
      return err({ type: 'request.invalid', detail: `slot: ${reason}`, issues: [{ field: 'slot', reason }] });
    }
    return await this.#app(app).reset(slot);
  }

  async status(app: string): Promise<readonly SlotStatus[]> {
    return await this.#app(app).status();
  }

  async request(request: AppRequest): Promise<Result<AppResponse>> {
    const checked = checkAppRequest(request);
    return checked.ok ? await this.#app(request.app).request(request) : checked;
  }

  async configureServices(command: GroupDeclaration): Promise<Result<GroupStatus>> {
    const { group, declaration, allowedOrigins = [] } = command;
    const checked = checkGroup(group, allowedOrigins);
    return checked.ok ? await this.env.SERVICE_GROUP.getByName(group).configure(declaration, allowedOrigins) : checked;
  }

  async servicesStatus({ group }: { readonly group: string }): Promise<Result<GroupStatus>> {
    const checked = checkGroup(group, []);
    return checked.ok ? await this.env.SERVICE_GROUP.getByName(group).status() : checked;
  }

  async removeServices({ group }: { readonly group: string }): Promise<Result<null>> {
    const checked = checkGroup(group, []);
    if (!checked.ok) return checked;
    await eraseGroup(this.env, group);
    return ok(null);
  }

  async requestGroup(request: Parameters<SandboxRpc['requestGroup']>[0]): Promise<Result<AppResponse>> {
    const checked = checkGroup(request.group, []);
    const made = checked.ok ? requestOf({ ...request, app: request.group, slot: 'production' }) : checked;
    if (made === undefined || !('url' in made)) {
      const reason = 'method, path or headers cannot stand in an HTTP request';
      return checked.ok
        ? err({ type: 'request.invalid', detail: reason, issues: [{ field: 'request', reason }] })
        : checked;
    }
    const startedAt = performance.now();
    const { pathname, search } = new URL(made.url);
    try {
      const inner = requestForApp(made, `${pathname}${search}`);
      const served = serveGroup(this.env, request.group, inner, pathname);
      return ok(
        await withinDeadline(
          served.then((response) => readResponse(response, startedAt)),
          limits.appRequestMs,
        ),
      );
    } catch (cause) {
      if (!(cause instanceof DeadlineExceeded)) throw cause;
      return err({ type: 'service.timeout', detail: 'The services did not answer in time' });
    }
  }

  callService(call: ServiceCall): Promise<Result<unknown>> {
    return callService(this.env, call);
  }

  serviceState(...[place, query]: Parameters<SandboxRpc['serviceState']>): ReturnType<SandboxRpc['serviceState']> {
    return askMember(this.env, place, (object) => object.objectState(query));
  }

  serviceHistory(
    ...[place, query]: Parameters<SandboxRpc['serviceHistory']>
  ): ReturnType<SandboxRpc['serviceHistory']> {
    return askMember(this.env, place, (object) => object.objectHistory(query));
  }

  serviceDiff(...[place, query]: Parameters<SandboxRpc['serviceDiff']>): ReturnType<SandboxRpc['serviceDiff']> {
    return askMember(this.env, place, (object) => object.objectDiff(query));
  }

  serviceMigrations(place: MemberPlace): ReturnType<SandboxRpc['serviceMigrations']> {
    return askMember(this.env, place, (object) => object.objectMigrations());
  }

  serviceLifecycle(place: MemberPlace): ReturnType<SandboxRpc['serviceLifecycle']> {
    return askMember(this.env, place, (object) => object.objectLifecycle());
  }

  deactivateService(
    ...[place, command]: Parameters<SandboxRpc['deactivateService']>
  ): ReturnType<SandboxRpc['deactivateService']> {
    return askMember(this.env, place, (object) => object.deactivateObject(command));
  }

  reviveService(...[place, command]: Parameters<SandboxRpc['reviveService']>): ReturnType<SandboxRpc['reviveService']> {
    return askMember(this.env, place, (object) => object.reviveObject(command));
  }

  async driveApp({ app, slot, steps }: DriveRequest): Promise<Result<DriveReport>> {
    return await drive((request) => this.request({ ...request, app, slot }), steps);
  }

  ping(): Promise<'pong'> {
    return Promise.resolve('pong');
  }

  #app(name: string): DurableObjectStub<AppHost> {
    return this.env.APP_HOST.getByName(name);
  }
}

/** Which service of a group is meant; only the platform can say it. */
const memberHeader = 'x-aidevos-member';
const groupPath = /^\/groups\/([^/]+)(\/.*)?$/;
const appPath = /^\/apps\/([^/]+)\/([^/]+)(\/.*)?$/;

export default {
  async fetch(request: Request, env: SandboxEnvironment): Promise<Response> {
    const url = new URL(request.url);
    if (url.pathname === '/ping') return new Response('pong');
    const grouped = groupPath.exec(url.pathname);
    const group = decoded(grouped?.[1] ?? '');
    if (grouped !== null && group !== undefined && group !== '') {
      const path = grouped[2] ?? '/';
      const inner = requestForApp(request, `${path}${url.search}`);
      return await serveGroup(env, group, inner, path, request.headers.get(memberHeader));
    }
    const match = appPath.exec(url.pathname);
    const app = decoded(match?.[1] ?? '');
    if (match === null || app === undefined || app === '') {
      return problem('resource.not_found', 'The path must be /apps/<app>/<slot>/<path>');
    }
    const target = new URL(`/${match[2] ?? ''}${match[3] ?? '/'}${url.search}`, 'https://app-host');
    return await env.APP_HOST.getByName(app).fetch(new Request(target, request));
  },
} satisfies ExportedHandler<SandboxEnvironment>;

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    // Not percent-encoded text: no app has such a name.
    return undefined;
  }
}
