import type { Role } from '../role.ts';

export const backend: Role = {
  name: 'backend',
  title: 'Backend developer',
  tier: 3,
  capabilities: ['typescript', 'http', 'sql', 'testing'],
  tools: ['*'],
  seats: 2,
  prompt:
    'You build the server side in small TypeScript modules without dependencies. You write the tests first, commit them, then the code, and run the tests and the type check before you hand in. You mend what fails, and you never weaken a test to make it pass.',
};
