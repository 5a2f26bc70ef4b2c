/** Of shorter secrets, four characters would be too much of a help. */
const MIN_LENGTH_OF_HINTED = 20
const HINT_LENGTH = 4
const HIDDEN = '***'

/** What may be known of a secret: its last four characters, or null where it is short. */
export function hintOf(secret: string): string | null {
  return secret.length < MIN_LENGTH_OF_HINTED ? null : secret.slice(-HINT_LENGTH)
}

/** A secret as it is shown everywhere, from its hint: `***6789` or `***`. */
export function shownSecret(hint: string | null): string {
  return HIDDEN + (hint ?? '')
}

/** Whether a text is the shown form of a secret, which stands for the one that is kept. */
export function isShownSecret(text: string): boolean {
  if (!text.startsWith(HIDDEN)) return false
  return text === HIDDEN || text.length === HIDDEN.length + HINT_LENGTH
}
