/** From an instruction to calls of the tools that are there: the tool made for it, or a shell that can do the same. */
import type { ToolDefinition } from '../../../ports/model-client.ts';
import type { Instruction } from './instruction.ts';
import { argumentsFor, type Values } from './tool-arguments.ts';

export interface PlannedCall {
  readonly name: string;
  readonly argumentsJson: string;
}

type Kind = 'edit' | 'write' | 'read' | 'list' | 'shell' | 'patch';

const toolNames: Readonly<Record<Kind, readonly string[]>> = {
  edit: [
    'edit',
    'editfile',
    'editor',
    'strreplace',
    'strreplaceeditor',
    'strreplacebasededittool',
    'replace',
    'replaceinfile',
    'searchreplace',
    'multiedit',
  ],
  write: ['write', 'writefile', 'createfile', 'create', 'savefile', 'strreplaceeditor', 'strreplacebasededittool'],
  read: [
    'read',
    'readfile',
    'readfiles',
    'view',
    'viewfile',
    'openfile',
    'cat',
    'getfile',
    'strreplaceeditor',
    'strreplacebasededittool',
  ],
  list: ['ls', 'list', 'listfiles', 'listdirectory', 'listdir', 'readfolder'],
  shell: [
    'bash',
    'shell',
    'exec',
    'execcommand',
    'runcommand',
    'runcommands',
    'execute',
    'executecommand',
    'runshellcommand',
    'terminal',
    'runterminalcmd',
    'localshell',
    'shellcommand',
  ],
  patch: ['applypatch', 'patch'],
};

const plain = (name: string): string => name.toLowerCase().replaceAll(/[^a-z]/g, '');

/** What may be called. */
export interface Toolbox {
  readonly tools: readonly ToolDefinition[];
  /** Where the client works, if it says so: for tools that take whole paths alone. */
  readonly folder?: string | undefined;
}

/** Whether a tool of that name works on files or runs commands. */
export const isWorkTool = (name: string): boolean =>
  Object.values(toolNames).some((known) => known.includes(plain(name)));

/** Quoted for a POSIX shell. */
const shellWord = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

/** Text as a basic regular expression of sed that means itself. */
const sedPattern = (text: string): string => text.replaceAll(/[\\/.*[\]^$]/g, String.raw`\$&`);
const sedReplacement = (text: string): string => text.replaceAll(/[\\/&]/g, String.raw`\$&`).replaceAll('\n', '\\\n');

/** The first tool of a kind that has a place for all the values. */
const call = (box: Toolbox, kind: Kind, values: Values, choices: readonly string[] = []): PlannedCall | undefined => {
  for (const name of toolNames[kind])
    for (const tool of box.tools) {
      if (plain(tool.name) !== name) continue;
      const made = argumentsFor(tool, values, choices, box.folder);
      if (made.ok) return { name: tool.name, argumentsJson: JSON.stringify(made.value) };
    }
  return undefined;
};

const inShell = (box: Toolbox, command: string): PlannedCall | undefined => call(box, 'shell', { command });

const addFilePatch = (path: string, content: string): string =>
  ['*** Begin Patch', `*** Add File: ${path}`, ...content.split('\n').map((line) => `+${line}`), '*** End Patch'].join(
    '\n',
  );

const only = (made: PlannedCall | undefined): readonly PlannedCall[] => (made === undefined ? [] : [made]);

const planReplace = (
  box: Toolbox,
  { path, from, to }: Extract<Instruction, { type: 'replace' }>,
): readonly PlannedCall[] => {
  const edit = call(box, 'edit', { path, from, to }, ['str_replace']);
  if (edit === undefined) {
    // In place without a backup that stays, alike on GNU and BSD.
    const script = shellWord(`s/${sedPattern(from)}/${sedReplacement(to)}/g`);
    const name = shellWord(path);
    return from.includes('\n') || from === ''
      ? []
      : only(inShell(box, `sed -i.bak -e ${script} -- ${name} && rm -- ${shellWord(`${path}.bak`)}`));
  }
  // Editors refuse to change a file that was not read before.
  const read = call(box, 'read', { path }, ['view']);
  return read === undefined ? [edit] : [read, edit];
};

/** The calls one after the other; none where no tool can do it. */
export const planCalls = (instruction: Instruction, box: Toolbox): readonly PlannedCall[] => {
  switch (instruction.type) {
    case 'replace':
      return planReplace(box, instruction);
    case 'write': {
      const { path, content } = instruction;
      return only(
        call(box, 'write', { path, content }, ['create']) ??
          inShell(box, `printf '%s\\n' ${shellWord(content)} > ${shellWord(path)}`) ??
          call(box, 'patch', { patch: addFilePatch(path, content) }),
      );
    }
    case 'read': {
      const { path } = instruction;
      return only(call(box, 'read', { path }, ['view']) ?? inShell(box, `cat -- ${shellWord(path)}`));
    }
    case 'list': {
      const { path } = instruction;
      return only(call(box, 'list', { path }) ?? inShell(box, `ls -- ${shellWord(path)}`));
    }
    case 'run':
      return only(inShell(box, instruction.command));
  }
};
