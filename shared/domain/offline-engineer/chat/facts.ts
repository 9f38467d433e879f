/**
 * What the offline engineer can tell about the platform: facts with the words that ask for them. A question is answered
 * with the facts that share most words with it, so nothing here belongs to one certain question.
 */
import { providers } from '../../model/providers/index.ts';
import { roles } from '../../team/roles/index.ts';

interface Fact {
  /** Beginnings of words, in lower case; a question that has them asks for this. */
  readonly about: readonly string[];
  readonly text: string;
}

const titles = roles.map(({ title }) => title);

const providerTitles = providers.map(({ title }) => title);

const team: readonly Fact[] = roles.map(({ title, prompt }) => ({
  about: title.toLowerCase().split(/\W+/),
  text: `${title} of the team, as its own instructions say: ${prompt}`,
}));

const platform: readonly Fact[] = [
  {
    about: ['aidevos', 'platform', 'product', 'system'],
    text: 'AIDevOS is an operating system for teams of AI software engineers: from a product specification a team of role agents plans, designs, writes test-first, reviews, tests, judges and deploys an application. It is one Cloudflare Workers application and runs on a laptop without account, key or network.',
  },
  {
    about: ['project', 'create', 'build', 'start', 'begin', 'specification', 'spec', 'make', 'app', 'application'],
    text: 'A project is made from a specification: send { "specification": "<Markdown or an OpenAPI 3 document>" } to POST /api/projects, or run "npm run aidevos -- build <file>". Its progress can be followed with "npm run aidevos -- logs <project> --follow".',
  },
  {
    about: ['specification', 'spec', 'markdown', 'openapi', 'format', 'write', 'understand'],
    text: 'A specification is Markdown that describes resources, their fields, rules and endpoints, or an OpenAPI 3 document. What the offline engineer does not understand it quotes, and the project ends as blocked instead of pretending.',
  },
  {
    about: ['team', 'role', 'agent', 'member', 'people', 'who'],
    text: `The team has these roles: ${titles.join(', ')}. Each agent is a Durable Object with its own memory and journal.`,
  },
  {
    about: ['model', 'provider', 'openai', 'anthropic', 'llm', 'ollama', 'own', 'support'],
    text: `GET /v1/models lists the models of this platform. offline/engineer is always there and needs no key; models of other providers (${providerTitles.join(', ')}) are there when the platform was started with a key for them, and are named <provider>/<name>.`,
  },
  {
    about: ['api', 'endpoint', 'http', 'document', 'swagger', 'docs', 'reference'],
    text: 'The HTTP API is described at /openapi.json and can be tried at /docs of the running platform; clients of OpenAI’s API use the address /v1 with a key of the platform.',
  },
  {
    about: ['key', 'api', 'authenticate', 'authentication', 'login', 'token', 'access', 'get'],
    text: 'Every call needs a key of the platform as "Authorization: Bearer <key>". "npm start" prints the first one; more are made with POST /api/workspaces/{workspaceId}/keys.',
  },
  {
    about: ['git', 'repository', 'clone', 'code', 'export', 'download', 'source', 'see'],
    text: 'The code of a project is a git repository: clone http://anyone:<key>@<address>/git/<project>.git, or run "npm run aidevos -- export <project> <folder>".',
  },
  {
    about: ['deploy', 'deployment', 'run', 'running', 'url', 'cloudflare', 'production', 'host'],
    text: 'A finished app runs at /apps/<project>/ of the platform. The platform itself is deployed to a Cloudflare account with "npm run deploy".',
  },
  {
    about: ['fail', 'crash', 'kill', 'reliable', 'reliability', 'restart', 'lose', 'survive', 'durable'],
    text: 'Every step of an agent is journaled before and after its effect, so a project that is killed at any instant goes on by itself and repeats nothing.',
  },
  {
    about: ['blocked', 'question', 'wait', 'waiting', 'stuck'],
    text: 'A project that waits for a person has open questions: "npm run aidevos -- questions list <project>". One that ended blocked names the sentences of its specification that nobody understood.',
  },
  {
    about: ['cost', 'price', 'budget', 'usage', 'token', 'spend', 'money'],
    text: 'Tokens, money and steps of a project are shown by "npm run aidevos -- usage <project>". The offline engineer costs nothing.',
  },
  {
    about: ['status', 'progress', 'my', 'project', 'projects', 'list', 'state'],
    text: 'I see this conversation and nothing else of the platform. The state of projects is told by GET /api/projects or "npm run aidevos -- projects list", and by the model team/<project>.',
  },
  {
    about: ['log', 'event', 'follow', 'watch', 'see', 'live'],
    text: 'Everything that happens in a project is an event: follow them with "npm run aidevos -- logs <project> --follow", GET /api/projects/{projectId}/events, or a WebSocket.',
  },
  {
    about: ['cancel', 'stop', 'pause', 'resume', 'project'],
    text: 'A project is stopped and continued with "npm run aidevos -- projects pause <project>", "projects resume <project>" and "projects cancel <project>", or by POST under /api/projects/{projectId}.',
  },
  {
    about: ['roll', 'rollback', 'back', 'undo', 'deployment', 'deploy', 'previous'],
    text: 'A deployment of an app is taken back by POST /api/projects/{projectId}/deployments/rollback; what was deployed before is listed at GET /api/projects/{projectId}/deployments.',
  },
  {
    about: ['data', 'safe', 'private', 'privacy', 'secure', 'security', 'secret', 'store', 'stored'],
    text: 'Everything is kept in the storage of the Durable Objects of the platform that you run, apart for each workspace. Nothing leaves it, except what is sent to the model providers that were configured; I send nothing anywhere.',
  },
  {
    about: ['durable', 'object', 'database', 'storage', 'sqlite', 'architecture', 'cloudflare'],
    text: 'Each project, agent and task is a Durable Object: one small process with its own SQLite storage, which Cloudflare Workers start where it is needed and wake again after anything that happened to it.',
  },
  {
    about: [
      'stream',
      'streaming',
      'vision',
      'image',
      'function',
      'calling',
      'tool',
      'support',
      'schema',
      'json',
      'structured',
      'output',
      'feature',
      'parallel',
    ],
    text: 'Chat completions, responses and messages are streamed, and take tools, schemas and images. As offline/engineer I call tools whose words a message has, keep to any schema that I can find a value for, and tell of an image only its format and size; other models do more.',
  },
  {
    about: ['context', 'window', 'length', 'limit', 'limits', 'long', 'large', 'size'],
    text: 'A request may have 8 MiB. What each model reads and how long it answers is told by GET /api/models; I have no limit of my own, and answer with up to 8,192 tokens unless another limit is asked for.',
  },
];

