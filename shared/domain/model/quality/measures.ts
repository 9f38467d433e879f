/**
 * What is measured of every model. A share counts trials and how many of them missed (were refused, cut off, wrong); a
 * mean adds up amounts. `prior` is the share of misses that is expected of a model nobody has measured.
 */

interface Share {
  readonly kind: 'share';
  /** What it says of the model: how it writes, what others thought of its work, or whether its provider was there. */
  readonly about: 'form' | 'work' | 'service';
  readonly prior: number;
  /** For a person: what a miss is. */
  readonly title: string;
  /** For a person: what to do when there are many. */
  readonly advice: string;
}

interface Mean {
  readonly kind: 'mean';
  readonly title: string;
}

const measureTable = {
  failure: {
    kind: 'share',
    about: 'service',
    prior: 0.02,
    title: 'calls without a whole answer, by the fault of the provider',
    advice: "Look at the provider's status page, and set AIDEVOS_MODEL_FALLBACKS so that another model stands in.",
  },
  broken: {
    kind: 'share',
    about: 'service',
    prior: 0.01,
    title: 'streams that broke after they had begun',
    advice: "Look at the provider's status page, and set AIDEVOS_MODEL_FALLBACKS so that another model carries on.",
  },
  schema: {
    kind: 'share',
    about: 'form',
    prior: 0.05,
    title: 'answers that are not of the schema that was asked for',
    advice: 'Name a model that keeps to schemas, or ask by json_schema instead of json_object.',
  },
  refusal: {
    kind: 'share',
    about: 'form',
    prior: 0.03,
    title: 'answers that were refused',
    advice: 'Read what was refused: if it is your ordinary work, name another model.',
  },
  truncation: {
    kind: 'share',
    about: 'form',
    prior: 0.05,
    title: 'answers that were cut off by their limit, of those that had at least 1,024 tokens',
    advice: 'Raise max_tokens, or lower the effort of a model that thinks.',
  },
  tool_arguments: {
    kind: 'share',
    about: 'form',
    prior: 0.03,
    title: "answers with tool calls whose arguments do not fit the tool's schema",
    advice: 'Name another model for work with tools, or make the schemas of the tools simpler.',
  },
  unknown_tool: {
    kind: 'share',
    about: 'form',
    prior: 0.02,
    title: 'answers that call a tool which was not offered',
    advice: 'Name another model for work with tools.',
  },
  repair: {
    kind: 'share',
    about: 'form',
    prior: 0.1,
    title: "agents' answers that were of no use, so that the model was asked again",
    advice: 'Start the next project with another model; give running ones fallbackModels.',
  },
  review: {
    kind: 'share',
    about: 'work',
    prior: 0.3,
    title: 'tasks that their first review rejected',
    advice: 'Read the comments of the reviews; start the next project with another model.',
  },
  returned: {
    kind: 'share',
    about: 'work',
    prior: 0.3,
    title: 'attempts at a task that came back or failed',
    advice: 'Read why the tasks came back; start the next project with another model.',
  },
  gates: {
    kind: 'share',
    about: 'work',
    prior: 0.3,
    title: 'validations that the work of a revision did not pass',
    advice: 'Read the evidence of the gates in the report of the project.',
  },
  feedback: {
    kind: 'share',
    about: 'work',
    prior: 0.3,
    title: "people's ratings, as the share that was missing to the best one",
    advice: 'Read the comments: aidevos feedback list.',
  },
  first_piece: { kind: 'mean', title: 'milliseconds until the first piece of an answer' },
  duration: { kind: 'mean', title: 'milliseconds until the end of an answer' },
  cost: { kind: 'mean', title: 'micro-dollars of a call whose price is known' },
} as const satisfies Readonly<Record<string, Share | Mean>>;

export type MeasureName = keyof typeof measureTable;

export const measures: Readonly<Record<MeasureName, Share | Mean>> = measureTable;

/** Only those that are shares. */
export const shares: Readonly<Partial<Record<MeasureName, Share>>> = Object.fromEntries(
  Object.entries(measureTable).flatMap(([name, measure]) => (measure.kind === 'share' ? [[name, measure]] : [])),
);

export const isMeasureName = (name: string): name is MeasureName => Object.hasOwn(measureTable, name);

/** `total` are misses of a share (a rating may be a part of one), and the amounts of a mean. Both only grow. */
export interface QualityCount {
  readonly trials: number;
  readonly total: number;
}

export type QualityCounts = Readonly<Partial<Record<MeasureName, QualityCount>>>;

/** One trial of a share. */
export const trial = (missed: boolean): QualityCount => ({ trials: 1, total: missed ? 1 : 0 });

/** One amount of a mean. */
export const amount = (value: number): QualityCount => ({ trials: 1, total: Math.max(0, value) });

/** What is counted apart. */
export interface QualityScope {
  /** `<provider>/<model>`. */
  readonly model: string;
  /** Of the agent; `client` for calls of `/v1`. */
  readonly role: string;
  /** Of the agent's task; the wire for calls of `/v1`: `chat`, `responses`, `messages`. */
  readonly taskKind: string;
}

export interface QualityRow extends QualityScope, QualityCount {
  readonly measure: MeasureName;
}

export const rowsOf = (scope: QualityScope, counts: QualityCounts): readonly QualityRow[] =>
  Object.entries(counts).flatMap(([measure, count]) =>
    isMeasureName(measure) ? [{ ...scope, measure, ...count }] : [],
  );
