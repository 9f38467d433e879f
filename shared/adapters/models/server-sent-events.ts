/** The data of server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html), one event a time. */

const dataOf = (event: string): string | undefined => {
  const lines = event
    .split('\n')
    .filter((line) => line.startsWith('data:'))
    .map((line) => line.slice('data:'.length).replace(/^ /, ''));
  return lines.length === 0 ? undefined : lines.join('\n');
};

/** Comments and other fields are passed over, and so is an event that the end of the stream cuts off. */
export async function* readServerSentEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  const reader = body.getReader();
  let rest = '';
  try {
    for (let next = await reader.read(); next.value !== undefined; next = await reader.read()) {
      const events = (rest + decoder.decode(next.value, { stream: true })).replaceAll('\r\n', '\n').split('\n\n');
      rest = events.pop() ?? '';
      for (const event of events) {
        const data = dataOf(event);
        if (data !== undefined) yield data;
      }
    }
  } finally {
    await reader.cancel();
  }
}
