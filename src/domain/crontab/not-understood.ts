/**
 * Why a call of curl or wget is not turned into a request. Never leaves this folder: the line stays
 * a command, and `message`, a sentence, says why.
 */
export class NotUnderstood extends Error {
  override readonly name = 'NotUnderstood'
}
