/** How the API says no: RFC 9457 (https://www.rfc-editor.org/rfc/rfc9457), `application/problem+json`. */
import { z } from 'zod';
import { errorCatalog, type ErrorType } from '../errors/catalog.ts';

const errorTypes = Object.keys(errorCatalog).filter((type): type is ErrorType => type in errorCatalog);

export const problemSchema = z
  .object({
    type: z.string().meta({ description: '`urn:aidevos:problem:` and the code.' }),
    code: z.enum(errorTypes).meta({ description: 'Stable; decide by this one.' }),
    title: z.string(),
    status: z.number().int(),
    detail: z.string().meta({ description: 'What is wrong here and what to do next, for a person.' }),
    instance: z.string().meta({ description: 'The path of the request.' }),
    requestId: z.string(),
    retryable: z.boolean().meta({ description: 'Whether the same request may succeed later.' }),
    oldestSequence: z
      .number()
      .int()
      .optional()
      .meta({ description: 'With `cursor.gone`: the oldest event that is still kept.' }),
    errors: z
      .array(z.object({ field: z.string(), reason: z.string() }))
      .readonly()
      .optional()
      .meta({ description: 'The fields at fault, for example `body.specification`.' }),
  })
  .meta({ id: 'Problem' });

export type Problem = z.infer<typeof problemSchema>;
