import type { BrowserContext } from '@playwright/test';
import { bundled } from '../../e2e/page-bundle.ts';

/**
 * Puts a chain of the test network into the first slot of a room in this browser context. `origin`: where its page
 * comes from, without a slash at its end.
 */
export async function writeChain(
  context: BrowserContext,
  origin: string,
  secret: string,
  height: number,
): Promise<void> {
  const page = await context.newPage();
  await page.goto(`${origin}/healthz`);
  await page.addScriptTag({ content: await bundled('../bench/tall-room/chain-writer.ts', 'ChainWriter') });
  await page.evaluate(
    ([room, blocks]) =>
      (globalThis as unknown as { ChainWriter: typeof import('./chain-writer.ts') }).ChainWriter.writeChain(
        room,
        blocks,
      ),
    [secret, height] as const,
  );
  await page.close();
}
