import type { Provider } from './provider.ts';

export const openai: Provider = {
  name: 'openai',
  title: 'OpenAI',
  wire: 'openai',
  baseUrl: 'https://api.openai.com/v1',
  variables: { key: 'OPENAI_API_KEY', keys: 'OPENAI_API_KEYS', baseUrl: 'OPENAI_BASE_URL' },
  embeds: true,
  quirks: {},
};
