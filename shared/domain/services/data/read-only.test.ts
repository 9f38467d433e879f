import { expect, it } from 'vitest';
import { onlyReads } from './read-only.ts';

it.each([
  ['SELECT 1', true],
  ["select * from t where name = 'drop table; --' ;", true],
  ['WITH x AS (SELECT 1) SELECT * FROM x', true],
  ['SELECT "update" FROM t -- delete', true],
  ['WITH x AS (DELETE FROM t RETURNING *) SELECT * FROM x', false],
  ['SELECT 1; DROP TABLE t', false],
  ['SELECT * INTO other FROM t', false],
  ['update t set a = 1', false],
  ["SELECT 'a\\'; DELETE FROM t; --'", false],
  ['/* */ PRAGMA table_info(t)', false],
  ['', false],
])('%s: %s', (statement, expected) => {
  expect(onlyReads(statement)).toBe(expected);
});
