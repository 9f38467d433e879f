/** Upgrades as the registry's log tells them: the latest one of each name. */
import type { UpgradeEvent } from '../../../protocol/service-events.ts';
import { isActive, type Upgrade } from './upgrade.ts';

export type Upgrades = Readonly<Record<string, Upgrade>>;

/** Upgrades remembered in a shard; those that ended longest ago go first. */
const maxUpgrades = 256;

const forgetOldest = (upgrades: Upgrades): Upgrades => {
  const ended = Object.values(upgrades).filter((upgrade) => !isActive(upgrade));
  const tooMany = Object.keys(upgrades).length - maxUpgrades;
  if (tooMany <= 0) return upgrades;
  const gone = new Set(
    ended
      .toSorted((a, b) => (a.endedAt ?? 0) - (b.endedAt ?? 0))
      .slice(0, tooMany)
      .map(({ name }) => name),
  );
  return Object.fromEntries(Object.entries(upgrades).filter(([name]) => !gone.has(name)));
};

/** All upgrades after one event. */
export const evolveUpgrades = (upgrades: Upgrades, event: UpgradeEvent, recordedAt: number): Upgrades => {
  if (event.type === 'service.upgrade_started') {
    const { type: _type, ...begun } = event;
    const times = { startedAt: recordedAt, stepStartedAt: recordedAt };
    return forgetOldest({ ...upgrades, [event.name]: { ...begun, status: 'running', step: 0, ...times } });
  }
  const known = Object.hasOwn(upgrades, event.name) ? upgrades[event.name] : undefined;
  if (known === undefined || known.id !== event.id) return upgrades;
  return { ...upgrades, [event.name]: evolveOne(known, event, recordedAt) };
};

const evolveOne = (
  known: Upgrade,
  event: Exclude<UpgradeEvent, { type: 'service.upgrade_started' }>,
  recordedAt: number,
): Upgrade => {
  switch (event.type) {
    case 'service.upgrade_stepped':
      return { ...known, step: event.step, stepStartedAt: recordedAt };
    case 'service.upgrade_paused':
      return { ...known, status: 'paused' };
    case 'service.upgrade_resumed':
      // Its step has its whole time again.
      return { ...known, status: 'running', stepStartedAt: recordedAt };
    case 'service.upgrade_ended':
      return { ...known, status: event.status, end: event.end, figures: event.figures, endedAt: recordedAt };
  }
};
