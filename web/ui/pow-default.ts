/** Whether this device should spend its battery on mining before anyone asked it to. */
export type PowHold = 'phone' | 'battery';

const LOW_BATTERY = 0.2;

/** Firefox and Safari don't have it, and no TypeScript types either. */
interface BatteryNavigator {
  getBattery?(): Promise<{ readonly level: number; readonly charging: boolean }>;
}

/** A finger for a pointer and a screen that is small either way up. */
export function isPhone(): boolean {
  return matchMedia('(pointer: coarse) and ((max-width: 640px) or (max-height: 500px))').matches;
}

export async function hasLowBattery(): Promise<boolean> {
  const { getBattery } = navigator as BatteryNavigator;
  if (getBattery === undefined) return false;
  try {
    const { level, charging } = await getBattery.call(navigator);
    return !charging && level < LOW_BATTERY;
  } catch {
    return false; // forbidden by the page's permissions policy
  }
}
