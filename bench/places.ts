import path from 'node:path'

/** The product and the bench, built: where this runs from. */
export const BUILT = path.join(import.meta.dirname, '..')

/** The folder of the bench itself, where its results are kept and its peers are installed. */
export const BENCH = path.join(BUILT, '..')

/** A program of the bench that is started in a process of its own: `replica`, `peers/bullmq-worker`. */
export function programOf(name: string): string {
  return path.join(import.meta.dirname, `${name}.js`)
}
