/**
 * Server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html) out of a text that arrives in
 * pieces. Pure: `push` takes a piece and gives the events that it completes.
 */

export interface ServerSentEvent {
  /** `message` where the server names none. */
  readonly name: string;
  readonly data: string;
  readonly id: string | undefined;
}

interface Draft {
  readonly name: string;
  readonly data: readonly string[];
  readonly id: string | undefined;
}

const empty: Draft = { name: '', data: [], id: undefined };

const addLine = (draft: Draft, line: string): Draft => {
  if (line.startsWith(':')) return draft;
  const colon = line.indexOf(':');
  const field = colon === -1 ? line : line.slice(0, colon);
  const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '');
  switch (field) {
    case 'event':
      return { ...draft, name: value };
    case 'data':
      return { ...draft, data: [...draft.data, value] };
    case 'id':
      return { ...draft, id: value };
    default:
      return draft;
  }
};

/** A parser with its own buffer: one for each stream. */
export const createSseParser = (): { readonly push: (piece: string) => readonly ServerSentEvent[] } => {
  let rest = '';
  let draft = empty;
  const finish = (): readonly ServerSentEvent[] => {
    const { name, data, id } = draft;
    draft = empty;
    return data.length === 0 ? [] : [{ name: name === '' ? 'message' : name, data: data.join('\n'), id }];
  };
  return {
    push: (piece) => {
      // A carriage return at the very end may be half of a line end, so it waits for the next piece.
      const text = rest + piece;
      const complete = text.endsWith('\r') ? text.slice(0, -1) : text;
      const lines = complete.split(/\r\n|\r|\n/);
      rest = (lines.pop() ?? '') + text.slice(complete.length);
      const events: ServerSentEvent[] = [];
      for (const line of lines) {
        if (line === '') events.push(...finish());
        else draft = addLine(draft, line);
      }
      return events;
    },
  };
};
