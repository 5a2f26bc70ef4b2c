import type { Command } from './command.ts'
import { copy } from './copy.ts'
import { serve } from './serve.ts'

/** Every command by its word, in the order in which `carillon --help` lists them. */
export const commands: ReadonlyMap<string, Command> = new Map([
  ['serve', serve],
  ['copy', copy]
])
