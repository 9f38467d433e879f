import type { Provider } from './provider.ts';

/** Any one server that speaks OpenAI's wire; more of them are named in `AIDEVOS_PROVIDERS`. */
export const custom: Provider = {
  name: 'custom',
  title: 'A server of your own',
  wire: 'openai',
  variables: { key: 'CUSTOM_API_KEY', keys: 'CUSTOM_API_KEYS', baseUrl: 'CUSTOM_BASE_URL' },
  embeds: true,
  quirks: { tokenLimit: 'max_tokens' },
};
