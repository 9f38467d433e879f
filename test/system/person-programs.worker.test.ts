/** What a project keeps of the programs that persons run, over kills and beyond the limits. */
import { beforeAll, describe, expect, it } from 'vitest';
import { longestKeptAnswer, mostKeptPrograms, programKeptMs } from '../../shared/rpc/person-programs.ts';
import { createWorld, inside, valueOf, type World } from './method-cases/world.ts';
import { kill } from './stage.ts';
import { prepareDirectory } from './test-project.ts';

beforeAll(prepareDirectory);

const call = (index: number, content = 'text') => ({
  index,
  tool: 'read_file',
  argumentsHash: `h${index}`,
  answer: { content, isError: false },
});

const open = ({ project }: World, commandId: string, bodyHash = 'body') =>
  project().openProgram({ commandId, bodyHash });

describe('programs of persons', () => {
  it('are known after a kill, with the first answer of each call', async () => {
    const world = await createWorld();
    const { startedAt } = valueOf(await open(world, 'one'));
    await world.project().keepProgramAnswer({ commandId: 'one', ...call(0) });
    await kill();
    expect(valueOf(await open(world, 'one'))).toEqual({ startedAt, calls: [call(0)] });
    expect(valueOf(await world.project().keepProgramAnswer({ commandId: 'one', ...call(0, 'later') }))).toEqual(
      call(0).answer,
    );
    await world.project().keepProgramResult({ commandId: 'one', result: '{"content":"done"}' });
    await kill();
    expect(valueOf(await open(world, 'one'))).toMatchObject({ calls: [call(0)], result: '{"content":"done"}' });
    expect(await open(world, 'one', 'another body')).toMatchObject({ error: { type: 'idempotency.mismatch' } });
  });

  it('are forgotten after a day, and when there are too many', async () => {
    const world = await createWorld();
    valueOf(await open(world, 'old'));
    await world.project().keepProgramAnswer({ commandId: 'old', ...call(0) });
    await inside(world, 'project', ({ storage }) => {
      storage.sql.exec('UPDATE person_program SET started_at = started_at - ?', programKeptMs + 60_000);
    });
    valueOf(await open(world, 'new'));
    const late = await world.project().keepProgramAnswer({ commandId: 'old', ...call(1) });
    expect(late).toMatchObject({ error: { type: 'resource.not_found' } });
    for (let count = 0; count < mostKeptPrograms + 2; count += 1) valueOf(await open(world, `many ${count}`));
    await inside(world, 'project', ({ storage }) => {
      expect(storage.sql.exec('SELECT COUNT(*) AS n FROM person_program').one()['n']).toBe(mostKeptPrograms);
      expect(storage.sql.exec('SELECT COUNT(*) AS n FROM person_program_call').one()['n']).toBe(0);
    });
  });

  it('keep no answer that is too long', async () => {
    const world = await createWorld();
    valueOf(await open(world, 'long'));
    const long = call(0, 'x'.repeat(longestKeptAnswer + 1));
    expect(await world.project().keepProgramAnswer({ commandId: 'long', ...long })).toMatchObject({
      error: { type: 'request.too_large', detail: expect.stringContaining(String(longestKeptAnswer)) },
    });
    expect(valueOf(await open(world, 'long')).calls).toEqual([]);
  });
});
