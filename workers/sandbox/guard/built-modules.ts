/** Checks modules that a caller wants to run: their number, their size, and names that belong to the sandbox. */
import type { AppError, Err, Issue, Result } from '../../../shared/errors/result.ts';
import { err, ok } from '../../../shared/errors/result.ts';
import type { BuiltModules } from '../../../shared/rpc/toolchain.ts';
import { reservedFolder } from '../guest/module-names.ts';
import { limits } from './limits.ts';

export function checkBuilt(built: BuiltModules): Result<BuiltModules> {
  const hasModules = typeof built?.modules === 'object' && typeof built.moduleBySource === 'object';
  if (!hasModules) return refused([{ field: 'built', reason: 'must be what the toolchain built' }]);
  const issues: Issue[] = [];
  const modules = Object.entries(built.modules);
  let characters = 0;
  for (const [name, code] of modules) {
    if (name.startsWith(reservedFolder) || name.startsWith('/')) {
      issues.push({ field: `built.modules.${name}`, reason: 'the name is reserved' });
    }
    if (typeof code !== 'string') issues.push({ field: `built.modules.${name}`, reason: 'the code is not text' });
    else characters += code.length;
  }
  if (modules.length > limits.modules) {
    issues.push({ field: 'built.modules', reason: `there are more than ${String(limits.modules)} modules` });
  }
  if (characters > limits.moduleCharacters) {
    issues.push({
      field: 'built.modules',
      reason: `the code has more than ${String(limits.moduleCharacters)} characters`,
    });
  }
  return issues.length === 0 ? ok(built) : refused(issues.slice(0, 20));
}

function refused(issues: readonly Issue[]): Err<AppError> {
  return err({ type: 'request.invalid', detail: 'The built modules cannot be loaded', issues });
}
