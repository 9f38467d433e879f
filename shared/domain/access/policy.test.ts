import { describe, expect, it } from 'vitest';
import { actions, isAllowed, mayGrant, parseRole, roles } from './policy.ts';

describe('policy', () => {
  it('lets each role do everything that the next lower role may', () => {
    roles.forEach((role, index) => {
      const lower = roles[index + 1];
      if (lower === undefined) return;
      for (const action of actions)
        if (isAllowed(lower, action)) expect(isAllowed(role, action), `${role} ${action}`).toBe(true);
    });
  });

  it('keeps workspaces for operators, keys for owners, and changes away from viewers', () => {
    expect(roles.filter((role) => isAllowed(role, 'workspace.create'))).toEqual(['operator']);
    expect(roles.filter((role) => isAllowed(role, 'workspace.cross'))).toEqual(['operator']);
    expect(roles.filter((role) => isAllowed(role, 'key.create'))).toEqual(['operator', 'owner']);
    expect(roles.filter((role) => isAllowed(role, 'project.create'))).toEqual(['operator', 'owner', 'member']);
    const changes = actions.filter((action) => !action.endsWith('.read') && action !== 'ticket.create');
    expect(changes.filter((action) => isAllowed('viewer', action))).toEqual([]);
  });

  it('lists every action for some role', () => {
    expect(actions.filter((action) => !isAllowed('operator', action))).toEqual([]);
  });

  it('lets nobody hand out more than they have', () => {
    expect(mayGrant('owner', 'operator')).toBe(false);
    expect(mayGrant('owner', 'owner')).toBe(true);
    expect(mayGrant('member', 'viewer')).toBe(false);
    expect(mayGrant('operator', 'operator')).toBe(true);
  });

  it('knows no role but its own', () => {
    expect(parseRole('owner')).toBe('owner');
    for (const text of ['', 'admin', 'OWNER', '__proto__', 'constructor']) expect(parseRole(text)).toBeUndefined();
  });
});
