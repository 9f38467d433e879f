/** What a registry does with commands about upgrades, and with what is advised: the events that follow. Pure. */
import { err, ok, type AppError, type Result } from '../../../errors/result.ts';
import type { ServiceEvent } from '../../../protocol/service-events.ts';
import type { StartUpgrade, SteerUpgrade } from '../../../rpc/service-upgrades.ts';
import { findUpgrade, servicesNamed, type RegistryState } from '../state.ts';
import type { UpgradeAdvice, UpgradeFigures } from './advise.ts';
import { finalWeights, groupOf, isActive, type Upgrade, type UpgradeEnd } from './upgrade.ts';

const maxSteps = 20;
export const maxStepRequests = 100_000;
export const maxStepSeconds = 86_400;
/** What a step takes that nothing else is asked of. */
export const usualSteps: readonly number[] = [5, 25, 50, 100];
export const usualStepRequests = 100;
export const usualStepSeconds = 300;
export const usualSlowdown = 1.5;

const refuse = (type: AppError['type'], detail: string, field?: string, reason?: string): Result<never> =>
  err({ type, detail, ...(field === undefined || reason === undefined ? {} : { issues: [{ field, reason }] }) });

const invalid = (field: string, reason: string): Result<never> =>
  refuse('request.invalid', `${field}: ${reason}.`, field, reason);

const isWithin = (value: number, from: number, to: number): boolean => value >= from && value <= to;

const checkPlan = ({ steps, stepRequests, stepSeconds, maxSlowdown }: StartUpgrade): Result<null> => {
  const isRising = steps.every((percent, at) => percent > (steps[at - 1] ?? 0) && percent <= 100);
  if (steps.length === 0 || steps.length > maxSteps || !isRising || steps.at(-1) !== 100) {
    return invalid('steps', `must be 1 to ${maxSteps} rising per cents above 0, the last of them 100`);
  }
  if (!Number.isInteger(stepRequests) || !isWithin(stepRequests, 1, maxStepRequests)) {
    return invalid('stepRequests', `must be a whole number from 1 to ${maxStepRequests}`);
  }
  if (!isWithin(stepSeconds, 1, maxStepSeconds)) return invalid('stepSeconds', `must be from 1 to ${maxStepSeconds}`);
  return isWithin(maxSlowdown, 1.25, 100) ? ok(null) : invalid('maxSlowdown', 'must be from 1.25 to 100');
};

const words = (versions: readonly string[]): string => versions.slice(0, 20).join(', ');

/** Begins at the first step. Refused while another upgrade of the name goes on. */
export const decideStartUpgrade = (state: RegistryState, command: StartUpgrade): Result<readonly ServiceEvent[]> => {
  const { commandId: id, name, to, steps, stepRequests, stepSeconds, maxSlowdown, by } = command;
  const plan = checkPlan(command);
  if (!plan.ok) return plan;
  const instances = servicesNamed(state, name);
  if (instances.length === 0) return refuse('resource.not_found', 'There is no such service.');
  const running = findUpgrade(state, name);
  if (running !== undefined && isActive(running)) {
    const reason = `is being upgraded to ${running.to} already; wait for its end, or abort it`;
    return refuse('resource.conflict', `"${name}" ${reason}.`, 'name', reason);
  }
  const versions = [...new Set(instances.map(({ metadata }) => metadata.version))];
  const news = instances.filter((instance) => groupOf({ to }, instance) === 'new');
  if (news.length === 0)
    return invalid('to', `no instance of "${name}" has this version; there are: ${words(versions)}`);
  const old = instances.filter((instance) => groupOf({ to }, instance) === 'old');
  if (old.length === 0) {
    const reason = 'no instance of another version gets requests, so there is nothing to upgrade from';
    return refuse('resource.conflict', `"${name}": ${reason}.`, 'to', reason);
  }
  const failing = news.find(({ health }) => health === 'failing');
  if (failing !== undefined) {
    const reason = `"${name}/${failing.instance}" says that it is failing; repair it first`;
    return refuse('resource.conflict', `${reason}.`, 'to', reason);
  }
  const total = [...old, ...news].reduce((sum, { metadata }) => sum + metadata.weight, 0);
  const from = [...new Set(old.map(({ metadata }) => metadata.version))];
  const limits = { to, steps, stepRequests, stepSeconds, maxSlowdown };
  return ok([{ type: 'service.upgrade_started', name, id, from, total, by, ...limits }]);
};

/** The upgrade has ended; what its instances are registered with becomes what they have. */
const endEvents = (
  state: RegistryState,
  upgrade: Upgrade,
  {
    status,
    end,
    figures,
    by,
  }: {
    readonly status: 'completed' | 'stopped' | 'aborted';
    readonly end: UpgradeEnd;
    readonly figures: UpgradeFigures;
    readonly by?: string;
  },
): readonly ServiceEvent[] => {
  const { name, id } = upgrade;
  const instances = servicesNamed(state, name);
  const weights = finalWeights({ ...upgrade, status }, instances);
  return [
    { type: 'service.upgrade_ended', name, id, status, end, figures, ...(by === undefined ? {} : { by }) },
    ...instances.flatMap(({ instance, metadata, endpoints }): readonly ServiceEvent[] => {
      const weight = weights.get(instance);
      if (weight === undefined || weight === metadata.weight) return [];
      return [{ type: 'service.updated', name, instance, metadata: { ...metadata, weight }, endpoints }];
    }),
  ];
};

/** Pauses, resumes or aborts. What is so already is left as it is. */
export const decideSteerUpgrade = (
  state: RegistryState,
  { name, action, by }: SteerUpgrade,
  figures: UpgradeFigures,
): Result<readonly ServiceEvent[]> => {
  const upgrade = findUpgrade(state, name);
  if (upgrade === undefined) return refuse('resource.not_found', `There is no upgrade of a service "${name}".`);
  const { id, status } = upgrade;
  if (!isActive(upgrade)) {
    if (action === 'abort' && status === 'aborted') return ok([]);
    return refuse('resource.conflict', `The upgrade of "${name}" to ${upgrade.to} is ${status} already.`);
  }
  switch (action) {
    case 'pause':
      return ok(status === 'paused' ? [] : [{ type: 'service.upgrade_paused', name, id, by }]);
    case 'resume':
      return ok(status === 'running' ? [] : [{ type: 'service.upgrade_resumed', name, id, by }]);
    case 'abort':
      return ok(endEvents(state, upgrade, { status: 'aborted', end: 'asked', figures, by }));
  }
};

/** The events of what was advised. */
export const followAdvice = (
  state: RegistryState,
  upgrade: Upgrade,
  advice: UpgradeAdvice,
): readonly ServiceEvent[] => {
  const { name, id } = upgrade;
  switch (advice.type) {
    case 'wait':
      return [];
    case 'advance': {
      const step = upgrade.step + 1;
      const percent = upgrade.steps[step] ?? 100;
      return [{ type: 'service.upgrade_stepped', name, id, step, percent, figures: advice.figures }];
    }
    case 'end':
      return endEvents(state, upgrade, advice);
  }
};
