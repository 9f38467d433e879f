/** Resolving names by DNS over HTTPS, in the JSON form that public resolvers answer (RFC 8484 has the binary one). */
import { z } from 'zod';
import type { Resolve } from './guarded-fetch.ts';

/** Used unless the operator names another one. */
const defaultResolver = 'https://cloudflare-dns.com/dns-query';

const answerSchema = z.object({
  Status: z.number(),
  Answer: z.array(z.object({ type: z.number(), data: z.string() })).default([]),
});

/** Numbers of the record types A and AAAA. */
const addressTypes = [1, 28] as const;

/** @param resolver takes `?name=&type=` and answers `application/dns-json` */
export const createResolve =
  (resolver: string = defaultResolver): Resolve =>
  async (name, signal) => {
    const answers = await Promise.all(
      addressTypes.map(async (type) => {
        const query = new URL(resolver);
        query.searchParams.set('name', name);
        query.searchParams.set('type', String(type));
        const response = await fetch(query, {
          headers: { accept: 'application/dns-json' },
          signal,
          redirect: 'manual',
        });
        if (!response.ok) throw new Error(`the resolver answered ${response.status} for ${name}`);
        const { Answer } = answerSchema.parse(await response.json());
        return Answer.filter((record) => record.type === type).map(({ data }) => data);
      }),
    );
    return answers.flat();
  };
