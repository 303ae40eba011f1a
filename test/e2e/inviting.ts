/** What two people do to link their tabs without a server, as the page has it. */
import type { Locator } from '@playwright/test';
import { expect } from './fixtures.ts';
import type { Tab } from './tab.ts';

/** The dialog behind Share, with the part about invitations unfolded. */
export async function openInviting({ page }: Tab): Promise<Locator> {
  const dialog = page.getByRole('dialog');
  if (!(await dialog.isVisible())) await page.getByRole('button', { name: 'Share', exact: true }).click();
  const make = dialog.getByRole('button', { name: 'Make an invitation' });
  await expect(async () => {
    // It unfolds by itself once the page knows that there is no server.
    if (!(await make.isVisible())) await dialog.getByText('Invite without the server').click();
    await expect(make).toBeVisible({ timeout: 1_000 });
  }).toPass();
  return dialog;
}

/** Makes an invitation and returns its link. */
export async function invite(tab: Tab): Promise<string> {
  const dialog = await openInviting(tab);
  await dialog.getByRole('button', { name: 'Make an invitation' }).click();
  return textOf(dialog, 'inviter');
}

/** Pastes an invitation, whole or in part, and returns the answer. */
export async function answer(tab: Tab, invitation: string): Promise<string> {
  const dialog = await openInviting(tab);
  await dialog.getByLabel('Were you given an invitation? Paste it').fill(invitation);
  await dialog.getByRole('button', { name: 'Answer it' }).click();
  return textOf(dialog, 'guest');
}

export async function accept({ page }: Tab, text: string): Promise<void> {
  await page.getByLabel('Their answer').fill(text);
  await page.getByRole('button', { name: 'Connect', exact: true }).click();
}

/** The text that this tab's user has to give away. */
export async function textOf(dialog: Locator, role: 'inviter' | 'guest'): Promise<string> {
  const field = dialog
    .locator(`[data-testid=invitation][data-role=${role}][data-phase=waiting]`)
    .getByTestId('invitation-text');
  await expect(field).toBeVisible();
  return field.inputValue();
}

/** The card of this tab's invitation or answer says that it has come to this. */
export async function waitForPhase({ page }: Tab, phase: 'connected' | 'failed'): Promise<void> {
  await expect(page.getByTestId('invitation')).toHaveAttribute('data-phase', phase);
}
