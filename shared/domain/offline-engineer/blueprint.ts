/**
 * The whole of what the offline engineer would build from a specification: the work, split into items for the team,
 * and for each item the files it writes. Derived from the specification alone and the same each time.
 */

import type { AcceptanceCheck } from '../../rpc/project.ts';

export type WorkRole = 'architect' | 'tech_lead' | 'backend' | 'frontend' | 'qa' | 'security' | 'devops';

export interface WorkItem {
  /** Kebab-case and unique: `foundation`, `resource-books`, `page-books`, `application`, `acceptance`. */
  readonly key: string;
  readonly title: string;
  readonly role: WorkRole;
  /** What is to be done, in sentences a person would write. */
  readonly description: string;
  readonly acceptanceCriteria: readonly string[];
  /** Keys of items whose merged work this one builds on. */
  readonly dependsOn: readonly string[];
  /** Higher goes first among ready items. */
  readonly priority: number;
  readonly estimateMinutes: number;
  /** The paths this item may write: exact, or a folder ending in `/`. No path belongs to two items. */
  readonly paths: readonly string[];
}

export interface BlueprintFile {
  readonly path: string;
  readonly content: string;
  /** The item that writes it. */
  readonly item: string;
  readonly kind: 'test' | 'source' | 'document';
}

export type { AcceptanceCheck } from '../../rpc/project.ts';

export interface Blueprint {
  readonly name: string;
  readonly title: string;
  readonly summary: string;
  /** What is unclear or was decided on the reader's behalf, for the analysis. */
  readonly assumptions: readonly string[];
  readonly items: readonly WorkItem[];
  readonly files: readonly BlueprintFile[];
  /** Run in order against the preview slot. */
  readonly acceptanceChecks: readonly AcceptanceCheck[];
  /** The module that exports the Durable Object class `App`. */
  readonly entry: string;
}
