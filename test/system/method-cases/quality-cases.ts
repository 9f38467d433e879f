/** The methods of a project about its quality. */
import { expect } from 'vitest';
import { relatedId } from '../../../shared/domain/ids.ts';
import { defaultGates } from '../../../shared/domain/quality/judge/gate.ts';
import type { ProjectBehaviourRpc } from '../../../shared/rpc/behaviour.ts';
import type { ProjectQualityRpc } from '../../../shared/rpc/quality.ts';
import { command, query, type Cases } from './cases.ts';
import type { World } from './world.ts';

const by = 'person:key_1';
const endsAt = Date.now() + 3_600_000;
const waiver = { commandId: 'w', gate: 'tests', person: by, reason: 'The suite is being moved.', endsAt };
const gates = defaultGates.slice(0, 1);

const bench = { commandId: 'be', kind: 'bench', branch: 'main', pairs: 1 } as const;

const revoke = ({ project, projectId }: World, name: 'wvr' | 'qst') =>
  project().revokeWaiver({ commandId: 'rw', waiverId: relatedId(name, projectId), by });

export const qualityCases: Cases<ProjectQualityRpc & ProjectBehaviourRpc> = {
  startGeneration: command(
    ({ project }) =>
      () =>
        project().startGeneration({ commandId: 'gt', limit: 1, seed: 1 }),
    { otherBody: ({ project }) => project().startGeneration({ commandId: 'gt', limit: 2, seed: 1 }) },
  ),
  generation: query(({ project }) => project().generation()),
  criteria: query(({ project }) => project().criteria({ limit: 10 })),
  verifyCriteria: command(
    ({ project }) =>
      () =>
        project().verifyCriteria({ commandId: 'vc', slot: 'preview' }),
    { otherBody: ({ project }) => project().verifyCriteria({ commandId: 'vc', slot: 'staging' }) },
  ),
  startMeasuring: command(
    ({ project }) =>
      () =>
        project().startMeasuring({ commandId: 'me', kinds: ['documentation'] }),
    {
      otherBody: ({ project }) => project().startMeasuring({ commandId: 'me', kinds: ['api'] }),
      counted: 'project.created',
    },
  ),
  lcov: query(({ project }) => project().lcov()),
  measuring: query(({ project }) => project().measuring()),
  cancelMeasuring: command(
    ({ project }) =>
      () =>
        project().cancelMeasuring({ commandId: 'cm' }),
    { otherBody: ({ project }) => project().setGates({ commandId: 'cm', gates, by }) },
  ),
  startPerformance: command(
    ({ project }) =>
      () =>
        project().startPerformance(bench),
    { otherBody: ({ project }) => project().startPerformance({ ...bench, pairs: 2 }), counted: 'project.created' },
  ),
  performanceRuns: query(({ project }) => project().performanceRuns({ limit: 10 })),
  cancelPerformance: command(
    ({ project }) =>
      () =>
        project().cancelPerformance({ commandId: 'cp' }),
    { otherBody: ({ project }) => project().setGates({ commandId: 'cp', gates, by }) },
  ),
  scanMain: command(
    ({ project }) =>
      () =>
        project().scanMain({ commandId: 'sm' }),
    { otherBody: ({ project }) => project().setGates({ commandId: 'sm', gates, by }) },
  ),
  scans: query(({ project }) => project().scans({ limit: 10 })),
  findings: query(({ project }) => project().findings({ subject: 'main' })),
  sbom: query(({ project }) => project().sbom()),
  quality: query(({ project }) => project().quality()),
  setGates: command(
    ({ project }) =>
      () =>
        project().setGates({ commandId: 'sg', gates, by }),
    {
      otherBody: ({ project }) => project().setGates({ commandId: 'sg', gates: [], by }),
      repeated: () => ({ ok: true, value: expect.objectContaining({ gates }) }),
    },
  ),
  grantWaiver: command(
    ({ project }) =>
      () =>
        project().grantWaiver(waiver),
    { otherBody: ({ project }) => project().grantWaiver({ ...waiver, gate: 'types' }) },
  ),
  revokeWaiver: command((world) => () => revoke(world, 'wvr'), { otherBody: (world) => revoke(world, 'qst') }),
};
