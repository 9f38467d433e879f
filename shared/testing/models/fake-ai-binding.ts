/** Workers AI's binding without Workers AI: answers each call with what the test scripted for it. */

export interface BindingCall {
  readonly model: string;
  readonly inputs: object;
}

export interface FakeAiBinding {
  readonly calls: readonly BindingCall[];
  readonly run: (model: string, inputs: object, options: { readonly signal: AbortSignal }) => Promise<Response>;
}

/** The raw response of a stream of these pieces; `[DONE]` ends it unless it is to break off. */
export const streamOf = (pieces: readonly unknown[], { isCut = false } = {}): Response => {
  const frames = pieces.map((piece) => `data: ${JSON.stringify(piece)}\n\n`).join('');
  return new Response(frames + (isCut ? '' : 'data: [DONE]\n\n'), { headers: { 'content-type': 'text/event-stream' } });
};

/** The raw response of a model of embeddings; `usage` where it tells one. */
export const vectorsOf = (data: readonly (readonly number[])[], usage?: object): Response =>
  Response.json({
    shape: [data.length, data[0]?.length ?? 0],
    data,
    pooling: 'mean',
    ...(usage === undefined ? {} : { usage }),
  });

/** A refusal as the binding's raw response has it. */
export const refusalOf = (status: number, internalCode: number, description: string): Response =>
  Response.json({ internalCode, description, name: 'AiInternalError' }, { status });

/** A binding that answers the n-th call with the n-th response. */
export const createFakeAiBinding = (answers: readonly (() => Response | Promise<Response>)[]): FakeAiBinding => {
  const calls: BindingCall[] = [];
  return {
    calls,
    run: async (model, inputs) => {
      const next = answers[calls.length];
      calls.push({ model, inputs });
      if (next === undefined) throw new Error('The binding was called too often.');
      return await next();
    },
  };
};
