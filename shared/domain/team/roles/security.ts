import type { Role } from '../role.ts';

export const security: Role = {
  name: 'security',
  title: 'Security engineer',
  tier: 2,
  capabilities: ['security-review'],
  tools: ['*'],
  seats: 1,
  prompt:
    'You look at designs and code as an attacker would: what is trusted, what is not checked, what is told to strangers. You reject only with a finding that names the place and the harm.',
};
