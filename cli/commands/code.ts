/** `aidevos code`: what is known of a project's code. */
import type { Command } from 'commander';
import { answerOf } from '../api/client.ts';
import { createContext } from '../context.ts';
import { CommandFailure, usageFailure } from '../exit-codes.ts';
import { answer, table } from '../output/print.ts';
import { clean } from '../../shared/domain/progress/style.ts';
import { languageServerHelp, serveLanguage } from './language-server.ts';

interface RefOptions {
  readonly ref: string;
}

interface ListOptions extends RefOptions {
  readonly limit?: string;
  readonly after?: string;
}

const mostTries = 30;

/** A large project is read over several requests; each goes on where the one before ended, and says how far it came. */
const patiently = async <Value>(ask: () => Promise<Value>): Promise<Value> => {
  for (let tries = 1; ; tries += 1) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof CommandFailure) || error.code !== 'service.timeout' || tries >= mostTries) throw error;
      console.error(error.message);
    }
  }
};

/** The routes below `code` of one project, with the query that all of them have. */
const open = async (projectId: string, command: Command) => {
  const { client, json } = await createContext(command);
  return { code: client.api.projects[':projectId'].code, param: { projectId }, json };
};

const pageQuery = ({ ref, limit, after }: ListOptions) => ({
  ref,
  ...(limit === undefined ? {} : { limit }),
  ...(after === undefined ? {} : { after }),
});

const more = (next: string | undefined): string => (next === undefined ? '' : `\n[more: --after ${clean(next)}]`);
const orNone = (text: string, none: string): string => (text === '' ? none : text);

const outline = async (
  projectId: string,
  path: string | undefined,
  options: ListOptions,
  command: Command,
): Promise<void> => {
  const { code, param, json } = await open(projectId, command);
  const query = { ...pageQuery(options), ...(path === undefined ? {} : { path }) };
  const document = await patiently(() => answerOf(code.outline.$get({ param, query })));
  answer(json, document, ({ files, next }) => {
    const lines = files.flatMap((file) => [
      `${file.path}  ${file.language}${file.note === undefined ? '' : `  (${file.note})`}`,
      ...file.symbols.map(({ name, kind, container, nameAt, exported }) => {
        const indent = '  '.repeat(1 + (container?.split('.').length ?? 0));
        return `${indent}${exported ? '' : '- '}${kind} ${name}  :${nameAt.line}`;
      }),
    ]);
    return orNone(lines.map(clean).join('\n'), 'No source code there.') + more(next);
  });
};

const symbols = async (projectId: string, text: string, options: ListOptions, command: Command): Promise<void> => {
  const { code, param, json } = await open(projectId, command);
  const query = {
    ...pageQuery({ ref: options.ref, ...(options.limit === undefined ? {} : { limit: options.limit }) }),
    text,
  };
  const document = await patiently(() => answerOf(code.symbols.$get({ param, query })));
  answer(json, document, (found) =>
    found.symbols.length === 0
      ? 'Nothing has such a name.'
      : table(
          ['KIND', 'NAME', 'PLACE'],
          found.symbols.map(({ kind, name, container, path, nameAt }) => [
            kind,
            container === undefined ? name : `${container}.${name}`,
            `${path}:${nameAt.line}:${nameAt.column}`,
          ]),
        ),
  );
};

/** `total` or `src/cart.ts:3:17`. */
const targetOf = (text: string) => {
  const [, path, line, column] = /^(.+):(\d+):(\d+)$/.exec(text) ?? [];
  return path === undefined || line === undefined || column === undefined ? { name: text } : { path, line, column };
};

const references = async (projectId: string, target: string, { ref }: RefOptions, command: Command): Promise<void> => {
  const { code, param, json } = await open(projectId, command);
  const query = { ref, ...targetOf(target) };
  const document = await patiently(() => answerOf(code.references.$get({ param, query })));
  answer(json, document, (found) => {
    const rows = [
      ...found.definitions.map((at) => ['declared', at] as const),
      ...found.references.map((at) => ['used', at] as const),
    ];
    const note =
      found.partial ?? (found.resolution === 'names' ? 'By name alone: two of one name are not told apart.' : '');
    const lines = rows.map(([what, { path, span }]) => [what, `${path}:${span.start.line}:${span.start.column}`]);
    return `${table([found.name, 'PLACE'], lines)}${note === '' ? '' : `\n${note}`}`;
  });
};

const graph = async (
  projectId: string,
  { calls, path, ...options }: ListOptions & { readonly calls?: boolean; readonly path?: string },
  command: Command,
): Promise<void> => {
  const { code, param, json } = await open(projectId, command);
  const page = pageQuery(options);
  if (calls === true) {
    const query = { ...page, ...(path === undefined ? {} : { path }) };
    const document = await patiently(() => answerOf(code.calls.$get({ param, query })));
    answer(json, document, ({ edges, next }) => {
      const lines = edges.map(({ from, to }) => `${from.path} ${from.function} -> ${to.path} ${to.name}`);
      return orNone(lines.map(clean).join('\n'), 'No call inside the project.') + more(next);
    });
    return;
  }
  const document = await patiently(() => answerOf(code.imports.$get({ param, query: page })));
  answer(json, document, ({ files, missing, next }) => {
    const lines = files.flatMap(({ path: from, imports }) => imports.map((to) => `${from} -> ${to}`));
    const lost = missing.map(({ from, specifier, line }) => `${from}:${line} imports ${specifier}, which is not there`);
    return orNone([...lines, ...lost].map(clean).join('\n'), 'No file imports another.') + more(next);
  });
};