const self: readonly Fact[] = [
  {
    about: [
      'you',
      'yourself',
      'offline',
      'engineer',
      'what',
      'who',
      'name',
      'made',
      'chatgpt',
      'gpt',
      'claude',
      'ai',
      'version',
    ],
    text: 'I am the offline engineer of AIDevOS: a rule-based program and not a language model.',
  },
  {
    about: ['can', 'able', 'help', 'capable', 'do', 'tool', 'tools', 'you'],
    text: 'I answer questions about AIDevOS from a list of facts, keep to JSON schemas, work out sums, and use tools: one that a message names or has the words of, and on explicit words those that work on files: replace "a" with "b" in a file, write a file with a content, read a file, run a command. In a project I derive plan, design, tests and code from its specification.',
  },
];

const facts: readonly Fact[] = [...self, ...platform, ...team];

/** Words that stand in every question. */
const stopWords = new Set(
  'a an the is are of to in on for and or it this that me my i we our with from be been does did how which when where why please tell about there have has had would could should will your yours'.split(
    ' ',
  ),
);

/** They ask for something only where no other word does. */
const weakWords = new Set(
  'what who you your do can make made run start my list write name get see own support back use'.split(' '),
);
const weakness = 0.1;

const longestQuestion = 2_000;

const wordsOf = (question: string): readonly string[] =>
  [
    ...new Set(
      question
        .slice(0, longestQuestion)
        .toLowerCase()
        .split(/[^a-z0-9]+/),
    ),
  ].filter((word) => word !== '' && !stopWords.has(word));

const sameWord = (asked: string, known: string): boolean =>
  asked === known ||
  asked === `${known}s` ||
  asked === `${known}d` ||
  asked === `${known}ed` ||
  asked === `${known}ing` ||
  `${asked}s` === known;

/** How common a word is among the facts decides how much it says. */
const weightOf = (word: string): number => {
  const having = facts.filter(({ about }) => about.some((known) => sameWord(word, known))).length;
  return having === 0 ? 0 : (weakWords.has(word) ? weakness : 1) / having;
};

const mostFacts = 2;

/** The facts that answer the question best, best first; none when nothing is known about any of its words. */
export const answerFromFacts = (question: string): readonly string[] => {
  const words = wordsOf(question).map((word) => ({ word, weight: weightOf(word) }));
  const scored = facts.map((fact) => ({
    fact,
    score: words.reduce(
      (sum, { word, weight }) => sum + (fact.about.some((known) => sameWord(word, known)) ? weight : 0),
      0,
    ),
  }));
  const best = Math.max(...scored.map(({ score }) => score));
  const isKnown = words.some(({ word, weight }) => weight > 0 && !weakWords.has(word));
  const isForeign = words.some(({ word, weight }) => weight === 0 && !weakWords.has(word));
  // Of a question about something else the weak words are no answer.
  if (best <= 0 || (isForeign && !isKnown)) return [];
  return scored
    .filter(({ score }) => score >= best * 0.6)
    .toSorted((left, right) => right.score - left.score)
    .slice(0, mostFacts)
    .map(({ fact }) => fact.text);
};
