/** The providers that are known by name. A new one is a file beside this and a line in the list. */
import { anthropic } from './anthropic.ts';
import { custom } from './custom.ts';
import { ollama } from './ollama.ts';
import { openai } from './openai.ts';
import { openrouter } from './openrouter.ts';
import type { Provider } from './provider.ts';
import { workersAi } from './workers-ai.ts';

export const providers: readonly Provider[] = [openai, anthropic, openrouter, ollama, workersAi, custom];
