// The import table of ARCHITECTURE.md, and the ESLint rule that holds it.
import path from 'node:path';

const anyPackage = /./;
const windowPackages = /^(react|react-dom|@xyflow|zustand|uplot|@tanstack)(\/|$)/;
const engineOnlyPackages = /^(better-sqlite3|@duckdb|onnxruntime-node|@huggingface)(\/|$)/;
const nodeBuiltin = /^node:/;
const electron = /^electron(\/|$)/;

/**
 * First match wins. `may`: rooms that files of this one may import beside their own.
 * `mayNot`: packages they may not import; everything else from npm is free.
 * `{type}` stands for the importing file's own node type.
 */
export const rooms = [
  { name: 'nodes/kit', files: /^nodes\/kit\//, may: [], mayNot: [nodeBuiltin, electron, windowPackages, engineOnlyPackages] },
  { name: 'spec', files: /^nodes\/(?<type>[^/]+)\/spec\.ts$/, may: ['nodes/kit'], mayNot: [anyPackage] },
  {
    name: 'view',
    files: /^nodes\/(?<type>[^/]+)\/view\.tsx$/,
    may: ['nodes/kit', 'spec of {type}', 'renderer/ui'],
    mayNot: [nodeBuiltin, electron, engineOnlyPackages],
  },
  {
    name: 'run',
    files: /^nodes\/(?<type>[^/]+)\//,
    may: ['nodes/kit', 'spec of {type}', 'run of {type}', 'engine libraries'],
    mayNot: [electron, windowPackages],
  },
  {
    name: 'main/contract',
    files: /^main\/contract\//,
    may: ['nodes/kit'],
    mayNot: [nodeBuiltin, electron, windowPackages, engineOnlyPackages],
  },
  {
    name: 'engine libraries',
    files: /^main\/engine\/(dedup|text|scoring)\//,
    may: ['nodes/kit'],
    mayNot: [electron, windowPackages, engineOnlyPackages],
  },
  {
    // The engine's entry in Electron's utilityProcess: the one file of it that knows Electron's message port.
    name: 'engine process',
    files: /^main\/engine\/engineProcess\.ts$/,
    may: ['nodes/kit', 'main/contract', 'main/engine', 'spec', 'run'],
    mayNot: [windowPackages],
  },
  {
    name: 'main/engine',
    files: /^main\/engine\//,
    may: ['nodes/kit', 'main/contract', 'engine libraries', 'spec', 'run'],
    mayNot: [electron, windowPackages],
  },
  { name: 'main/cli', files: /^main\/cli\//, may: ['nodes/kit', 'main/contract', 'main/engine'], mayNot: [electron, windowPackages] },
  {
    name: 'main/app',
    files: /^main\/(app\/|index\.ts$|preload\.ts$)/,
    may: ['nodes/kit', 'main/contract'],
    mayNot: [windowPackages, engineOnlyPackages],
  },
  { name: 'renderer/ui', files: /^renderer\/ui\//, may: [], mayNot: [nodeBuiltin, electron, engineOnlyPackages] },
  {
    name: 'renderer',
    files: /^renderer\//,
    may: ['nodes/kit', 'main/contract', 'renderer/ui', 'spec', 'view'],
    mayNot: [nodeBuiltin, electron, engineOnlyPackages],
  },
];

/** @returns {{ room: (typeof rooms)[number], type: string | undefined } | undefined} undefined: outside every room (tests, scripts). */
export function roomOf(file) {
  for (const room of rooms) {
    const match = room.files.exec(file);
    if (match) return { room, type: match.groups?.type };
  }
  return undefined;
}

/** What is wrong with `file` importing `specifier`, in one sentence; undefined when nothing is. Paths are relative to the repository's root, with `/`. */
export function importProblem(file, specifier) {
  const from = roomOf(file);
  if (!from) return undefined;
  if (!specifier.startsWith('.')) {
    return from.room.mayNot.some((pattern) => pattern.test(specifier))
      ? `${from.room.name} may not import the package "${specifier}".`
      : undefined;
  }
  const target = path.posix.normalize(path.posix.join(path.posix.dirname(file), specifier)).replace(/\?.*$/, '');
  const to = roomOf(target);
  if (!to) return `${from.room.name} may not import "${target}", which belongs to no room.`;
  const sameType = to.type === from.type;
  if (to.room === from.room && sameType) return undefined;
  const allowed = from.room.may.some((name) =>
    name.endsWith(' of {type}') ? `${to.room.name} of {type}` === name && sameType : name === to.room.name,
  );
  return allowed ? undefined : `${from.room.name} may not import ${to.room.name} ("${target}"): see the table in ARCHITECTURE.md.`;
}

/** @type {import('eslint').Rule.RuleModule} */
export const roomsRule = {
  meta: { type: 'problem', schema: [], docs: { description: 'hold the import table of ARCHITECTURE.md' } },
  create(context) {
    const file = path.relative(context.cwd, context.filename).split(path.sep).join('/');
    if (!roomOf(file)) return {};
    const check = (source) => {
      if (typeof source?.value !== 'string') return;
      const message = importProblem(file, source.value);
      if (message) context.report({ node: source, message });
    };
    return {
      ImportDeclaration: (node) => check(node.source),
      ExportNamedDeclaration: (node) => check(node.source),
      ExportAllDeclaration: (node) => check(node.source),
      ImportExpression: (node) => check(node.source),
      TSImportType: (node) => check(node.source ?? node.argument?.literal),
    };
  },
};
