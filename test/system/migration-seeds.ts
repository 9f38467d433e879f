/**
 * Rows of the time of each migration: what an object may hold that stopped right after it. Each released migration has its
 * seed here, and its text is pinned by a hash, because a released one never changes.
 */
import { agentMigrations } from '../../durable-objects/agent/migrations.ts';
import { composerMigrations } from '../../durable-objects/composer/migrations.ts';
import { conversationMigrations } from '../../durable-objects/conversation/migrations.ts';
import type { Migration } from '../../durable-objects/platform/migrate.ts';
import { platformMigrations } from '../../durable-objects/platform/schema.ts';
import { projectMigrations } from '../../durable-objects/project/migrations.ts';
import { repositoryMigrations } from '../../durable-objects/repository/migrations.ts';
import { topicCatalogMigrations } from '../../durable-objects/topic/catalog-migrations.ts';
import { topicMigrations } from '../../durable-objects/topic/migrations.ts';
import { serviceRegistryMigrations } from '../../durable-objects/service-registry/migrations.ts';
import { analyticsMigrations } from '../../durable-objects/services/analytics/migrations.ts';
import { apiMigrations } from '../../durable-objects/services/api/migrations.ts';
import { authMigrations } from '../../durable-objects/services/auth/migrations.ts';
import { connectorMigrations } from '../../durable-objects/services/connector/object.ts';
import { dataMigrations } from '../../durable-objects/services/data/migrations.ts';
import { groupMigrations } from '../../durable-objects/services/group/migrations.ts';
import { uiMigrations } from '../../durable-objects/services/ui/object.ts';
import { userMigrations } from '../../durable-objects/services/user/migrations.ts';
import { workspaceMigrations } from '../../durable-objects/workspace/migrations.ts';
import { migrations as appHostMigrations } from '../../workers/sandbox/app-host/migrations.ts';

export interface PinnedMigration {
  /** First 16 hex digits of the SHA-256 of its text. */
  readonly hash: string;
  /** Inserts rows into its tables, in the shape they had then. */
  readonly seed: string;
}

export interface MigrationList {
  readonly migrations: readonly Migration[];
  /** By `<id> <name>`, in order. */
  readonly pinned: Readonly<Record<string, PinnedMigration>>;
}

/** A time that no timer of a test reaches. */
const farAway = 4_000_000_000_000;
/** SQL for a time that no test waits for, and that is not beyond the longest pause of a lane. */
const inAMinute = '(SELECT (unixepoch() + 60) * 1000)';

/** A change of a row that is gone. */
const rowChangeSeed = `
  INSERT INTO row_change (name, row_key, before, after, recorded_at) VALUES ('gone', 'k', '{}', NULL, 5)`;

export const platformList: MigrationList = {
  migrations: platformMigrations,
  pinned: {
    '1 object_life': { hash: '35cc445893deb018', seed: 'INSERT INTO object_life (id, initialized_at) VALUES (1, 5)' },
    // Events and snapshots come from the object's own seed, which knows their types.
    '2 event_store': { hash: '56bb9657375e5238', seed: 'SELECT 1' },
    '3 journal': {
      hash: '925d7ef140390a7c',
      seed: `INSERT INTO journal_step (key, effect_class, status, attempt, value, settled_told, started_at, settled_at)
             VALUES ('run/1', 'idempotent', 'done', 1, '7', 1, 5, 6)`,
    },
    '4 inbox': {
      hash: '21aec19e7eb553d7',
      seed: `INSERT INTO inbox (command_id, body_hash, reply, recorded_at) VALUES ('c', 'h', '{"value":1}', ${farAway})`,
    },
    '5 timers': {
      hash: 'bff26c352b4045aa',
      seed: `INSERT INTO timer (name, key, due_at, payload) VALUES ('old', 'k', ${farAway}, 'null');
             INSERT INTO timer_dead_letter (id, name, key, payload, attempts, cause, parked_at)
             VALUES (9, 'old', 'k', 'null', 8, 'because', 5)`,
    },
    '6 outbox': {
      hash: 'dca15be505600135',
      seed: `INSERT INTO outbox (lane, kind, payload, enqueued_at) VALUES ('l', 'old', 'null', 5);
             INSERT INTO outbox_lane (lane, next_at) VALUES ('l', ${inAMinute})`,
    },
    '7 event_kind': { hash: 'c25d1c4d2078e829', seed: 'SELECT 1' },
    '8 journal_values_and_retention': {
      hash: 'eeaa531f04463ae0',
      seed: `INSERT INTO journal_step (key, effect_class, status, attempt, value_parts, settled_told, started_at, settled_at)
             VALUES ('run/2', 'idempotent', 'done', 1, 1, 1, 5, 6);
             INSERT INTO journal_value_part (key, part, payload) VALUES ('run/2', 0, '7');
             INSERT INTO journal_ended (prefix, ended_at) VALUES ('other/', ${farAway})`,
    },
    '9 timer_set_at': { hash: 'd515686520660499', seed: 'SELECT 1' },
    '10 object_pause': {
      hash: 'd809e99864080fcf',
      seed: `INSERT INTO object_pause (id, phase, since, ordered_by) VALUES (1, 'inactive', 5, 'person:key_1')`,
    },
  },
};

