/** npm run icons: draws web/ui/icon.svg as the PNG files that an installed app needs, into web/ui/public/icons/. */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { ensureChromium } from './browsers.ts';

const ROOT = join(import.meta.dirname, '..');
const FOLDER = join(ROOT, 'web/ui/public/icons');
/** Where an icon fills its whole square; the lighter one of the two that are in it. */
const BACKGROUND = '#e4eaff';

/**
 * `share`: how much of the square's side the drawing takes. A maskable icon may lose all outside a circle of 80% of
 * it, and iOS cuts corners and paints what is transparent black.
 */
const ICONS = [
  { file: 'icon-192.png', size: 192, share: 1, background: 'transparent' },
  { file: 'icon-512.png', size: 512, share: 1, background: 'transparent' },
  { file: 'maskable-512.png', size: 512, share: 0.66, background: BACKGROUND },
  { file: 'apple-touch-icon.png', size: 180, share: 0.8, background: BACKGROUND },
] as const;

const drawing = readFileSync(join(ROOT, 'web/ui/icon.svg'), 'utf8');
mkdirSync(FOLDER, { recursive: true });
const browser = await chromium.launch(await ensureChromium());
for (const { file, size, share, background } of ICONS) {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  await page.setContent(
    `<style>body { display: grid; place-items: center; height: 100vh; margin: 0; background: ${background} }
     svg { width: ${share * 100}% }</style>${drawing}`,
  );
  await page.screenshot({ path: join(FOLDER, file), omitBackground: true });
  await page.close();
  console.log(`web/ui/public/icons/${file}`);
}
await browser.close();
