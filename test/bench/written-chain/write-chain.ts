import type { BrowserContext } from '@playwright/test';
import { bundled } from '../../e2e/page-bundle.ts';
import type { ChainPlan } from './chain-writer.ts';

/**
 * Puts a chain of the test network into the first slots of a room in this browser context. `origin`: where its page
 * comes from, without a slash at its end.
 */
export async function writeChain(context: BrowserContext, origin: string, plan: ChainPlan): Promise<void> {
  const page = await context.newPage();
  await page.goto(`${origin}/healthz`);
  await page.addScriptTag({
    content: await bundled('../bench/written-chain/chain-writer.ts', 'ChainWriter'),
  });
  await page.evaluate(
    (chain) =>
      (globalThis as unknown as { ChainWriter: typeof import('./chain-writer.ts') }).ChainWriter.writeChain(
        chain,
      ),
    plan,
  );
  await page.close();
}
