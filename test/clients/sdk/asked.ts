/** What every client asks, and the models that it asks. */
import { inject } from 'vitest';
import { z } from 'zod';

export const models = ['offline/engineer', 'openai/scripted'] as const;

export const baseUrl = (): string => `${inject('platformUrl')}/v1`;

export const apiKey = (): string => inject('platformKey');

export const question = 'What are you, in a few sentences?';

export const useTool = 'Please use look_up_weather with city "Oslo", days 2.';

export const weather = z.object({ city: z.string(), days: z.number().int() });

/** What the tool answers; the model repeats it. */
export const forecast = 'rain on both days';

export const wantBook = 'Describe a book.';

export const book = z.object({ title: z.string(), pages: z.number().int() });

/** A model that nobody has. */
export const unknownModel = 'offline/enginer';
