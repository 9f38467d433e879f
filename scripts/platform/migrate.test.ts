import { describe, expect, it } from 'vitest';
import { readDatabases } from './migrate.ts';

describe('readDatabases', () => {
  it('finds each database with its own folder, and nothing of the tables that follow', () => {
    const toml = `
name = "gateway"
[[d1_databases]]
binding = "DIRECTORY"
database_name = "directory"
migrations_dir = "migrations"

[[d1_databases]]
binding = "OTHER"
database_name = 'other'

[vars]
database_name = "not this one"
`;
    expect(readDatabases(toml, '/repository')).toEqual([
      { name: 'directory', migrationsFolder: '/repository/migrations' },
      { name: 'other', migrationsFolder: '/repository/migrations' },
    ]);
  });

  it('finds none where none is declared', () => {
    expect(readDatabases('name = "sandbox"', '/repository')).toEqual([]);
  });
});
