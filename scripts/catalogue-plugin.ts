import type { Plugin } from 'vite';
import { CATALOGUE_FILES, compileCatalogueIfNeeded } from './catalogue.mjs';

/** Vite plugin: the page's texts are compiled before the page is, and again when one of them changes. */
export function catalogue(): Plugin {
  return {
    name: 'tabchain:catalogue',
    buildStart: compileCatalogueIfNeeded,
    configureServer({ watcher }) {
      watcher.add(CATALOGUE_FILES);
    },
    async watchChange(id) {
      if (CATALOGUE_FILES.includes(id)) await compileCatalogueIfNeeded();
    },
  };
}
