import { existsSync } from 'node:fs'
import path from 'node:path'
import { optionsFromEnvironment, parseConfig } from '../../src/config.ts'
import { version } from '../../src/version.ts'
import { ROOT } from './markdown.ts'

const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  docker: ['build', 'compose', 'push', 'run'],
  kubectl: ['apply', 'create', 'rollout']
}

/**
 * What is wrong with commands that only a container engine or a cluster could run: one that is not
 * known here, a file that is not there, an image of another version, a variable that is not ours.
 * @param folder where the blocks before have made files
 */
export function deployFaults(code: string, folder: string): string[] {
  return code
    .replaceAll('\\\n', '')
    .trim()
    .split('\n')
    .flatMap((line) => faultsOf(line, folder))
}

function faultsOf(line: string, folder: string): string[] {
  const [tool = '', command = '', ...words] = line.split(/\s+/)
  const faults = COMMANDS[tool]?.includes(command) === true ? [] : [`"${tool} ${command}"`]
  for (const [file] of line.matchAll(/\bdeploy\/[\w./-]+/g)) {
    if (![ROOT, folder].some((root) => existsSync(path.join(root, file)))) faults.push(file)
  }
  for (const [image, of] of line.matchAll(/\bcarillon:([^\s/]+)/g)) {
    if (of !== version) faults.push(image)
  }
  const pairs = words.filter((_word, index) => words[index - 1] === '--env')
  const variables = Object.fromEntries(pairs.map((pair) => pair.split('=') as [string, string]))
  try {
    parseConfig(optionsFromEnvironment(variables, () => 'k'.repeat(44)))
  } catch (error) {
    faults.push(String(error))
  }
  return faults
}
