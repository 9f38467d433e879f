/** What is wrong with one script, with as little work after an edit as there can be. */
import type { LanguageService } from 'typescript6';
import type { Diagnostic } from '../../../../shared/rpc/toolchain.ts';
import { toDiagnostic } from '../../check/check.ts';
import type { TypeScript } from '../../check/typescript.ts';
import { projectFolder } from '../../check/virtual-files.ts';
import type { Workspace } from '../workspace.ts';
import { keptFor, serviceFor } from './program.ts';
import { narrowScope } from './roots.ts';
import { prepareScope } from './session.ts';

/** Undefined while texts are missing. The answer depends on the files alone, not on what was asked before. */
export const checkFile = async (workspace: Workspace, path: string): Promise<readonly Diagnostic[] | undefined> => {
  const prepared = await prepareScope(workspace, path, (project) => narrowScope(project, path));
  if (prepared === undefined) return undefined;
  const { scope, project } = prepared;
  const quick = keptFor(scope)?.checkEdit(workspace, scope, project, path);
  if (quick !== undefined) return quick;
  const kept = serviceFor(workspace, scope, project);
  kept.keepForEdits(workspace, scope, project, path);
  return diagnosticsOf(workspace.ts, kept.service, path);
};

/** What the language service says about a script of its program. */
export const diagnosticsOf = (ts: TypeScript, service: LanguageService, path: string): readonly Diagnostic[] => {
  const name = `${projectFolder}${path}`;
  return [...service.getSyntacticDiagnostics(name), ...service.getSemanticDiagnostics(name)].map((diagnostic) =>
    toDiagnostic(ts, diagnostic),
  );
};
