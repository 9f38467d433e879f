/**
 * Entry of the toolchain Worker: builds, type-checks, measures and scans projects, and answers questions about their
 * code. It keeps no state that an answer depends on.
 */
import { WorkerEntrypoint } from 'cloudflare:workers';
import type { SbomSubject } from '../../shared/domain/security/dependencies/sbom.ts';
import type { CodeReply, CodeRequest } from '../../shared/rpc/code.ts';
import type {
  BuildRequest,
  BuildResult,
  CheckResult,
  CoverRequest,
  CoverResult,
  MutantsRequest,
  MutantsResult,
  ScanReport,
  SignaturesRequest,
  SignaturesResult,
  SourceFiles,
  ToolchainRpc,
} from '../../shared/rpc/toolchain.ts';
import { build } from './build/build.ts';
import { check } from './check/check.ts';
import { code } from './code/code.ts';
import { coverBuild } from './measure/cover-build.ts';
import { mutantBuild } from './measure/mutant-build.ts';
import { signatures } from './signatures/signatures.ts';
import { sbom, scan } from './scan/scan.ts';

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

  async signatures(request: SignaturesRequest): Promise<SignaturesResult> {
    return await signatures(request);
  }

  scan(files: SourceFiles): Promise<ScanReport> {
    return Promise.resolve(scan(files));
  }

  sbom(subject: SbomSubject, files: SourceFiles): Promise<string> {
    return Promise.resolve(sbom(subject, files));
  }

  async code(request: CodeRequest): Promise<CodeReply> {
    return await code(request);
  }
}

export default {
  fetch(request: Request): Response {
    const isPing = new URL(request.url).pathname === '/ping';
    return isPing ? new Response('pong') : new Response('Not found', { status: 404 });
  },
} satisfies ExportedHandler;
