import { OpenAPIHono } from '@hono/zod-openapi';
import type { AppEnvironment } from '../../app-environment.ts';
import { cancelProject } from './cancel.ts';
import { createProject } from './create.ts';
import { getPools } from './get-pools.ts';
import { getProject } from './get.ts';
import { listProjects } from './list.ts';
import { pauseProject } from './pause.ts';
import { getReport } from './report.ts';
import { resumeProject } from './resume.ts';
import { setBudget } from './set-budget.ts';
import { setPools } from './set-pools.ts';
import { getSpecification } from './specification.ts';
import { getUsage } from './usage.ts';

export const projectRoutes = () =>
  new OpenAPIHono<AppEnvironment>().openapiRoutes([
    createProject,
    listProjects,
    getProject,
    getSpecification,
    getReport,
    pauseProject,
    resumeProject,
    cancelProject,
    getUsage,
    setBudget,
    getPools,
    setPools,
  ] as const);
