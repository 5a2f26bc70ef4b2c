/** Secrets that can be found again, in whatever form they were written down. */
export interface Canaries {
  /** Names of those that are in a text, with the form in which they are there. */
  findIn(text: string): string[]
}

/** Looks for these secrets, each named for whoever reads that it was found. */
export function createCanaries(secrets: Readonly<Record<string, string>>): Canaries {
  const needles = Object.entries(secrets).flatMap(([name, secret]) =>
    formsOf(secret).map((form) => ({ name, form }))
  )
  return {
    findIn: (text) =>
      needles
        .filter(({ form }) => text.includes(form))
        .map(({ name, form }) => `${name} as ${form}`)
  }
}

/** Shorter ones are somewhere by chance. */
const MIN_HALF = 8

/** The text itself, a half of it, and what it is encoded. */
function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret)
  const half = secret.slice(Math.floor(secret.length / 2), -6)
  const halves = half.length < MIN_HALF ? [] : [half]
  const encoded = (['base64', 'base64url', 'hex'] as const).map((encoding) =>
    // The end of a piece of base64 depends on what follows it.
    bytes.toString(encoding).slice(0, -4)
  )
  return [...new Set([secret, ...halves, encodeURIComponent(secret), ...encoded])]
}
