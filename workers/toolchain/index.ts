/** Entry of the toolchain Worker: builds and type-checks projects. It keeps no state that an answer depends on. */
import { WorkerEntrypoint } from 'cloudflare:workers';
import type {
  BuildRequest,
  BuildResult,
  CheckResult,
  CoverRequest,
  CoverResult,
  MutantsRequest,
  MutantsResult,
  SourceFiles,
  ToolchainRpc,
} from '../../shared/rpc/toolchain.ts';
import { build } from './build/build.ts';
import { check } from './check/check.ts';
import { coverBuild } from './measure/cover-build.ts';
import { mutantBuild } from './measure/mutant-build.ts';

export class Toolchain extends WorkerEntrypoint implements ToolchainRpc {
  build(request: BuildRequest): Promise<BuildResult> {
    return Promise.resolve(build(request));
  }

  cover(request: CoverRequest): Promise<CoverResult> {
    return Promise.resolve(coverBuild(request));
  }

  mutate(request: MutantsRequest): Promise<MutantsResult> {
    return Promise.resolve(mutantBuild(request));
  }

  async check(files: SourceFiles): Promise<CheckResult> {
    return await check(files);
  }
}

export default {
  fetch(request: Request): Response {
    const isPing = new URL(request.url).pathname === '/ping';
    return isPing ? new Response('pong') : new Response('Not found', { status: 404 });
  },
} satisfies ExportedHandler;
