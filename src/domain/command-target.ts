import path from 'node:path'
import { refuse } from './errors.ts'
import type { CommandTarget } from './target.ts'
import { shown } from './validation.ts'

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/
const MAX_VARIABLES = 100
/** What the scheduler tells the program; a job may not say otherwise. */
const RESERVED_PREFIX = 'CARILLON_'

/** @throws CarillonError `validation_failed` for a command that cannot be started */
export function checkCommandTarget({ argv, cwd, env = {} }: CommandTarget): void {
  for (const [index, word] of argv.entries()) {
    if (word.includes('\0')) {
      throw refuse(`/target/argv/${index}`, `${shown(word)} holds a NUL, which no argument may.`)
    }
  }
  if (argv[0] === '') {
    throw refuse('/target/argv/0', 'The program, the first of "target.argv", is empty; name one.')
  }
  if (cwd !== undefined && (!path.isAbsolute(cwd) || cwd.includes('\0'))) {
    throw refuse('/target/cwd', `"target.cwd" is ${shown(cwd)}, but must be an absolute path.`)
  }
  checkVariables(env)
}

function checkVariables(env: Readonly<Record<string, string>>): void {
  const entries = Object.entries(env)
  if (entries.length > MAX_VARIABLES) {
    const detail = `"target.env" has ${entries.length} variables, but may have ${MAX_VARIABLES}.`
    throw refuse('/target/env', detail)
  }
  for (const [name, value] of entries) {
    const pointer = `/target/env/${name.slice(0, 100).replaceAll('~', '~0').replaceAll('/', '~1')}`
    if (!NAME.test(name)) {
      throw refuse(pointer, `${shown(name)} is not a variable name; use letters, digits and "_".`)
    }
    if (name.startsWith(RESERVED_PREFIX)) {
      throw refuse(pointer, `The variable "${name}" is set by the scheduler; leave it out.`)
    }
    if (value.includes('\0')) {
      throw refuse(pointer, `The variable "${name}" holds a NUL, which no variable may.`)
    }
  }
}
