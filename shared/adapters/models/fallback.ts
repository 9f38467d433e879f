/** Several models behind the port of one: the next is asked where the one before could not answer. */
import { createFailure } from '../../domain/model/failure.ts';
import { concludeChain, findNext, type ChainModel } from '../../domain/model/fallback.ts';
import { TextJoint } from '../../domain/model/text-joint.ts';
import type { CancelSignal, ModelClient, ModelEvent, ModelFailure, ModelRequest } from '../../ports/model-client.ts';

export interface FallbackTarget extends ChainModel {
  readonly client: ModelClient;
  /** The model as its own provider calls it. */
  readonly model: string;
  /** What `servedBy` says, for example `anthropic/claude-sonnet-4-5`; by default the model. */
  readonly name?: string;
  /** The longest answer that it gives; a request for a longer one is cut down to it. */
  readonly outputTokens?: number | undefined;
  /** It goes on where an assistant's last message stops. */
  readonly continues?: boolean;
}

export interface FallbackOptions {
  /**
   * An answer that broke off as text is carried on by the next model, where that continues it or repeats it word by
   * word; by default it ends with the failure.
   */
  readonly resumes?: boolean;
  /** Called with the name of each model from which something is passed on. */
  readonly onAnswering?: (name: string) => void;
}

type Mode = 'fresh' | 'continuation' | 'replay';

type End =
  | { readonly type: 'finished' }
  | { readonly type: 'diverged' }
  | { readonly type: 'failed'; readonly failure: ModelFailure };

/** What was passed on of the answer so far. */
class Said {
  text = '';
  isEmpty = true;
  /** Calls of tools and signed thoughts cannot be carried on by another model. */
  isText = true;

  note(event: ModelEvent): void {
    this.isEmpty = false;
    if (event.type === 'text_delta') this.text += event.text;
    else if (event.type !== 'usage' && event.type !== 'text_linked') this.isText = false;
  }
}

const lost = createFailure('connection_lost', 'The answer ended before it was complete.');
const noModel = createFailure('invalid_request', 'There is no model to call.');

const requestFor = (target: FallbackTarget, request: ModelRequest, said: Said, mode: Mode): ModelRequest => {
  const { model, outputTokens = request.maxOutputTokens } = target;
  const base = { ...request, model, maxOutputTokens: Math.min(request.maxOutputTokens, outputTokens) };
  if (mode !== 'continuation') return base;
  return {
    ...base,
    messages: [...request.messages, { role: 'assistant', content: said.text.trimEnd(), toolCalls: [] }],
  };
};

/** The event as it is passed on: undefined for nothing of it, `diverged` when the answers cannot be joined. */
const join = (event: ModelEvent, joint: TextJoint | undefined): ModelEvent | undefined | 'diverged' => {
  if (joint === undefined) return event;
  if (event.type === 'text_delta') {
    const text = joint.add(event.text);
    if (text === undefined) return 'diverged';
    return text === '' ? undefined : { ...event, text };
  }
  if (event.type === 'usage' || joint.isJoined) return event;
  if (event.type === 'text_linked') return undefined;
  return event.type.startsWith('reasoning') ? undefined : 'diverged';
};

async function* attempt(
  target: FallbackTarget,
  call: {
    readonly request: ModelRequest;
    readonly signal: CancelSignal | undefined;
    readonly options: FallbackOptions;
  },
  said: Said,
  mode: Mode,
): AsyncGenerator<ModelEvent, End> {
  const name = target.name ?? target.model;
  const joint = mode === 'fresh' ? undefined : new TextJoint(mode, said.text);
  let isAnswering = false;
  for await (const event of target.client.stream(requestFor(target, call.request, said, mode), call.signal)) {
    if (event.type === 'failed') return event;
    const passed = join(event, joint);
    if (passed === 'diverged') return { type: 'diverged' };
    if (passed === undefined) continue;
    if (!isAnswering) call.options.onAnswering?.(name);
    isAnswering = true;
    if (passed.type === 'finished') {
      yield { ...passed, servedBy: name };
      return { type: 'finished' };
    }
    said.note(passed);
    yield passed;
  }
  return { type: 'failed', failure: lost };
}

/** A target that is said to continue may refuse to: it is then asked to begin anew. */
const modesFor = (target: FallbackTarget, said: Said): readonly Mode[] =>
  said.isEmpty ? ['fresh'] : target.continues === true ? ['continuation', 'replay'] : ['replay'];

async function* streamChain(
  targets: readonly FallbackTarget[],
  request: ModelRequest,
  signal: CancelSignal | undefined,
  options: FallbackOptions,
): AsyncGenerator<ModelEvent> {
  const failures: ModelFailure[] = [];
  const said = new Said();
  for (let index: number | undefined = 0; index !== undefined;) {
    const target: FallbackTarget | undefined = targets[index];
    if (target === undefined) break;
    let end: End = { type: 'failed', failure: lost };
    for (const mode of modesFor(target, said)) {
      end = yield* attempt(target, { request, signal, options }, said, mode);
      if (end.type !== 'failed' || end.failure.kind !== 'invalid_request') break;
    }
    if (end.type === 'finished') return;
    if (end.type === 'diverged') break;
    failures.push(end.failure);
    const isOver = !said.isEmpty && (options.resumes !== true || !said.isText);
    index = isOver ? undefined : findNext(end.failure, targets, index);
  }
  yield { type: 'failed', failure: concludeChain(failures, !said.isEmpty) ?? noModel };
}

/**
 * A client that asks its targets one after another, as long as the failure is one that another model may not have.
 * `finished` says in `servedBy` which one answered; when none did, the failure is the one of them that passes first. The
 * model of the request is replaced by each target's own.
 */
export const withFallback = (targets: readonly FallbackTarget[], options: FallbackOptions = {}): ModelClient => ({
  stream: (request, signal) => streamChain(targets, request, signal, options),
});
