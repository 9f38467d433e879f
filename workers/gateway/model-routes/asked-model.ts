/** A request for a model, as every wire of `/v1` describes it to whoever finds the model. */
import type { Result } from '../../../shared/errors/result.ts';
import type { ModelRequest } from '../../../shared/ports/model-client.ts';
import type { Capabilities } from '../../../shared/protocol/openai/capabilities.ts';
import type { OpenAiRefusal } from '../../../shared/protocol/openai/error.ts';
import type { ChatModel, PassedWireName } from '../chat-models.ts';

export interface AskedModel {
  /** As the request has it. */
  readonly name: string;
  /** What stands behind the model, where the request says so itself. */
  readonly fallbacks?: readonly string[] | undefined;
  /** A model whose provider speaks this wire is given the request as it came; absent: every model is translated. */
  readonly passes?: PassedWireName;
  /** UTF-8 bytes of all that the model is to read. */
  readonly requestBytes: number;
  /**
   * The request in our form for a model of these capabilities, by the name that its provider has for it, or the first
   * thing of it that cannot be said to that model. Asked only where there is a choice.
   */
  readonly translate: (able: Capabilities, model: string) => Result<{ readonly request: ModelRequest }, OpenAiRefusal>;
}

/** The model of a request. */
export interface Route {
  readonly model: ChatModel;
  /** Full names of those that stand behind it. */
  readonly standIns: readonly string[];
  /** Why this model, where the platform chose it. */
  readonly reason?: string;
  /** The full name of the model that answers; known for sure once something of its answer has come. */
  readonly answeredBy: () => string;
}
