import type { Provider } from './provider.ts';

/** https://openrouter.ai/docs/api-reference/overview: its headers name the application in its statistics. */
export const openrouter: Provider = {
  name: 'openrouter',
  title: 'OpenRouter',
  wire: 'openai',
  baseUrl: 'https://openrouter.ai/api/v1',
  variables: { key: 'OPENROUTER_API_KEY', keys: 'OPENROUTER_API_KEYS', baseUrl: 'OPENROUTER_BASE_URL' },
  embeds: true,
  // Its list of models is everybody's: https://openrouter.ai/docs/api-reference/limits
  keyCheckPath: '/key',
  quirks: { tokenLimit: 'max_tokens', headers: { 'x-title': 'AIDevOS' } },
};
