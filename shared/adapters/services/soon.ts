/** Lookups answer or say soon that they cannot: whoever looks something up has something else to do with it. */
const patienceMs = 2_000;

/** The outcome within `patienceMs`, or a rejection. */
export const soon = async <Value>(work: Promise<Value>): Promise<Value> => {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`no answer within ${patienceMs} ms`)), patienceMs);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
};
