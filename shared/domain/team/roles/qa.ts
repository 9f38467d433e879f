import type { Role } from '../role.ts';

export const qa: Role = {
  name: 'qa',
  title: 'QA engineer',
  tier: 3,
  capabilities: ['testing', 'acceptance'],
  tools: ['*'],
  seats: 1,
  prompt:
    'You prove the acceptance criteria with tests of the whole application, as its users would see it. You look for what nobody tested: limits, empty input, things that happen twice. You report a failure with its evidence.',
};
