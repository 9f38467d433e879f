import { array, assert, boolean, constantFrom, oneof, property, record, subarray, type Arbitrary } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AppError } from '../../errors/result.ts';
import type { CompositionEvent, OperationKind } from '../../protocol/composition-events.ts';
import type { CompositionEndpoint } from '../service-registry/composition-endpoint.ts';
import type { Manifest } from './manifest.ts';
import { declarationOf, type Manifests } from './placement.ts';
import { planDown, planHeal, planUp, type Step } from './plan.ts';
import { endpointOf } from './publication.ts';
import { readManifest } from './read-manifest.ts';
import { decideStepFailure, nextMove, placedAfter, type Move } from './saga.ts';
import { emptyComposer, evolveComposer, findComposition, type ComposerState, type Composition } from './state.ts';

const name = 'shop';
const group = 'group';

interface Shape {
  readonly collections: readonly string[];
  readonly hasPages: boolean;
  readonly hasBank: boolean;
  readonly store: 'records' | 'shelves';
  readonly sessionMinutes: 5 | 10;
}

const shapes: Arbitrary<Shape> = record({
  collections: subarray(['a', 'b', 'c'], { minLength: 1 }),
  hasPages: boolean(),
  hasBank: boolean(),
  store: constantFrom('records', 'shelves'),
  sessionMinutes: constantFrom(5, 10),
});

const manifestOf = ({ collections, hasPages, hasBank, store, sessionMinutes }: Shape): Manifest => {
  const query = (collection: string) => ({
    operationId: `list${collection}`,
    method: 'GET',
    path: `/${collection}`,
    action: { do: 'data.query', collection },
  });
  const read = readManifest(
    JSON.stringify({
      name,
      members: {
        orders: {
          service: 'api',
          config: { routes: collections.map(query) },
          uses: { store, ...(hasBank ? { bank: 'bank' } : {}) },
        },
        [store]: { service: 'data', config: { collections: collections.map((collection) => ({ name: collection })) } },
        accounts: { service: 'auth', config: { sessionMinutes } },
        ...(hasPages ? { pages: { service: 'ui' } } : {}),
        ...(hasBank ? { bank: { external: { baseUrl: 'https://bank.example' } } } : {}),
      },
      routes: [
        { path: '/api', member: 'orders' },
        { path: '/auth', member: 'accounts' },
        ...(hasPages ? [{ path: '/', member: 'pages' }] : []),
      ],
    }),
  );
  if (!read.ok) throw new Error(read.error.detail);
  return read.value;
};

/** What an effect meets: done; done and its answer lost; not done; refused for good. */
type Luck = 'done' | 'lost' | 'absent' | 'refused' | 'killed';
type Wish = { readonly kind: 'up'; readonly shape: Shape } | { readonly kind: 'heal' } | { readonly kind: 'down' };

/** The platform around the Composer, and the Composer's own log and manifests. */
class World {
  declaration: Readonly<Record<string, unknown>> | undefined;
  endpoint: CompositionEndpoint | undefined;
  manifests: Manifests = {};
  state: ComposerState = emptyComposer;
  now = 1_000;
  effects = 0;

  get composition(): Composition | undefined {
    return findComposition(this.state, name);
  }

  record(event: CompositionEvent): void {
    this.state = evolveComposer(this.state, event, this.now);
  }

  start(kind: OperationKind, steps: readonly Step[], revision?: number): void {
    const base = { name, operationId: `op${this.now}`, kind, owner: 'workspace', actor: 'a', mayAllowOrigins: true };
    this.record({
      type: 'composition.operation_started',
      ...base,
      steps,
      ...(revision === undefined ? {} : { revision }),
    });
  }

  /** Does what the object does for a move, in this world. */
  effect(composition: Composition, move: Extract<Move, { type: 'do' | 'undo' }>): void {
    this.effects += 1;
    const { step } = move;
    const placed = placedAfter(composition, move);
    if (placed !== undefined) {
      this.declaration = Object.keys(placed).length === 0 ? undefined : declarationOf(placed, this.manifests);
    }
    if (step.type === 'erase') this.declaration = undefined;
    if (step.type === 'withdraw') this.endpoint = undefined;
    if (step.type === 'publish') {
      const manifest = this.manifests[move.type === 'do' ? step.revision : step.before];
      this.endpoint = manifest === undefined ? undefined : endpointOf(manifest, group);
    }
  }

  /** Whoever is sent to a member by the routes is served, with everything that the member asks for. */
  expectServed(): void {
    const { declaration = {} } = this;
    for (const { target } of this.endpoint?.routes ?? []) {
      if (target.kind === 'service') expect(Object.keys(declaration)).toContain(target.service);
    }
    if (this.endpoint === undefined) return;
    const text = JSON.stringify(declaration['api']);
    const asked = [...text.matchAll(/"collection":"(\w)"/g)].map(([, collection]) => collection);
    const there = [...JSON.stringify(declaration['data']).matchAll(/"name":"(\w)"/g)].map(
      ([, collection]) => collection,
    );
    expect(there).toEqual(expect.arrayContaining(asked));
  }
}

const errors: Readonly<Record<'lost' | 'absent' | 'refused', AppError>> = {
  lost: { type: 'service.timeout', detail: 'No answer.' },
  absent: { type: 'service.unavailable', detail: 'Not there.' },
  refused: { type: 'request.invalid', detail: 'Refused.' },
};

