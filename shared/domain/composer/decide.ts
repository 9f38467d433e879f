/** Whether an operation may begin on a composition, and with which steps. Pure. */
import { err, ok, type AppError, type Result } from '../../errors/result.ts';
import type { CompositionEvent } from '../../protocol/composition-events.ts';
import type { ComposerActor } from '../../rpc/composer.ts';
import { maxCompositions } from './limits.ts';
import type { Manifest } from './manifest.ts';
import { refuseManifest } from './manifest-text.ts';
import { orderByNeeds } from './order.ts';
import type { Manifests } from './placement.ts';
import { planDown, planHeal, planUp, type Plan, type Revision } from './plan.ts';
import { findComposition, type ComposerState, type Composition } from './state.ts';

type Started = Extract<CompositionEvent, { type: 'composition.operation_started' }>;

/** Names of registered services that each composition of the workspace has as members. */
export type Needed = ReadonlyMap<string, readonly string[]>;

const refuse = (type: AppError['type'], detail: string, field?: string): Result<never> =>
  err({ type, detail, ...(field === undefined ? {} : { issues: [{ field, reason: detail }] }) });

export const notThere: Result<never> = refuse(
  'resource.not_found',
  'There is no such composition. List them to see which there are.',
);

/** A project's agents change only what they composed; the workspace's keys change everything. */
const checkOwner = (composition: Composition, { owner }: ComposerActor): Result<null> =>
  owner === 'workspace' || owner === composition.owner
    ? ok(null)
    : refuse('auth.forbidden', `"${composition.name}" was composed by somebody else. Take another name.`, 'name');

const checkIdle = ({ name, operation }: Composition): Result<null> => {
  if (operation === undefined) return ok(null);
  const { kind, done, steps } = operation;
  const detail = `"${name}" is being changed (${kind}, step ${done + 1} of ${steps.length}). Wait until that has ended.`;
  return refuse('state.conflict', detail);
};

export const namesNeededBy = (manifest: Manifest): readonly string[] =>
  manifest.members.flatMap((member) => (member.kind === 'registered' ? [member.service] : []));

/** A circle over several compositions would send a request around until its time is over. */
const checkCircle = (manifest: Manifest, others: Needed): Result<null> => {
  const needed = [...others].filter(([name]) => name !== manifest.name);
  const ordered = orderByNeeds(new Map([[manifest.name, namesNeededBy(manifest)], ...needed]));
  if (ordered.ok || !ordered.cycle.includes(manifest.name)) return ok(null);
  const next = ordered.cycle[ordered.cycle.indexOf(manifest.name) + 1] ?? ordered.cycle[1];
  const member = manifest.members.find((candidate) => candidate.kind === 'registered' && candidate.service === next);
  const reason = `goes in a circle over compositions: ${ordered.cycle.join(' -> ')}`;
  return refuseManifest([{ field: `members.${member?.name ?? ''}.registered`, reason }]);
};

/** What is up of a composition; undefined while nothing is. */
export const revisionUp = (composition: Composition | undefined, manifests: Manifests): Revision | undefined => {
  const manifest = composition === undefined ? undefined : manifests[composition.revision];
  return composition === undefined || manifest === undefined ? undefined : { revision: composition.revision, manifest };
};

/** What `compose` would do, whoever asks. */
export const decidePlan = (
  state: ComposerState,
  manifest: Manifest,
  manifests: Manifests,
  needed: Needed,
): Result<{ readonly plan: Plan; readonly revision: number }> => {
  const known = findComposition(state, manifest.name);
  const circle = checkCircle(manifest, needed);
  if (!circle.ok) return circle;
  if (known === undefined && Object.keys(state.compositions).length >= maxCompositions) {
    const detail = `The workspace has ${maxCompositions} compositions, which is the quota "compositions of a workspace". Take one down first.`;
    return refuse('resource.conflict', detail, 'name');
  }
  const revision = (known?.lastRevision ?? 0) + 1;
  return ok({ plan: planUp(revisionUp(known, manifests), { revision, manifest }), revision });
};

