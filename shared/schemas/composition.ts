/**
 * The manifest of a composition: which members make up a service, who of them may call whom, what holds for requests, and
 * which paths lead where. The shape is checked here; what members mean to each other in `shared/domain/composer`.
 */
import { z } from 'zod';
import { balancingPolicies } from '../domain/service-registry/service.ts';
import { connectorConfiguration } from './services/declaration.ts';
import { serviceName } from './services/parts.ts';

/** The kinds of service objects that a member can be; outside services are members of their own kind. */
const memberServices = ['auth', 'user', 'data', 'api', 'ui', 'analytics'] as const;
export type MemberService = (typeof memberServices)[number];

/** Bytes of a manifest's text in UTF-8. */
export const maxManifestBytes = 256 * 1_024;

const policies = z
  .strictObject({
    timeoutMs: z.int().min(100).max(60_000).optional().meta({ description: 'Of one request, all attempts together.' }),
    retries: z
      .int()
      .min(0)
      .max(3)
      .optional()
      .meta({ description: 'More attempts of a request that may be made twice (GET, HEAD, OPTIONS).' }),
    perMinute: z
      .int()
      .min(1)
      .max(60_000)
      .optional()
      .meta({ description: 'Requests a minute that each place of the platform lets through.' }),
    balance: z
      .enum(balancingPolicies)
      .optional()
      .meta({ description: 'How requests are spread over the instances of a registered service.' }),
  })
  .meta({ id: 'CompositionPolicies' });

const versionRange = z.string().min(1).max(100).meta({ description: 'As npm has it: ^1.2, >=2 <4, 1.x.' });

const registeredName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,62}$/, 'must be the name of a service in the registry, like orders');

/** The registry keeps the other beginnings for what the platform and deployed apps register themselves. */
const compositionName = serviceName.refine(
  (name) => !/^(aidevos|app)-/.test(name),
  'must not begin with "aidevos-" or "app-", which the platform and deployed apps have',
);

/** Exactly one of `service`, `external`, `app` and `registered` says what the member is. */
const member = z
  .strictObject({
    service: z.enum(memberServices, `must be one of ${memberServices.join(', ')}`).optional(),
    external: connectorConfiguration.shape.connectors.element.omit({ name: true }).optional(),
    app: z
      .string()
      .regex(/^prj_[0-9a-hjkmnp-tv-z]{26}$/, 'must be the id of a project, like prj_…')
      .optional()
      .meta({ description: 'A project whose deployed app is the member.' }),
    registered: registeredName.optional().meta({ description: 'A service that the registry knows by this name.' }),
    version: versionRange.optional(),
    slot: z.enum(['preview', 'staging', 'production']).optional(),
    config: z
      .record(z.string(), z.unknown())
      .optional()
      .meta({ description: 'How the service is set up, as in an app’s services.json.' }),
    uses: z
      .record(serviceName, serviceName)
      .optional()
      .meta({ description: 'The members it may call, by the name under which it calls them.' }),
    policies: policies.optional(),
  })
  .meta({ id: 'CompositionMember' });

const route = z
  .strictObject({
    path: z
      .string()
      .max(100)
      .regex(
        /^\/([A-Za-z0-9._~-]+(\/[A-Za-z0-9._~-]+)*)?$/,
        'must be a path like / or /api, without a slash at the end',
      )
      .meta({ description: 'It and everything below it; the longest that matches counts.' }),
    member: serviceName,
  })
  .meta({ id: 'CompositionRoute' });

export const compositionManifest = z
  .strictObject({
    $schema: z.string().max(500).optional(),
    name: compositionName.meta({ description: 'Under which the registry will know it.' }),
    version: z
      .string()
      .regex(/^\d{1,6}\.\d{1,6}\.\d{1,6}$/, 'must be a version like 1.4.0')
      .default('1.0.0'),
    title: z.string().min(1).max(200).optional(),
    description: z.string().max(1_000).optional(),
    members: z.record(serviceName, member),
    routes: z.array(route).min(1).max(24),
    policies: policies.optional(),
    access: z
      .enum(['workspace', 'public'])
      .default('workspace')
      .meta({ description: 'Who may send it requests: holders of a key of the workspace, or everybody.' }),
    healthSeconds: z
      .int()
      .min(10)
      .max(3_600)
      .default(60)
      .meta({ description: 'How often its members are looked at, and healed.' }),
  })
  .meta({ id: 'CompositionManifest', title: 'AIDevOS composition' });

export type ManifestInput = z.infer<typeof compositionManifest>;
export type MemberInput = ManifestInput['members'][string];
export type Policies = z.infer<typeof policies>;
