/**
 * A directory with rows is brought to the present shape, and the rows say what they would if they were written anew. In the
 * SQLite of an object that has no tables of these names, since the tests' own directory is at the present shape.
 */
import { runInDurableObject } from 'cloudflare:test';
import { expect, it } from 'vitest';
import { bindings } from '../testing/harness.ts';

const statuses = ['active', 'paused', 'completed', 'blocked', 'failed', 'cancelled'];

it('agents of projects that had ended are marked when the column comes', async () => {
  const { AGENT, TEST_MIGRATIONS } = bindings;
  const left = await runInDurableObject(AGENT.getByName('a directory'), (_agent, { storage: { sql } }) => {
    const apply = (migrations: typeof TEST_MIGRATIONS): void => {
      for (const query of migrations.flatMap(({ queries }) => queries)) sql.exec(query);
    };
    const column = TEST_MIGRATIONS.findIndex(({ name }) => name.startsWith('0038'));
    apply(TEST_MIGRATIONS.slice(0, column));
    for (const status of statuses) {
      const [project, agent] = [`prj_${status}`, `agt_${status}`];
      sql.exec(
        "INSERT INTO project VALUES (?, 'w', 'n', 'markdown', ?, 's', 0, 'm', NULL, 0, 0, 1, 1, 1)",
        project,
        status,
      );
      sql.exec("INSERT INTO agent VALUES (?, 'w', ?, 'r', 'n', 'idle', NULL, 0, 1)", agent, project);
    }
    apply(TEST_MIGRATIONS.slice(column));
    return sql.exec('SELECT id FROM agent WHERE project_ended = 0 ORDER BY id').toArray();
  });
  expect(left).toEqual([{ id: 'agt_active' }, { id: 'agt_paused' }]);
});
