/** The workflow's stages in order. `monitoring` is where a finished project stays. */
export const stages = [
  'initialize',
  'planning',
  'analysis',
  'design',
  'implementation',
  'testing',
  'validation',
  'deployment',
  'monitoring',
] as const;

export type Stage = (typeof stages)[number];

export type ProjectStatus = 'active' | 'paused' | 'completed' | 'blocked' | 'failed' | 'cancelled';

/** A role is known by its name; roles that plugins add are names too. */
export type RoleName = string;

export const taskKinds = [
  'plan',
  'analyse',
  'design',
  'vote',
  'implement',
  'review',
  'test',
  'judge',
  'deploy',
  'settle',
  'assist',
] as const;

export type TaskKind = (typeof taskKinds)[number];

export type TaskStatus = 'waiting' | 'ready' | 'assigned' | 'in_review' | 'merging' | 'done' | 'failed' | 'cancelled';
