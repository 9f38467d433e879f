/** Answers one question about the code of a tree, or says what it must be told first. */
import { mostFiles } from '../../../shared/domain/code/ask-code.ts';
import type { CodeAnswer, CodeQuery, CodeReply, CodeRequest } from '../../../shared/rpc/code.ts';
import { calls } from './answers/calls.ts';
import { completion, diagnostics, fixes, format, rename } from './answers/editing.ts';
import { definition, hover, references } from './answers/names.ts';
import {
  cycles,
  deadExports,
  documentation,
  duplication,
  functions,
  impact,
  imports,
  metrics,
  outline,
  symbols,
} from './answers/structure.ts';
import { CodeRefusal } from './refusal.ts';
import { Workspace } from './workspace.ts';

const answer = (workspace: Workspace, query: CodeQuery): Promise<CodeAnswer | undefined> => {
  switch (query.kind) {
    case 'outline':
      return outline(workspace, query);
    case 'symbols':
      return symbols(workspace, query);
    case 'references':
      return references(workspace, query);
    case 'imports':
      return imports(workspace, query);
    case 'calls':
      return calls(workspace, query);
    case 'cycles':
      return cycles(workspace);
    case 'deadExports':
      return deadExports(workspace, query);
    case 'documentation':
      return documentation(workspace, query);
    case 'impact':
      return impact(workspace, query);
    case 'metrics':
      return metrics(workspace, query);
    case 'functions':
      return functions(workspace, query);
    case 'duplication':
      return duplication(workspace, query);
    case 'diagnostics':
      return diagnostics(workspace, query);
    case 'completion':
      return completion(workspace, query);
    case 'hover':
      return hover(workspace, query);
    case 'definition':
      return definition(workspace, query);
    case 'rename':
      return rename(workspace, query);
    case 'format':
      return format(workspace, query);
    case 'fixes':
      return fixes(workspace, query);
  }
};

/** See `CodeRpc`. */
export const code = async (request: CodeRequest): Promise<CodeReply> => {
  if (request.files.length > mostFiles)
    return { status: 'refused', field: 'files', reason: `are more than the ${mostFiles} that are analysed` };
  const { default: ts } = await import('typescript6');
  const workspace = new Workspace(ts, request);
  try {
    const found = await answer(workspace, request.query);
    if (found !== undefined) return { status: 'answer', answer: found };
  } catch (error) {
    if (!(error instanceof CodeRefusal)) throw error;
    const { field, reason, isMissing } = error;
    return { status: 'refused', field, reason, isMissing };
  }
  const total = request.files.length;
  return { status: 'needs', oids: [...workspace.needs], ready: total - workspace.needs.size, total };
};
