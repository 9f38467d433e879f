import type { Provider } from './provider.ts';

export const anthropic: Provider = {
  name: 'anthropic',
  title: 'Anthropic',
  wire: 'anthropic',
  baseUrl: 'https://api.anthropic.com',
  variables: { key: 'ANTHROPIC_API_KEY', keys: 'ANTHROPIC_API_KEYS', baseUrl: 'ANTHROPIC_BASE_URL' },
  embeds: false,
  quirks: {},
};
