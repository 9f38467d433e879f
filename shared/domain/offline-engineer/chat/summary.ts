/** A conversation in short: an extract and no understanding, in which every turn has its first words. */

/** How it stands in a message (`protocol/responses/compaction.ts`). */
const conversation = /^summari[sz]e this conversation[.:]?\s*<conversation>\n([\s\S]*)\n<\/conversation>$/i;

const mostTurns = 200;
const longestTurn = 300;

const shorten = (turn: string): string => {
  const line = turn.replaceAll(/\s+/g, ' ').trim();
  return line.length > longestTurn ? `${line.slice(0, longestTurn)}…` : line;
};

/** The extract of the conversation that a message asks to have summarised; undefined for every other message. */
export const summaryOfConversation = (said: string): string | undefined => {
  const [, text] = conversation.exec(said.trim()) ?? [];
  if (text === undefined) return undefined;
  const turns = text.split('\n\n').filter((turn) => turn.trim() !== '');
  return turns.slice(-mostTurns).map(shorten).join('\n');
};
