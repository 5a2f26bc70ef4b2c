/** A state is a sign and a word: never a colour alone, and readable without any. */
const SIGNS: Readonly<Record<string, string>> = {
  enabled: '●',
  paused: '‖',
  finished: '■',
  pending: '○',
  running: '▶',
  succeeded: '✓',
  failed: '✗',
  cancelled: '⊘',
  skipped: '»',
  ok: '✓',
  warning: '!',
  missed: '!'
}

export function signed(state: string | null): string {
  return state === null ? '-' : `${SIGNS[state] ?? '·'} ${state}`
}
