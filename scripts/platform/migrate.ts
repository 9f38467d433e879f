/**
 * Brings the local D1 database up to the migrations of the repository. Asking wrangler takes seconds, so the hash of
 * what was applied stands in the state folder and an unchanged set of migrations is not applied again.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

export interface MigrationPlan {
  readonly wranglerProgram: string;
  readonly config: string;
  readonly persistTo: string;
  readonly recordPath: string;
  readonly environment: Readonly<Record<string, string>>;
}

interface Database {
  readonly name: string;
  readonly migrationsFolder: string;
}

/** The databases that a wrangler.toml declares at its top level, in its order. */
export const readDatabases = (toml: string, configFolder: string): readonly Database[] =>
  toml
    .split(/^\s*\[\[d1_databases\]\]\s*$/m)
    .slice(1)
    .flatMap((section) => {
      const table = section.split(/^\s*\[/m)[0] ?? '';
      const name = /^\s*database_name\s*=\s*["']([^"']+)["']/m.exec(table)?.[1];
      const folder = /^\s*migrations_dir\s*=\s*["']([^"']+)["']/m.exec(table)?.[1] ?? 'migrations';
      return name === undefined ? [] : [{ name, migrationsFolder: resolve(configFolder, folder) }];
    });

const fingerprint = (databases: readonly Database[]): string => {
  const hash = createHash('sha256');
  for (const database of databases) {
    hash.update(`${database.name}\n`);
    const files = existsSync(database.migrationsFolder) ? readdirSync(database.migrationsFolder) : [];
    for (const file of files.filter((name) => name.endsWith('.sql')).sort()) {
      hash.update(`${file}\n`).update(readFileSync(join(database.migrationsFolder, file)));
    }
  }
  return hash.digest('hex');
};

const migrateArguments = (plan: MigrationPlan, database: Database): readonly string[] => {
  const command = ['d1', 'migrations', 'apply', database.name, '--local'];
  const place = ['--config', plan.config, '--persist-to', plan.persistTo];
  return ['--no-warnings', plan.wranglerProgram, ...command, ...place];
};

const apply = (plan: MigrationPlan, database: Database): Promise<void> =>
  new Promise((resolveDone, reject) => {
    execFile(
      process.execPath,
      migrateArguments(plan, database),
      { env: { ...process.env, ...plan.environment, CI: 'true' }, maxBuffer: 16 * 1024 * 1024 },
      (error, stdout, stderr) => {
        if (error === null) resolveDone();
        else reject(new Error(`the migrations of ${database.name} could not be applied:\n${stdout}${stderr}`.trim()));
      },
    );
  });

/** Applies what is new; answers whether anything had to be applied. */
export const applyMigrations = async (plan: MigrationPlan): Promise<boolean> => {
  const databases = readDatabases(readFileSync(plan.config, 'utf8'), dirname(plan.config)).filter((database) =>
    existsSync(database.migrationsFolder),
  );
  const wanted = fingerprint(databases);
  const applied = existsSync(plan.recordPath) ? readFileSync(plan.recordPath, 'utf8').trim() : '';
  if (databases.length === 0 || applied === wanted) return false;
  for (const database of databases) await apply(plan, database);
  writeFileSync(plan.recordPath, `${wanted}\n`);
  return true;
};
