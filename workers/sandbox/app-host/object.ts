/**
 * One deployed app: its versions, and up to three slots. Each slot is a facet with a database of its own; another
 * version in the slot restarts the facet and keeps the database.
 */
import { DurableObject } from 'cloudflare:workers';
import type { Result } from '../../../shared/errors/result.ts';
import { err, ok } from '../../../shared/errors/result.ts';
import type { LoadBlock, LoadRequest, LoadSide } from '../../../shared/rpc/bench.ts';
import type { AppRequest, AppResponse, DeployRequest, Slot, SlotStatus } from '../../../shared/rpc/sandbox.ts';
import type { SandboxEnvironment } from '../environment.ts';
import { DeadlineExceeded, withinDeadline } from '../guard/deadline.ts';
import { loadKept } from '../guard/isolate.ts';
import { limits } from '../guard/limits.ts';
import { problem, sandboxProblemHeader } from '../guard/problem.ts';
import { appGuestRevision } from '../guest/modules.ts';
import { AppServices, declaredKinds, storedServices } from '../services/app-services.ts';
import { readResponse, requestForApp, requestOf, responseFromApp } from './exchange.ts';
import { runLoad, type LoadTarget } from './load-run.ts';
import { migrate } from './migrations.ts';
import type { VersionRow } from './store.ts';
import { AppStore } from './store.ts';
import { digestOf, isolateCode, savedText } from './version-code.ts';

/** Counters are written this long after the first change, together. */
const flushDelayMs = 2_000;

export class AppHost extends DurableObject<SandboxEnvironment> {
  /** How long an app may take until its answer begins. */
  requestDeadlineMs: number = limits.appRequestMs;
  readonly #store: AppStore;
  readonly #services: AppServices;
  readonly #slots = new Map<Slot, { -readonly [Key in keyof SlotStatus]: SlotStatus[Key] }>();
  /** Facets of a load test have fixed names, so there is one at a time. */
  #isLoaded = false;
  #flush: ReturnType<typeof setTimeout> | undefined;

