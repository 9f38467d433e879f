import { OpenAPIHono } from '@hono/zod-openapi';
import type { AppEnvironment } from '../../app-environment.ts';
import { getCriteria } from './criteria.ts';
import { getFindings } from './findings.ts';
import { getGeneration } from './get-generation.ts';
import { getMutation } from './get-mutation.ts';
import { getQuality } from './get.ts';
import { grantWaiver } from './grant-waiver.ts';
import { revokeWaiver } from './revoke-waiver.ts';
import { getSbom } from './sbom.ts';
import { scanProject } from './scan.ts';
import { listScans } from './scans.ts';
import { setGates } from './set-gates.ts';
import { startGeneration } from './start-generation.ts';
import { startMutation } from './start-mutation.ts';
import { verifyCriteria } from './verify.ts';

export const qualityRoutes = () =>
  new OpenAPIHono<AppEnvironment>().openapiRoutes([
    getQuality,
    listScans,
    scanProject,
    getFindings,
    getSbom,
    setGates,
    grantWaiver,
    revokeWaiver,
    startMutation,
    getMutation,
    getCriteria,
    startGeneration,
    getGeneration,
    verifyCriteria,
  ] as const);
