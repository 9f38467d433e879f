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

/** Whether a tool of that name works on files or runs commands. */
export const isWorkTool = (name: string): boolean =>
  Object.values(toolNames).some((known) => known.includes(plain(name)));

/** Quoted for a POSIX shell. */
const shellWord = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

/** Text as a basic regular expression of sed that means itself. */
const sedPattern = (text: string): string => text.replaceAll(/[\\/.*[\]^$]/g, String.raw`\$&`);
const sedReplacement = (text: string): string => text.replaceAll(/[\\/&]/g, String.raw`\$&`).replaceAll('\n', '\\\n');

/** The first tool of a kind that has a place for all the values. */
const call = (
  tools: readonly ToolDefinition[],
  kind: Kind,
  values: Values,
  choices: readonly string[] = [],
): PlannedCall | undefined => {
  for (const name of toolNames[kind])
    for (const tool of tools) {
      if (plain(tool.name) !== name) continue;
      const made = argumentsFor(tool, values, choices);
      if (made.ok) return { name: tool.name, argumentsJson: JSON.stringify(made.value) };
    }
  return undefined;
};

const inShell = (tools: readonly ToolDefinition[], command: string): PlannedCall | undefined =>
  call(tools, 'shell', { command });

const addFilePatch = (path: string, content: string): string =>
  ['*** Begin Patch', `*** Add File: ${path}`, ...content.split('\n').map((line) => `+${line}`), '*** End Patch'].join(
    '\n',
  );

const only = (made: PlannedCall | undefined): readonly PlannedCall[] => (made === undefined ? [] : [made]);

const planReplace = (
  tools: readonly ToolDefinition[],
  { path, from, to }: Extract<Instruction, { type: 'replace' }>,
): readonly PlannedCall[] => {
  const edit = call(tools, 'edit', { path, from, to }, ['str_replace']);
  if (edit === undefined) {
    // In place without a backup that stays, alike on GNU and BSD.
    const script = shellWord(`s/${sedPattern(from)}/${sedReplacement(to)}/g`);
    const name = shellWord(path);
    return from.includes('\n') || from === ''
      ? []
      : only(inShell(tools, `sed -i.bak -e ${script} -- ${name} && rm -- ${shellWord(`${path}.bak`)}`));
  }
  // Editors refuse to change a file that was not read before.
  const read = call(tools, 'read', { path }, ['view']);
  return read === undefined ? [edit] : [read, edit];
};

/** The calls one after the other; none where no tool can do it. */
export const planCalls = (instruction: Instruction, tools: readonly ToolDefinition[]): readonly PlannedCall[] => {
  switch (instruction.type) {
    case 'replace':
      return planReplace(tools, instruction);
    case 'write': {
      const { path, content } = instruction;
      return only(
        call(tools, 'write', { path, content }, ['create']) ??
          inShell(tools, `printf '%s\\n' ${shellWord(content)} > ${shellWord(path)}`) ??
          call(tools, 'patch', { patch: addFilePatch(path, content) }),
      );
    }
    case 'read': {
      const { path } = instruction;
      return only(call(tools, 'read', { path }, ['view']) ?? inShell(tools, `cat -- ${shellWord(path)}`));
    }
    case 'list': {
      const { path } = instruction;
      return only(call(tools, 'list', { path }) ?? inShell(tools, `ls -- ${shellWord(path)}`));
    }
    case 'run':
      return only(inShell(tools, instruction.command));
  }
};
