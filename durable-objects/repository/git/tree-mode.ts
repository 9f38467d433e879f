/** The modes of tree entries that this repository keeps, and what git orders them by. */

export type TreeMode = 'directory' | 'file' | 'executable';

const textByMode = { directory: '40000', file: '100644', executable: '100755' } as const satisfies Record<
  TreeMode,
  string
>;

export const treeMode = {
  /** As it stands in a tree object. */
  toText: (mode: TreeMode): string => textByMode[mode],

  /** Undefined for every mode that is not kept. */
  fromText: (text: string): TreeMode | undefined => {
    if (text === '100644') return 'file';
    if (text === '100755') return 'executable';
    return text === '40000' ? 'directory' : undefined;
  },

  /** A sentence for the person who pushed it. */
  refusal: (text: string, name: string): string => {
    // As JSON, because neither the name nor the mode has been checked and both travel in lines of text.
    const shown = JSON.stringify(name);
    if (text === '120000') return `${shown} is a symbolic link, which is not kept here`;
    if (text === '160000') return `${shown} is a submodule, which is not kept here`;
    return `${shown} has the mode ${JSON.stringify(text)}, which is not valid`;
  },
} as const;

/** What orders a tree: the bytes of the names, a directory counting as if its name ended with a slash. */
export const treeOrderKey = (entry: { readonly name: string; readonly mode: TreeMode }): Buffer =>
  Buffer.from(entry.mode === 'directory' ? `${entry.name}/` : entry.name);
