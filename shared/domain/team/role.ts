import type { RoleName } from '../../protocol/stages.ts';

/** A role of the team, as data: a new role is one file and one line in `roles/index.ts`. */
export interface Role {
  readonly name: RoleName;
  readonly title: string;
  /** 1 leads, 2 designs and decides, 3 executes. */
  readonly tier: 1 | 2 | 3;
  readonly capabilities: readonly string[];
  /** Names of the tools the role may use, `*` for every tool its task offers. */
  readonly tools: readonly string[];
  /** How many agents of a new project hold the role. */
  readonly seats: number;
  /** What the role is told about itself, in every run. */
  readonly prompt: string;
}
