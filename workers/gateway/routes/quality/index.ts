import { OpenAPIHono } from '@hono/zod-openapi';
import type { AppEnvironment } from '../../app-environment.ts';
import { cancelMeasuring } from './cancel-measuring.ts';
import { cancelPerformance } from './cancel-performance.ts';
import { getCriteria } from './criteria.ts';
import { getFindings } from './findings.ts';
import { getGeneration } from './get-generation.ts';
import { getLcov } from './get-lcov.ts';
import { getMeasuring } from './get-measuring.ts';
import { getMutation } from './get-mutation.ts';
import { getQuality } from './get.ts';
import { grantWaiver } from './grant-waiver.ts';
import { listPerformance } from './list-performance.ts';
import { revokeWaiver } from './revoke-waiver.ts';
import { getSbom } from './sbom.ts';
import { scanProject } from './scan.ts';
import { listScans } from './scans.ts';
import { setGates } from './set-gates.ts';
import { startGeneration } from './start-generation.ts';
import { startMeasuring } from './start-measuring.ts';
import { startMutation } from './start-mutation.ts';
import { startPerformance } from './start-performance.ts';
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
    startMeasuring,
    getMeasuring,
    cancelMeasuring,
    getLcov,
    startPerformance,
    listPerformance,
    cancelPerformance,
  ] as const);
