/** What the code of the branch looks like from above: outlines, uses of a name, and what a change can reach. */
import { z } from 'zod';
import { askCode, type CodeSource } from '../code/ask-code.ts';
import { defineOpenTool, toolError, type OpenContext } from './tool.ts';

const path = z.string().min(1).max(512);

const source = ({ repository, toolchain, place }: OpenContext): CodeSource => ({
  repository,
  toolchain,
  ref: place.ref,
});

const pageSize = 50;

export const outlineCode = defineOpenTool({
  name: 'outline_code',
  description: 'Lists what the source files of your branch declare, with lines: cheaper than reading them.',
  parameters: z.strictObject({
    prefix: z.string().max(512).optional().describe('Only files whose path begins with this.'),
    after: z.string().max(512).optional().describe('Go on after this path.'),
  }),
  effectClass: 'pure',
  capability: 'code.read',
  cost: 'medium',
  examples: [{ arguments: { prefix: 'src/' }, shows: 'what the files below src declare' }],
  describe: (input) => input.prefix ?? '',
  run: async ({ prefix, after }, context) => {
    const page = {
      limit: pageSize,
      ...(prefix === undefined ? {} : { prefix }),
      ...(after === undefined ? {} : { after }),
    };
    const outline = await askCode<'outline'>(source(context), { kind: 'outline', ...page });
    if (!outline.ok) return toolError(outline.error.detail);
    const lines = outline.value.files.flatMap((file) => [
      `${file.path}${file.note === undefined ? '' : ` (${file.note})`}`,
      ...file.symbols.map(({ kind, name, container, nameAt, exported }) => {
        const full = container === undefined ? name : `${container}.${name}`;
        return `  ${nameAt.line}: ${exported ? 'export ' : ''}${kind} ${full}`;
      }),
    ]);
    if (outline.value.next !== undefined) lines.push(`[more: call again with after=${outline.value.next}]`);
    return {
      content: lines.length === 0 ? 'No source code there.' : lines.join('\n'),
    };
  },
});

export const findReferences = defineOpenTool({
  name: 'find_references',
  description: 'Finds where a name is declared and everywhere it is used in your branch, by the type checker.',
  parameters: z.strictObject({
    name: z.string().min(1).max(200),
    path: path.optional().describe('The file that declares it, when several do.'),
  }),
  effectClass: 'pure',
  capability: 'code.read',
  cost: 'medium',
  examples: [{ arguments: { name: 'createApp' }, shows: 'every use of a function' }],
  describe: (input) => input.name,
  run: async (input, context) => {
    const query = input.path === undefined ? { name: input.name } : { name: input.name, path: input.path };
    const found = await askCode<'references'>(source(context), { kind: 'references', ...query });
    if (!found.ok) return toolError(found.error.detail);
    const { definitions, references, resolution, partial } = found.value;
    const lines = [
      ...definitions.map(({ path: file, span }) => `declared ${file}:${span.start.line}:${span.start.column}`),
      ...references.map(({ path: file, span }) => `used ${file}:${span.start.line}:${span.start.column}`),
    ];
    if (resolution === 'names') lines.push('[by the name alone: two of one name are not told apart]');
    if (partial !== undefined) lines.push(`[${partial}]`);
    return { content: lines.join('\n') };
  },
});

export const findImpact = defineOpenTool({
  name: 'find_impact',
  description: 'Says which files, tests and HTTP endpoints a change of these files can reach.',
  parameters: z.strictObject({ paths: z.array(path).min(1).max(100) }),
  effectClass: 'pure',
  capability: 'code.read',
  cost: 'medium',
  examples: [{ arguments: { paths: ['src/store.ts'] }, shows: 'what a change of a file can reach' }],
  describe: (input) => input.paths.join(', '),
  run: async ({ paths }, context) => {
    const found = await askCode<'impact'>(source(context), { kind: 'impact', paths });
    if (!found.ok) return toolError(found.error.detail);
    const { unknown, files, tests, endpoints } = found.value;
    const lines = [
      ...unknown.map((file) => `not in your branch: ${file}`),
      ...tests.map((file) => `test ${file.path}`),
      ...endpoints.map((endpoint) => `endpoint ${endpoint.method} ${endpoint.path} (${endpoint.file})`),
      ...files.map((file) => `file ${file.path}, ${file.distance} imports away`),
    ];
    return {
      content: lines.length === 0 ? 'Nothing else uses these files.' : lines.join('\n'),
    };
  },
});