  constructor(ctx: DurableObjectState, env: SandboxEnvironment) {
    super(ctx, env);
    migrate(ctx.storage);
    this.#store = new AppStore(ctx.storage);
    this.#services = new AppServices(env, ctx.id.name ?? '', ctx.exports);
    for (const status of this.#store.slots()) this.#slots.set(status.slot, { ...status });
  }

  async deploy(request: DeployRequest): Promise<Result<SlotStatus>> {
    const entryModule = request.built.moduleBySource[request.entry];
    if (entryModule === undefined) return refused('entry', `"${request.entry}" is not among the built modules`);
    const services = storedServices(request.services);
    if (!services.ok) return services;
    const text = savedText(request.built, entryModule);
    const { version, entry } = request;
    const row = { version, entry, digest: await digestOf(text), services: services.value };
    // A version is named for ever, so a known one is taken as it is stored; the caller may have built it anew.
    if (this.#store.version(row.version) === undefined) {
      const reason = await this.#loadProblem(row, text);
      if (reason !== undefined) return refused('built', reason);
      // Another deployment of the same version may have come in between.
      if (this.#store.version(row.version) === undefined) this.#store.saveVersion(row, text, Date.now());
    }
    return await this.#activate(request.slot, row.version);
  }

  async promote(from: Slot, to: Slot): Promise<Result<SlotStatus>> {
    const source = this.#slots.get(from);
    if (source === undefined)
      return err({ type: 'state.conflict', detail: `The slot ${from} is empty: deploy to it first` });
    return await this.#activate(to, source.version);
  }

  async rollback(slot: Slot, target?: string): Promise<Result<SlotStatus>> {
    const current = this.#slots.get(slot);
    if (current === undefined) return err({ type: 'resource.not_found', detail: `The slot ${slot} is empty` });
    if (target !== undefined && current.version === target) return ok({ ...current });
    if (target !== undefined && current.previousVersion !== target) {
      return err({ type: 'state.conflict', detail: `The version before in the slot ${slot} is not ${target}` });
    }
    if (current.previousVersion === undefined) {
      return err({ type: 'state.conflict', detail: `The slot ${slot} has had no version before ${current.version}` });
    }
    return await this.#activate(slot, current.previousVersion);
  }

  /** Deletes the slot's database and empties its services; the app makes them anew at its next request. */
  async reset(slot: Slot): Promise<Result<SlotStatus>> {
    const current = this.#slots.get(slot);
    if (current === undefined) return err({ type: 'resource.not_found', detail: `The slot ${slot} is empty` });
    this.ctx.facets.delete(slot);
    await this.#services.empty(slot, this.#servicesOf(current.version));
    return ok({ ...current });
  }

  status(): readonly SlotStatus[] {
    this.#flushCounters();
    return this.#store.slots().map((slot) => {
      const services = declaredKinds(this.#servicesOf(slot.version));
      return services.length === 0 ? slot : { ...slot, services };
    });
  }

  async request(exchange: AppRequest): Promise<Result<AppResponse>> {
    const startedAt = performance.now();
    if (!this.#slots.has(exchange.slot)) {
      return err({ type: 'resource.not_found', detail: `The slot ${exchange.slot} is empty` });
    }
    const request = requestOf(exchange);
    if (request === undefined) return refused('request', 'method, path or headers cannot stand in an HTTP request');
    const url = new URL(request.url);
    const response = await this.#serve(exchange.slot, requestForApp(request, `${url.pathname}${url.search}`));
    try {
      return ok(await withinDeadline(readResponse(response, startedAt), limits.appRequestMs));
    } catch (cause) {
      const late = cause instanceof DeadlineExceeded;
      return err({
        type: 'service.timeout',
        detail: late ? 'The body of the app did not end in time' : 'The body of the app broke off',
      });
    }
  }

  /** Load on versions that stand in no slot. What they keep is deleted before the first and after the last request. */
  async load(request: LoadRequest): Promise<Result<readonly LoadBlock[]>> {
    const facets = request.sides.map((_side, index) => `load-${String(index)}`);
    if (this.#isLoaded) return err({ type: 'resource.conflict', detail: 'A load test of this app is running' });
    this.#isLoaded = true;
    for (const facet of facets) this.ctx.facets.delete(facet);
    try {
      const targets = await Promise.all(
        request.sides.map((side, index) => this.#loadTarget(side, facets[index] ?? '')),
      );
      return await runLoad(request, targets);
    } finally {
      for (const facet of facets) this.ctx.facets.delete(facet);
      this.#isLoaded = false;
    }
  }

  async #loadTarget({ version, built, entry }: LoadSide, name: string): Promise<LoadTarget> {
    const text = savedText(built, built.moduleBySource[entry] ?? '');
    // Services that the app declares belong to its slots; here there are none.
    const row = { version, entry, digest: await digestOf(text), services: null };
    const facet = this.ctx.facets.get(name, () => ({
      class: this.#load(row, () => text).getDurableObjectClass('App'),
    }));
    return (request) => facet.fetch(request);
  }

  /** Serves `/<slot>/<path>`; the Worker's `fetch` has found the app. */
  override async fetch(request: Request): Promise<Response> {
    const url = new URL(request.url);
    const [, slot = '', ...rest] = url.pathname.split('/');
    if (!this.#slots.has(slot as Slot))
      return problem('resource.not_found', `Nothing is deployed in the slot "${slot}"`);
    return await this.#serve(slot as Slot, requestForApp(request, `/${rest.join('/')}${url.search}`));
  }

  async #serve(slot: Slot, request: Request): Promise<Response> {
    const counted = this.#slots.get(slot);
    if (counted !== undefined) counted.requests += 1;
    this.#flush ??= setTimeout(() => this.#flushCounters(), flushDelayMs);
    try {
      const response = await withinDeadline(this.#facet(slot).fetch(request), this.requestDeadlineMs);
      if (response.status >= 500 && counted !== undefined) counted.errors += 1;
      if (response.headers.has(sandboxProblemHeader)) return appFailed();
      return responseFromApp(response);
    } catch (cause) {
      if (counted !== undefined) counted.errors += 1;
      if (cause instanceof DeadlineExceeded) return problem('service.timeout', 'The app did not answer in time');
      return appFailed();
    }
  }

  #facet(slot: Slot): Fetcher {
    return this.ctx.facets.get(slot, () => {
      const version = this.#slots.get(slot)?.version ?? '';
      const row = this.#store.version(version);
      if (row === undefined) throw new Error(`The version ${version} of the slot ${slot} is not stored`);
      return { class: this.#load(row, () => this.#store.versionText(version), slot).getDurableObjectClass('App') };
    });
  }

  /** Without a slot: the code alone, to see that it loads. */
  #load(row: VersionRow, text: () => string, slot?: Slot): WorkerStub {
    // The id names app, version, code, capabilities and the sandbox's own modules, so an isolate is never shared between
    // apps or reused for other code.
    const suffix = slot === undefined ? '' : this.#services.isolateSuffix(slot, row.services);
    const id = `app:${this.ctx.id.toString()}:${row.version}:${row.digest}:${appGuestRevision()}${suffix}`;
    return loadKept(this.env.LOADER, id, () => ({
      ...isolateCode(text(), row.entry),
      ...(suffix === '' || slot === undefined ? {} : { services: this.#services.capabilities(slot, row.services) }),
    }));
  }

  #servicesOf(version: string | undefined): string | null {
    return version === undefined ? null : (this.#store.version(version)?.services ?? null);
  }

  /** Sets up what the version declares, then puts it into the slot. A repeat after a kill in between does both again. */
  async #activate(slot: Slot, version: string): Promise<Result<SlotStatus>> {
    const before = this.#servicesOf(this.#slots.get(slot)?.version);
    const brought = await this.#services.bringTo(slot, this.#servicesOf(version), before);
    return brought.ok ? ok(this.#put(slot, version)) : brought;
  }

  /** Why the code cannot be loaded as an app, or undefined. */
  async #loadProblem(row: VersionRow, text: string): Promise<string | undefined> {
    try {
      const probe = this.#load(row, () => text).getEntrypoint();
      await withinDeadline(probe.fetch('https://app/'), limits.appRequestMs);
      return undefined;
    } catch (cause) {
      return `the code does not load: ${(cause instanceof Error ? cause.message : String(cause)).slice(0, 1_000)}`;
    }
  }

  /** Makes a version the one of a slot; the same version again changes nothing. */
  #put(slot: Slot, version: string): SlotStatus {
    this.#flushCounters();
    const current = this.#slots.get(slot);
    if (current?.version === version) return { ...current };
    const status: SlotStatus = {
      slot,
      version,
      ...(current === undefined ? {} : { previousVersion: current.version }),
      deployedAt: Date.now(),
      requests: 0,
      errors: 0,
    };
    this.ctx.storage.transactionSync(() => {
      this.#store.saveSlot(status);
      this.#store.pruneVersions();
    });
    this.#slots.set(slot, { ...status });
    if (current !== undefined) this.ctx.facets.abort(slot, new Error('A new version was deployed'));
    return status;
  }

  #flushCounters(): void {
    clearTimeout(this.#flush);
    this.#flush = undefined;
    for (const status of this.#slots.values()) this.#store.saveSlot(status);
  }
}

function appFailed(): Response {
  return problem('internal', 'The app failed while it answered this request');
}

function refused(field: string, reason: string): Result<never> {
  return err({
    type: 'request.invalid',
    detail: `The app cannot be deployed: ${field}: ${reason}`,
    issues: [{ field, reason }],
  });
}
