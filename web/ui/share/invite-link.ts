/** A room's link that carries an invitation with it: `#secret/invite/TEXT`. */
const INVITE = /^[^/]*\/invite\/(.+)$/s;

/** What is behind `/invite/` in an address or its fragment; `undefined` if nothing is. */
export function inviteIn(link: string): string | undefined {
  const hash = link.indexOf('#');
  return hash < 0 ? undefined : INVITE.exec(link.slice(hash + 1))?.[1];
}

/** `roomLink` is a link to the room or its fragment, `text` an invitation: characters of base64url and dots. */
export function inviteLink(roomLink: string, text: string): string {
  return `${roomLink}/invite/${text}`;
}
