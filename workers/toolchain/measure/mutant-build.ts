/** One build that holds the mutants of a project, each behind a switch. */
import { sampleMutants } from '../../../shared/domain/quality/mutation/sample.ts';
import type { Mutant } from '../../../shared/domain/quality/mutation/mutant.ts';
import { mutantKey } from '../../../shared/domain/quality/mutation/mutant.ts';
import type { IgnoredMutant, MutantsRequest, MutantsResult, Unmeasured } from '../../../shared/rpc/toolchain.ts';
import { buildMeasured } from '../build/build.ts';
import type { Measurer } from '../build/measurer.ts';
import { isMeasurable } from './cover-build.ts';
import type { FoundMutation } from './mutants/find-mutations.ts';
import { findMutations } from './mutants/find-mutations.ts';
import type { NumberedMutation } from './mutants/place-mutants.ts';
import { placeMutants } from './mutants/place-mutants.ts';

/** Finds all mutants, keeps as many as are asked for, and puts those into the sources that the tests reach. */
export function mutantBuild(request: MutantsRequest): MutantsResult {
  const ignored: IgnoredMutant[] = [];
  const unmeasured: Unmeasured[] = [];
  const found = findAll(request, ignored, unmeasured);
  const kept = sampleMutants(found, ({ key }) => key, request.limit, request.seed);
  const byFile = new Map<string, NumberedMutation[]>();
  kept.forEach(({ file, mutation }, index) => {
    const list = byFile.get(file) ?? [];
    byFile.set(file, [...list, { id: index + 1, mutation }]);
  });
  const siteOf = new Map<number, number>();
  let sites = 0;
  const measurer: Measurer = {
    isCopied: true,
    measure: (path, text) => {
      const mutants = byFile.get(path);
      if (mutants === undefined) return undefined;
      const placed = placeMutants(path, text, mutants, sites);
      for (const [id, site] of placed.siteOf) siteOf.set(id, site);
      sites += placed.sites;
      return placed;
    },
    giveUp: (path) => {
      for (const { id } of byFile.get(path) ?? []) siteOf.delete(id);
      byFile.delete(path);
      unmeasured.push({ file: path, reason: 'the code with its mutants does not build' });
    },
  };
  const { result, imports } = buildMeasured(request, measurer);
  if (!result.ok) return result;
  const mutants = kept
    .map(({ file, mutation }, index) => toMutant(file, mutation, index + 1, siteOf.get(index + 1)))
    .filter(({ file }) => byFile.has(file));
  const reaches = Object.fromEntries(request.entries.map((entry) => [entry, reachedFrom(entry, imports)]));
  return {
    ok: true,
    value: { built: result.value, counters: sites, mutants, found: found.length, ignored, unmeasured, reaches },
  };
}

interface FoundIn {
  readonly file: string;
  readonly mutation: FoundMutation;
  readonly key: string;
}

function findAll(request: MutantsRequest, ignored: IgnoredMutant[], unmeasured: Unmeasured[]): readonly FoundIn[] {
  const sources = request.sources ?? Object.keys(request.files).filter(isMeasurable);
  return [...sources].sort().flatMap((file) => {
    const text = Object.hasOwn(request.files, file) ? request.files[file] : undefined;
    const lines = request.lines === undefined ? undefined : (request.lines[file] ?? []);
    if (text === undefined || lines?.length === 0) return [];
    const all = findMutations(file, text);
    if (!all.ok) {
      unmeasured.push({ file, reason: all.reason });
      return [];
    }
    const isWanted = lines === undefined ? () => true : (line: number) => lines.includes(line);
    ignored.push(...all.ignored.filter(({ line }) => isWanted(line)).map((each) => ({ file, ...each })));
    return all.mutations
      .filter((mutation) => isWanted(mutation.startPosition.line))
      .filter(({ mutator }) => request.mutators?.includes(mutator) ?? true)
      .map((mutation) => ({ file, mutation, key: mutantKey(toMutant(file, mutation, 0, undefined)) }));
  });
}

function toMutant(file: string, mutation: FoundMutation, id: number, site: number | undefined): Mutant {
  return {
    id,
    file,
    mutator: mutation.mutator,
    start: mutation.startPosition,
    end: mutation.endPosition,
    startOffset: mutation.start,
    endOffset: mutation.end,
    replacement: mutation.replacement,
    ...(site === undefined ? {} : { site }),
  };
}

/** The entry and all source files that it imports, directly or not. */
function reachedFrom(entry: string, imports: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const reached = new Set([entry]);
  for (const file of reached) for (const next of imports.get(file) ?? []) reached.add(next);
  return [...reached].sort();
}
