/**
 * Who may import whom. The direction is core <- node <- {net, store, pow, verify} <- engine; the page (ui and main) knows
 * the engine by its messages only, so the wall between the two stays a type.
 */
import { posix } from 'node:path';
import ts from 'typescript';

interface Layer {
  /** A file belongs to the first layer whose path its own path starts with. */
  readonly path: string;
  /** Paths of which everything may be imported. */
  readonly run: readonly string[];
  /** Paths of which only types may be imported: nothing of them reaches the bundle. */
  readonly types?: readonly string[];
  /** Packages: a name, or a scope that ends in `/`. */
  readonly packages: readonly string[];
}

const PURE_PACKAGES = ['@noble/', 'micro-packed'];
const PAGE_TYPES = ['web/core/', 'web/node/', 'web/net/', 'web/engine/messages.ts'];
/** Of the node's files those that are no part of a node. */
const TOOLS = ['web/node/bounded.ts', 'web/node/token-bucket.ts'];
const MESSAGES = 'web/engine/messages.ts';
const PROTOCOL = 'signaling/protocol.ts';

const LAYERS: readonly Layer[] = [
  { path: 'web/core/', run: ['web/core/'], packages: PURE_PACKAGES },
  { path: 'web/node/', run: ['web/core/', 'web/node/'], packages: PURE_PACKAGES },
  // The only file that knows simple-peer, with the file that gives its bundle a type. It runs on the page.
  { path: 'web/net/webrtc.ts', run: ['web/net/'], types: [MESSAGES], packages: ['simple-peer'] },
  { path: 'web/simple-peer.d.ts', run: [], packages: ['simple-peer'] },
  {
    path: 'web/net/',
    run: ['web/core/', ...TOOLS, 'web/net/', PROTOCOL],
    types: ['web/node/', MESSAGES],
    packages: PURE_PACKAGES,
  },
  {
    path: 'web/store/',
    run: ['web/core/', 'web/store/'],
    types: ['web/node/'],
    packages: [...PURE_PACKAGES, 'idb-keyval'],
  },
  { path: 'web/pow/', run: ['web/core/', 'web/pow/'], types: ['web/node/'], packages: PURE_PACKAGES },
  {
    path: 'web/verify/',
    run: ['web/core/', ...TOOLS, 'web/verify/'],
    types: ['web/node/'],
    packages: PURE_PACKAGES,
  },
  {
    path: 'web/engine/',
    run: [
      'web/core/',
      'web/node/',
      'web/net/',
      'web/store/',
      'web/pow/',
      'web/verify/',
      'web/engine/',
      PROTOCOL,
    ],
    packages: PURE_PACKAGES,
  },
  { path: 'web/offline/', run: ['web/offline/'], packages: [] },
  {
    path: 'web/ui/',
    run: ['web/ui/', 'web/net/room.ts', 'web/offline/agreed.ts'],
    types: PAGE_TYPES,
    packages: ['svelte', 'minidenticons', 'uqr', 'd3-force', 'uplot', 'virtua', '@noble/hashes'],
  },
  // Starts the engine's workers.
  {
    path: 'web/lent-workers.ts',
    run: ['web/pow/worker.ts', 'web/verify/worker.ts'],
    types: [MESSAGES],
    packages: [],
  },
  {
    path: 'web/main.ts',
    run: [
      'web/ui/',
      'web/net/room.ts',
      'web/net/webrtc.ts',
      'web/net/connection-log.ts',
      'web/net/connection-checks.ts',
      'web/engine/worker.ts',
      'web/lent-workers.ts',
      PROTOCOL,
    ],
    types: PAGE_TYPES,
    packages: ['svelte'],
  },
  {
    path: 'signaling/',
    run: ['signaling/'],
    packages: [
      'node:',
      'ws',
      'sirv',
      'vite',
      'pino',
      'prom-client',
      'rate-limiter-flexible',
      'uqr',
      'selfsigned',
      'ioredis',
    ],
  },
];

/** Only its types and constants may leave it: everything else of net/ may run in a worker, this one can't. */
const PAGE_ONLY = 'web/net/webrtc.ts';

/** Blocklists of ad blockers match these in a URL, and the tab would silently lose its worker. */
const BLOCKED_NAME = /miner|mining|coin|crypto/i;

interface Import {
  readonly specifier: string;
  readonly typeOnly: boolean;
  readonly reExport: boolean;
}

/** One sentence for each import or name that breaks a rule. `files`: contents by path from the repository's root. */
export function findViolations(files: ReadonlyMap<string, string>): string[] {
  const violations: string[] = [];
  const graph = new Map<string, string[]>();
  for (const [path, content] of files) {
    violations.push(...checkName(path));
    const layer = LAYERS.find((candidate) => path.startsWith(candidate.path));
    if (layer === undefined) {
      violations.push(`${path} is in no layer: add one to the import rules, or move the file.`);
      continue;
    }
    const targets: string[] = [];
    for (const entry of readImports(path, content)) {
      const problem = checkImport(path, layer, entry, files);
      if (problem !== undefined) violations.push(problem);
      if (isRelative(entry.specifier)) targets.push(resolve(path, entry.specifier));
    }
    graph.set(path, targets);
  }
  const cycle = findCycle(graph);
  if (cycle !== undefined)
    violations.push(`These files import each other in a circle: ${cycle.join(' -> ')}.`);
  return violations;
}

