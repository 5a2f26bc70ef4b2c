/**
 * A fault in one part of an expression. Never leaves the parser, which turns it into the refusal
 * that names the whole expression; `message` is the rest of that sentence.
 */
export class SyntaxFault extends Error {
  override readonly name = 'SyntaxFault'
}
