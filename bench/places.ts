import path from 'node:path'

/** The product and the bench, built: where this runs from. */
export const BUILT = path.join(import.meta.dirname, '..')

/** The folder of the bench itself, where its results are kept and its peers are installed. */
export const BENCH = path.join(BUILT, '..')

/** A program of the bench that is started in a process of its own: `replica`, `peers/bullmq-worker`. */
export function programOf(name: string): string {
  return path.join(import.meta.dirname, `${name}.js`)
}

/** What Node is given where the service is started: in its image, and by `npm start`. */
export const NODE_FLAGS = ['--max-semi-space-size=4']
