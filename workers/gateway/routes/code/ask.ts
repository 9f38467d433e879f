/** How the routes ask about the code of a project that the caller may see. */
import { askCode } from '../../../../shared/domain/code/ask-code.ts';
import type { ProjectId } from '../../../../shared/domain/ids.ts';
import type { Result } from '../../../../shared/errors/result.ts';
import type { CodeQuestion, CodeQuestions, CodeQuery } from '../../../../shared/rpc/code.ts';
import type { AppContext } from '../../app-environment.ts';
import { ask } from '../../objects.ts';
import { checkProject } from '../../project-access.ts';

/** The first question about a large project reads all of it. What is read stays read when this is over. */
const patienceMs = 40_000;

/** One question about a branch or commit. Ends early, to be asked again, when reading takes too long. */
export const askAboutCode = async <Kind extends CodeQuestion>(
  context: AppContext,
  target: { readonly projectId: ProjectId; readonly ref: string },
  query: Extract<CodeQuery, { readonly kind: Kind }>,
): Promise<Result<CodeQuestions[Kind]['answer']>> => {
  const known = await checkProject(context, target.projectId);
  if (!known.ok) return known;
  const { services, principal, requestId } = context.var;
  const beganAt = services.clock.now();
  const { signal } = context.req.raw;
  return await ask(
    () =>
      askCode<Kind>(
        {
          repository: services.objects.repository(principal.workspaceId, target.projectId),
          toolchain: services.toolchain,
          ref: target.ref,
          isOver: () => signal.aborted || services.clock.now() - beganAt > patienceMs,
        },
        query,
      ),
    { log: services.log, requestId, part: 'code analysis', timeoutMs: patienceMs + 15_000 },
  );
};
