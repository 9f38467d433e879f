import { expect } from 'vitest';
import { noApiCalls } from '../../../shared/domain/budget/api-calls.ts';
import { noAmounts } from '../../../shared/domain/budget/amounts.ts';
import type { WorkspaceRpc } from '../../../shared/rpc/workspace-access.ts';
import { command, query, type Cases } from './cases.ts';
import { firstGrant, key, newId, type World } from './world.ts';

const keyId = newId('key');
const ticket = { keyId, bootstrap: true, expiresAt: Date.now() + 3_600_000 };
const registration = ({ projectId }: World) => ({ commandId: 'register', projectId, name: 'Notes', createdAt: 5 });
const firstKey = key('first');
const callReport = {
  holderId: 'isolate-a',
  batch: 1,
  revision: 1,
  used: noAmounts,
  hold: noAmounts,
  credentialUses: [],
};
const vaultKey = { masterKeyId: 'm', sealed: 's' };
const credential = { provider: 'openai', name: 'main', fingerprint: 'f', sealed: 's', under: vaultKey, actor: keyId };
const callRow = { day: '2026-11-26', keyId: 'key', model: 'openai/a' };

const alarmId = newId('alm');
const rated = { model: 'openai/a', role: 'backend', taskKind: 'implement' };
const rating = ({ projectId }: World) => ({
  subject: { type: 'work' as const, projectId, scopes: [rated] },
  by: 'person:a',
});

