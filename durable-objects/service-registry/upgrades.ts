/**
 * Rolling upgrades of the services in this shard: takes what isolates saw, looks at each upgrade when something of it
 * changes, and writes what follows. Every method but the timers' runs inside a transaction of the object.
 */
import { adviseUpgrade, figuresOf, type UpgradeSight } from '../../shared/domain/service-registry/upgrade/advise.ts';
import {
  decideStartUpgrade,
  decideSteerUpgrade,
  followAdvice,
} from '../../shared/domain/service-registry/upgrade/decide.ts';
import {
  groupOf,
  isActive,
  upgradeWeights,
  type Upgrade,
} from '../../shared/domain/service-registry/upgrade/upgrade.ts';
import { findUpgrade, servicesNamed, type RegistryState } from '../../shared/domain/service-registry/state.ts';
import { err, ok, type Result } from '../../shared/errors/result.ts';
import type { ServiceEvent, UpgradeEvent } from '../../shared/protocol/service-events.ts';
import type { StartUpgrade, SteerUpgrade, UpgradeReport, UpgradeView } from '../../shared/rpc/service-upgrades.ts';
import type { FiredTimer, Storage, Timers } from '../platform/index.ts';
import { UpgradeStore } from './upgrade-store.ts';

/** After so long every isolate that sends requests has read the step, and those sent before have mostly ended. */
const knownMs = 3_000;

export interface UpgradesParts {
  readonly storage: Storage;
  readonly timers: Timers;
  readonly now: () => number;
  readonly state: () => RegistryState;
  /** Writes events, in the transaction that runs, and tells `noticed` of them. */
  readonly append: (events: readonly ServiceEvent[]) => void;
  /** Runs the work in a transaction and tells readers what came of it. */
  readonly change: (work: () => void) => Promise<void>;
}

interface StepTimer {
  readonly id: string;
  readonly step: number;
}

export class Upgrades {
  readonly #parts: UpgradesParts;
  readonly #store: UpgradeStore;

  constructor(parts: UpgradesParts) {
    this.#parts = parts;
    this.#store = new UpgradeStore(parts.storage);
    parts.timers.on('upgrade_known', (timer) => this.#ring(timer, false), { attempts: Number.POSITIVE_INFINITY });
    parts.timers.on('upgrade_over', (timer) => this.#ring(timer, true), { attempts: Number.POSITIVE_INFINITY });
  }

  start(command: StartUpgrade): Result<UpgradeView> {
    return this.#write(command.name, decideStartUpgrade(this.#parts.state(), command));
  }

  steer(command: SteerUpgrade): Result<UpgradeView> {
    const figures = figuresOf(this.#store.find(command.name));
    return this.#write(command.name, decideSteerUpgrade(this.#parts.state(), command, figures));
  }

  view(name: string): Result<UpgradeView> {
    const upgrade = findUpgrade(this.#parts.state(), name);
    if (upgrade !== undefined) return ok(this.#view(upgrade));
    return err({ type: 'resource.not_found', detail: `There is no upgrade of a service "${name}".` });
  }

  views(): readonly UpgradeView[] {
    return Object.values(this.#parts.state().upgrades ?? {})
      .toSorted((a, b) => b.startedAt - a.startedAt)
      .map((upgrade) => this.#view(upgrade));
  }

  report(report: UpgradeReport): { readonly isActive: boolean } {
    const upgrade = this.#active(report.name);
    if (upgrade === undefined || upgrade.id !== report.upgradeId) return { isActive: false };
    if (this.#store.add(report)) this.#review(upgrade, { isKnown: this.#isKnown(upgrade), isTimeOver: false });
    return { isActive: this.#active(report.name)?.id === report.upgradeId };
  }

  /** Events were written, in this transaction: what they mean for upgrades follows. */
  noticed(events: readonly ServiceEvent[]): void {
    for (const event of events) if (!('instance' in event)) this.#follow(event);
    const names = new Set(events.flatMap((event) => ('instance' in event ? [event.name] : [])));
    for (const name of names) {
      const upgrade = this.#active(name);
      if (upgrade !== undefined) this.#review(upgrade, { isKnown: this.#isKnown(upgrade), isTimeOver: false });
    }
  }

  #follow(event: UpgradeEvent): void {
    const { name } = event;
    switch (event.type) {
      case 'service.upgrade_started':
        this.#store.forget(name);
        return this.#setTimers(name);
      case 'service.upgrade_stepped':
        this.#store.turn(name);
        return this.#setTimers(name);
      case 'service.upgrade_resumed':
        return this.#setTimers(name);
      case 'service.upgrade_paused':
        return;
      case 'service.upgrade_ended':
        this.#store.forget(name);
        for (const timer of ['upgrade_known', 'upgrade_over']) this.#parts.timers.cancel(timer, name);
    }
  }

  #setTimers(name: string): void {
    const upgrade = this.#active(name);
    if (upgrade === undefined) return;
    const { id, step, stepSeconds } = upgrade;
    const payload: StepTimer = { id, step };
    const now = this.#parts.now();
    this.#parts.timers.set({ name: 'upgrade_known', key: name, dueAt: now + knownMs, payload });
    const lastsMs = Math.max(knownMs, stepSeconds * 1_000);
    this.#parts.timers.set({ name: 'upgrade_over', key: name, dueAt: now + lastsMs, payload });
  }

  /** The timer's word counts and not the clock's, which may have jumped. */
  async #ring({ key: name, payload }: FiredTimer, isTimeOver: boolean): Promise<void> {
    // SAFETY: only `#setTimers` sets these timers.
    const { id, step } = payload as StepTimer;
    await this.#parts.change(() => {
      const upgrade = this.#active(name);
      if (upgrade?.id === id && upgrade.step === step) this.#review(upgrade, { isKnown: true, isTimeOver });
    });
  }

  #isKnown({ stepStartedAt }: Upgrade): boolean {
    const lasted = this.#parts.now() - stepStartedAt;
    return lasted >= knownMs;
  }

  #review(upgrade: Upgrade, moment: Pick<UpgradeSight, 'isKnown' | 'isTimeOver'>): void {
    const { name } = upgrade;
    const state = this.#parts.state();
    const sight = { ...this.#store.find(name), instances: servicesNamed(state, name), ...moment };
    const advice = adviseUpgrade(upgrade, sight);
    if (advice.looked) this.#store.noteLook(name);
    const events = followAdvice(state, upgrade, advice);
    if (events.length > 0) this.#parts.append(events);
  }

  #write(name: string, events: Result<readonly ServiceEvent[]>): Result<UpgradeView> {
    if (!events.ok) return events;
    this.#parts.append(events.value);
    return this.view(name);
  }

  #active(name: string): Upgrade | undefined {
    const upgrade = findUpgrade(this.#parts.state(), name);
    return upgrade !== undefined && isActive(upgrade) ? upgrade : undefined;
  }

  #view(upgrade: Upgrade): UpgradeView {
    const instances = servicesNamed(this.#parts.state(), upgrade.name);
    const weights = isActive(upgrade) ? upgradeWeights(upgrade, instances) : new Map<string, number>();
    return {
      ...upgrade,
      figures: upgrade.figures ?? figuresOf(this.#store.find(upgrade.name)),
      weights: instances.flatMap((service) => {
        const group = groupOf(upgrade, service);
        const weight = weights.get(service.instance) ?? service.metadata.weight;
        return group === undefined ? [] : [{ instance: service.instance, group, weight }];
      }),
    };
  }
}
