/**
 * The toolchain with patience: its process may be started again while somebody waits for it. All its calls are pure, so a
 * call that met a dead toolchain is made again when it is back; only what it says about the code is an answer.
 */
import type { ToolchainRpc } from '../../rpc/toolchain.ts';

/** The time that a supervisor needs to start it again. */
const patienceMs = 15_000;
const firstPauseMs = 100;
const longestPauseMs = 1_000;

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });

const withPatience = async <T>(work: () => Promise<T>): Promise<T> => {
  let waitedMs = 0;
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(longestPauseMs, pauseMs * 2)) {
    try {
      return await work();
    } catch (error) {
      if (waitedMs >= patienceMs) throw error;
    }
    await pause(pauseMs);
    waitedMs += pauseMs;
  }
};

/** Rejects only when the toolchain stays away. */
export const guardToolchain = (toolchain: ToolchainRpc): ToolchainRpc => ({
  build: (request) => withPatience(() => toolchain.build(request)),
  cover: (request) => withPatience(() => toolchain.cover(request)),
  mutate: (request) => withPatience(() => toolchain.mutate(request)),
  check: (files) => withPatience(() => toolchain.check(files)),
  signatures: (request) => withPatience(() => toolchain.signatures(request)),
  scan: (files) => withPatience(() => toolchain.scan(files)),
  sbom: (subject, files) => withPatience(() => toolchain.sbom(subject, files)),
  code: (request) => withPatience(() => toolchain.code(request)),
});
