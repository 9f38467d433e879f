/**
 * The offline engineer: a deterministic, rule-based model behind the port of every model. It sees what any model sees
 * (messages and tool definitions) and does what any model can do (answer with text and tool calls). What it does not
 * understand it says, with the sentence quoted.
 */
import type { ModelClient, ModelEvent, ModelRequest } from '../../ports/model-client.ts';
import type { Misunderstanding } from './app-model.ts';
import { answer, lastCall, readConversation, type Answer, type Conversation } from './conversation.ts';
import { parseFaults } from './faults.ts';
import { assist } from './roles/assisting.ts';
import { build } from './roles/building.ts';
import { analyse, plan, settle } from './roles/planning.ts';
import { judge, release } from './roles/releasing.ts';
import { review, vote } from './roles/reviewing.ts';
import { understand } from './understand.ts';

const refuse = (misunderstandings: readonly Misunderstanding[]): Answer =>
  answer('I do not understand the whole specification, and I do not guess.', {
    tool: 'report_blocked',
    input: {
      sentences: misunderstandings
        .slice(0, 50)
        .map(({ sentence, reason }) => ({ sentence: sentence.slice(0, 2_000), reason: reason.slice(0, 2_000) })),
    },
  });

const withSpecification = (conversation: Conversation, model: string): Answer => {
  const specification = lastCall(conversation, 'read_specification');
  if (specification === undefined)
    return answer('I read the specification.', { tool: 'read_specification', input: {} });
  if (specification.isError) return answer(`I cannot read the specification: ${specification.content}`);
  const understanding = understand(specification.content);
  if (!understanding.ok) {
    return conversation.offered.has('report_blocked')
      ? refuse(understanding.error)
      : answer('I do not understand the specification.');
  }
  const blueprint = understanding.value;
  if (conversation.offered.has('submit_plan')) return plan(blueprint);
  if (conversation.offered.has('submit_analysis')) return analyse(conversation, blueprint);
  if (conversation.offered.has('submit_vote')) return vote(conversation, blueprint);
  if (conversation.offered.has('deploy')) return release(conversation, blueprint);
  return build(conversation, blueprint, parseFaults(model));
};

const greeting =
  'I am the offline engineer, a rule-based model without a network. I build web applications from Markdown specifications that describe resources, fields, rules and endpoints, and from OpenAPI 3 documents. I can act only through the tools of a task.';

const handingIn = /^(?:submit_|complete_task$|report_blocked$)/;

/** The answer to a request: a pure function of it. */
export const respond = (request: ModelRequest): Answer => {
  const conversation = readConversation(request);
  const last = conversation.calls.at(-1);
  if (last?.isError === true && handingIn.test(last.tool)) {
    return answer(`What I handed in was refused, and I have nothing else: ${last.content.slice(0, 1_500)}`);
  }
  if (conversation.offered.has('submit_advice')) return assist(conversation);
  if (conversation.offered.has('submit_review')) return review(conversation);
  if (conversation.offered.has('submit_verdict')) return judge(conversation);
  if (conversation.offered.has('submit_settlement')) return settle();
  return conversation.offered.has('read_specification')
    ? withSpecification(conversation, request.model)
    : answer(greeting);
};

/** A rough count, for budgets: four characters to a token. */
const countTokens = (text: string): number => Math.ceil(text.length / 4);

const countInput = (request: ModelRequest): number =>
  countTokens(request.system) + request.messages.reduce((sum, message) => sum + countTokens(message.content), 0);

/** The events of an answer, as a streaming model would send them. */
function* toEvents(request: ModelRequest): Generator<ModelEvent> {
  const { text, calls } = respond(request);
  const turn = request.messages.length;
  yield { type: 'text_delta', text };
  let outputTokens = countTokens(text);
  for (const [index, { tool, input }] of calls.entries()) {
    const argumentsText = JSON.stringify(input);
    outputTokens += countTokens(argumentsText);
    yield { type: 'tool_call_started', index, id: `call_${turn}_${index}`, name: tool };
    yield { type: 'tool_call_delta', index, argumentsText };
  }
  yield { type: 'usage', usage: { inputTokens: countInput(request), outputTokens, cachedInputTokens: 0 } };
  yield { type: 'finished', stopReason: calls.length > 0 ? 'tool_calls' : 'end' };
}

/** The offline engineer as a model client. The model's name may carry `?faults=<rate>&seed=<number>`. */
export const offlineEngineer: ModelClient = {
  async *stream(request) {
    yield* toEvents(request);
  },
};
