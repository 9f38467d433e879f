import { createRoute } from '@hono/zod-openapi';
import { healthSchema } from '../../../../shared/schemas/health.ts';
import { deadlines, withDeadline } from '../../deadline.ts';
import type { AppContext } from '../../app-environment.ts';
import { jsonResponse, operation } from '../../operation.ts';

const route = createRoute({
  method: 'get',
  path: '/health',
  tags: ['platform'],
  summary: 'Show whether the parts of the platform answer',
  responses: { 200: jsonResponse('`degraded` when a part is down; what does not need it goes on.', healthSchema) },
});

interface PartHealth {
  readonly status: 'up' | 'down';
  readonly durationMs: number;
  readonly reason?: string;
}

const probe = async (context: AppContext, part: string, call: () => Promise<unknown>): Promise<PartHealth> => {
  const { services, requestId } = context.var;
  const startedAt = services.clock.now();
  try {
    await withDeadline(call(), deadlines.healthMs);
    return { status: 'up', durationMs: services.clock.now() - startedAt };
  } catch (error) {
    services.log({ level: 'warn', message: `${part} is down`, requestId, error });
    // The cause may hold internals, so only its kind is shown.
    const late = error instanceof Error && error.name === 'DeadlineExceeded';
    const reason = late ? `no answer within ${deadlines.healthMs} ms` : 'not reachable';
    return { status: 'down', durationMs: services.clock.now() - startedAt, reason };
  }
};

/** An empty build needs nothing of the compiler and still shows that the Worker answers. */
const emptyBuild = { files: {}, entries: [] };

/** Asks all parts at once. */
export const checkParts = async (context: AppContext) => {
  const { services } = context.var;
  const [directory, sandbox, toolchain] = await Promise.all([
    probe(context, 'directory', async () => await services.directory.ping()),
    probe(context, 'sandbox', async () => await services.sandbox.ping()),
    probe(context, 'toolchain', async () => await services.toolchain.build(emptyBuild)),
  ]);
  const parts = { directory, sandbox, toolchain };
  const healthy = Object.values(parts).every((part) => part.status === 'up');
  return { status: healthy ? ('healthy' as const) : ('degraded' as const), parts };
};

export const checkHealth = operation(route, async (context) => {
  const { environment, defaultModel } = context.var.services.config;
  const { status, parts } = await checkParts(context);
  return context.json({ status, environment, model: defaultModel, parts }, 200, { 'cache-control': 'no-store' });
});
