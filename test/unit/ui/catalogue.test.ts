import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, type AST } from 'svelte/compiler';
import { describe, expect, test } from 'vitest';

const UI = join(import.meta.dirname, '../../../web/ui');

/** A text, or one with numbers and plurals: the inlang message format's array of one. */
type Entry = string | readonly [Variants];
interface Variants {
  readonly declarations: readonly string[];
  readonly selectors: readonly string[];
  readonly match: Readonly<Record<string, string>>;
}
type Catalogue = Readonly<Record<string, Entry>>;

const { baseLocale, locales } = JSON.parse(
  readFileSync(join(UI, 'project.inlang/settings.json'), 'utf8'),
) as { baseLocale: string; locales: readonly string[] };
const catalogues = new Map(
  locales.map((locale) => [
    locale,
    JSON.parse(readFileSync(join(UI, `messages/${locale}.json`), 'utf8')) as Catalogue,
  ]),
);
const base = catalogues.get(baseLocale) ?? {};

function textsOf(entry: Entry): readonly string[] {
  return typeof entry === 'string' ? [entry] : Object.values(entry[0].match);
}

/** What a caller has to give. */
function parametersOf(entry: Entry): readonly string[] {
  const names =
    typeof entry === 'string'
      ? [...entry.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '')
      : entry[0].declarations.flatMap((line) => /^input (\w+)$/.exec(line)?.[1] ?? []);
  return [...new Set(names)].sort();
}

/** Of the names that stand in a text's braces, those that are declared nowhere. */
function undeclared(entry: Entry): readonly string[] {
  if (typeof entry === 'string') return [];
  const declared = new Set(entry[0].declarations.map((line) => line.split(' ')[1]));
  return textsOf(entry)
    .flatMap((text) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? ''))
    .filter((name) => !declared.has(name));
}

function sourcesOf(folder: string): ReadonlyMap<string, string> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (path) => /\.(ts|svelte)$/.test(path) && !path.startsWith('paraglide'),
  );
  return new Map(files.map((path) => [path, readFileSync(join(folder, path), 'utf8')]));
}

const sources = sourcesOf(UI);

describe.each(locales.filter((locale) => locale !== baseLocale))('the catalogue in %s', (locale) => {
  const catalogue = catalogues.get(locale) ?? {};

  test('has the same texts', () => {
    expect(Object.keys(catalogue)).toEqual(Object.keys(base));
  });

  test('has the same parameters', () => {
    for (const [key, entry] of Object.entries(base))
      expect.soft(parametersOf(catalogue[key] ?? ''), key).toEqual(parametersOf(entry));
  });

  test('is translated, but for names and signs', () => {
    const same = Object.keys(base).filter(
      (key) => String(textsOf(catalogue[key] ?? '')) === String(textsOf(base[key] ?? '')),
    );
    expect(same).toEqual([
      'app_name',
      'app_title',
      'invite_placeholder',
      'chain_block_hash',
      'block_fields_bits',
      'network_unknown',
      'network_node_label',
    ]);
  });
});

describe.each(locales)('each text in %s', (locale) => {
  const entries = Object.entries(catalogues.get(locale) ?? {});

  test('says something, without space around it', () => {
    for (const [key, entry] of entries)
      for (const text of textsOf(entry)) {
        expect.soft(text, key).not.toBe('');
        expect.soft(text.trim(), key).toBe(text);
      }
  });

  test('shows only what it declares, and covers every number', () => {
    for (const [key, entry] of entries) {
      expect.soft(undeclared(entry), key).toEqual([]);
      if (typeof entry === 'string') continue;
      const rest = entry[0].selectors.map((selector) => `${selector}=*`).join(', ') || '*';
      expect.soft(Object.keys(entry[0].match), key).toContain(rest);
    }
  });
});

test('the page says each text somewhere', () => {
  const page = [...sourcesOf(join(UI, '..')).values()].join();
  const said = new Set([...page.matchAll(/\bm\.(\w+)/g)].map(([, key]) => key));
  expect(Object.keys(base).filter((key) => !said.has(key))).toEqual([]);
});

/** Read aloud or shown, unlike an id or a class. */
const SPOKEN = /^(aria-label|alt|title|placeholder|label)$/;

function literals(path: string, code: string): string[] {
  const found: string[] = [];
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    if (Array.isArray(node)) return node.forEach(visit);
    const { type } = node as { type?: string };
    if (type === 'Text') found.push((node as AST.Text).data);
    if (type === 'StyleDirective') return;
    if (type === 'Attribute' && !SPOKEN.test((node as AST.Attribute).name)) return;
    for (const [key, value] of Object.entries(node)) if (key !== 'expression') visit(value);
  };
  visit(parse(code, { modern: true, filename: path }).fragment);
  return found.filter((text) => /\p{L}{2}/u.test(text)).map((text) => text.trim());
}

test('no component holds a text of its own', () => {
  const components = [...sources].filter(([path]) => path.endsWith('.svelte'));
  expect(components.length).toBeGreaterThan(50);
  for (const [path, code] of components) expect.soft(literals(path, code), path).toEqual([]);
});

interface Callee {
  readonly name?: string;
  readonly object?: Callee;
  readonly property?: Callee;
}

/** The texts that a component's script asks for when it begins, and never again: neither in a function nor in $derived. */
function askedOnce(path: string, code: string): string[] {
  const found: string[] = [];
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    if (Array.isArray(node)) return node.forEach(visit);
    const { type, callee } = node as { type?: string; callee?: Callee };
    if (type !== undefined && /Function/.test(type)) return;
    if (type === 'CallExpression' && callee?.name === '$derived') return;
    if (type === 'CallExpression' && callee?.object?.name === 'm') found.push(callee.property?.name ?? '');
    Object.values(node).forEach(visit);
  };
  visit(parse(code, { modern: true, filename: path }).instance?.content.body);
  return found;
}

test('a switch of the language reaches the texts of every script', () => {
  for (const [path, code] of sources)
    if (path.endsWith('.svelte')) expect.soft(askedOnce(path, code), path).toEqual([]);
});
