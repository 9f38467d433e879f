/** Coding tools, unmodified, each doing a real edit of a file by its own tools with the model of the platform. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { runTool, task, type ToolCommand, type ToolRun } from './run-tool.ts';

const modules = join(import.meta.dirname, 'node_modules');

const model = 'offline/engineer';

const timeoutMs = 300_000;

/**
 * The program itself, which the package `opencode-ai` only picks by system. Just this one is named by our lock file:
 * `npm ci` refuses a lock from which an optional package of the others is missing.
 */
const openCodeProgram = join(modules, 'opencode-linux-x64', 'bin', 'opencode');

const endpoint = () => ({ url: `${inject('platformUrl')}/v1`, key: inject('platformKey') });

const openCode = (): ToolCommand => {
  const { url, key } = endpoint();
  const configuration = {
    model: `aidevos/${model}`,
    small_model: `aidevos/${model}`,
    autoupdate: false,
    share: 'disabled',
    provider: {
      aidevos: {
        npm: '@ai-sdk/openai-compatible',
        options: { baseURL: url, apiKey: key },
        models: { [model]: { limit: { context: 128_000, output: 8_192 } } },
      },
    },
  };
  return { program: openCodeProgram, args: ['run', task], work: { 'opencode.json': JSON.stringify(configuration) } };
};

const pi = (): ToolCommand => {
  const { url, key } = endpoint();
  const models = [{ id: model, contextWindow: 128_000, maxTokens: 8_192 }];
  const configuration = { providers: { aidevos: { baseUrl: url, api: 'openai-completions', apiKey: key, models } } };
  return {
    program: join(modules, '@earendil-works', 'pi-coding-agent', 'dist', 'bundle', 'cli.js'),
    args: ['--provider', 'aidevos', '--model', model, '--no-session', '-p', task],
    environment: { PI_OFFLINE: '1', PI_SKIP_VERSION_CHECK: '1' },
    home: { '.pi/agent/models.json': JSON.stringify(configuration) },
  };
};

/** Its program is one for each system, as opencode's is. */
const claudeProgram = join(modules, '@anthropic-ai', 'claude-code-linux-x64', 'claude');

const claudeCode = (): ToolCommand => ({
  program: claudeProgram,
  args: ['-p', task, '--dangerously-skip-permissions', '--model', model],
  environment: {
    ANTHROPIC_BASE_URL: inject('platformUrl'),
    ANTHROPIC_API_KEY: inject('platformKey'),
    ANTHROPIC_SMALL_FAST_MODEL: model,
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    DISABLE_AUTOUPDATER: '1',
    // It refuses to skip permissions as root anywhere else.
    IS_SANDBOX: '1',
  },
});

const continueCli = (): ToolCommand => {
  const { url, key } = endpoint();
  const configuration = `name: aidevos
version: 1.0.0
schema: v1
models:
  - name: aidevos
    provider: openai
    model: ${model}
    apiBase: ${url}
    apiKey: ${key}
    roles: [chat, edit]
    capabilities: [tool_use]
`;
  return {
    program: join(modules, '@continuedev', 'cli', 'dist', 'cn.js'),
    args: ['--config', 'continue.yaml', '--auto', '-p', task],
    environment: { CONTINUE_TELEMETRY_ENABLED: '0' },
    work: { 'continue.yaml': configuration },
  };
};

/** `more` are lines of its provider. */
const codex = (more = ''): ToolCommand => {
  const { url, key } = endpoint();
  const configuration = `model = "${model}"
model_provider = "aidevos"
approval_policy = "never"
sandbox_mode = "danger-full-access"
check_for_update_on_startup = false

[analytics]
enabled = false

[model_providers.aidevos]
name = "aidevos"
base_url = "${url}"
env_key = "AIDEVOS_API_KEY"
wire_api = "responses"
${more}
`;
  return {
    program: join(modules, '@openai', 'codex', 'bin', 'codex.js'),
    args: ['exec', '--skip-git-repo-check', task],
    environment: { AIDEVOS_API_KEY: key },
    home: { '.codex/config.toml': configuration },
  };
};

const expectEdited = ({ exitCode, output, edited }: ToolRun): void => {
  expect(edited, output).toBe('Hello, world\nsecond line\n');
  expect(exitCode, output).toBe(0);
};

describe('opencode-linux-x64: chat completions', () => {
  it(
    'edits a file',
    async (context) => {
      if (!existsSync(openCodeProgram)) context.skip('it is installed on Linux x64 only');
      expectEdited(await runTool(openCode()));
    },
    timeoutMs,
  );
});

describe('@earendil-works/pi-coding-agent: chat completions', () => {
  it(
    'edits a file',
    async () => {
      expectEdited(await runTool(pi()));
    },
    timeoutMs,
  );
});

describe('@openai/codex: responses', () => {
  it(
    'edits a file',
    async (context) => {
      if (!inject('offered').responses) context.skip('not offered');
      expectEdited(await runTool(codex()));
    },
    timeoutMs,
  );

  it(
    'edits a file over a WebSocket',
    async () => {
      const run = await runTool(codex('supports_websockets = true'));
      expectEdited(run);
      // It would go on over HTTP without the other.
      expect(run.output).not.toMatch(/falling back/i);
    },
    timeoutMs,
  );
});

describe('@anthropic-ai/claude-code-linux-x64: messages', () => {
  it(
    'edits a file',
    async (context) => {
      if (!existsSync(claudeProgram)) context.skip('it is installed on Linux x64 only');
      expectEdited(await runTool(claudeCode()));
    },
    timeoutMs,
  );
});

describe('@continuedev/cli: chat completions', () => {
  it(
    'edits a file',
    async () => {
      expectEdited(await runTool(continueCli()));
    },
    timeoutMs,
  );
});
