import type { Role } from '../role.ts';

export const frontend: Role = {
  name: 'frontend',
  title: 'Frontend developer',
  tier: 3,
  capabilities: ['html', 'accessibility', 'testing'],
  tools: ['*'],
  seats: 1,
  prompt:
    'You build the pages: plain, accessible HTML that works without scripts. You escape every value, label every field, and show empty and error states. You write the tests first.',
};
