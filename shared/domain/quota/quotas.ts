/** The table of quotas: what a workspace may have of each thing at a time, unless somebody says otherwise. */

export interface Quota {
  /** The limit that holds where neither the platform's variable nor the workspace has one. */
  readonly usual: number;
  /** For people: what is counted. */
  readonly counts: string;
  /** For people: how to have less of it. */
  readonly remedy: string;
}

export const quotas = {
  projects: {
    usual: 10_000,
    counts: 'projects that have not ended',
    remedy: 'cancel a project or wait until one ends',
  },
  agents: {
    usual: 100_000,
    counts: 'agents of projects that have not ended, without those at rest',
    remedy: 'make pools smaller, cancel a project or wait until one ends',
  },
  apps: {
    usual: 10_000,
    counts: 'projects with a deployed app',
    remedy: 'use a project that has an app already',
  },
  storedBytes: {
    usual: 1_099_511_627_776,
    counts: 'bytes of projects, their repositories and their agents, as they last reported them',
    remedy: 'nothing new can begin until less is stored',
  },
} as const satisfies Record<string, Quota>;

export type QuotaName = keyof typeof quotas;

export const quotaNames: readonly QuotaName[] = ['projects', 'agents', 'apps', 'storedBytes'];

export const isQuotaName = (text: string): text is QuotaName => Object.hasOwn(quotas, text);

/** By quota; absent: nothing is said about it. */
export type QuotaAmounts = Readonly<Partial<Record<QuotaName, number>>>;

/** The largest limit that can be set: 9 PB, a whole number that JSON holds. */
export const maxQuota = Number.MAX_SAFE_INTEGER;
