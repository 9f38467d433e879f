/**
 * The parts of a generated application that are the same in each: HTTP, storage, validation, their tests, and the
 * files that make a folder a project. They know nothing of an `AppModel`. The texts are kept as files in `source/`,
 * where they are run and formatted like any code, and embedded by `scripts/embed-sources.mjs`.
 */
import { sources } from './sources.gen.ts';
import type { TemplateFile } from './template-file.ts';

type TemplatePath = keyof typeof sources;

/** One template by its path in the generated repository. */
export const templateFile = (path: TemplatePath): TemplateFile => ({
  path,
  content: sources[path],
  kind: path.startsWith('test/') ? 'test' : 'source',
});

/** All templates whose path starts with one of these. */
export const templatesUnder = (...starts: readonly string[]): readonly TemplateFile[] =>
  // SAFETY: the keys of `sources` are the template paths.
  (Object.keys(sources) as readonly TemplatePath[])
    .filter((path) => starts.some((start) => path.startsWith(start)))
    .map(templateFile);

/** In-memory database, stopped clock and in-process client for tests. */
export const supportTemplates = (): readonly TemplateFile[] => [
  templateFile('test/support/database.ts'),
  templateFile('test/support/clock.ts'),
  templateFile('test/support/client.ts'),
];

/** `src/worker.ts`: the Durable Object class `App`; needs `createApp({ database, clock })` in `src/app.ts`. */
export const workerTemplate = (): TemplateFile => templateFile('src/worker.ts');

export { projectTemplates } from './project.ts';
export type { TemplateFile } from './template-file.ts';
