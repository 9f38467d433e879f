import { OpenAPIHono } from '@hono/zod-openapi';
import type { AppEnvironment } from '../../app-environment.ts';
import { listBranches } from './branches.ts';
import { listCommits } from './commits.ts';
import { getDiff } from './diff.ts';
import { listFiles } from './list.ts';
import { readFile } from './read.ts';
import { downloadFile } from './raw.ts';
import { readTree } from './tree.ts';

export const fileRoutes = () =>
  new OpenAPIHono<AppEnvironment>().openapiRoutes([
    listFiles,
    readFile,
    downloadFile,
    readTree,
    listCommits,
    getDiff,
    listBranches,
  ] as const);
