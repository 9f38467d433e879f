/** Documents of the Open Source Vulnerability format (schema 1.x) to the index. What is withdrawn is left out. */
import * as z from 'zod';
import type { Severity } from '../finding.ts';
import type { Advisory, AdvisoryIndex, AffectedRange } from './advisories.ts';

const event = z.object({
  introduced: z.string().optional(),
  fixed: z.string().optional(),
  last_affected: z.string().optional(),
});

const osvDocument = z.object({
  id: z.string(),
  modified: z.string(),
  withdrawn: z.string().optional(),
  aliases: z.array(z.string()).optional(),
  summary: z.string().optional(),
  details: z.string().optional(),
  severity: z.array(z.object({ type: z.string(), score: z.string() })).optional(),
  affected: z
    .array(
      z.object({
        package: z.object({ ecosystem: z.string(), name: z.string() }).optional(),
        ranges: z.array(z.object({ type: z.string(), events: z.array(event) })).optional(),
        versions: z.array(z.string()).optional(),
      }),
    )
    .optional(),
  database_specific: z.object({ severity: z.string().optional(), cwe_ids: z.array(z.string()).optional() }).optional(),
});

type OsvDocument = z.infer<typeof osvDocument>;

const named: Readonly<Record<string, Severity>> = {
  LOW: 'low',
  MODERATE: 'medium',
  MEDIUM: 'medium',
  HIGH: 'high',
  CRITICAL: 'critical',
};

/** Weights of the base metrics, from the specification of CVSS 3.1, section 7.4. */
const weights: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  AV: { N: 0.85, A: 0.62, L: 0.55, P: 0.2 },
  AC: { L: 0.77, H: 0.44 },
  UI: { N: 0.85, R: 0.62 },
  C: { H: 0.56, L: 0.22, N: 0 },
  I: { H: 0.56, L: 0.22, N: 0 },
  A: { H: 0.56, L: 0.22, N: 0 },
};

const privileges: Readonly<Record<string, readonly [number, number]>> = {
  N: [0.85, 0.85],
  L: [0.62, 0.68],
  H: [0.27, 0.5],
};

/** The base score of a CVSS 3 vector, 0 to 10 (formula: CVSS 3.1, section 7.1); undefined for another text. */
export const cvss3Score = (vector: string): number | undefined => {
  if (!/^CVSS:3\.[01]\//.test(vector)) return undefined;
  const metrics = new Map(
    vector
      .split('/')
      .slice(1)
      .map((part) => part.split(':'))
      .map(([name = '', value = '']) => [name, value]),
  );
  const weight = (name: string): number => weights[name]?.[metrics.get(name) ?? ''] ?? Number.NaN;
  const changed = metrics.get('S') === 'C';
  const impactBase = 1 - (1 - weight('C')) * (1 - weight('I')) * (1 - weight('A'));
  const impact = changed ? 7.52 * (impactBase - 0.029) - 3.25 * (impactBase - 0.02) ** 15 : 6.42 * impactBase;
  const exploitability =
    8.22 *
    weight('AV') *
    weight('AC') *
    (privileges[metrics.get('PR') ?? '']?.[changed ? 1 : 0] ?? Number.NaN) *
    weight('UI');
  if (Number.isNaN(impact) || Number.isNaN(exploitability)) return undefined;
  if (impact <= 0) return 0;
  return Math.ceil(Math.round(Math.min((changed ? 1.08 : 1) * (impact + exploitability), 10) * 100_000) / 10_000) / 10;
};

const severityOf = ({ severity = [], database_specific: specific }: OsvDocument): Severity => {
  const word = named[specific?.severity?.toUpperCase() ?? ''];
  if (word !== undefined) return word;
  const score = severity.map((each) => cvss3Score(each.score)).find((each) => each !== undefined);
  if (score === undefined) return 'medium';
  if (score >= 9) return 'critical';
  if (score >= 7) return 'high';
  return score >= 4 ? 'medium' : 'low';
};

/** Events in order make ranges: each `introduced` begins one, what follows ends it. */
const rangesOf = (events: readonly z.infer<typeof event>[]): readonly AffectedRange[] => {
  const ranges: AffectedRange[] = [];
  for (const { introduced, fixed, last_affected: last } of events) {
    const open = ranges.at(-1);
    if (introduced !== undefined) ranges.push(introduced === '0' ? {} : { introduced });
    else if (open !== undefined && open.fixed === undefined && open.last === undefined) {
      if (fixed !== undefined) ranges[ranges.length - 1] = { ...open, fixed };
      else if (last !== undefined) ranges[ranges.length - 1] = { ...open, last };
    }
  }
  return ranges;
};

const ecosystems = new Set(['npm', 'PyPI']);

const longestSummary = 200;

/** What became of the documents: how many went in, and which were not of the format. */
export interface ImportResult {
  readonly index: AdvisoryIndex;
  readonly imported: number;
  readonly refused: readonly string[];
}

type Packages = Map<string, Map<string, Advisory>>;

/** Several entries about one package, as for several lines of releases, are one advisory. */
const takeIn = (packages: Packages, document: OsvDocument): void => {
  for (const affected of document.affected ?? []) {
    if (affected.package === undefined || !ecosystems.has(affected.package.ecosystem)) continue;
    const of = `${affected.package.ecosystem}:${affected.package.name}`;
    const list = packages.get(of) ?? new Map<string, Advisory>();
    packages.set(of, list);
    const known = list.get(document.id);
    const ranges = (affected.ranges ?? [])
      .filter(({ type }) => type !== 'GIT')
      .flatMap(({ events }) => rangesOf(events));
    list.set(document.id, {
      id: document.id,
      aliases: document.aliases ?? [],
      summary: (document.summary ?? document.details ?? '').slice(0, longestSummary),
      severity: severityOf(document),
      cwe: (document.database_specific?.cwe_ids ?? []).flatMap((each) =>
        /^CWE-\d+$/.test(each) ? [Number(each.slice(4))] : [],
      ),
      ranges: [...(known?.ranges ?? []), ...ranges],
      versions: [...(known?.versions ?? []), ...(ranges.length > 0 ? [] : (affected.versions ?? []))],
    });
  }
};

/** Adds documents to an index; one that is there already by its id is replaced. */
export const importAdvisories = (
  before: AdvisoryIndex,
  documents: readonly { readonly name: string; readonly value: unknown }[],
): ImportResult => {
  const packages: Packages = new Map(
    Object.entries(before.packages).map(([name, list]) => [name, new Map(list.map((each) => [each.id, each]))]),
  );
  const refused: string[] = [];
  let { modified } = before;
  let imported = 0;
  for (const { name, value } of documents) {
    const parsed = osvDocument.safeParse(value);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      refused.push(
        `${name}: ${issue === undefined ? 'not of the format' : `${issue.path.join('.')}: ${issue.message}`}`,
      );
      continue;
    }
    const document = parsed.data;
    if (document.modified > modified) ({ modified } = document);
    for (const list of packages.values()) list.delete(document.id);
    if (document.withdrawn !== undefined) continue;
    imported += 1;
    takeIn(packages, document);
  }
  const entries = [...packages]
    .filter(([, list]) => list.size > 0)
    .map(([name, list]) => [name, [...list.values()]] as const);
  return {
    index: {
      format: 1,
      modified,
      packages: Object.fromEntries(entries.toSorted(([left], [right]) => (left < right ? -1 : 1))),
    },
    imported,
    refused,
  };
};