export const objectLists: Readonly<
  Record<
    | 'agent'
    | 'composer'
    | 'conversation'
    | 'project'
    | 'repository'
    | 'service-registry'
    | 'topic'
    | 'topic-catalog'
    | 'workspace',
    MigrationList
  >
> = {
  agent: {
    migrations: agentMigrations,
    pinned: {
      '1 mailbox': {
        hash: '378a365a4e6a9c75',
        seed: `INSERT INTO message (message_id, direction, message) VALUES ('msg_1', 'sent', '{}');
               INSERT INTO event (type, version, payload, recorded_at)
               VALUES ('message.sent', 1, '{"type":"message.sent","messageId":"msg_1"}', 5);
               INSERT INTO snapshot (sequence, state_version, recorded_at) VALUES (1, 0, 5)`,
      },
      '2 model calls and budget': {
        hash: 'bdaa6357411f39c5',
        seed: `INSERT INTO model_call (run_id, step, attempt, model, request_hash, request_bytes, status, reserved, started_at)
               VALUES ('run_1', 0, 1, 'offline/engineer', 'h', 5, 'answered', '{}', 5);
               INSERT INTO model_call_part (call, part, events) VALUES (1, 0, '[]');
               INSERT INTO budget_account (kind, name, value) VALUES ('old', 'k', '{}')`,
      },
    },
  },
  conversation: {
    migrations: conversationMigrations,
    pinned: {
      '1 responses': {
        hash: 'ad5fdcb6b638c854',
        seed: `INSERT INTO response (id, characters, expires_at) VALUES ('resp_1', 5, ${farAway});
               INSERT INTO response_part (response_id, side, part, content) VALUES ('resp_1', 'input', 0, '[]')`,
      },
      '2 row history': { hash: '0087d75371d067a7', seed: rowChangeSeed },
      '3 items': {
        hash: '4be41d1bff69ba8b',
        seed: `INSERT INTO conversation (id, metadata, created_at) VALUES ('conv_1', '{}', 5);
               INSERT INTO item (id, characters) VALUES ('msg_1', 2);
               INSERT INTO item_part (sequence, part, content) VALUES (1, 0, '{}');
               INSERT INTO response (id, characters, expires_at, given_through) VALUES ('resp_2', 5, ${farAway}, 1)`,
      },
    },
  },
  topic: {
    migrations: topicMigrations,
    pinned: {
      '1 topic': {
        hash: '0ac088ee688bce10',
        seed: `INSERT INTO topic (id, settings, created_at, is_declared, last_sequence, floor, events, bytes, last_recorded_at)
               VALUES (1, '{"maxAgeMs":${farAway}}', 5, 1, 2, 0, 2, 2, 5);
               INSERT INTO topic_event (sequence, type, key, data, source, hops, bytes, recorded_at)
               VALUES (1, 'a', 'k', '1', 's', 0, 1, 5), (2, 'a', NULL, '2', 's', 0, 1, 5);
               INSERT INTO delivery (first_sequence, last_sequence, delivery_id, body_hash, recorded_at)
               VALUES (1, 2, 'd', 'h', ${farAway});
               INSERT INTO event_schema (type, version, schema, created_at) VALUES ('a', 1, 'true', 5);
               INSERT INTO consumer_group (name, settings, next, leases, created_at)
               VALUES ('g', '{"target":{"kind":"pull"}}', 3, 2, 5);
               INSERT INTO outstanding (group_name, sequence, attempts, lease, is_leased, due_at)
               VALUES ('g', 2, 1, 2, 1, ${farAway});
               INSERT INTO bus_dead_letter (group_name, sequence, event, attempts, cause, parked_at)
               VALUES ('g', 1, '{"type":"a","data":1,"source":"s","previous":0}', 1, 'because', 5)`,
      },
      '2 row history': { hash: 'c78a05d686ae3555', seed: rowChangeSeed },
      // Its rows come from the first.
      '3 deliveries by id': { hash: 'aca5645561ca6d85', seed: 'SELECT 1' },
    },
  },
  'topic-catalog': {
    migrations: topicCatalogMigrations,
    pinned: {
      '1 catalog': {
        hash: 'e4237608546b9c34',
        seed: `INSERT INTO known_topic (name, max_bytes, created_at) VALUES ('orders', 5, 5);
               INSERT INTO subscription (name, pattern, settings, revision, created_at)
               VALUES ('s', 'orders.*', '{"target":{"kind":"pull"}}', 1, 5)`,
      },
      '2 row history': { hash: '9cad687d085b6191', seed: rowChangeSeed },
    },
  },
  project: {
    migrations: projectMigrations,
    pinned: {
      '1 specification and messages': {
        hash: '411ab2f7de1b7557',
        seed: `INSERT INTO specification (id, path, content) VALUES (1, 'spec.md', '# A');
               INSERT INTO message (message_id, recipient, message, acknowledged_at) VALUES ('msg_1', 'agent:1', '{}', 6);
               INSERT INTO event (type, version, payload, recorded_at)
               VALUES ('project.paused', 1, '{"type":"project.paused"}', 5);
               INSERT INTO snapshot (sequence, state_version, recorded_at) VALUES (1, 0, 5)`,
      },
      '2 acknowledgements for the directory': { hash: 'd0a6d56354e367af', seed: 'SELECT 1' },
      '3 budget': {
        hash: '6269cfd42dd91b9d',
        seed: `INSERT INTO budget_account (kind, name, value) VALUES ('old', 'k', '{}')`,
      },
      '4 forks': {
        hash: '1fe5417e7bdfd697',
        seed: `INSERT INTO fork_file (path, content) VALUES ('a.txt', 'A')`,
      },
      '5 mutation testing': {
        hash: '11eca3072ee5d078',
        seed: `INSERT INTO mutant_verdict (evidence, verdict, used_at) VALUES ('e', '{"status":"killed"}', 5)`,
      },
      '6 scans': {
        hash: '35b716c43a575e1d',
        seed: `INSERT INTO scan (subject, commit_id, scanned_at, files_scanned, findings_total, blocking, findings, skipped)
               VALUES ('main', 'a', 5, 1, 0, 0, '[]', '[]')`,
      },
      '7 criteria and generated tests': {
        hash: 'e5a60aa5f185f807',
        seed: `INSERT INTO criterion_check (scope, check_id, kind, name, passed, commit_id, evidence, checked_at)
               VALUES ('preview', 'AC-1', 'scenario', 'x', 1, 'c', 'GET /a → 200', 5)`,
      },
      '8 measuring runs': {
        hash: '00c3a8d5c9a01d86',
        seed: `INSERT INTO quality_run (name, view) VALUES ('old', '{}');
               INSERT INTO performance_run (run_id, kind, branch, commit_id, status, view)
               VALUES ('old', 'bench', 'main', 'a', 'done', '{}')`,
      },
      '9 publication of the log': { hash: '85bde2bad98e1afc', seed: 'SELECT 1' },
      '10 programs of persons': {
        hash: '4b2527391282b6b6',
        seed: `INSERT INTO person_program (command_id, body_hash, started_at, characters) VALUES ('c', 'h', 5, 4);
               INSERT INTO person_program_call (command_id, call, tool, arguments_hash, content, is_error)
               VALUES ('c', 0, 'read_file', 'h', 'text', 0)`,
      },
      '11 gap in the publication': { hash: '57e4d0652e1e4923', seed: 'SELECT 1' },
    },
  },
  repository: {
    migrations: repositoryMigrations,
    pinned: {
      '1 objects, references, working copies': {
        hash: '3149c6e7b96b4094',
        seed: `INSERT INTO repository (id, name, created_at) VALUES (1, 'A', 5);
               INSERT INTO git_object (oid, kind, size_bytes, chunk_count, data) VALUES ('a', 'blob', 1, 0, x'00');
               INSERT INTO event (type, version, payload, recorded_at)
               VALUES ('repository.created', 1, '{"type":"repository.created","name":"A","head":"a"}', 5);
               INSERT INTO snapshot (sequence, state_version, recorded_at) VALUES (1, 0, 5)`,
      },
      '2 lowest fencing token': {
        hash: '0595676555868769',
        seed: 'INSERT INTO fence (id, lowest_token) VALUES (1, 3)',
      },
    },
  },
  composer: {
    migrations: composerMigrations,
    pinned: {
      '1 manifests': {
        hash: '8bfd5728b8ee0287',
        seed: `INSERT INTO composition_manifest (name, revision, text, manifest)
               VALUES ('shop', 1, 'name: shop', '{"name":"shop","version":"1.0.0","members":[],"routes":[],"isPublic":false,"healthSeconds":60}');
               INSERT INTO event (type, version, payload, recorded_at)
               VALUES ('composition.health_changed', 1, '{"type":"composition.health_changed","name":"shop","members":{}}', 5);
               INSERT INTO snapshot (sequence, state_version, recorded_at) VALUES (1, 0, 5)`,
      },
      // Where it stands follows from the log.
      '2 publication of the log': { hash: '85bde2bad98e1afc', seed: 'SELECT 1' },
      '3 gap in the publication': { hash: '57e4d0652e1e4923', seed: 'SELECT 1' },
    },
  },
  'service-registry': {
    migrations: serviceRegistryMigrations,
    pinned: {
      '1 leases': {
        hash: '4da54592e90f37df',
        seed: `INSERT INTO service_lease (name, instance, token, seconds, expires_at, load)
               VALUES ('payments', 'one', 't', 60, ${farAway}, 0.5);
               INSERT INTO event (type, version, payload, recorded_at)
               VALUES ('service.health_changed', 1, '{"type":"service.health_changed","name":"payments","instance":"one","health":"passing"}', 5);
               INSERT INTO snapshot (sequence, state_version, recorded_at) VALUES (1, 0, 5)`,
      },
      '2 upgrades': {
        hash: '04f7e06ab2da44fc',
        seed: `INSERT INTO upgrade_sight (name, sight) VALUES ('payments', '{"looks":1}');
               INSERT INTO upgrade_reporter (name, reporter, batch) VALUES ('payments', 'isolate', 3)`,
      },
    },
  },
  workspace: {
    migrations: workspaceMigrations,
    pinned: {
      '1 workspace': {
        hash: 'd1cb7b554c6a8712',
        seed: `INSERT INTO workspace (id, name, created_at, sequence) VALUES ('wsp_00000000000000000000000000', 'A', 5, 3);
               INSERT INTO redeemed_ticket (id, expires_at) VALUES ('t', ${farAway})`,
      },
      '2 budget': {
        hash: '6269cfd42dd91b9d',
        seed: `INSERT INTO budget_account (kind, name, value) VALUES ('old', 'k', '{}')`,
      },
      '3 api calls': {
        hash: '20e0097effcf0d5d',
        seed: `INSERT INTO api_call VALUES ('2026-11-26', 'key_1', 'openai/a', 1, 0, 0, 0, 0, 5, 0, 0, 5, 0, 9, 0, 0)`,
      },
      '4 model quality': {
        hash: 'd6e94df78fc28525',
        seed: `INSERT INTO model_quality VALUES (0, 'openai/a', 'client', 'chat', 'schema', 5, 1.0);
               INSERT INTO model_drift VALUES ('openai/a', 'schema',
                 '{"current":{"trials":5,"misses":1},"blocks":[],"baseline":{"trials":0,"misses":0}}', 5);
               INSERT INTO quality_alarm (id, model, measure, raised_at, updated_at, baseline_trials, baseline_misses,
                 recent_trials, recent_misses, chance) VALUES ('alm_1', 'openai/a', 'refusal', 5, 5, 40, 0, 20, 9, 0.0);
               INSERT INTO answered_call VALUES ('chatcmpl-1', 'openai/a', 'client', 'chat', 5);
               INSERT INTO feedback VALUES ('fbk_1', 'chatcmpl-1', 'person:a', 1.0, NULL, '["openai/a"]', 5)`,
      },
      '5 vault': {
        hash: 'a8b6342283aa4ca1',
        seed: `INSERT INTO vault (id, revision, master_key_id, sealed_key) VALUES (1, 2, 'm', 's');
               INSERT INTO credential (provider, name, fingerprint, sealed, added_at, added_by)
               VALUES ('openai', 'main', 'f', 's', 5, 'key_00000000000000000000000000');
               INSERT INTO credential_event (recorded_at, type) VALUES (5, 'credential.added')`,
      },
      '6 row history': { hash: 'cda4842443d6621d', seed: rowChangeSeed },
      '7 quotas': {
        hash: 'f66fbdb26a6bc9d7',
        seed: `INSERT INTO quota_limit (quota, amount, set_by, set_at) VALUES ('agents', 5, 'person:k', 5);
               INSERT INTO quota_holding (quota, holder, amount, revision, stated_at) VALUES ('agents', 'prj_1', 2, 1, 5)`,
      },
    },
  },
};

