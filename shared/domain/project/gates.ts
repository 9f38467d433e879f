/**
 * The quality gates of a project: the judge over its stored measurements. Without gates of its own a project is held to
 * the default ones.
 */
import type { Gate, Measurement } from '../../protocol/project-events.ts';
import { figuresOf } from '../quality/judge/figures.ts';
import { defaultGates, type Figures, type GatePolicy, type GateStage, type Waiver } from '../quality/judge/gate.ts';
import { judge, type GateResult, type Verdict } from '../quality/judge/judge.ts';

/** What persons decided about the gates of a project, and the figures that have no event of their own kind. */
export interface ProjectQuality {
  /** Absent: the default ones. */
  readonly gates?: readonly GatePolicy[];
  readonly waivers: readonly Waiver[];
  readonly figures: readonly Figures[];
}

/** The part of a project’s state that its gates are computed from. */
export interface Judged {
  readonly measurements: readonly Measurement[];
  readonly quality?: ProjectQuality;
}

/** The kinds that a validation measures, all on the same commit. */
export const validationKinds = ['tests', 'types', 'security'] as const;

/** True when everything that a validation measures was measured on this commit. */
export const isMeasured = (measurements: readonly Measurement[], commit: string): boolean =>
  validationKinds.every((kind) => measurements.some((each) => each.kind === kind && each.commit === commit));

export const gatesOf = ({ quality }: Judged): readonly GatePolicy[] => quality?.gates ?? defaultGates;

type Slot = 'preview' | 'staging' | 'production';

const inSlot = (measurement: Measurement, slot: Slot | undefined): boolean =>
  !('slot' in measurement) || slot === undefined || measurement.slot === slot;

/** The verdict about a commit; with a slot, only what was measured there counts for the gates of a release. */
export const judgeProject = (
  state: Judged,
  commit: string,
  now: number,
  only: { readonly stage?: GateStage; readonly slot?: Slot } = {},
): Verdict =>
  judge({
    commit,
    now,
    ...(only.stage === undefined ? {} : { stage: only.stage }),
    gates: gatesOf(state),
    figures: [
      ...state.measurements.filter((each) => inSlot(each, only.slot)).map(figuresOf),
      ...(state.quality?.figures ?? []),
    ],
    waivers: state.quality?.waivers ?? [],
  });

const toGate = ({ gate, outcome, evidence }: GateResult): Gate => ({
  name: gate,
  passed: outcome === 'passed' || outcome === 'waived',
  evidence,
});

/** The gates of a commit. A gate without a measurement of exactly this commit has not passed. */
export const computeGates = (state: Judged, commit: string, now: number): readonly Gate[] =>
  judgeProject(state, commit, now, { stage: 'validation' }).gates.map(toGate);

/** The gates between a preview and production: the version answers, and its acceptance checks hold. */
export const computeReleaseGates = (state: Judged, commit: string, slot: Slot, now: number): readonly Gate[] =>
  judgeProject(state, commit, now, { stage: 'release', slot }).gates.map(toGate);
