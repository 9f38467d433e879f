/** All roles, in the order in which a team is formed. */
import { architect } from './architect.ts';
import { backend } from './backend.ts';
import { devops } from './devops.ts';
import { frontend } from './frontend.ts';
import { judge } from './judge.ts';
import { projectManager } from './project-manager.ts';
import { qa } from './qa.ts';
import { reviewer } from './reviewer.ts';
import { security } from './security.ts';
import { techLead } from './tech-lead.ts';
import type { Role } from '../role.ts';

export const roles: readonly Role[] = [
  projectManager,
  architect,
  techLead,
  backend,
  frontend,
  reviewer,
  qa,
  security,
  devops,
  judge,
];

/** The role of this name. */
export const findRole = (name: string): Role | undefined => roles.find((role) => role.name === name);