function checkName(path: string): string[] {
  const problems: string[] = [];
  if (/(^|\/)utils?(\.|\/|$)/.test(path))
    problems.push(`${path}: name it after what it is about, not "utils".`);
  if (/(^|\/)index\.ts$/.test(path))
    problems.push(`${path} is a barrel by name: import the files themselves.`);
  if (path.startsWith('web/') && BLOCKED_NAME.test(path)) {
    problems.push(`${path}: ad blockers drop URLs with such a name; choose another word.`);
  }
  return problems;
}

function checkImport(
  path: string,
  layer: Layer,
  { specifier, typeOnly, reExport }: Import,
  files: ReadonlyMap<string, string>,
): string | undefined {
  if (!isRelative(specifier)) {
    const allowed = layer.packages.some((name) => isOfPackage(specifier, name));
    return allowed ? undefined : `${path} may not import the package "${specifier}".`;
  }
  const target = resolve(path, specifier);
  if (!files.has(target))
    return `${path} imports "${specifier}", which is no file: write the whole name, with .ts.`;
  if (reExport) return `${path} re-exports ${target}: import it where it is used.`;
  if (layer.run.some((prefix) => target.startsWith(prefix)) && !leavesThePage(path, target, typeOnly))
    return undefined;
  if (!layer.types?.some((prefix) => target.startsWith(prefix))) return `${path} may not import ${target}.`;
  return typeOnly ? undefined : `${path} may import only types of ${target}: write "import type".`;
}

function leavesThePage(path: string, target: string, typeOnly: boolean): boolean {
  return target === PAGE_ONLY && path !== 'web/main.ts' && !typeOnly;
}

function isOfPackage(specifier: string, name: string): boolean {
  if (name.endsWith('/') || name.endsWith(':')) return specifier.startsWith(name);
  return specifier === name || specifier.startsWith(`${name}/`);
}

function isRelative(specifier: string): boolean {
  return specifier.startsWith('.');
}

function resolve(path: string, specifier: string): string {
  // `?url` and the like are questions to the bundler about the same file.
  return posix.join(posix.dirname(path), specifier.split('?', 1)[0] ?? '');
}

function readImports(path: string, content: string): Import[] {
  const source = ts.createSourceFile(path, scriptsOf(path, content), ts.ScriptTarget.Latest);
  const imports: Import[] = [];
  visit(source);
  return imports;

  function visit(node: ts.Node): void {
    const found = asImport(node);
    if (found !== undefined) imports.push(found);
    ts.forEachChild(node, visit);
  }
}

/** The TypeScript of a file: all of it, or what stands between a component's script tags. */
function scriptsOf(path: string, content: string): string {
  if (path.endsWith('.ts')) return content;
  if (!path.endsWith('.svelte')) return '';
  return [...content.matchAll(/<script[^>]*>(.*?)<\/script>/gs)].map((match) => match[1]).join('\n');
}

function asImport(node: ts.Node): Import | undefined {
  if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
    // `import { type A } from` still loads the file at run time: only `import type` does not.
    const typeOnly = node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
    return { specifier: node.moduleSpecifier.text, typeOnly, reExport: false };
  }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier && ts.isStringLiteral(node.moduleSpecifier)) {
    return { specifier: node.moduleSpecifier.text, typeOnly: node.isTypeOnly, reExport: true };
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
    const { literal } = node.argument;
    return ts.isStringLiteral(literal)
      ? { specifier: literal.text, typeOnly: true, reExport: false }
      : undefined;
  }
  const isDynamicImport = ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword;
  // `new URL('./worker.ts', import.meta.url)` is how a worker is started.
  const isAsset =
    ts.isNewExpression(node) &&
    ts.isIdentifier(node.expression) &&
    node.expression.text === 'URL' &&
    node.arguments?.[1] !== undefined &&
    ts.isPropertyAccessExpression(node.arguments[1]) &&
    ts.isMetaProperty(node.arguments[1].expression);
  if (!isDynamicImport && !isAsset) return undefined;
  const argument = node.arguments?.[0];
  return argument !== undefined && ts.isStringLiteral(argument)
    ? { specifier: argument.text, typeOnly: false, reExport: false }
    : undefined;
}

/** A circle of imports, types included, with its first file at both ends; undefined if there is none. */
function findCycle(graph: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const done = new Set<string>();
  const trail: string[] = [];
  for (const path of graph.keys()) {
    const cycle = walk(path);
    if (cycle !== undefined) return cycle;
  }
  return undefined;

  function walk(path: string): string[] | undefined {
    const start = trail.indexOf(path);
    if (start >= 0) return [...trail.slice(start), path];
    if (done.has(path)) return undefined;
    trail.push(path);
    for (const target of graph.get(path) ?? []) {
      const cycle = walk(target);
      if (cycle !== undefined) return cycle;
    }
    trail.pop();
    done.add(path);
    return undefined;
  }
}
