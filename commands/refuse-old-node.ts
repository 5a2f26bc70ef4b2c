/**
 * Ends the program on a Node that is too old, with a sentence. To be imported before all else: much of
 * it fails there as soon as it is loaded, with an error that helps nobody.
 */
import process from 'node:process'
import { nodeFault } from './node-fault.ts'

const fault = nodeFault(process.versions.node)
if (fault !== null) {
  process.stderr.write(`carillon: ${fault}\n`)
  process.exit(1)
}
