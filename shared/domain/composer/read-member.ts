/** One member of a manifest: what kind it is, and whether what it says fits that kind. */
import { maxSatisfying, validRange } from 'semver';
import type { z } from 'zod';
import { err, ok, type Issue, type Result } from '../../errors/result.ts';
import type { MemberInput, MemberService, Policies } from '../../schemas/composition.ts';
import { apiConfiguration } from '../../schemas/services/api.ts';
import {
  analyticsConfiguration,
  authConfiguration,
  dataConfiguration,
  userConfiguration,
} from '../../schemas/services/declaration.ts';
import { uiConfiguration } from '../../schemas/services/ui.ts';
import type { Member } from './manifest.ts';
import { offeredVersions } from './offers.ts';

const configurations: Readonly<Record<MemberService, z.ZodType<Readonly<Record<string, unknown>>>>> = {
  auth: authConfiguration,
  user: userConfiguration,
  data: dataConfiguration,
  api: apiConfiguration,
  ui: uiConfiguration,
  analytics: analyticsConfiguration,
};

type Read = Result<Member, readonly Issue[]>;

const kinds = ['service', 'external', 'app', 'registered'] as const;
type Kind = (typeof kinds)[number];

/** What a member of each kind may say beside its kind and its policies. */
const fields: Readonly<Record<Kind, readonly (keyof MemberInput)[]>> = {
  service: ['version', 'config', 'uses'],
  external: [],
  app: ['slot'],
  registered: ['version'],
};

const allFields = ['version', 'config', 'uses', 'slot'] as const;

const checkFields = (at: string, kind: Kind, input: MemberInput): readonly Issue[] => [
  ...allFields
    .filter((field) => input[field] !== undefined && !fields[kind].includes(field))
    .map((field) => ({ field: `${at}.${field}`, reason: `means nothing for a member that is ${nouns[kind]}` })),
  ...(input.policies?.balance !== undefined && kind !== 'registered'
    ? [
        {
          field: `${at}.policies.balance`,
          reason: 'means nothing here: only a registered service has several instances',
        },
      ]
    : []),
];

const nouns: Readonly<Record<Kind, string>> = {
  service: 'a service object',
  external: 'a service outside',
  app: 'an app',
  registered: 'a registered service',
};

/** The range, or why nothing can be found with it. */
const checkRange = (at: string, range: string): readonly Issue[] =>
  validRange(range) === null
    ? [{ field: `${at}.version`, reason: `"${range}" is no range of versions, like ^1.2` }]
    : [];

const readService = (name: string, service: MemberService, input: MemberInput, policies: Policies): Read => {
  const at = `members.${name}`;
  const range = input.version ?? '*';
  const issues = [...checkRange(at, range)];
  const offered = offeredVersions[service];
  if (issues.length === 0 && maxSatisfying([...offered], range) === null) {
    const reason = `nobody offers ${service} in version "${range}"; offered: ${offered.join(', ')}`;
    issues.push({ field: `${at}.version`, reason });
  }
  const parsed = configurations[service].safeParse(input.config ?? {});
  if (!parsed.success) {
    for (const issue of parsed.error.issues) {
      const path = [at, 'config', ...issue.path.map(String)];
      if (issue.code !== 'unrecognized_keys') issues.push({ field: path.join('.'), reason: issue.message });
      else for (const key of issue.keys) issues.push({ field: [...path, key].join('.'), reason: 'is not known here' });
    }
  }
  if (!parsed.success || issues.length > 0) return err(issues);
  const { uses = {} } = input;
  return ok({ kind: 'service', name, service, version: range, configuration: parsed.data, uses, policies });
};

/** A member with the policies of the manifest where it has none of its own. */
export const readMember = (name: string, input: MemberInput, common: Policies): Read => {
  const at = `members.${name}`;
  const said = kinds.filter((kind) => input[kind] !== undefined);
  const [kind] = said;
  if (kind === undefined || said.length > 1) {
    const reason =
      said.length > 1 ? `says ${said.join(' and ')}; it is one of them` : `must say one of ${kinds.join(', ')}`;
    return err([{ field: at, reason }]);
  }
  const misplaced = checkFields(at, kind, input);
  if (misplaced.length > 0) return err(misplaced);
  const { balance, ...shared } = common;
  const policies = {
    ...(kind === 'registered' && balance !== undefined ? { balance } : {}),
    ...shared,
    ...input.policies,
  };
  if (input.service !== undefined) return readService(name, input.service, input, policies);
  if (input.external !== undefined) return ok({ kind: 'external', name, outside: input.external, policies });
  if (input.app !== undefined) {
    return ok({ kind: 'app', name, projectId: input.app, slot: input.slot ?? 'production', policies });
  }
  const version = input.version ?? '*';
  const wrong = checkRange(at, version);
  return wrong.length > 0
    ? err(wrong)
    : ok({ kind: 'registered', name, service: input.registered ?? '', version, policies });
};
