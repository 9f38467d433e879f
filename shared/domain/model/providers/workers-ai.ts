import type { Provider } from './provider.ts';

/** https://developers.cloudflare.com/workers-ai/configuration/bindings/: reached by a binding, without key and address. */
export const workersAi: Provider = {
  name: 'workers-ai',
  title: 'Workers AI',
  wire: 'workers-ai',
  variables: { binding: 'AI' },
  embeds: true,
  quirks: { tokenLimit: 'max_tokens', streamOptions: false },
};
