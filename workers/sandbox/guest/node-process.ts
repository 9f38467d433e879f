/** What a script that runs as a process of its own changes of `process`, and finds again afterwards. */

interface ScriptProcess {
  argv: string[];
  exit: (code?: number) => never;
  readonly chdir: (folder: string) => void;
  readonly cwd: () => string;
}

const natives = {
  chdir: process.chdir.bind(process),
  cwd: process.cwd.bind(process),
};
let argv = process.argv;
let exit: ScriptProcess['exit'] = (code) => {
  throw new Error(`process.exit() was called with ${String(code ?? 0)}`);
};

/** The parts of the process that can be changed; `test-main.ts` puts `exit` and `argv` in the global one's place. */
export function nodeProcess(): ScriptProcess {
  return {
    get argv() {
      return argv;
    },
    set argv(values) {
      argv = values;
    },
    get exit() {
      return exit;
    },
    set exit(work) {
      exit = work;
    },
    ...natives,
  };
}
