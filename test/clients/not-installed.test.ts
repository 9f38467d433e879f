import { it } from 'vitest';

it('unmodified clients', (context) => {
  context.skip('the clients are not installed; npm run clients says why');
});
