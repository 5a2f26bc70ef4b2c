import { nodeFault } from '../node-fault.ts'
import { failed, ok, type Check } from './check.ts'

/** Whether the service runs on this Node. */
export const node: Check = {
  name: 'node',
  run: async ({ machine: { versions } }) => {
    const fault = nodeFault(versions.node)
    return fault === null ? ok(`Node is ${versions.node}.`) : failed(fault)
  }
}
