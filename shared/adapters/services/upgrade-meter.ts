/**
 * What this isolate sees of services that are being upgraded, told to their registry in sums: no request waits for it. What
 * is not told yet when the isolate ends is lost; the registry then judges by fewer requests.
 */
import type { WorkspaceId } from '../../domain/ids.ts';
import type { ServiceInstance } from '../../domain/service-registry/service.ts';
import { noMeasure, noteRequest } from '../../domain/service-registry/upgrade/measure.ts';
import type { Result } from '../../errors/result.ts';
import type { UpgradeReport } from '../../rpc/service-upgrades.ts';

/** Lets work go on after the request was answered. The work does not reject. */
export type Background = (work: Promise<void>) => void;

export interface UpgradeMeterParts {
  readonly tell: (workspaceId: WorkspaceId, report: UpgradeReport) => Promise<Result<{ readonly isActive: boolean }>>;
  readonly now: () => number;
  /** A name for this isolate that no other one has. */
  readonly newName: () => string;
  readonly pause: (ms: number) => Promise<void>;
  /** Told of a registry that did not answer; what was seen is told again later. */
  readonly report: (message: string, thrown: unknown) => void;
}

/** How long requests gather before the registry is told of them. */
const gatherMs = 400;
/** One request reports for the others for so long; then another one does. Shorter than what the runtime grants. */
const reporterMs = 15_000;
/** Upgrades counted at once; the ones that were used longest ago go first. */
const maxUpgrades = 500;

interface Counted {
  counts: UpgradeReport['counts'];
  /** Sent and not known to have arrived; sent again as it is, so that it is counted once. */
  unsent: UpgradeReport | undefined;
  reportsUntil: number;
}

const nothing: UpgradeReport['counts'] = { old: noMeasure, new: noMeasure };

export class UpgradeMeter {
  readonly #parts: UpgradeMeterParts;
  readonly #counted = new Map<string, Counted>();
  #name: string | undefined;
  /** Counts over all upgrades, so that one that was forgotten here meanwhile is not taken for a repeat. */
  #batch = 0;

  constructor(parts: UpgradeMeterParts) {
    this.#parts = parts;
  }

  /** A request to an instance has ended. @param ms until the answer began; undefined when there was none, or a fault. */
  note(workspaceId: WorkspaceId, instance: ServiceInstance, ms: number | undefined, background: Background): void {
    const { name, upgrade } = instance;
    if (upgrade === undefined) return;
    const key = `${workspaceId}/${name}/${upgrade.id}`;
    const counted = this.#of(key);
    counted.counts = { ...counted.counts, [upgrade.group]: noteRequest(counted.counts[upgrade.group], ms) };
    const now = this.#parts.now();
    // A clock that went back must not silence the meter.
    if (counted.reportsUntil > now && counted.reportsUntil <= now + reporterMs) return;
    counted.reportsUntil = now + reporterMs;
    background(this.#keepTelling(workspaceId, key, { name, upgradeId: upgrade.id }, counted.reportsUntil));
  }

  async #keepTelling(
    workspaceId: WorkspaceId,
    key: string,
    subject: Pick<UpgradeReport, 'name' | 'upgradeId'>,
    until: number,
  ): Promise<void> {
    for (;;) {
      await this.#parts.pause(gatherMs);
      const counted = this.#of(key);
      const isLast = this.#parts.now() + gatherMs >= until;
      // From here on the next request that ends finds nobody who reports, and does it itself.
      if (isLast) counted.reportsUntil = 0;
      const isActive = await this.#tell(workspaceId, counted, subject);
      if (!isActive) {
        this.#counted.delete(key);
        return;
      }
      if (isLast) return;
      if (counted.unsent === undefined && counted.counts === nothing) {
        counted.reportsUntil = 0;
        return;
      }
    }
  }

  /** False when the upgrade is over. */
  async #tell(
    workspaceId: WorkspaceId,
    counted: Counted,
    subject: Pick<UpgradeReport, 'name' | 'upgradeId'>,
  ): Promise<boolean> {
    if (counted.unsent === undefined) {
      this.#batch += 1;
      this.#name ??= this.#parts.newName();
      counted.unsent = { ...subject, reporter: this.#name, batch: this.#batch, counts: counted.counts };
      counted.counts = nothing;
    }
    const sent = counted.unsent;
    try {
      const told = await this.#parts.tell(workspaceId, sent);
      if (!told.ok) {
        this.#parts.report('the service registry refused what was seen of an upgrade', told.error.detail);
        return true;
      }
      if (counted.unsent === sent) counted.unsent = undefined;
      return told.value.isActive;
    } catch (thrown) {
      this.#parts.report('the service registry was not told of an upgrade', thrown);
      return true;
    }
  }

  #of(key: string): Counted {
    const counted = this.#counted.get(key) ?? { counts: nothing, unsent: undefined, reportsUntil: 0 };
    this.#counted.delete(key);
    this.#counted.set(key, counted);
    for (const oldest of this.#counted.keys()) {
      if (this.#counted.size <= maxUpgrades) break;
      this.#counted.delete(oldest);
    }
    return counted;
  }
}
