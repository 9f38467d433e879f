/** What tests are generated for. */
import type { SourceFiles } from '../../../rpc/toolchain.ts';
import type { TestLayout } from './layout.ts';

export interface GenerationRequest {
  readonly files: SourceFiles;
  /** The tests that are there already. */
  readonly tests: readonly string[];
  /** Code to make tests for. */
  readonly sources: readonly string[];
  /** Tests from elsewhere that want to be kept as well, for example from an API document. */
  readonly more?: readonly TestLayout[];
  /** Mutants at most; of more a sample is taken. */
  readonly limit: number;
  readonly seed: number;
}
