import type { Provider } from './provider.ts';

/** https://docs.ollama.com/api/openai-compatibility: a server of one's own, which looks at no key. */
export const ollama: Provider = {
  name: 'ollama',
  title: 'Ollama',
  wire: 'openai',
  variables: { baseUrl: 'OLLAMA_BASE_URL' },
  embeds: true,
  quirks: { tokenLimit: 'max_tokens' },
};
