import { renderUnicodeCompact } from 'uqr';
import { describeLinks } from './room-links.ts';

export interface GreetingOptions {
  /** Of the page, without a slash at their ends. */
  readonly pageUrls: { readonly local: readonly string[]; readonly lan: readonly string[] };
  /** The certificate is self-signed: browsers will ask. */
  readonly isSelfSigned: boolean;
  /** Whether the output is a terminal that knows colours. */
  readonly hasColours: boolean;
}

const PLAIN_HTTP = [
  'The links on your network are plain HTTP. Rooms work, but browsers withhold there what they give to HTTPS:',
  'the page offline and as an app, the copy button and the share sheet, a screen that stays awake, storage that is',
  'not cleared, fast signature checks. And whoever is in that network could change the page on its way.',
  'With --https you have all that.',
];

const SELF_SIGNED = [
  'The certificate is self-signed: each browser warns once. Choose "Advanced", then "Proceed" or "Accept the risk".',
];

/** What the person who started the server reads: links into a new room, a QR code for phones, and what to know. */
export function greeting({ pageUrls, isSelfSigned, hasColours }: GreetingOptions): string {
  const { text, lanLinks } = describeLinks(pageUrls);
  const [phoneLink] = lanLinks;
  const parts = [text];
  // A phone can't reach this machine's own name for itself.
  if (phoneLink !== undefined) parts.push(qrCode(phoneLink, hasColours));
  if (isSelfSigned) parts.push(SELF_SIGNED.join('\n'));
  else if (phoneLink?.startsWith('http:') === true) parts.push(PLAIN_HTTP.join('\n'));
  return parts.join('\n\n');
}

/** Light modules are drawn, dark ones left: with colours, so that it looks the same on a light terminal. */
function qrCode(text: string, hasColours: boolean): string {
  const lines = renderUnicodeCompact(text, { border: 2 }).split('\n');
  return lines.map((line) => (hasColours ? `  \u001b[97;40m${line}\u001b[0m` : `  ${line}`)).join('\n');
}
