import path from 'node:path'
import { BENCH } from '../places.ts'

/** What a peer exports, by the path of its file among what is installed in `bench/peers`. */
export async function importPeer<Library>(file: string): Promise<Library> {
  const library: Library = await import(path.join(BENCH, 'peers/node_modules', file))
  return library
}
