/** Between two facts on one line, in any language. */
export const SEPARATOR = ' · ';
