import type { ComposerRpc } from '../../../shared/rpc/composer.ts';
import { command, query, type Cases } from './cases.ts';
import type { World } from './world.ts';

const person = { actor: 'key_1', owner: 'workspace' };
const manifestOf = (version: string): string =>
  `name: shop\nversion: ${version}\nmembers: { a: { service: api } }\nroutes: [{ path: /, member: a }]`;

const compose = ({ composer }: World, version = '1.0.0') =>
  composer().compose({ commandId: 'compose', ...person, manifest: manifestOf(version), mayAllowOrigins: false });

/** Brought up: what it goes on to do by itself would otherwise come between two looks at it. */
const bringUp = async (world: World): Promise<void> => {
  await compose(world);
  for (;;) {
    const composition = await world.composer().get({ name: 'shop' });
    if (composition.ok && composition.value.status === 'up') return;
    await scheduler.wait(10);
  }
};

const counted = 'composition.operation_started';

export const composerCases: Cases<ComposerRpc> = {
  plan: query(({ composer }) => composer().plan({ ...person, manifest: manifestOf('1.0.0') })),
  compose: command((world) => () => compose(world), { otherBody: (world) => compose(world, '2.0.0'), counted }),
  heal: command(
    ({ composer }) =>
      () =>
        composer().heal({ commandId: 'heal', ...person, name: 'shop' }),
    {
      prepare: bringUp,
      otherBody: ({ composer }) => composer().heal({ commandId: 'heal', ...person, name: 'other' }),
      counted,
    },
  ),
  tearDown: command(
    ({ composer }) =>
      () =>
        composer().tearDown({ commandId: 'down', ...person, name: 'shop' }),
    {
      prepare: bringUp,
      otherBody: ({ composer }) => composer().tearDown({ commandId: 'down', ...person, name: 'other' }),
      counted,
    },
  ),
  get: query(({ composer }) => composer().get({ name: 'shop' })),
  list: query(({ composer }) => composer().list({ limit: 10 })),
  topology: query(({ composer }) => composer().topology({ name: 'shop' })),
  manifest: query(({ composer }) => composer().manifest({ name: 'shop' })),
  events: query(({ composer }) => composer().events({ after: 0, limit: 10 })),
};