export const workspaceCases: Cases<WorkspaceRpc> = {
  create: command(
    ({ workspace, workspaceId }) => {
      return () => workspace().create({ commandId: 'again', workspaceId, name: 'Tests', firstKey });
    },
    {
      otherBody: ({ workspace, workspaceId }) =>
        workspace().create({ commandId: 'again', workspaceId, name: 'Others', firstKey }),
    },
  ),
  createKey: command(
    ({ workspace }) =>
      () =>
        workspace().createKey({ commandId: 'key', ...key('ci') }),
    {
      otherBody: ({ workspace }) => workspace().createKey({ commandId: 'key', ...key('other') }),
    },
  ),
  revokeKey: command(
    ({ workspace }) =>
      () =>
        workspace().revokeKey({ commandId: 'revoke', keyId }),
    {
      prepare: ({ workspace }) => workspace().createKey({ commandId: 'made', ...key('old'), keyId }),
      otherBody: ({ workspace }) => workspace().revokeKey({ commandId: 'revoke', keyId: newId('key') }),
    },
  ),
  registerProject: command((world) => () => world.workspace().registerProject(registration(world)), {
    otherBody: (world) => world.workspace().registerProject({ ...registration(world), name: 'Other' }),
  }),
  reserveProject: command(
    ({ workspace, projectId }) => {
      return () => workspace().reserveProject({ commandId: 'reserve', projectId });
    },
    {
      // A repeat proposes another id by its nature, and meets the first one.
      otherBody: ({ workspace }) => workspace().reserveProject({ commandId: 'reserve', projectId: newId('prj') }),
      otherAnswer: (first) => first,
    },
  ),
  reserveWorkspace: command(
    ({ workspace }) => {
      const workspaceId = newId('wsp');
      return () => workspace().reserveWorkspace({ commandId: 'reserve-2', workspaceId });
    },
    {
      otherBody: ({ workspace }) => workspace().reserveWorkspace({ commandId: 'reserve-2', workspaceId: newId('wsp') }),
      otherAnswer: (first) => first,
    },
  ),
  redeemTicket: command(
    ({ workspace }) =>
      () =>
        workspace().redeemTicket({ ticketId: 'tck', ...ticket }),
    {
      // A ticket opens once: that is what it is for.
      repeated: () => ({ ok: false, error: { type: 'auth.invalid', detail: 'The ticket cannot be used any more.' } }),
    },
  ),
  rebuildDirectory: command(
    ({ workspace }) =>
      () =>
        workspace().rebuildDirectory({ commandId: 'rebuild' }),
  ),
  setBudget: command(
    ({ workspace }) =>
      () =>
        workspace().setBudget({ commandId: 'b', limits: { maxTokens: 1_000_000 } }),
    {
      otherBody: ({ workspace }) => workspace().setBudget({ commandId: 'b', limits: { maxTokens: 5 } }),
      // The figures of use move on by themselves; what was set is what counts.
      repeated: () => ({ ok: true, value: expect.objectContaining({ limits: { maxTokens: 1_000_000 } }) }),
    },
  ),
  holdQuota: command(
    ({ workspace, projectId }) =>
      () =>
        workspace().holdQuota({ projectId, revision: 1, amounts: { projects: 1, agents: 3 }, mode: 'all' }),
  ),
  quotas: query(({ workspace }) => workspace().quotas()),
  setQuotas: command(
    ({ workspace }) =>
      () =>
        workspace().setQuotas({ commandId: 'q', limits: { agents: 5 }, by: 'person:key_1' }),
    { otherBody: ({ workspace }) => workspace().setQuotas({ commandId: 'q', limits: {}, by: 'person:key_1' }) },
  ),
  extendGrant: command(
    ({ workspace, projectId }) =>
      () =>
        workspace().extendGrant({ projectId, ...firstGrant }),
  ),
  reportUsage: command(
    ({ workspace, projectId }) =>
      () =>
        workspace().reportUsage({ projectId, revision: 1, used: noAmounts, hold: noAmounts }),
  ),
  extendCallGrant: command(
    ({ workspace }) =>
      () =>
        workspace().extendCallGrant({ holderId: 'isolate-a', ...firstGrant }),
  ),
  reportCalls: command(
    ({ workspace }) =>
      () =>
        workspace().reportCalls({ ...callReport, rows: [{ ...noApiCalls, ...callRow, requests: 1 }] }),
    // The batch was taken already: other rows of it add nothing.
    {
      otherBody: ({ workspace }) =>
        workspace().reportCalls({ ...callReport, rows: [{ ...noApiCalls, ...callRow, requests: 5 }] }),
      otherAnswer: (first) => first,
    },
  ),
  acknowledgeAlarm: command(
    ({ workspace }) =>
      () =>
        workspace().acknowledgeAlarm({ commandId: 'ack', alarmId, by: 'person:a', accept: false }),
  ),
  giveFeedback: command(
    (world) => () => world.workspace().giveFeedback({ commandId: 'rate', ...rating(world), rating: 1 }),
    { otherBody: (world) => world.workspace().giveFeedback({ commandId: 'rate', ...rating(world), rating: 0 }) },
  ),
  modelQuality: query(({ workspace }) => workspace().modelQuality({ since: 0, after: '', limit: 10 })),
  modelQualityOf: query(({ workspace }) => workspace().modelQualityOf({ since: 0, model: 'openai/a' })),
  qualityAlarms: query(({ workspace }) => workspace().qualityAlarms({ status: 'all', limit: 10 })),
  feedback: query(({ workspace }) => workspace().feedback({ limit: 10 })),
  vault: query(({ workspace }) => workspace().vault()),
  keepVaultKey: command(
    ({ workspace }) =>
      () =>
        workspace().keepVaultKey({ key: vaultKey }),
    {
      // Somebody was faster: what is kept is answered.
      otherBody: ({ workspace }) => workspace().keepVaultKey({ key: { ...vaultKey, sealed: 'other' } }),
      otherAnswer: (first) => first,
    },
  ),
  putCredential: command(
    ({ workspace }) =>
      () =>
        workspace().putCredential({ commandId: 'put', ...credential }),
    {
      prepare: ({ workspace }) => workspace().keepVaultKey({ key: vaultKey }),
      otherBody: ({ workspace }) => workspace().putCredential({ commandId: 'put', ...credential, fingerprint: 'g' }),
    },
  ),
  removeCredential: command(
    ({ workspace }) =>
      () =>
        workspace().removeCredential({ commandId: 'remove', provider: 'openai', name: 'main', actor: keyId }),
    {
      prepare: async ({ workspace }) => {
        await workspace().keepVaultKey({ key: vaultKey });
        await workspace().putCredential({ commandId: 'put-2', ...credential });
      },
      otherBody: ({ workspace }) =>
        workspace().removeCredential({ commandId: 'remove', provider: 'openai', name: 'other', actor: keyId }),
    },
  ),
  noteCredentialUses: command(
    ({ workspace }) =>
      () =>
        workspace().noteCredentialUses({ uses: [] }),
  ),
  listCredentials: query(({ workspace }) => workspace().listCredentials()),
  credentialEvents: query(({ workspace }) => workspace().credentialEvents({ after: 0, limit: 10 })),
  apiUsage: query(({ workspace }) => workspace().apiUsage({ from: '2026-11-01', to: '2026-11-30' })),
  budget: query(({ workspace }) => workspace().budget()),
  get: query(({ workspace }) => workspace().get()),
  listKeys: query(({ workspace }) => workspace().listKeys()),
  hasProject: query(({ workspace, projectId }) => workspace().hasProject({ projectId })),
};
