import type { CompletedFlag, Place } from './places.ts'
import { quoted } from './quoted.ts'

/** The script for zsh: a function a place. It can be sourced, or be a file `_carillon` on the `fpath`. */
export function zshScript(places: readonly Place[]): string {
  return `#compdef carillon
${places.map(functionOf).join('')}
if [[ $funcstack[1] == _carillon ]]; then
  _carillon "$@"
else
  compdef _carillon carillon
fi
`
}

function nameOf(path: string): string {
  return ['_carillon', ...path.split(' ').filter((word) => word !== '')].join('_')
}

function functionOf(place: Place): string {
  const { path, flags, words, takesFiles } = place
  const specs = flags.map(specOf)
  if (words.length === 0) {
    const rest = takesFiles ? ["'*:file:_files'"] : []
    return `\n${nameOf(path)}() {\n  _arguments ${[...specs, ...rest].join(CONTINUED)}\n}\n`
  }
  const states = ["'1:word:->word'", "'*::rest:->rest'"]
  return `
${nameOf(path)}() {
  local curcontext=$curcontext state line
  typeset -A opt_args
  _arguments -C ${[...specs, ...states].join(CONTINUED)}
  case $state in
    word)
      local -a known=(${words.map(({ word, meaning }) => quoted(described(word, meaning))).join(' ')})
      _describe word known
      ;;
    rest)
      case $line[1] in
${words.map(({ word }) => `        ${word}) ${nameOf(`${path} ${word}`)} ;;`).join('\n')}
      esac
      ;;
  esac
}
`
}

const CONTINUED = ' \\\n    '

function described(word: string, meaning: string): string {
  return meaning === '' ? word : `${word}:${meaning}`
}

/** As `_arguments` wants it: https://zsh.sourceforge.io/Doc/Release/Completion-System.html */
function specOf({ word, meaning, takesValue, values }: CompletedFlag): string {
  const told = `[${meaning.replaceAll(/[[\]\\:]/g, String.raw`\$&`)}]`
  if (!takesValue) return quoted(word + told)
  const action = values.length === 0 ? ' ' : `(${values.join(' ')})`
  return quoted(`${word}=${told}:${word.slice(2)}:${action}`)
}
