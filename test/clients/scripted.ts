/** The model behind `openai/scripted`: what the provider's wire carries is the same for every client. */
import type { Script, ScriptedTurn } from '../../shared/testing/models/script.ts';

/** The probes of compatcanary choose by the form of the request, which a script does not see; their words tell. */
const canary: Readonly<Record<string, ScriptedTurn>> = {
  'Call the provided tool': { toolCalls: [{ name: 'compatcanary_echo', arguments: { value: 'CANARY_OK' } }] },
  'Return the requested compatibility status': { text: '{"status":"ok"}' },
};

export const script: Script = ({ tools, messages }) => {
  const { role, text } = messages.at(-1) ?? { role: 'user', text: '' };
  if (role === 'tool') return { text: `The tool answered: ${text}` };
  const probe = Object.entries(canary).find(([words]) => text.includes(words))?.[1];
  if (probe !== undefined) return probe;
  const tool = tools.find((name) => text.includes(name));
  if (tool !== undefined) return { toolCalls: [{ name: tool, arguments: { city: 'Oslo', days: 2 } }] };
  return text.includes('book')
    ? { text: '{"title":"Solaris","pages":204}' }
    : { text: 'I am a scripted model. I answer in whole sentences, one after the other.' };
};
