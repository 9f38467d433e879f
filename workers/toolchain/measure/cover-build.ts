/** A build whose sources count what they run. */
import { isBenchFile } from '../../../shared/domain/quality/performance/bench-file.ts';
import { isTestFile } from '../../../shared/domain/tool/check-tools.ts';
import { counterCount, type FileCoverageMap } from '../../../shared/domain/quality/coverage/coverage-map.ts';
import type { CoverRequest, CoverResult, Unmeasured } from '../../../shared/rpc/toolchain.ts';
import { buildMeasured } from '../build/build.ts';
import type { Measurer } from '../build/measurer.ts';
import { coverSource } from './coverage/cover-source.ts';

/** True for sources that tests are about: code, and no test itself. */
export function isMeasurable(path: string): boolean {
  return /\.[mc]?[jt]s$/.test(path) && !/\.d\.[mc]?ts$/.test(path) && !isTestFile(path) && !isBenchFile(path);
}

/**
 * Sources that no entry reaches are described as well, with counters that nothing can raise: what no test loads is
 * not covered.
 */
export function coverBuild(request: CoverRequest): CoverResult {
  const wanted = new Set(request.sources ?? Object.keys(request.files).filter(isMeasurable));
  const maps = new Map<string, FileCoverageMap>();
  const unmeasured: Unmeasured[] = [];
  let counters = 0;
  const describe = (path: string, text: string): ReturnType<typeof coverSource> => {
    const covered = coverSource(path, text, counters);
    if (covered.ok) {
      maps.set(path, covered.source.map);
      counters += counterCount(covered.source.map);
    } else unmeasured.push({ file: path, reason: covered.reason });
    return covered;
  };
  const measurer: Measurer = {
    measure: (path, text) => {
      if (!wanted.delete(path)) return undefined;
      const covered = describe(path, text);
      if (!covered.ok) return undefined;
      const { code, hitsName } = covered.source;
      return { code, names: { hits: hitsName } };
    },
    giveUp: (path) => {
      maps.delete(path);
      unmeasured.push({ file: path, reason: 'the code with its counters does not build' });
    },
  };
  const { result } = buildMeasured(request, measurer);
  if (!result.ok) return result;
  for (const path of wanted) {
    const text = Object.hasOwn(request.files, path) ? request.files[path] : undefined;
    if (text !== undefined) describe(path, text);
  }
  const inOrder = [...maps.values()].sort((a, b) => (a.file < b.file ? -1 : 1));
  return { ok: true, value: { built: result.value, counters, maps: inOrder, unmeasured } };
}
