/** The judge and the devops engineer: they act on measurements. */
import type { Blueprint } from '../blueprint.ts';
import { answer, lastCall, readSection, type Answer, type Conversation } from '../conversation.ts';

export const judge = (conversation: Conversation): Answer => {
  const gates = readSection(conversation.task, 'Gates');
  const missed = gates.filter((gate) => gate.includes(': FAILED'));
  const passes = gates.length > 0 && missed.length === 0;
  return answer(passes ? 'Every gate passed.' : 'The version does not pass.', {
    tool: 'submit_verdict',
    input: passes
      ? { verdict: 'pass', reasons: gates }
      : { verdict: 'fail', reasons: missed.length > 0 ? missed : ['Nothing was measured.'] },
  });
};

export const release = (conversation: Conversation, blueprint: Blueprint): Answer => {
  const failure = conversation.calls.findLast(({ isError }) => isError);
  if (failure !== undefined)
    return answer(`The release stops here. ${failure.tool}: ${failure.content.slice(0, 1_500)}`);
  if (lastCall(conversation, 'deploy') === undefined) {
    return answer('I deploy to the preview slot.', { tool: 'deploy', input: { slot: 'preview' } });
  }
  if (lastCall(conversation, 'run_checks') === undefined) {
    return answer('I check the acceptance criteria over HTTP.', {
      tool: 'run_checks',
      input: { slot: 'preview', checks: blueprint.acceptanceChecks },
    });
  }
  if (lastCall(conversation, 'promote') === undefined) {
    return answer('The preview passed: I promote it.', {
      tool: 'promote',
      input: { from: 'preview', to: 'production' },
    });
  }
  return answer('The version is live.', {
    tool: 'complete_task',
    input: {
      summary: `${blueprint.title} is in production; ${blueprint.acceptanceChecks.length} acceptance checks passed on the preview.`,
    },
  });
};