/** Runs the operation to its end; what comes after the given luck succeeds. */
const run = (world: World, luck: readonly Luck[]): void => {
  const rest = [...luck];
  for (let turn = 0; turn < 500; turn += 1) {
    const composition = world.composition;
    const operation = composition?.operation;
    if (composition === undefined || operation === undefined) return;
    const move = nextMove(operation, world.now);
    const event = { name, operationId: operation.id };
    if (move.type === 'wait') world.now = move.until;
    else if (move.type === 'end')
      world.record({ type: 'composition.operation_ended', ...event, outcome: move.outcome });
    else if (move.type === 'skip') world.record({ type: 'composition.step_undone', ...event, step: move.index });
    else {
      const met = rest.shift() ?? 'done';
      if (met === 'done' || met === 'lost' || met === 'killed') world.effect(composition, move);
      world.expectServed();
      if (met === 'killed') continue;
      if (met === 'done') {
        const type = move.type === 'do' ? 'composition.step_done' : 'composition.step_undone';
        world.record({ type, ...event, step: move.index });
      } else world.record(decideStepFailure({ name, operation }, move, errors[met]));
    }
  }
  throw new Error('The operation does not end.');
};

const ask = (world: World, wish: Wish): void => {
  const { composition } = world;
  const up = composition === undefined ? undefined : world.manifests[composition.revision];
  const from =
    up === undefined || composition === undefined ? undefined : { revision: composition.revision, manifest: up };
  if (wish.kind === 'down') world.start('down', planDown(composition?.isPublished === true));
  else if (wish.kind === 'heal') {
    if (from !== undefined)
      world.start('heal', planHeal(from, ['orders', 'records', 'shelves'], composition?.placed ?? {}));
  } else {
    const revision = (composition?.lastRevision ?? 0) + 1;
    const plan = planUp(from, { revision, manifest: manifestOf(wish.shape) });
    if (!plan.isChange) return;
    world.manifests = { ...world.manifests, [revision]: manifestOf(wish.shape) };
    world.start('up', plan.steps, revision);
  }
};

const wishes: Arbitrary<Wish> = oneof(
  { weight: 4, arbitrary: record({ kind: constantFrom('up' as const), shape: shapes }) },
  record({ kind: constantFrom('heal' as const) }),
  record({ kind: constantFrom('down' as const) }),
);
const lucks = array(constantFrom<Luck>('done', 'done', 'lost', 'absent', 'refused', 'killed'), { maxLength: 20 });

describe('operations on a composition', () => {
  it('end as asked, or as if nothing had been asked, and serve everybody in between', () => {
    assert(
      property(array(record({ wish: wishes, luck: lucks }), { maxLength: 6 }), (story) => {
        const world = new World();
        for (const { wish, luck } of story) {
          const { declaration, endpoint } = world;
          const wasWhole = world.composition?.lastOutcome?.outcome !== 'incomplete';
          ask(world, wish);
          run(world, luck);
          const { composition } = world;
          const manifest = world.manifests[composition?.revision ?? 0];
          const outcome = composition?.lastOutcome?.outcome;
          if (composition === undefined) expect([world.declaration, world.endpoint]).toEqual([undefined, undefined]);
          else if (outcome === 'done' && manifest !== undefined && wish.kind === 'up') {
            expect(world.endpoint).toEqual(endpointOf(manifest, group));
            expect(world.declaration).toEqual(declarationOf(composition.placed, world.manifests));
            expect(JSON.stringify(composition.placed)).not.toContain('leaving');
          } else if (outcome === 'undone' && wasWhole) {
            expect(world.endpoint).toEqual(endpoint);
            expect(world.declaration).toEqual(declaration);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('leave nothing after down, whatever happened before', () => {
    assert(
      property(array(record({ wish: wishes, luck: lucks }), { maxLength: 5 }), (story) => {
        const world = new World();
        for (const { wish, luck } of story) {
          ask(world, wish);
          run(world, luck);
        }
        ask(world, { kind: 'down' });
        run(world, []);
        expect([world.declaration, world.endpoint, world.composition]).toEqual([undefined, undefined, undefined]);
      }),
    );
  });

  const shape: Shape = { collections: ['a', 'b'], hasPages: true, hasBank: true, store: 'records', sessionMinutes: 5 };

  it('undo a part that fails in reverse order, and say which part and why', () => {
    const world = new World();
    ask(world, { kind: 'up', shape });
    run(world, ['done', 'done', 'refused']);
    expect(world.composition).toMatchObject({
      revision: 0,
      isPublished: false,
      placed: {},
      lastOutcome: { kind: 'up', outcome: 'undone' },
      lastFailure: { member: 'orders', reason: 'Refused.' },
    });
    expect(world.declaration).toBeUndefined();
  });

  it('keep what the old routes ask for until nobody is sent by them', () => {
    const world = new World();
    ask(world, { kind: 'up', shape });
    run(world, []);
    ask(world, { kind: 'up', shape: { ...shape, collections: ['b', 'c'] } });
    const steps = world.composition?.operation?.steps.map((step) =>
      'member' in step ? `${step.type} ${step.member}` : step.type,
    );
    expect(steps).toEqual(['place records', 'place orders', 'publish', 'drain', 'place records']);
  });

  it('do nothing for a manifest that is up already', () => {
    const world = new World();
    ask(world, { kind: 'up', shape });
    run(world, []);
    const { effects } = world;
    ask(world, { kind: 'up', shape });
    run(world, []);
    expect(world.effects).toBe(effects);
  });
});
