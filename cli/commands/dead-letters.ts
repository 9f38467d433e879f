/** `aidevos dead-letters`: work of a project's objects that failed too often, and doing it again. */
import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { answerOf } from '../api/client.ts';
import { createContext } from '../context.ts';
import { answer, dateText, table } from '../output/print.ts';
import { fit } from '../../shared/domain/progress/style.ts';

const longestCause = 120;

const list = async (projectId: string, _options: unknown, command: Command): Promise<void> => {
  const { client, json } = await createContext(command);
  const letters = client.api.projects[':projectId']['dead-letters'];
  answer(json, await answerOf(letters.$get({ param: { projectId } })), ({ deadLetters }) =>
    deadLetters.length === 0
      ? 'No dead letters: nothing failed for good.'
      : [
          table(
            ['LETTER', 'KIND', 'TRIES', 'PARKED (UTC)', 'CAUSE'],
            deadLetters.map((letter) => [
              letter.letterId,
              letter.kind,
              String(letter.attempts),
              dateText(letter.parkedAt),
              fit(letter.cause, longestCause),
            ]),
          ),
          `When the cause is mended: aidevos dead-letters replay ${projectId} <letter>`,
        ].join('\n'),
  );
};

const replay = async (projectId: string, letterId: string, _options: unknown, command: Command): Promise<void> => {
  const { client, json } = await createContext(command);
  const letters = client.api.projects[':projectId']['dead-letters'];
  // One key for this command: should the answer be lost, a repeat replays nothing else.
  const headers = { 'idempotency-key': randomUUID() };
  const document = await answerOf(letters[':letterId'].replay.$post({ param: { projectId, letterId } }, { headers }));
  answer(json, document, () => `${letterId} is done again; should it fail as often, it comes back to the list.`);
};

export const addDeadLetterCommands = (program: Command): void => {
  const letters = program.command('dead-letters').description('work that failed too often and waits to be replayed');
  letters.command('list', { isDefault: true }).description('list it').argument('<project>').action(list);
  letters
    .command('replay')
    .description('do it again, with all its attempts')
    .argument('<project>')
    .argument('<letter>', 'its id')
    .action(replay);
};
