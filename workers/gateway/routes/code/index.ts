import { OpenAPIHono } from '@hono/zod-openapi';
import type { AppEnvironment } from '../../app-environment.ts';
import { readCalls } from './calls.ts';
import { readCompletion } from './completion.ts';
import { readCycles } from './cycles.ts';
import { readDeadExports } from './dead-exports.ts';
import { readDefinition } from './definition.ts';
import { readDiagnostics } from './diagnostics.ts';
import { readDuplication } from './duplication.ts';
import { planFixes } from './fixes.ts';
import { planFormat } from './format.ts';
import { readFunctions } from './functions.ts';
import { readHover } from './hover.ts';
import { readImpact } from './impact.ts';
import { readImports } from './imports.ts';
import { connectEditor } from './language-server.ts';
import { readMetrics } from './metrics.ts';
import { readOutline } from './outline.ts';
import { findReferences } from './references.ts';
import { planRename } from './rename.ts';
import { findSymbols } from './symbols.ts';

export const codeRoutes = () =>
  new OpenAPIHono<AppEnvironment>().openapiRoutes([
    readOutline,
    findSymbols,
    findReferences,
    readImports,
    readCalls,
    readCycles,
    readDeadExports,
    readImpact,
    readMetrics,
    readFunctions,
    readDuplication,
    readDiagnostics,
    readCompletion,
    readHover,
    readDefinition,
    planRename,
    planFormat,
    planFixes,
    connectEditor,
  ] as const);
