/** The Worker's handlers, apart from the object classes: the app is built once per isolate, when the first request comes. */
import { createRandomIds, systemClock } from '../../shared/adapters/crypto/random-ids.ts';
import type { AppError } from '../../shared/errors/result.ts';
import { fromAppError } from '../../shared/protocol/openai/app-error.ts';
import { parseConfig } from './config.ts';
import { createAnswer, type Answer } from './create-answer.ts';
import { anthropicErrorResponse, isAnthropicRequest } from './errors/anthropic-error.ts';
import { isOpenAiPath, openAiErrorResponse } from './errors/openai-error.ts';
import { problemDocument } from './errors/problem.ts';
import { writeLogLine } from './log.ts';
import { createServices, type GatewayBindings } from './create-services.ts';
import type { Services } from './services.ts';
import { sweep } from './sweeper.ts';

interface Gateway {
  readonly services: Services;
  readonly answer: Answer;
}

type Started = { readonly gateway: Gateway } | { readonly error: AppError };

const started = new WeakMap<object, Started>();

const start = (bindings: GatewayBindings): Started => {
  const config = parseConfig(bindings);
  if (!config.ok) {
    writeLogLine({ level: 'error', message: config.error.detail });
    return { error: config.error };
  }
  const services = createServices(bindings, config.value);
  return { gateway: { services, answer: createAnswer(services) } };
};

const gatewayOf = (bindings: GatewayBindings): Started => {
  const known = started.get(bindings) ?? start(bindings);
  started.set(bindings, known);
  return known;
};

const refuse = (request: Request, error: AppError): Response => {
  const requestId = createRandomIds(systemClock).create('req');
  const instance = new URL(request.url).pathname;
  if (isAnthropicRequest(instance, (name) => request.headers.get(name))) {
    return anthropicErrorResponse(fromAppError(error), requestId);
  }
  if (isOpenAiPath(instance)) return openAiErrorResponse(fromAppError(error), requestId);
  const document = problemDocument(error, { instance, requestId });
  return Response.json(document, {
    status: document.status,
    headers: { 'content-type': 'application/problem+json', 'x-request-id': requestId },
  });
};

/** Handles HTTP and the cron trigger. */
export const entry = {
  fetch: async (request: Request, bindings: GatewayBindings, context: ExecutionContext): Promise<Response> => {
    const known = gatewayOf(bindings);
    if ('error' in known) return refuse(request, known.error);
    return await known.gateway.answer(request, bindings, context);
  },
  scheduled: async (_controller: ScheduledController, bindings: GatewayBindings): Promise<void> => {
    const known = gatewayOf(bindings);
    if ('gateway' in known) await sweep(known.gateway.services);
  },
};
