/** The exported functions of a project with the types of what they take and give, by the type checker. */
import type { Node, Program, SourceFile, Symbol as TypeSymbol, TypeChecker } from 'typescript6';
import type { FunctionSignature } from '../../../shared/domain/quality/generation/signature.ts';
import type { SignaturesRequest, SignaturesResult } from '../../../shared/rpc/toolchain.ts';
import { compilerOptions } from '../check/check.ts';
import type { TypeScript } from '../check/typescript.ts';
import { ambientFiles, createHost, ParsedFiles, projectFolder } from '../check/virtual-files.ts';
import { shapeOf, type ShapeParts } from './shape-of.ts';

const mostFunctions = 500;
const mostConstants = 60;
const longestConstant = 80;

/** Functions in the order of their files and lines. A file that is no script has none. */
export async function signatures({ files, sources }: SignaturesRequest): Promise<SignaturesResult> {
  const { default: ts } = await import('typescript6');
  const project = new Map(Object.entries(files).map(([path, text]) => [`${projectFolder}${path}`, text]));
  const options = compilerOptions(ts);
  const host = createHost(ts, project, new ParsedFiles(), options);
  const roots = sources.map((path) => `${projectFolder}${path}`).filter((name) => project.has(name));
  const program = ts.createProgram([...ambientFiles, ...roots], options, host);
  const functions: FunctionSignature[] = [];
  const skipped: { file: string; name: string; reason: string }[] = [];
  for (const root of roots) {
    const file = program.getSourceFile(root);
    if (file === undefined) continue;
    for (const found of exportedFunctions(ts, program, file)) {
      if ('reason' in found) skipped.push(found);
      else functions.push(found);
    }
  }
  return { functions: functions.slice(0, mostFunctions), skipped };
}

type Found = FunctionSignature | SignaturesResult['skipped'][number];

function exportedFunctions(ts: TypeScript, program: Program, file: SourceFile): readonly Found[] {
  const checker = program.getTypeChecker();
  const symbol = checker.getSymbolAtLocation(file);
  if (symbol === undefined) return [];
  const path = file.fileName.slice(projectFolder.length);
  const constants = constantsOf(ts, file);
  return checker.getExportsOfModule(symbol).flatMap((exported): readonly Found[] => {
    // What a file only passes on is looked at where it stands.
    const declaration = exported.valueDeclaration;
    if (declaration === undefined || declaration.getSourceFile() !== file) return [];
    const calls = checker.getTypeOfSymbol(exported).getCallSignatures();
    if (calls.length === 0) return [];
    const base = { file: path, name: exported.name };
    const [call] = calls;
    if (call === undefined || calls.length > 1) return [{ ...base, reason: 'it is overloaded' }];
    if (exported.name === 'default') return [{ ...base, reason: 'it is the default export' }];
    if ((call.typeParameters ?? []).length > 0) return [{ ...base, reason: 'it is generic' }];
    const parts: ShapeParts = { ts, checker, at: declaration };
    const returned = call.getReturnType();
    const awaited = checker.getAwaitedType(returned) ?? returned;
    const line = file.getLineAndCharacterOfPosition(declaration.getStart()).line + 1;
    const parameters = call.getParameters().map((parameter) => parameterOf(parts, checker, parameter));
    return [{ ...base, line, parameters, returns: shapeOf(parts, awaited), isAsync: awaited !== returned, constants }];
  });
}

function parameterOf(
  parts: ShapeParts,
  checker: TypeChecker,
  parameter: TypeSymbol,
): FunctionSignature['parameters'][number] {
  const { ts } = parts;
  const declaration = parameter.valueDeclaration;
  const isDeclared = declaration !== undefined && ts.isParameter(declaration);
  const isRest = isDeclared && declaration.dotDotDotToken !== undefined;
  const isOptional = isDeclared && (declaration.questionToken !== undefined || declaration.initializer !== undefined);
  const shape = shapeOf(parts, checker.getTypeOfSymbolAtLocation(parameter, parts.at));
  return { name: parameter.name, shape, isOptional, isRest };
}

/** Literals of a file, each once: what its code compares with is what it may be asked about. */
function constantsOf(ts: TypeScript, file: SourceFile): readonly (string | number)[] {
  const found = new Set<string | number>();
  const visit = (node: Node): void => {
    if (found.size >= mostConstants || ts.isImportDeclaration(node)) return;
    if (ts.isNumericLiteral(node)) found.add(Number(node.text));
    if (ts.isStringLiteralLike(node) && node.text.length <= longestConstant) found.add(node.text);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return [...found];
}
