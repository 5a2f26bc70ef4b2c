import { effect, signal, type Signal } from '../signal/signal.ts'

/** A choice of the reader, kept in this browser where it lets us. */
export function createPreference<Choice extends string>(
  name: string,
  choices: readonly [Choice, ...Choice[]]
): Signal<Choice> {
  const key = `carillon.${name}`
  const kept = read(key)
  const preference = signal(choices.find((choice) => choice === kept) ?? choices[0])
  effect(() => write(key, preference.value))
  return preference
}

/** A browser may refuse storage altogether. */
function read(key: string): string | null {
  try {
    return localStorage.getItem(key)
  } catch {
    return null
  }
}

function write(key: string, value: string): void {
  try {
    localStorage.setItem(key, value)
  } catch {
    // Then it is forgotten with the page.
  }
}
