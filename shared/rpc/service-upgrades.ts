/**
 * Rolling upgrades, as the registry object that holds the service's name offers them. What was seen of the requests comes
 * from those who route them: each isolate counts by itself and tells sums.
 */
import type { UpgradeFigures } from '../domain/service-registry/upgrade/advise.ts';
import type { Measure } from '../domain/service-registry/upgrade/measure.ts';
import type { Upgrade, UpgradeGroup, UpgradePlan } from '../domain/service-registry/upgrade/upgrade.ts';
import type { Result } from '../errors/result.ts';

export interface StartUpgrade extends UpgradePlan {
  readonly commandId: string;
  readonly name: string;
  /** Who asks: the id of a key. */
  readonly by: string;
}

export type UpgradeAction = 'pause' | 'resume' | 'abort';

export interface SteerUpgrade {
  readonly commandId: string;
  readonly name: string;
  readonly action: UpgradeAction;
  readonly by: string;
}

export interface UpgradeView extends Upgrade {
  /** Of the step that is under way, or of the last one. */
  readonly figures: UpgradeFigures;
  /** What the name's instances get now: those that take part. */
  readonly weights: readonly { readonly instance: string; readonly group: UpgradeGroup; readonly weight: number }[];
}

/** What one isolate saw of a service under upgrade since its last report. */
export interface UpgradeReport {
  readonly name: string;
  readonly upgradeId: string;
  /** The isolate, by a name that it gave itself. */
  readonly reporter: string;
  /** Counts from 1; a report that comes again changes nothing. */
  readonly batch: number;
  readonly counts: Readonly<Record<UpgradeGroup, Measure>>;
}

export interface ServiceUpgradesRpc {
  /**
   * Begins an upgrade at its first step. `request.invalid` for a plan or a version that cannot be, `resource.conflict` while
   * another one goes on or when there is nothing to upgrade from.
   */
  startUpgrade(command: StartUpgrade): Promise<Result<UpgradeView>>;
  /** `resource.conflict` when it has ended. */
  steerUpgrade(command: SteerUpgrade): Promise<Result<UpgradeView>>;
  /** The latest upgrade of the name; `resource.not_found` when there was none, or too many since. */
  upgrade(query: { readonly name: string }): Promise<Result<UpgradeView>>;
  /** All that the shard remembers, newest first. */
  upgrades(): Promise<Result<readonly UpgradeView[]>>;
  /** Adds to what is known. What is told of an upgrade that is over, or was counted before, changes nothing. */
  reportUpgrade(report: UpgradeReport): Promise<Result<{ readonly isActive: boolean }>>;
}
