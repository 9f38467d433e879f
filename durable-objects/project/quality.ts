/** The project’s desk for quality: scans of its commits, its bill of materials, its gates and waivers. */
import { decideGates, decideRevoke, decideWaiver } from '../../shared/domain/project/decide-quality.ts';
import { decideMeasurement } from '../../shared/domain/project/decide.ts';
import { gatesOf, judgeProject } from '../../shared/domain/project/gates.ts';
import { figuresOf } from '../../shared/domain/quality/judge/figures.ts';
import { err, ok, type AppError, type Result } from '../../shared/errors/result.ts';
import type { Ids } from '../../shared/ports/ids.ts';
import type { ProjectEvent } from '../../shared/protocol/project-events.ts';
import type { ProjectQualityRpc, QualityView } from '../../shared/rpc/quality.ts';
import type { RepositoryRpc } from '../../shared/rpc/repository.ts';
import type { ToolchainRpc } from '../../shared/rpc/toolchain.ts';
import type { Storage } from '../platform/index.ts';
import type { Engine } from './engine.ts';
import { securityOf } from './measure.ts';
import { ScanTable } from './scan-table.ts';

const notFound: AppError = { type: 'resource.not_found', detail: 'There is no such project.' };
const noScan: AppError = {
  type: 'resource.not_found',
  detail: 'This was not scanned yet: scan main, or wait until the change is up for merge.',
};
const mostScans = 100;

export interface QualityParts {
  readonly storage: Storage;
  readonly engine: Engine;
  readonly ids: Ids;
  readonly now: () => number;
  readonly toolchain: ToolchainRpc;
  readonly repository: () => RepositoryRpc;
  /** Does a command once; a repeat gets the first answer. */
  readonly once: <T>(commandId: string, body: unknown, handle: () => Result<T>) => Result<T>;
}

type Command<Method extends keyof ProjectQualityRpc> = Parameters<ProjectQualityRpc[Method]>[0];

export class QualityDesk {
  readonly #parts: QualityParts;
  readonly #scans: ScanTable;

  constructor(parts: QualityParts) {
    this.#parts = parts;
    this.#scans = new ScanTable(parts.storage);
  }

  /** Writes an event that was decided elsewhere, with what follows from it. Inside a transaction. */
  apply(event: ProjectEvent): void {
    this.#parts.engine.apply(() => [event]);
  }

  /** What the project's workspace and the directory are told of a project that was made from a file. */
  announce(): { readonly projectId: string; readonly name: string; readonly createdAt: number } | undefined {
    const { engine } = this.#parts;
    const { identity } = engine.state;
    if (identity === undefined) return undefined;
    engine.announce();
    const { projectId, name, createdAt } = identity;
    return { projectId, name, createdAt };
  }

  async scanMain({ commandId }: Command<'scanMain'>): ReturnType<ProjectQualityRpc['scanMain']> {
    const { engine, repository, toolchain, now, once } = this.#parts;
    if (engine.state.identity === undefined) return err(notFound);
    // A scan is pure, so it comes before the answer is fixed: a repeat is answered as the first was.
    const snapshot = await repository().snapshot({ ref: 'main' });
    if (!snapshot.ok) return snapshot;
    const { commit, files } = snapshot.value;
    const report = await toolchain.scan(files);
    return once(commandId, 'scanMain', () => {
      const scan = this.#scans.put('main', commit, now(), report);
      engine.apply((state) => (state.commit === commit ? decideMeasurement(state, securityOf(commit, report)) : []));
      return ok(scan);
    });
  }

  async scans({ limit }: Command<'scans'>): ReturnType<ProjectQualityRpc['scans']> {
    return this.#parts.engine.state.identity === undefined
      ? err(notFound)
      : ok(this.#scans.list(Math.min(limit, mostScans)));
  }

  async findings({ subject, commit }: Command<'findings'>): ReturnType<ProjectQualityRpc['findings']> {
    const found = this.#scans.find(subject, commit);
    return found === undefined ? err(this.#parts.engine.state.identity === undefined ? notFound : noScan) : ok(found);
  }

  async sbom(): ReturnType<ProjectQualityRpc['sbom']> {
    const { engine, repository, toolchain, now } = this.#parts;
    const { identity } = engine.state;
    if (identity === undefined) return err(notFound);
    const snapshot = await repository().snapshot({ ref: 'main' });
    if (!snapshot.ok) return snapshot;
    const { commit, files } = snapshot.value;
    const subject = {
      name: identity.name,
      version: commit,
      serialNumber: serialOf(commit),
      timestamp: new Date(now()).toISOString(),
    };
    return ok({ commit, document: await toolchain.sbom(subject, files) });
  }

  quality(): Result<QualityView> {
    const { engine, now } = this.#parts;
    const { state } = engine;
    if (state.identity === undefined) return err(notFound);
    const { commit } = state;
    return ok({
      ...(commit === undefined ? {} : { verdict: judgeProject(state, commit, now()) }),
      gates: gatesOf(state),
      waivers: state.quality?.waivers ?? [],
      figures: [...state.measurements.map(figuresOf), ...(state.quality?.figures ?? [])],
    });
  }

  setGates({ commandId, gates, by }: Command<'setGates'>): Result<QualityView> {
    return this.#change(
      commandId,
      { gates, by },
      () => decideGates(this.#parts.engine.state, gates, by, this.#parts.now()),
      () => this.quality(),
    );
  }

  grantWaiver({ commandId, ...wanted }: Command<'grantWaiver'>): Awaited<ReturnType<ProjectQualityRpc['grantWaiver']>> {
    const { engine, ids, now } = this.#parts;
    const waiver = { ...wanted, waiverId: ids.create('wvr'), grantedAt: now() };
    return this.#change(
      commandId,
      wanted,
      () => decideWaiver(engine.state, waiver, now()),
      () => ok(waiver),
    );
  }

  revokeWaiver({ commandId, waiverId, by }: Command<'revokeWaiver'>): Result<QualityView> {
    return this.#change(
      commandId,
      { waiverId, by },
      () => decideRevoke(this.#parts.engine.state, waiverId, by, this.#parts.now()),
      () => this.quality(),
    );
  }

  #change<T>(
    commandId: string,
    body: unknown,
    decide: () => Result<readonly ProjectEvent[]>,
    answer: () => Result<T>,
  ): Result<T> {
    const { engine, once } = this.#parts;
    return once(commandId, body, () => {
      if (engine.state.identity === undefined) return err(notFound);
      const events = decide();
      if (!events.ok) return events;
      engine.apply(() => events.value);
      return answer();
    });
  }
}

/** The same commit has the same serial number: a UUID of the form of version 8, made of its hash. */
const serialOf = (commit: string): string => {
  const hex = commit.padEnd(32, '0');
  return `urn:uuid:${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
};