const cycles = async (projectId: string, { ref }: RefOptions, command: Command): Promise<void> => {
  const { code, param, json } = await open(projectId, command);
  const document = await patiently(() => answerOf(code.cycles.$get({ param, query: { ref } })));
  answer(json, document, (found) =>
    orNone(found.cycles.map((group) => clean(group.join('  '))).join('\n'), 'No file imports itself in a circle.'),
  );
};

const impact = async (
  projectId: string,
  paths: readonly string[],
  { ref, base }: RefOptions & { readonly base?: string },
  command: Command,
): Promise<void> => {
  if ((paths.length === 0) === (base === undefined)) throw usageFailure('Give either changed files or --base <ref>.');
  const { code, param, json } = await open(projectId, command);
  const query = { ref, ...(base === undefined ? { paths: paths.join(',') } : { base }) };
  const document = await patiently(() => answerOf(code.impact.$get({ param, query })));
  answer(json, document, ({ changed, unknown, files, tests, endpoints }) => {
    const rows = [
      ...changed.map((path) => ['changed', '0', path]),
      ...unknown.map((path) => ['gone', '', path]),
      ...files.map(({ path, distance }) => ['file', String(distance), path]),
      ...tests.map(({ path, distance }) => ['test', String(distance), path]),
      ...endpoints.map(({ method, path, distance, file }) => [
        'endpoint',
        String(distance),
        `${method} ${path}  (${file})`,
      ]),
    ];
    return table(['WHAT', 'DISTANCE', 'NAME'], rows);
  });
};

const metrics = async (
  projectId: string,
  prefix: string | undefined,
  options: ListOptions,
  command: Command,
): Promise<void> => {
  const { code, param, json } = await open(projectId, command);
  const query = { ...pageQuery(options), ...(prefix === undefined ? {} : { prefix }) };
  const document = await patiently(() => answerOf(code.metrics.$get({ param, query })));
  answer(json, document, ({ files, next }) => {
    const rows = files.map(({ path, lines, functions, cyclomatic, cognitive, maintainability, changes, note }) => [
      String(lines.code),
      String(functions),
      `${cyclomatic.total}/${cyclomatic.highest}`,
      `${cognitive.total}/${cognitive.highest}`,
      maintainability === undefined ? '' : maintainability.toFixed(0),
      String(changes),
      note === undefined ? path : `${path}  (${note})`,
    ]);
    return table(['CODE', 'FUNCTIONS', 'CYCLOMATIC', 'COGNITIVE', 'INDEX', 'CHANGES', 'PATH'], rows) + more(next);
  });
};

const deadExports = async (projectId: string, { ref }: RefOptions, command: Command): Promise<void> => {
  const { code, param, json } = await open(projectId, command);
  const document = await patiently(() => answerOf(code['dead-exports'].$get({ param, query: { ref, limit: '1000' } })));
  answer(json, document, (found) => {
    const lines = found.exports.map(({ path, line, name, usedBy }) => `${path}:${line} ${name} (used by ${usedBy})`);
    return orNone(lines.map(clean).join('\n'), 'Every export is imported somewhere.');
  });
};

export const addCodeCommands = (program: Command): void => {
  const code = program.command('code').description("what is known of a project's code");
  const add = (name: string, description: string): Command =>
    code.command(name).description(description).argument('<project>').option('--ref <ref>', 'branch or commit', 'main');
  const addList = (name: string, description: string): Command =>
    add(name, description)
      .option('--limit <count>', 'entries of a page')
      .option('--after <path>', 'go on behind this path');
  addList('outline', 'what files declare').argument('[path]', 'only this file').action(outline);
  addList('symbols', 'find declared names').argument('<text>', 'part of the name').action(symbols);
  add('references', 'where a name is declared and used')
    .argument('<target>', 'a name, or path:line:column')
    .action(references);
  addList('graph', 'which file imports which')
    .option('--calls', 'which function calls which instead')
    .option('--path <path>', 'with --calls: only those in this file')
    .action(graph);
  add('cycles', 'files that import each other in a circle').action(cycles);
  add('impact', 'which files, tests and endpoints a change can reach')
    .argument('[paths...]', 'changed files')
    .option('--base <ref>', 'instead: what differs from this branch or commit')
    .action(impact);
  addList('metrics', 'size, complexity, maintainability and churn')
    .argument('[folder]', 'only below it')
    .action(metrics);
  add('dead-exports', 'exports that nothing imports').action(deadExports);
  add('language-server', 'for editors: the Language Server Protocol over standard input and output')
    .addHelpText('after', languageServerHelp)
    .action(serveLanguage);
};