export const appHostList: { readonly migrations: readonly string[]; readonly pinned: readonly PinnedMigration[] } = {
  migrations: appHostMigrations,
  pinned: [
    {
      hash: 'c7ba4d387903d914',
      seed: `INSERT INTO version (version, entry, digest, created_at) VALUES ('v1', 'e', 'd', 5);
             INSERT INTO slot (slot, version, deployed_at) VALUES ('preview', 'v1', 5)`,
    },
    { hash: 'dafb60aaf102cb61', seed: `UPDATE version SET services = '{}'` },
  ],
};

const configuration = {
  '1 configuration': { hash: '6f55b3b0968297c1', seed: `INSERT INTO configuration (id, text) VALUES (1, 'null')` },
} as const;

/** The objects of apps' services, which live in the sandbox Worker. */
export const serviceLists = {
  auth: {
    migrations: authMigrations,
    pinned: {
      ...configuration,
      '2 accounts_and_sessions': {
        hash: '356d3355ef375b2e',
        seed: `INSERT INTO account (id, email, created_at) VALUES ('acc_1', 'a@b.c', 5);
               INSERT INTO session (id, account_id, token_hash, rotated_at, created_at, last_used_at, expires_at)
               VALUES ('ses_1', 'acc_1', 'h', 5, 5, 5, ${farAway});
               INSERT INTO identity (provider, subject, account_id) VALUES ('p', 's', 'acc_1');
               INSERT INTO attempt (subject, failures, last_at) VALUES ('account a@b.c', 1, 5);
               INSERT INTO oidc_start (state_hash, provider, redirect_uri, code_verifier, nonce, expires_at)
               VALUES ('h', 'p', 'https://a.example', 'v', 'n', ${farAway})`,
      },
      '3 row history': { hash: '991bfc270f8f7f8c', seed: rowChangeSeed },
    },
  },
  user: {
    migrations: userMigrations,
    pinned: {
      ...configuration,
      '2 profiles': {
        hash: 'd44a30ff919cfbef',
        seed: `INSERT INTO profile (account_id, version, display_name, fields, created_at, updated_at)
               VALUES ('acc_1', 1, 'A', '{}', 5, 5);
               INSERT INTO role (account_id, role) VALUES ('acc_1', 'r');
               INSERT INTO preference (account_id, name, value) VALUES ('acc_1', 'n', '1')`,
      },
      '3 row history': { hash: 'eb3fbd6250a7c8c2', seed: rowChangeSeed },
    },
  },
  data: {
    migrations: dataMigrations,
    pinned: {
      ...configuration,
      '2 records': {
        hash: '1889d36d2816aaa8',
        seed: `INSERT INTO record (collection, id, version, created_at, updated_at, body) VALUES ('c', 'r', 1, 5, 5, '{}');
               INSERT INTO change (sequence, collection, id, kind, version, at) VALUES (1, 'c', 'r', 'inserted', 1, 5);
               UPDATE change_head SET latest = 1`,
      },
      '3 row history': { hash: '62d7bcd208e85843', seed: rowChangeSeed },
    },
  },
  api: {
    migrations: apiMigrations,
    pinned: {
      ...configuration,
      '2 keys': {
        hash: '54894613c2b61406',
        seed: `INSERT INTO api_key (id, name, scopes, secret_hash, created_at) VALUES ('key_1', 'k', '[]', 'h', 5)`,
      },
      '3 row history': { hash: 'fbf36b8269cf7be7', seed: rowChangeSeed },
    },
  },
  analytics: {
    migrations: analyticsMigrations,
    pinned: {
      ...configuration,
      '2 events': {
        hash: '7e52f606e4744334',
        seed: `INSERT INTO event_counted (name, at, properties) VALUES ('e', 5, '{}');
               INSERT INTO secret (id, value) VALUES (1, 's')`,
      },
      '3 row history': { hash: '62d7bcd208e85843', seed: rowChangeSeed },
    },
  },
  ui: {
    migrations: uiMigrations,
    pinned: { ...configuration, '2 row history': { hash: '62d7bcd208e85843', seed: rowChangeSeed } },
  },
  connector: {
    migrations: connectorMigrations,
    pinned: { ...configuration, '2 row history': { hash: '62d7bcd208e85843', seed: rowChangeSeed } },
  },
  'service group': {
    migrations: groupMigrations,
    pinned: {
      '1 declaration': {
        hash: 'e78948f571c12c1d',
        seed: `INSERT INTO declaration (id, text, origins, known_kinds, revision, configured_at)
               VALUES (1, '{}', '[]', '[]', 1, 5)`,
      },
      '2 row history': { hash: '4e3f716e111381a3', seed: rowChangeSeed },
    },
  },
} as const satisfies Readonly<Record<string, MigrationList>>;