const stepsAnew = (plan: Plan, known: Composition | undefined, manifests: Manifests): Plan['steps'] => {
  const up = revisionUp(known, manifests);
  if (plan.isChange || up === undefined || known === undefined) return plan.steps;
  const all = up.manifest.members.map(({ name }) => name);
  return planHeal(up, all, known.placed);
};

/** The beginning of `compose`; no event when it is up as the manifest says. */
export const decideUp = (
  state: ComposerState,
  command: ComposerActor & {
    readonly operationId: string;
    readonly manifest: Manifest;
    readonly mayAllowOrigins: boolean;
  },
  manifests: Manifests,
  needed: Needed,
): Result<{ readonly plan: Plan; readonly event?: Started & { readonly revision: number } }> => {
  const { manifest, operationId, owner, actor, mayAllowOrigins } = command;
  const known = findComposition(state, manifest.name);
  if (known !== undefined) {
    const allowed = checkOwner(known, command);
    if (!allowed.ok) return allowed;
    const idle = checkIdle(known);
    if (!idle.ok) return idle;
  }
  const planned = decidePlan(state, manifest, manifests, needed);
  if (!planned.ok) return planned;
  const { plan, revision } = planned.value;
  // What could not be brought to its end last time is gone through again.
  if (!plan.isChange && known?.lastOutcome?.outcome !== 'incomplete') return ok({ plan });
  const steps = stepsAnew(plan, known, manifests);
  const type = 'composition.operation_started';
  const base = { name: manifest.name, operationId, kind: 'up', actor, steps, revision, mayAllowOrigins } as const;
  return ok({ plan, event: { type, ...base, owner: known?.owner ?? owner } });
};

/** The beginning of a heal; no event when nothing is to be healed. */
export const decideHeal = (
  state: ComposerState,
  command: ComposerActor & { readonly operationId: string; readonly name: string },
  manifests: Manifests,
  seen: { readonly lost: readonly string[]; readonly isPublished: boolean },
): Result<readonly Started[]> => {
  const { name, operationId, actor } = command;
  const known = findComposition(state, name);
  if (known === undefined) return notThere;
  const allowed = checkOwner(known, command);
  if (!allowed.ok) return allowed;
  const idle = checkIdle(known);
  if (!idle.ok) return idle;
  const up = revisionUp(known, manifests);
  if (up === undefined) return refuse('state.conflict', `"${name}" is not up. Compose it again.`);
  if (seen.lost.length === 0 && seen.isPublished) return ok([]);
  const { owner, mayAllowOrigins } = known;
  const steps = planHeal(up, seen.lost, known.placed);
  return ok([
    { type: 'composition.operation_started', name, operationId, kind: 'heal', owner, actor, steps, mayAllowOrigins },
  ]);
};

/** The beginning of a teardown, which breaks off whatever else runs. */
export const decideDown = (
  state: ComposerState,
  command: ComposerActor & { readonly operationId: string; readonly name: string },
  needed: Needed,
): Result<readonly Started[]> => {
  const { name, operationId, actor } = command;
  const known = findComposition(state, name);
  if (known === undefined) return notThere;
  const allowed = checkOwner(known, command);
  if (!allowed.ok) return allowed;
  if (known.operation?.kind === 'down') return ok([]);
  const users = [...needed].flatMap(([user, names]) => (user !== name && names.includes(name) ? [user] : []));
  if (users.length > 0) {
    return refuse(
      'resource.conflict',
      `"${name}" is a member of ${users.join(', ')}. Take that down first, or change it.`,
    );
  }
  const { owner, mayAllowOrigins } = known;
  const steps = planDown(known.isPublished || known.operation !== undefined);
  return ok([
    { type: 'composition.operation_started', name, operationId, kind: 'down', owner, actor, steps, mayAllowOrigins },
  ]);
};
