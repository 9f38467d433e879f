/** Embeddings in OpenAI's shape: those of the offline embedder, and vectors that others made. */
import { toBase64 } from '../../domain/model/base64.ts';
import { defaultDimensions, embedText, mostDimensions } from '../../domain/model/embedder.ts';
import { likelyUsage, utf8Length } from '../../domain/model/estimate.ts';
import { err, ok, type Result } from '../../errors/result.ts';
import type { EmbeddingsRequest } from '../../schemas/openai-embeddings.ts';
import { invalidValue, type OpenAiRefusal } from './error.ts';

export interface EmbeddingList {
  readonly object: 'list';
  readonly model: string;
  readonly data: readonly {
    readonly object: 'embedding';
    readonly index: number;
    /** Numbers, or the bytes of little-endian 32-bit floats in base64. */
    readonly embedding: readonly number[] | string;
  }[];
  readonly usage: { readonly prompt_tokens: number; readonly total_tokens: number };
}

/** All inputs of a request together; each letter is looked at several times. */
const mostCharacters = 1_000_000;

/** Little-endian, whatever the machine is. */
const bytesOf = (vector: ArrayLike<number>): Uint8Array => {
  const bytes = new Uint8Array(vector.length * 4);
  const view = new DataView(bytes.buffer);
  for (let index = 0; index < vector.length; index += 1) view.setFloat32(index * 4, vector[index] ?? 0, true);
  return bytes;
};

/** The answer of these vectors. */
export const toEmbeddingList = (
  { model, encoding_format: encoding }: EmbeddingsRequest,
  vectors: readonly ArrayLike<number>[],
  inputTokens: number,
): EmbeddingList => ({
  object: 'list',
  model,
  data: vectors.map((vector, index) => ({
    object: 'embedding' as const,
    index,
    embedding: encoding === 'base64' ? toBase64(bytesOf(vector)) : Array.from(vector),
  })),
  usage: { prompt_tokens: inputTokens, total_tokens: inputTokens },
});

/** The texts of a request; undefined where they are tokens. */
export const textsOf = (input: EmbeddingsRequest['input']): readonly string[] | undefined => {
  const all: readonly unknown[] = typeof input === 'string' ? [input] : input;
  return all.every((text): text is string => typeof text === 'string') ? all : undefined;
};

/** The whole answer, or why there is none. */
export const embedOffline = (request: EmbeddingsRequest): Result<EmbeddingList, OpenAiRefusal> => {
  const texts = textsOf(request.input);
  if (texts === undefined) {
    return err(invalidValue('input', 'The offline embedder reads texts; it has no tokens of its own.'));
  }
  const dimensions = request.dimensions ?? defaultDimensions;
  if (dimensions > mostDimensions) {
    return err(invalidValue('dimensions', `The offline embedder has at most ${mostDimensions} dimensions.`));
  }
  if (texts.reduce((sum, text) => sum + text.length, 0) > mostCharacters) {
    return err(invalidValue('input', `The offline embedder reads at most ${mostCharacters} characters at once.`));
  }
  const bytes = texts.reduce((sum, text) => sum + utf8Length(text), 0);
  const { inputTokens } = likelyUsage(bytes, 0);
  const vectors = texts.map((text) => embedText(text, dimensions));
  return ok(toEmbeddingList(request, vectors, inputTokens));
};
